import * as fs from "fs";
import * as path from "path";
import { componentPages, splitDefault } from "../cli/component-reference";
import { analyzeComponents, componentNames } from "../plugin/schema";

const manifest = JSON.parse(fs.readFileSync("package.json", "utf8")) as Record<string, any>;

describe("the package", () => {
    const analysis = analyzeComponents(".");
    const { components: analyzed } = analysis;

    test("has all components in its Pulumi schema", () => {
        expect(Object.keys(analyzed).sort()).toEqual([...componentNames].sort());
        expect(componentNames).toContain("ObservabilityStack");
    });

    test("documents all components and arguments", () => {
        const undocumented = Object.entries(analyzed).flatMap(([component, { description, inputs }]) => [
            ...(description ? [] : [component]),
            ...Object.entries(inputs)
                .filter(([, input]) => !input.description && !("$ref" in input))
                .map(([input]) => `${component}.${input}`),
        ]);
        expect(undocumented).toEqual([]);
    });

    test("has the tables of arguments and outputs that npm run generate writes", () => {
        // Prettier pads the cells of tables.
        const withoutPadding = (text: string) => text.replace(/ +\|/g, " |").replace(/-{3,}/g, "---");
        const pages = componentPages(analysis);
        expect(Object.keys(pages)).toHaveLength(componentNames.length);
        for (const [file, page] of Object.entries(pages)) {
            expect(withoutPadding(fs.readFileSync(file, "utf8"))).toBe(withoutPadding(page));
        }
        expect(withoutPadding(pages["components/loki/README.md"] ?? "")).toContain(
            '| `retention` | string | "7d" | How long logs are kept, as a duration such as "14d". At least "24h". |',
        );
        expect(withoutPadding(pages["components/loki/README.md"] ?? "")).toContain(
            "| `bucket` | BucketConnection | required | Bucket for chunks and index. |",
        );
    });

    test.each([
        ['Size. Default: "10Gi", from the chart.', { text: "Size.", standard: '"10Gi", from the chart' }],
        ["A. Default: 0.1. B.", { text: "A. B.", standard: "0.1" }],
        ["A.", { text: "A.", standard: "" }],
    ])("separates the default from the docstring %j", (docstring, expected) => {
        expect(splitDefault(docstring)).toEqual(expected);
    });

    test("has few required arguments", () => {
        const required = Object.fromEntries(
            Object.entries(analyzed).map(([component, { inputs }]) => [
                component,
                Object.entries(inputs)
                    .filter(([, input]) => !input.optional)
                    .map(([input]) => input)
                    .sort(),
            ]),
        );
        expect(required).toEqual({
            Alloy: ["cluster", "namespace"],
            AutoInstrumentation: ["cluster", "namespace", "otlpEndpoint"],
            DaprTracing: ["namespaces", "samplingRatio", "zipkinUrl"],
            Grafana: ["namespace"],
            GrafanaProvisioning: ["namespace", "stackNamespace"],
            IngestionProxy: ["clients", "credentialsSecret", "namespace"],
            KubeStateMetrics: ["namespace"],
            LoadMonitor: ["cluster", "namespace", "samplingRatio"],
            Loki: ["bucket", "namespace"],
            Mimir: ["bucket", "namespace"],
            NetworkPolicies: ["components", "namespace"],
            ObjectStore: ["namespace"],
            ObservabilityStack: [],
            OtelCollector: ["cluster", "exportEndpoint", "namespace"],
            Prometheus: ["cluster", "namespace", "remoteWriteUrl"],
            Pyroscope: ["bucket", "namespace"],
            Redpanda: ["namespace"],
            Tempo: ["bucket", "namespace"],
        });
    });

    test("has declaration files for every module resolution", () => {
        // The module resolution "node" reads types and main, and not exports.
        const { types, main, exports } = manifest;
        expect({ types, main, exports: exports["."] }).toEqual({
            types: "dist/exports.d.ts",
            main: "dist/exports.js",
            exports: { types: "./dist/exports.d.ts", default: "./dist/exports.js" },
        });
    });

    test("has its plugin in a folder without Pulumi.yaml and package.json", () => {
        // Pulumi accepts either a Pulumi.yaml or a PulumiPlugin.yaml in a folder, and runs npm install in the nearest folder with a package.json.
        const files = ["PulumiPlugin.yaml", "plugin/PulumiPlugin.yaml", "plugin/Pulumi.yaml", "plugin/package.json"];
        expect(files.filter((file) => fs.existsSync(file))).toEqual(["plugin/PulumiPlugin.yaml"]);
        expect(manifest.files).toEqual(expect.arrayContaining(["dist", "plugin/index.js", "plugin/PulumiPlugin.yaml"]));
    });

    test("has the same files in the folder of each component", () => {
        const folders = fs
            .readdirSync("components", { withFileTypes: true })
            .filter((entry) => entry.isDirectory() && entry.name !== "helm")
            .map(({ name }) => name);
        const files = folders.flatMap((folder) =>
            ["args.ts", "index.ts", "values.ts", "README.md"].map((file) => path.join("components", folder, file)),
        );
        expect(files.length).toBeGreaterThan(30);
        expect(files.filter((file) => !fs.existsSync(file))).toEqual([]);
    });
});
