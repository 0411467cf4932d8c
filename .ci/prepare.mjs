// Compiles the package to dist/. npm runs this script after `npm install` in this folder, and before it creates a package, so that projects
// that depend on the Git URL of this repository get dist/. Without development dependencies there is no compiler, and dist/ is not necessary,
// because Pulumi runs the TypeScript files.
import { spawnSync } from "child_process";
import { existsSync } from "fs";

const compiler = "node_modules/typescript/bin/tsc";
if (existsSync(compiler)) {
    const build = spawnSync(process.execPath, [compiler, "--project", "tsconfig.build.json"], { stdio: "inherit" });
    process.exitCode = build.status ?? 1;
}
