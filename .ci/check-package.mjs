// Packs the npm package as npm does for a dependency on the repository's Git address, and loads its entry points: the compiled one of npm,
// and the source of Pulumi's plugin host. This compiles the whole package, so it is a step of .ci/run and not a unit test.
import { execFileSync } from "child_process";
import { readFileSync, rmSync } from "fs";
import { createRequire } from "module";
import path from "path";
import { fileURLToPath } from "url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
rmSync("dist", { recursive: true, force: true });
const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--offline"], {
    stdio: ["ignore", "pipe", "ignore"],
});
const [{ files }] = JSON.parse(packed);
const { types, default: entry } = JSON.parse(readFileSync("package.json", "utf8")).exports["."];
const expected = [
    types,
    entry,
    "exports.ts",
    "components/alloy/logs.alloy",
    "components/helm/keys/loki.json",
    "values/base/loki.yaml",
    "charts/mimir/Chart.yaml",
    "dist/dashboards/platform/service.js",
];
const paths = files.map((file) => file.path);
const missing = expected.map((file) => path.normalize(file)).filter((file) => !paths.includes(file));
if (missing.length > 0) {
    throw new Error(`the package lacks ${missing.join(", ")}`);
}
const require = createRequire(import.meta.url);
require("ts-node/register");
for (const file of [entry, "."]) {
    if (typeof require(path.join(root, file)).ObservabilityStack !== "function") {
        throw new Error(`${file} does not export ObservabilityStack`);
    }
}
process.stdout.write(`The package has ${paths.length} files.\n`);
