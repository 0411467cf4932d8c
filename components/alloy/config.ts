import * as fs from "fs";
import * as path from "path";
import { packageRoot } from "../helm/package-root";

/** The three roles that Alloy has in the stack, each a release of its own with a configuration file of its own. */
export type AlloyRole = "receiver" | "logs" | "metrics";

/**
 * A role's configuration with its `<<places>>` filled in. Places are inside string literals, so that the file itself is
 * valid and Alloy's formatter reads it.
 *
 * @throws Error when the file has a place that no value is for, or a value has no place.
 */
export function alloyConfig(role: AlloyRole, values: Record<string, string>): string {
    const file = path.join(packageRoot, "components", "alloy", `${role}.alloy`);
    const unused = new Set(Object.keys(values));
    const text = fs.readFileSync(file, "utf8").replace(/<<(\w+)>>/g, (place, name: string) => {
        const value = values[name];
        if (value === undefined) {
            throw new Error(`${role}.alloy has ${place}, which has no value`);
        }
        unused.delete(name);
        return JSON.stringify(value).slice(1, -1);
    });
    if (unused.size > 0) {
        throw new Error(`${role}.alloy has no place for ${[...unused].join(", ")}`);
    }
    return text;
}
