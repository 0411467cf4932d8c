import * as fs from "fs";
import * as path from "path";
import { chartMirror, describeWith, onPath } from "../helpers/prerequisites";
import { preview, run, testFolder } from "./pulumi";

jest.setTimeout(900_000);

const root = process.cwd();
const plugin = path.join(root, "plugin");
const folder = testFolder();

/** Copies an example, so that it uses the package in this repository. */
function project(example: string): string {
    const copy = path.join(folder(), example);
    fs.cpSync(path.join("examples", example), copy, { recursive: true });
    fs.appendFileSync(
        path.join(copy, "Pulumi.yaml"),
        `plugins:\n  providers:\n    - { name: observability, path: ${JSON.stringify(plugin)} }\n`,
    );
    return copy;
}

/** Languages of which the tools of this machine can generate an SDK. */
const languages = ["python", "go", "dotnet"].map((language) => ({ language, host: `pulumi-language-${language}` }));

describeWith({ programs: ["pulumi", "pulumi-language-nodejs"] }, "the Pulumi package", () => {
    test("has a schema in a project with the tsconfig.json of another module resolution", () => {
        const cwd = path.join(folder(), "commonjs");
        fs.mkdirSync(cwd);
        const compilerOptions = { strict: true, module: "commonjs", moduleResolution: "node", target: "es2020" };
        fs.writeFileSync(path.join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions }));
        const schema = JSON.parse(run(cwd, "pulumi", "package", "get-schema", plugin)) as {
            resources: Record<string, { inputProperties: Record<string, { plain?: boolean }> }>;
        };
        expect(Object.keys(schema.resources)).toContain("observability:index:ObservabilityStack");
        expect(schema.resources["observability:index:Loki"]?.inputProperties["bucket"]).not.toHaveProperty("plain");
        fs.writeFileSync(path.join(folder(), "schema.json"), JSON.stringify(schema));
    });

    test.each([".", "examples", "plugin"])("has a schema in the folder %s of the repository", (cwd) => {
        const schema = JSON.parse(run(cwd, "pulumi", "package", "get-schema", plugin)) as { name: string };
        expect(schema.name).toBe("observability");
    });

    describe.each(languages)("in $language", ({ language, host }) => {
        describeWith({ others: onPath(host) ? [] : [host] }, "generates an SDK", () => {
            test("with all components", () => {
                const schema = path.join(folder(), "schema.json");
                run(folder(), "pulumi", "package", "gen-sdk", schema, "--language", language, "--out", folder());
                const files = fs.readdirSync(path.join(folder(), language), { recursive: true, encoding: "utf8" });
                expect(files.filter((file) => /observability_?stack\.\w+$/i.test(file))).toHaveLength(1);
            });
        });
    });

    describeWith({ programs: ["python3", "pulumi-language-python"], mirror: true, cluster: true }, "Python", () => {
        test("previews Loki with the bucket of an ObjectStore", () => {
            const cwd = project("python");
            run(cwd, "python3", "-m", "venv", "venv");
            const pip = ["venv/bin/pip", "install", "--quiet"] as const;
            run(cwd, ...pip, "--requirement", "requirements.txt", "setuptools");
            run(cwd, ...pip, path.join(folder(), "python"));
            const output = preview(cwd);
            expect(output).toContain("observability:index:Loki loki create");
            expect(output).toContain("kubernetes:apps/v1:StatefulSet loki-chart:logs/loki create");
            expect(output).toContain('lokiUrl: "http://loki.logs.svc.cluster.local:3100"');
        });
    });

    describeWith({ programs: ["go", "pulumi-language-go"], mirror: true, cluster: true }, "Go", () => {
        test("previews Loki with the bucket of an ObjectStore", () => {
            const cwd = path.join(folder(), "go-program");
            fs.cpSync(path.join(__dirname, "go"), cwd, { recursive: true });
            run(cwd, "pulumi", "package", "add", plugin);
            run(cwd, "go", "mod", "tidy");
            const output = preview(cwd);
            expect(output).toContain("observability:index:Loki loki create");
            expect(output).toContain("kubernetes:apps/v1:StatefulSet loki-chart:logs/loki create");
            expect(output).toContain('lokiUrl: "http://loki.logs.svc.cluster.local:3100"');
        });
    });

    describeWith({ programs: ["pulumi-language-yaml"], mirror: true, cluster: true }, "YAML", () => {
        test("previews Loki with the bucket of an ObjectStore", () => {
            const cwd = project("yaml");
            const file = path.join(cwd, "Pulumi.yaml");
            const mirror = JSON.stringify(path.resolve(chartMirror ?? ""));
            const program = fs.readFileSync(file, "utf8");
            const mirrored = program.replace(/(properties: \{) (namespace: logs)/g, `$1 chartMirror: ${mirror}, $2`);
            fs.writeFileSync(file, mirrored);
            const output = preview(cwd);
            expect(output).toContain("observability:index:Loki loki create");
            expect(output).toContain('lokiUrl: "http://loki.logs.svc.cluster.local:3100"');
        });
    });
});
