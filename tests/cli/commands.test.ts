import * as fs from "fs";
import * as path from "path";
import { pins } from "../../components/helm/pins";
import { projectFolder, runCommand, runProcess } from "../helpers/command";

let folder: string;
beforeEach(() => {
    folder = projectFolder();
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const run = (command: string, args: string[], config?: object, env?: Record<string, string>) =>
    runCommand(folder, command, args, config, env);

test("a command started as npm starts it prints its errors and sets the exit code", async () => {
    const { status, stdout, stderr } = await runProcess(folder, "plan", ["test"], { "observability:namespace": "A" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain('observability:namespace is "A"');
});

describe("plan", () => {
    test("prints one JSON document with --json", async () => {
        const { status, stdout } = await run("plan", ["test", "--json"], { "observability:namespace": "watch" });
        const document = JSON.parse(stdout);
        expect(status).toBe(0);
        expect(Object.keys(document)).toEqual(["stack", "profile", "resources", "charts", "endpoints", "warnings"]);
        expect(document.stack).toBe("test");
        expect(document.resources[0]).toMatchObject({
            type: "pulumi:pulumi:Stack",
            name: "observability-test",
            parent: null,
        });
        expect(document.charts[0]).toMatchObject({
            release: "minio",
            chart: "minio",
            version: "0.1.0",
            namespace: "watch",
            values: { replicas: 1 },
        });
        expect(document.endpoints.loki).toBe("http://loki.watch.svc.cluster.local:3100");
    });

    test("prints a tree with the endpoints and the warnings, and no secret", async () => {
        const { stdout } = await run("plan", ["test"], {
            "observability:profile": "prod",
            "observability:grafana": { adminPassword: "hunter2" },
        });
        expect(stdout).toContain(
            "chart loki 18.11.0 as release loki in namespace monitoring, from https://grafana-community.github.io/helm-charts",
        );
        expect(stdout).toMatch(
            /Loki \(observability-loki\)\n[^├]*replicas 3,?[\s│]+replicationFactor 3, retention 30d, size 100Gi/,
        );
        expect(stdout).toMatch(/zipkin +http:\/\/otel-collector-opentelemetry-collector\.monitoring/);
        expect(stdout).toContain('! objectStore.kind is "minio"');
        expect(stdout).not.toContain("hunter2");
    });

    test("accepts encrypted values without decrypting them, and shows no settings of MinIO if S3 is used", async () => {
        const { status, stdout, stderr } = await run("plan", ["test"], {
            "observability:objectStore": {
                kind: "s3",
                endpoint: "https://s3.example.com",
                bucketPrefix: "acme",
                accessKeyId: { secure: "v1:abc" },
                secretAccessKey: { secure: "v1:def" },
            },
        });
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        const [, store] = /ObjectStore (.*?)Mimir /s.exec(stdout) ?? [];
        expect(store).toContain("endpoint https://s3.example.com, kind s3");
        expect(store).not.toMatch(/replicas|size/);
    });

    test("compares with a JSON document that it printed earlier", async () => {
        const { stdout: before } = await run("plan", ["test", "--json"]);
        fs.writeFileSync(path.join(folder, "before.json"), before);
        const { stdout } = await run("plan", ["test", "--against", "before.json"], {
            "observability:retention": { logs: "9d" },
        });
        expect(stdout.split("\n")).toEqual([
            "Differences from test to test:",
            "~ Loki observability-loki",
            "    ~ retention: 2d → 9d",
            `~ release loki (chart loki ${pins.loki.version})`,
            "    ~ values.loki.limits_config.retention_period: 48h → 216h",
            "",
        ]);
    });

    test.each<[string, string[], object, string]>([
        [
            "invalid pipelines of the collector",
            ["test"],
            { "observability:collector": { pipelines: { "traces/x": { receivers: ["otlp"], exporters: ["gone"] } } } },
            '  - observability:collector.pipelines.traces/x.exporters[0] is "gone", which is not defined',
        ],
        [
            "a document for --against that is not a plan",
            ["test", "--against", "project.json"],
            {},
            "error: project.json is not the output of plan --json: the key stack is missing or has a wrong type; create a plan file with: npm run --silent plan -- STACK --json",
        ],
        [
            "settings with mistakes",
            ["test"],
            { "observability:retention": { logs: "1h" } },
            '  - observability:retention.logs is "1h"; it must be',
        ],
        [
            "a stack without a stack file",
            ["staging"],
            {},
            'error: stack "staging" does not exist: there is no file Pulumi.staging.yaml; the stacks are test',
        ],
        [
            "a file for --against that does not exist",
            ["test", "--against", "gone.json"],
            {},
            "error: the file gone.json does not exist; create a plan file with: npm run --silent plan -- STACK --json",
        ],
        [
            "a chart mirror that does not exist",
            ["test"],
            { "observability:charts": { mirror: "gone" } },
            "the chart mirror gone does not exist",
        ],
        ["an unknown option", ["--what"], {}, "error: unknown option '--what'"],
    ])("rejects %s with exit code 1 and without a stack trace", async (_, args, config, message) => {
        fs.writeFileSync(path.join(folder, "project.json"), '{"name": "observability"}');
        const { status, stdout, stderr } = await run("plan", args, config);
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toContain(message);
        expect(stderr).not.toMatch(/^\s+at /m);
    });
});

describe("render", () => {
    test("reports that helm or an option is missing", async () => {
        expect((await run("render", ["test"])).stderr).toContain("required option '--out <dir>' not specified");
        const path = process.env["PATH"];
        process.env["PATH"] = folder;
        try {
            expect((await run("render", ["test", "--out", "out"])).stderr).toContain(
                "error: helm is not on the PATH, but it is required to render charts",
            );
        } finally {
            process.env["PATH"] = path;
        }
    });

    test("does not write to a folder with other files", async () => {
        const { status, stderr } = await run("render", ["test", "--out", "."]);
        expect(status).toBe(1);
        expect(stderr).toContain("the folder . contains files that render did not write");
    });

    test("deletes no file outside of its folder, even if its list of files contains one", async () => {
        fs.mkdirSync(path.join(folder, "out"));
        fs.writeFileSync(path.join(folder, "out", ".rendered"), "watch/a.yaml\n../Pulumi.yaml\n");
        const { status, stderr } = await run("render", ["test", "--out", "out"]);
        expect({ status, stderr }).toEqual({
            status: 1,
            stderr: "error: the file ../Pulumi.yaml is outside of the folder out; nothing was written\n",
        });
        expect(fs.existsSync(path.join(folder, "Pulumi.yaml"))).toBe(true);
    });

    test.each<[string, string[], string]>([
        ["a stack without a stack file", ["staging", "--out", "out"], 'error: stack "staging" does not exist'],
        [
            "a file as its output folder",
            ["test", "--out", "Pulumi.yaml"],
            'error: --out is "Pulumi.yaml", which is a file',
        ],
        [
            "a chart mirror that does not exist",
            ["test", "--out", "out", "--mirror", "gone"],
            "the chart mirror gone does not",
        ],
    ])("rejects %s with exit code 1 and without a stack trace", async (_, args, message) => {
        const { status, stdout, stderr } = await run("render", args);
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toContain(message);
        expect(stderr).not.toMatch(/^\s+at /m);
    });
});

describe("verify", () => {
    // No process listens on port 2.
    const urls = [
        "collectorHealth",
        "zipkin",
        "otlpGrpc",
        "otlpHttp",
        "collectorMetrics",
        "grafana",
        "loki",
        "tempo",
        "mimir",
        "pyroscope",
    ].map((name) => `${name}=http://127.0.0.1:2`);
    const unreachable = ["test", "--timeout", "1", "--url", ...urls];

    test("exits with 1 if a check fails, and names the first failed check", async () => {
        const { status, stdout, stderr } = await run("verify", unreachable, {}, { GRAFANA_PASSWORD: "x" });
        expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
        expect(stdout).toContain(
            "FAILED reach-collectorHealth: otel-collector-opentelemetry-collector:13133 reports that the collector is healthy\n" +
                "           reason:       http://127.0.0.1:2 does not respond: the connection was refused\n",
        );
        expect(stdout).toContain(
            "next step:    kubectl --namespace monitoring get pods --selector app.kubernetes.io/instance=otel-collector",
        );
        expect(stdout).toMatch(
            /\nFirst failed check: reach-collectorHealth .* Checks: 0 passed, .* Time: [\d.]+ s\.\n$/,
        );
    });

    test("prints one JSON document with --json", async () => {
        const { status, stdout } = await run("verify", [...unreachable, "--json"], {}, { GRAFANA_PASSWORD: "x" });
        expect(status).toBe(1);
        expect(JSON.parse(stdout)).toMatchObject({
            stack: "test",
            passed: false,
            firstFailed: "reach-collectorHealth",
            checks: expect.arrayContaining([expect.objectContaining({ id: "send-zipkin", status: "skipped" })]),
        });
    });

    test.each<[string, string[], Record<string, string>, string]>([
        ["the stack does not exist", ["tset"], {}, 'error: stack "tset" does not exist'],
        ["there is no kubeconfig", ["test"], { KUBECONFIG: "/nowhere/kubeconfig" }, "error: there is no kubeconfig"],
        ["a URL is missing", ["test", "--url", "http://x:3100"], {}, "error: --url is missing for collectorHealth"],
        [
            "the password is missing",
            unreachable,
            {},
            "error: the Grafana password is unknown; set it in GRAFANA_PASSWORD",
        ],
        [
            "the timeout is invalid",
            ["test", "--timeout", "soon"],
            {},
            "The value must be a number of seconds greater than 0",
        ],
    ])("exits with 2 if %s", async (_, args, env, message) => {
        const { status, stderr } = await run("verify", args, {}, env);
        expect(status).toBe(2);
        expect(stderr).toContain(message);
        expect(stderr).not.toContain("    at ");
    });
});
