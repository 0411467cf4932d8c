import * as fs from "fs";
import * as path from "path";
import { packageRoot } from "../helm/package-root";

/** Alloy's configuration files. Those of pod logs, metrics and profiles stand behind that of the node's pods. */
export type AlloyFile = "receiver" | "pods" | "logs" | "metrics" | "profiles";

/**
 * Configuration files behind each other with their `<<places>>` filled in. Places are inside string literals, so that the
 * files themselves are valid and Alloy's formatter reads them.
 *
 * @throws Error when a file has a place that no value is for, or a value has no place.
 */
export function alloyConfig(files: AlloyFile[], values: Record<string, string>): string {
    const unused = new Set(Object.keys(values));
    const texts = files.map((name) =>
        readFile(name).replace(/<<(\w+)>>/g, (place, key: string) => {
            const value = values[key];
            if (value === undefined) {
                throw new Error(`${name}.alloy has ${place}, which has no value`);
            }
            unused.delete(key);
            return JSON.stringify(value).slice(1, -1);
        }),
    );
    if (unused.size > 0) {
        throw new Error(`${files.join(" and ")} have no place for ${[...unused].join(", ")}`);
    }
    return texts.join("\n");
}

function readFile(name: AlloyFile): string {
    return fs.readFileSync(path.join(packageRoot, "components", "alloy", `${name}.alloy`), "utf8");
}
