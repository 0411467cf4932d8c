import * as fs from "fs";
import { dashboardsPage } from "./dashboards-page";

// Pages that are made from code; a test tells when they are behind it.
fs.writeFileSync("docs/dashboards.md", dashboardsPage());
