import * as fs from "fs";
import { readGrowth } from "./growth/data";
import { plots } from "./growth/plots";
import { growthPage, withTables } from "./growth/tables";

// A test fails if a committed picture or table is outdated.
const growth = readGrowth();
for (const [file, svg] of Object.entries(plots(growth))) {
    fs.writeFileSync(file, svg);
}
fs.writeFileSync(growthPage, withTables(fs.readFileSync(growthPage, "utf8"), growth));
