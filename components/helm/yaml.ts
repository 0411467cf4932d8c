import * as fs from "fs";
import { loadAll } from "js-yaml";

/**
 * The map that a YAML file holds. A file that is empty, or has only comments, holds an empty one.
 *
 * @throws Error that names the file when it is not YAML, or holds anything else.
 */
export function readYamlMap(file: string): Record<string, unknown> {
    const documents = loadAll(fs.readFileSync(file, "utf8"), { filename: file });
    const map = documents[0] ?? {};
    if (documents.length > 1 || typeof map !== "object" || Array.isArray(map)) {
        throw new Error(`${file} must hold a map of keys and values, and nothing else`);
    }
    return map as Record<string, unknown>;
}
