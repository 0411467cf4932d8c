import * as fs from "fs";
import * as path from "path";
import { projectFolder, runCommand, runProcess } from "../helpers/command";

let folder: string;
beforeEach(() => {
    folder = projectFolder();
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const run = (command: string, args: string[], config?: object, env?: Record<string, string>) =>
    runCommand(folder, command, args, config, env);

test("a command started as npm starts it prints its result and sets the exit code", async () => {
    const [plan, health] = await Promise.all([
        runProcess(folder, "plan", ["test", "--json"]),
        runProcess(folder, "health", ["--what"]),
    ]);
    expect(plan.status).toBe(0);
    expect(JSON.parse(plan.stdout)).toMatchObject({ stack: "test" });
    expect(health).toEqual({ status: 2, stdout: "", stderr: "error: unknown option '--what'\n" });
});

describe("plan", () => {
    test("prints one JSON document for tools", async () => {
        const { status, stdout } = await run("plan", ["test", "--json"], { "observability:namespace": "watch" });
        const document = JSON.parse(stdout);
        expect(status).toBe(0);
        expect(Object.keys(document)).toEqual(["stack", "resources", "charts", "endpoints", "warnings"]);
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

    test("prints a tree for people, with the contract and the warnings, and no secret", async () => {
        const { stdout } = await run("plan", ["test"], {
            "observability:profile": "prod",
            "observability:grafana": { adminPassword: "hunter2" },
        });
        expect(stdout).toContain(
            "chart loki 18.11.0 as loki in monitoring, from https://grafana-community.github.io/helm-charts",
        );
        expect(stdout).toMatch(
            /Loki \(observability-loki\)\n.*replicas 3, replicationFactor 3, retention 30d, size 100Gi/,
        );
        expect(stdout).toMatch(/zipkin +http:\/\/otel-collector-opentelemetry-collector\.monitoring/);
        expect(stdout).toContain('! objectStore.kind is "minio"');
        expect(stdout).not.toContain("hunter2");
    });

    test("takes encrypted values for secrets that it cannot read, and says nothing of a MinIO that is not there", async () => {
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

    test("compares with a document that it has printed", async () => {
        const { stdout: before } = await run("plan", ["test", "--json"]);
        fs.writeFileSync(path.join(folder, "before.json"), before);
        const { stdout } = await run("plan", ["test", "--against", "before.json"], {
            "observability:retention": { logs: "9d" },
        });
        expect(stdout.split("\n")).toEqual([
            "From test to test:",
            "~ Loki observability-loki",
            "    ~ retention: 2d → 9d",
            "~ chart of loki",
            "    ~ values.loki.limits_config.retention_period: 48h → 216h",
            "",
        ]);
    });

    test.each<[string, string[], object, string]>([
        [
            "pipelines of the collector that cannot be",
            ["test"],
            { "observability:collector": { pipelines: { "traces/x": { receivers: ["otlp"], exporters: ["gone"] } } } },
            '  - observability:collector.pipelines.traces/x.exporters[0] is "gone", which is not defined',
        ],
        [
            "a document to compare with that is no plan",
            ["test", "--against", "project.json"],
            {},
            "error: project.json is not a document of plan --json, as stack is missing or of another kind; make it with:",
        ],
        [
            "settings with mistakes",
            ["test"],
            { "observability:retention": { logs: "1h" } },
            '  - observability:retention.logs is "1h"; it must be',
        ],
        [
            "a stack without file",
            ["staging"],
            {},
            'error: there is no Pulumi.staging.yaml for a stack "staging"; the stacks here are test',
        ],
        [
            "a file to compare with that is not there",
            ["test", "--against", "gone.json"],
            {},
            "error: there is no file gone.json",
        ],
        [
            "a mirror that is not there",
            ["test"],
            { "observability:charts": { mirror: "gone" } },
            "the chart mirror gone does not exist",
        ],
        ["an unknown option", ["--what"], {}, "error: unknown option '--what'"],
    ])("refuses %s with exit code 1 and no stack trace", async (_, args, config, message) => {
        fs.writeFileSync(path.join(folder, "project.json"), '{"name": "observability"}');
        const { status, stdout, stderr } = await run("plan", args, config);
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toContain(message);
        expect(stderr).not.toMatch(/^\s+at /m);
    });
});

describe("render", () => {
    test("says which programs and charts it needs", async () => {
        expect((await run("render", ["test"])).stderr).toContain("required option '--out <dir>' not specified");
        const path = process.env["PATH"];
        process.env["PATH"] = folder;
        try {
            expect((await run("render", ["test", "--out", "out"])).stderr).toContain(
                "error: helm is needed to render charts and is not on the PATH",
            );
        } finally {
            process.env["PATH"] = path;
        }
    });

    test("leaves a folder with somebody else's files alone", async () => {
        const { status, stderr } = await run("render", ["test", "--out", "."]);
        expect(status).toBe(1);
        expect(stderr).toContain(". has files that no earlier run wrote");
    });

    test("removes nothing outside of its folder, whatever its list of files says", async () => {
        fs.mkdirSync(path.join(folder, "out"));
        fs.writeFileSync(path.join(folder, "out", ".rendered"), "watch/a.yaml\n../Pulumi.yaml\n");
        const { status, stderr } = await run("render", ["test", "--out", "out"]);
        expect({ status, stderr }).toEqual({
            status: 1,
            stderr: "error: ../Pulumi.yaml is not inside out; nothing was written\n",
        });
        expect(fs.existsSync(path.join(folder, "Pulumi.yaml"))).toBe(true);
    });

    test.each<[string, string[], string]>([
        ["a stack without file", ["staging", "--out", "out"], "error: there is no Pulumi.staging.yaml for a stack"],
        ["a file as its folder", ["test", "--out", "Pulumi.yaml"], "error: Pulumi.yaml is a file; name a folder"],
        ["a mirror that is not there", ["test", "--out", "out", "--mirror", "gone"], "the chart mirror gone does not"],
    ])("refuses %s with exit code 1 and no stack trace", async (_, args, message) => {
        const { status, stdout, stderr } = await run("render", args);
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toContain(message);
        expect(stderr).not.toMatch(/^\s+at /m);
    });
});

describe("verify", () => {
    // Nothing listens at port 2.
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
    const nowhere = ["test", "--timeout", "1", "--url", ...urls];

    test("exits with 1 when something is broken, and names what is first", async () => {
        const { status, stdout, stderr } = await run("verify", nowhere, {}, { GRAFANA_PASSWORD: "x" });
        expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
        expect(stdout).toContain(
            "otel-collector-opentelemetry-collector:13133 says that the collector is healthy: http://127.0.0.1:2 does not answer: the connection was refused",
        );
        expect(stdout).toContain(
            "more:   kubectl --namespace monitoring get pods --selector app.kubernetes.io/instance=otel-collector",
        );
        expect(stdout).toMatch(/\nBroken: otel-collector-opentelemetry-collector:13133 .* 0 hold\. [\d.]+ s\.\n$/);
    });

    test("prints one JSON document for tools", async () => {
        const { status, stdout } = await run("verify", [...nowhere, "--json"], {}, { GRAFANA_PASSWORD: "x" });
        expect(status).toBe(1);
        expect(JSON.parse(stdout)).toMatchObject({
            stack: "test",
            holds: false,
            firstBroken: "reach-collectorHealth",
            hops: expect.arrayContaining([expect.objectContaining({ id: "send-zipkin", status: "not reached" })]),
        });
    });

    test.each<[string, string[], Record<string, string>, string]>([
        ["there is no such stack", ["tset"], {}, "error: there is no Pulumi.tset.yaml"],
        ["there is no cluster", ["test"], { KUBECONFIG: "/nowhere/kubeconfig" }, "error: there is no cluster"],
        [
            "addresses are missing",
            ["test", "--url", "http://x:3100"],
            {},
            "error: --url: there is no address of collectorHealth",
        ],
        ["the password is not told", nowhere, {}, "error: set GRAFANA_PASSWORD"],
        ["the time is none", ["test", "--timeout", "soon"], {}, "It is a number of seconds above 0"],
    ])("exits with 2 when it cannot check: %s", async (_, args, env, message) => {
        const { status, stderr } = await run("verify", args, {}, env);
        expect(status).toBe(2);
        expect(stderr).toContain(message);
        expect(stderr).not.toContain("    at ");
    });
});
