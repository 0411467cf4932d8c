// Packs the npm package as npm does for a dependency on the repository's Git address, and loads its entry points: the one of npm, and the
// one of Pulumi's plugin host. This compiles the whole package, so it is a step of .ci/run and not a unit test.
import { execFileSync } from "child_process";
import { existsSync, readFileSync } from "fs";
import { createRequire } from "module";
import path from "path";
import { fileURLToPath } from "url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--offline"], {
    stdio: ["ignore", "pipe", "ignore"],
});
// The output of prepare.mjs comes before the report.
const report = packed.toString();
const [{ files }] = JSON.parse(report.slice(report.search(/^\[/m)));
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const { types, default: entry } = manifest.exports["."];
const expected = [
    types,
    manifest.types,
    entry,
    manifest.main,
    "plugin/PulumiPlugin.yaml",
    "plugin/index.js",
    "dist/plugin/main.js",
    "dist/schema.json",
    "components/alloy/logs.alloy",
    "components/helm/keys/loki.json",
    "values/base/loki.yaml",
    "charts/mimir/Chart.yaml",
    "dist/dashboards/platform/service.js",
    "load/main.ts",
];
const paths = files.map((file) => file.path);
const missing = expected.map((file) => path.normalize(file)).filter((file) => !paths.includes(file));
if (missing.length > 0) {
    throw new Error(`the package lacks ${missing.join(", ")}`);
}
// TypeScript prefers sources to declaration files. k6 runs those in load/, and nothing imports them.
const sources = paths.filter((file) => /(?<!\.d)\.ts$/.test(file) && !file.startsWith("load/"));
if (sources.length > 0) {
    throw new Error(`the package has sources beside its declaration files: ${sources.join(", ")}`);
}
// A project checks the declaration files that it reaches. Those of other packages need compiler options that not every project has.
const imported = (file, seen = new Set()) => {
    for (const [, name] of readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
        const base = path.join(path.dirname(file), name);
        const target = name.startsWith(".") ? [`${base}.d.ts`, path.join(base, "index.d.ts")].find(existsSync) : name;
        if (target !== undefined && !seen.has(target)) {
            seen.add(target);
            if (name.startsWith(".")) imported(target, seen);
        }
    }
    return [...seen];
};
const foreign = imported(types).filter((name) => !name.endsWith(".d.ts") && !name.startsWith("@pulumi/"));
if (foreign.length > 0) {
    throw new Error(`the declaration files of the package import ${foreign.join(", ")}`);
}
const require = createRequire(import.meta.url);
if (typeof require(path.join(root, entry)).ObservabilityStack !== "function") {
    throw new Error(`${entry} does not export ObservabilityStack`);
}
// Pulumi's plugin host loads the folder plugin, and calls what it exports.
if (typeof require(path.join(root, "plugin")) !== "function") {
    throw new Error("plugin/index.js does not export a function");
}
process.stdout.write(`The package has ${paths.length} files.\n`);
