import * as fs from "fs";
import * as path from "path";

/** Folder of this package, whether it runs from its sources or from dist/ inside somebody's node_modules. */
export const packageRoot = findUp(__dirname);

function findUp(folder: string): string {
    if (fs.existsSync(path.join(folder, "package.json"))) {
        return folder;
    }
    const parent = path.dirname(folder);
    if (parent === folder) {
        throw new Error(`no package.json above ${__dirname}: this package is incomplete`);
    }
    return findUp(parent);
}
