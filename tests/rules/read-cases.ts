import * as fs from "fs";
import { createRequire } from "module";
import * as path from "path";
import type { Cases } from "./case";

const load = createRequire(__filename);
const folder = path.join(__dirname, "cases");

/** The cases of every group, by the name of the group, which is the name of its file. */
export function readCases(): Record<string, Cases> {
    return Object.fromEntries(
        fs
            .readdirSync(folder)
            .map((file) => [path.parse(file).name, (load(path.join(folder, file)) as { default: Cases }).default]),
    );
}
