import * as fs from "fs";
import { dashboardsPage } from "./dashboards-page";
import { footprintFile, footprintPage } from "./footprint/page";

// A test fails if a committed page is outdated.
fs.writeFileSync("docs/dashboards.md", dashboardsPage());
void footprintPage().then((page) => fs.writeFileSync(footprintFile, page));
