import * as fs from "fs";
import { loadAll } from "js-yaml";

/**
 * Reads a YAML file that contains a map. An empty file, or a file with only comments, is an empty map.
 *
 * @throws Error with the name of the file, if it is not valid YAML or not a map.
 */
export function readYamlMap(file: string): Record<string, unknown> {
    const documents = loadAll(fs.readFileSync(file, "utf8"), { filename: file });
    const map = documents[0] ?? {};
    if (documents.length > 1 || typeof map !== "object" || Array.isArray(map)) {
        throw new Error(`${file} must contain exactly one YAML document, a map`);
    }
    return map as Record<string, unknown>;
}
