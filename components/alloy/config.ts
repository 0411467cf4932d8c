import * as fs from "fs";
import * as path from "path";
import { packageRoot } from "../helm/package-root";

/** Configuration files of Alloy. "logs" and "metrics" need "pods" before them, "node" and "profiles" need "metrics". */
export type AlloyFile = "receiver" | "pods" | "logs" | "metrics" | "node" | "profiles";

/**
 * Concatenates configuration files and replaces their placeholders `<<name>>`. The placeholders are inside string literals, so
 * that the files are valid for Alloy's formatter.
 *
 * @throws Error if a placeholder has no value, or a value has no placeholder.
 */
export function alloyConfig(files: AlloyFile[], values: Record<string, string>): string {
    const unused = new Set(Object.keys(values));
    const texts = files.map((name) =>
        readFile(name).replace(/<<(\w+)>>/g, (placeholder, key: string) => {
            const value = values[key];
            if (value === undefined) {
                throw new Error(`${name}.alloy: the placeholder ${placeholder} has no value`);
            }
            unused.delete(key);
            return JSON.stringify(value).slice(1, -1);
        }),
    );
    if (unused.size > 0) {
        throw new Error(
            `${files.map((name) => `${name}.alloy`).join(", ")}: no placeholder for ${[...unused].join(", ")}`,
        );
    }
    return texts.join("\n");
}

function readFile(name: AlloyFile): string {
    return fs.readFileSync(path.join(packageRoot, "components", "alloy", `${name}.alloy`), "utf8");
}
