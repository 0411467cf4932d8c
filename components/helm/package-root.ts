import * as fs from "fs";
import * as path from "path";

/** Folder of this package. The code runs from the sources, or from dist/ in the node_modules of another package. */
export const packageRoot = findUp(__dirname);

function findUp(folder: string): string {
    if (fs.existsSync(path.join(folder, "package.json"))) {
        return folder;
    }
    const parent = path.dirname(folder);
    if (parent === folder) {
        throw new Error(`${__dirname} is not in a package: no folder above it has a package.json`);
    }
    return findUp(parent);
}
