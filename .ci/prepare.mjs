// Compiles the package to dist/, and infers its Pulumi schema. npm runs this script after `npm install` in this folder, and before it
// creates a package. This way, projects that depend on the Git URL of this repository and Pulumi's plugin host get dist/. Without
// development dependencies there is no compiler. Then the program and its commands still run, because Pulumi compiles their files itself.
import { spawnSync } from "child_process";
import { existsSync, readdirSync, rmSync, statSync } from "fs";
import path from "path";

const compiler = "node_modules/typescript/bin/tsc";
const schema = "dist/schema.json";
const steps = [
    [compiler, "--project", "tsconfig.build.json"],
    ["dist/plugin/schema.js", ".", schema],
];
const sources = [
    ...["components", "dashboards", "plugin", "rules", "settings", "stack", "validation"],
    ...["exports.ts", "package.json", "tsconfig.json", "tsconfig.build.json"],
];

/** The newest time of a change in a file or folder. The time of a folder changes if a file in it is deleted. */
function newest(file) {
    const stat = statSync(file);
    const inside = stat.isDirectory() ? readdirSync(file).map((name) => newest(path.join(file, name))) : [];
    return Math.max(stat.mtimeMs, ...inside);
}

// Pulumi runs `npm install` before each command that reads the schema of a local package.
const isCurrent = existsSync(schema) && statSync(schema).mtimeMs > Math.max(...sources.map(newest));
if (existsSync(compiler) && !isCurrent) {
    // A deleted source must not remain in the package.
    rmSync("dist", { recursive: true, force: true });
    for (const step of steps) {
        const { status } = spawnSync(process.execPath, step, { stdio: "inherit" });
        if (status !== 0) {
            process.exit(status ?? 1);
        }
    }
}
