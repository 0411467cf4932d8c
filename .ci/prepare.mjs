// Compiles the package to dist/, and infers its Pulumi schema. npm runs this script after `npm install` in this folder, and before it
// creates a package. This way, projects that depend on the Git URL of this repository and Pulumi's plugin host get dist/. Without
// development dependencies there is no compiler. Then the program and its commands still run, because Pulumi compiles their files itself.
import { spawnSync } from "child_process";
import { existsSync, rmSync } from "fs";

const steps = [
    ["node_modules/typescript/bin/tsc", "--project", "tsconfig.build.json"],
    ["dist/plugin/schema.js", ".", "dist/schema.json"],
];
if (existsSync(steps[0][0])) {
    // A deleted source must not remain in the package.
    rmSync("dist", { recursive: true, force: true });
    for (const step of steps) {
        const { status } = spawnSync(process.execPath, step, { stdio: "inherit" });
        if (status !== 0) {
            process.exit(status ?? 1);
        }
    }
}
