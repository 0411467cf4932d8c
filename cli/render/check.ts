import * as fs from "fs";
import * as path from "path";
import type { ManifestFile } from "../manifests";

/** A difference between the files in a folder and the files that would be rendered. */
export interface Difference {
    path: string;
    what: "missing" | "outdated" | "no longer rendered";
}

/**
 * Compares the files in a folder with the files that would be written.
 *
 * @param previous the files of the last run, as paths relative to the folder.
 */
export function differences(folder: string, files: ManifestFile[], previous: string[]): Difference[] {
    const changed = files.flatMap(({ path: name, text }): Difference[] => {
        const target = path.join(folder, name);
        return !fs.existsSync(target)
            ? [{ path: name, what: "missing" }]
            : fs.readFileSync(target, "utf8") === text
              ? []
              : [{ path: name, what: "outdated" }];
    });
    const names = new Set(files.map(({ path: name }) => name));
    const obsolete = previous.filter((name) => !names.has(name) && fs.existsSync(path.join(folder, name)));
    return [...changed, ...obsolete.map((name): Difference => ({ path: name, what: "no longer rendered" }))].sort(
        (one, other) => (one.path < other.path ? -1 : 1),
    );
}
