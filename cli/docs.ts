import * as fs from "fs";
import { dashboardsPage } from "./dashboards-page";

// A test fails if this generated page is out of date.
fs.writeFileSync("docs/dashboards.md", dashboardsPage());
