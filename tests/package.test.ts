import * as fs from "fs";
import * as path from "path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import * as components from "../exports";

const manifest = JSON.parse(fs.readFileSync("package.json", "utf8")) as Record<string, any>;

describe("the package", () => {
    const names = Object.keys(components).filter((name) =>
        /^class/.test(String((components as Record<string, unknown>)[name])),
    );
    const entry = { ...manifest, main: `../../${manifest["main"]}`, exports: undefined };
    const { components: analyzed } = new Analyzer(
        path.resolve("tests/package"),
        "observability",
        entry as never,
        new Set(names),
    ).analyze();

    test("has all components in its Pulumi schema", () => {
        expect(Object.keys(analyzed).sort()).toEqual(names.sort());
        expect(names).toContain("ObservabilityStack");
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
            Alloy: ["cluster", "lokiUrl", "mimirUrl", "namespace", "tempoOtlpGrpcEndpoint"],
            DaprTracing: ["namespaces", "samplingRatio", "zipkinUrl"],
            Grafana: ["namespace"],
            Loki: ["bucket", "namespace"],
            Mimir: ["bucket", "namespace"],
            ObjectStore: ["namespace"],
            ObservabilityStack: [],
            OtelCollector: ["cluster", "exportEndpoint", "namespace"],
            Pyroscope: ["bucket", "namespace"],
            Tempo: ["bucket", "namespace"],
        });
    });

    test("has an entry point for Pulumi's plugin host that is not the program", () => {
        expect(manifest["main"]).toBe("exports.ts");
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
