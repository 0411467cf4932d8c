// npm runs this after an installation in this folder and before it packs: so whoever depends on the repository by its
// Git address gets dist/. Without development dependencies there is no compiler, and no need: Pulumi reads the sources.
import { spawnSync } from "child_process";
import { existsSync } from "fs";

const compiler = "node_modules/typescript/bin/tsc";
if (existsSync(compiler)) {
    const build = spawnSync(process.execPath, [compiler, "--project", "tsconfig.build.json"], { stdio: "inherit" });
    process.exitCode = build.status ?? 1;
}
