import * as fs from "fs";
import { dashboardsPage } from "./dashboards-page";

// A test fails if the committed page is outdated.
fs.writeFileSync("docs/dashboards.md", dashboardsPage());
