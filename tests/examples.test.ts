import * as fs from "fs";
import { load, loadAll } from "js-yaml";
import * as path from "path";
import { evaluateStack, type Evaluation } from "../cli/evaluate";
import { recordProgram, type Resource } from "../cli/record";
import { endpoints } from "../components/contract";
import { projectFolder } from "./helpers/command";

const root = process.cwd();
const chartType = "kubernetes:helm.sh/v4:Chart";

/** Evaluates the stack file of an example in a new folder, as after the `cp` in its README. */
async function evaluateExample(example: string, stack: string): Promise<Evaluation> {
    const folder = projectFolder();
    const file = `Pulumi.${stack}.yaml`;
    fs.copyFileSync(path.join("examples", example, file), path.join(folder, file));
    process.chdir(folder);
    try {
        return await evaluateStack(stack);
    } finally {
        process.chdir(root);
        fs.rmSync(folder, { recursive: true });
    }
}

/** Runs the program of an example under Pulumi mocks. */
function runExample<T extends object>(example: string) {
    return recordProgram({ project: example, stack: "dev" }, () =>
        jest.requireActual<T>(path.resolve("examples", example, "index.ts")),
    );
}

const componentsOf = (resources: Resource[]) =>
    resources.map(({ type }) => type).filter((type) => type.startsWith("observability:"));
const releasesOf = (resources: Resource[]) =>
    resources
        .filter(({ type }) => type === chartType)
        .map(({ inputs }) => `${String(inputs["namespace"])}/${String(inputs["name"])}`)
        .sort();
const dataOf = (resources: Resource[], name: string) =>
    resources.find(({ type, name: other }) => type === "kubernetes:core/v1:ConfigMap" && other === name)?.inputs as {
        metadata: { namespace: string; labels: object };
        data: Record<string, string>;
    };

describe("minimal-dev", () => {
    test("deploys every component once, without Dapr and without a warning", async () => {
        const { resources, endpoints, warnings } = await evaluateExample("minimal-dev", "minimal");
        expect(componentsOf(resources)).toEqual(
            [
                "ObservabilityStack",
                "ObjectStore",
                "Mimir",
                "Loki",
                "Tempo",
                "Pyroscope",
                "Grafana",
                "Alloy",
                "OtelCollector",
            ].map((name) => `observability:index:${name}`),
        );
        expect(endpoints["otlpHttp"]).toBe(
            "http://otel-collector-opentelemetry-collector.monitoring.svc.cluster.local:4318",
        );
        expect(warnings).toEqual([]);
    });
});

describe("many-clusters", () => {
    const example = (stack: string) => evaluateExample("many-clusters", stack);

    test("has a central stack that accepts the data of edge-1, and edge-1 sends everything there", async () => {
        const hub = await example("hub");
        expect(releasesOf(hub.resources)).toContain("monitoring/ingestion-proxy");
        expect(hub.settings.ingestion.external).toMatchObject({
            clients: ["edge-1", "edge-2"],
            host: "hub.example.com",
        });
        expect(hub.warnings).toEqual([]);
        const edge = await example("edge-1");
        expect(releasesOf(edge.resources)).toEqual([
            "monitoring/lgtm-alloy-logs",
            "monitoring/lgtm-alloy-metrics",
            "monitoring/lgtm-alloy-receiver",
            "monitoring/otel-collector",
        ]);
        expect(edge.settings.cluster).toBe("edge-1");
        expect(edge.settings.external.loki.url).toBe("https://hub.example.com");
        expect(edge.warnings).toEqual([]);
    });
});

describe("prod-s3-sso-ingress", () => {
    let example: Evaluation;
    beforeAll(async () => {
        example = await evaluateExample("prod-s3-sso-ingress", "prod-eu");
    });
    const values = (release: string) => example.charts.find((chart) => chart.release === release)?.values ?? {};

    test("deploys no MinIO, no namespace and no Secret except the Grafana login", () => {
        expect(releasesOf(example.resources)).toEqual(
            [
                "lgtm",
                "lgtm-alloy-logs",
                "lgtm-alloy-metrics",
                "lgtm-alloy-receiver",
                "loki",
                "mimir",
                "otel-collector",
                "pyroscope",
                "tempo",
            ].map((release) => `monitoring/${release}`),
        );
        const of = (kind: string) => example.resources.filter(({ inputs }) => inputs["kind"] === kind);
        expect(of("Namespace")).toEqual([]);
        expect(of("Secret").map(({ inputs }) => (inputs["metadata"] as { name: string }).name)).toEqual([
            "grafana-admin",
        ]);
    });

    test("stores each signal in its own bucket", () => {
        const buckets = ["Loki", "Mimir", "Tempo", "Pyroscope"].map((component) => {
            const { inputs } = example.resources.find(
                ({ type }) => type === `observability:index:${component}`,
            ) as Resource;
            const { endpoint, bucket, secretName } = inputs["bucket"] as Record<string, string>;
            return [endpoint, bucket, secretName];
        });
        expect(buckets).toEqual(
            ["loki", "mimir", "tempo", "pyroscope"].map((backend) => [
                "s3.eu-central-1.amazonaws.com",
                `acme-observability-${backend}`,
                "s3-keys",
            ]),
        );
    });

    test("serves Grafana at its host over TLS, with single sign-on and the client secret from a Secret", () => {
        const grafana = values("lgtm") as Record<string, any>;
        expect(grafana["ingress"]).toMatchObject({
            enabled: true,
            hosts: ["grafana.example.com"],
            ingressClassName: "nginx",
            tls: [{ secretName: "grafana-tls", hosts: ["grafana.example.com"] }],
        });
        expect(grafana["envValueFrom"].GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET.secretKeyRef).toEqual({
            name: "grafana-oidc-client",
            key: "client-secret",
        });
        const ini = grafana["grafana.ini"] as Record<string, Record<string, unknown>>;
        expect(ini["server"]).toEqual({ root_url: "https://grafana.example.com" });
        expect(ini["auth"]).toEqual({ disable_login_form: true });
        expect(ini["auth.generic_oauth"]).toMatchObject({ enabled: true, client_id: '"""grafana"""' });
        expect(ini["auth.generic_oauth"]).not.toHaveProperty("client_secret");
    });

    test("accepts OTLP from outside of the cluster with the token of a client", () => {
        const { alternateConfig, extraEnvs } = values("otel-collector") as Record<string, any>;
        expect(alternateConfig.extensions["bearertokenauth/external"]).toEqual({
            tokens: ["${env:OTLP_CLIENT_EDGE}"],
        });
        expect(extraEnvs[1].valueFrom.secretKeyRef).toEqual({ name: "otlp-clients", key: "edge" });
    });

    test("routes critical alerts to PagerDuty and all others to Slack", () => {
        const { inputs } = example.resources.find(({ type }) => type === "observability:index:Mimir") as Resource;
        expect(inputs["alertmanager"]).toMatchObject({
            routes: [{ receiver: "pager", severities: ["critical"] }],
            defaultReceiver: "chat",
            heartbeatReceiver: "heartbeat",
        });
    });

    test("has no warning", () => {
        expect(example.warnings).toEqual([]);
    });

    test("names every Secret of its README, and no other", () => {
        const text = fs.readFileSync("examples/prod-s3-sso-ingress/README.md", "utf8");
        const table = [...text.matchAll(/^ *\| `([\w-]+)` /gm)].map(([, name = ""]) => name);
        const file = fs.readFileSync("examples/prod-s3-sso-ingress/Pulumi.prod-eu.yaml", "utf8");
        const named = [...file.matchAll(/(?:existingSecret|tlsSecret): ([\w-]+)/g)].map(([, name = ""]) => name);
        expect(named.sort()).toEqual(table.sort());
    });
});

describe("one-component", () => {
    test("deploys Loki and MinIO, and nothing else", async () => {
        const { resources, result } = await runExample<{ lokiUrl: string }>("one-component");
        expect(componentsOf(resources)).toEqual(["observability:index:ObjectStore", "observability:index:Loki"]);
        expect(releasesOf(resources)).toEqual(["logs/loki", "logs/minio"]);
        expect(result.lokiUrl).toBe("http://loki.logs.svc.cluster.local:3100");
        expect(resources.filter(({ type, hasProvider }) => type.startsWith("kubernetes:") && !hasProvider)).toEqual([]);
    });
});

describe("existing-grafana", () => {
    let resources: Resource[];
    let outputs: Record<string, string>;
    beforeAll(async () => {
        ({ resources, result: outputs } = await runExample<Record<string, string>>("existing-grafana"));
    });

    test("deploys everything except Grafana", () => {
        expect(releasesOf(resources)).toEqual(
            [
                "lgtm-alloy-logs",
                "lgtm-alloy-metrics",
                "lgtm-alloy-receiver",
                "loki",
                "mimir",
                "minio",
                "otel-collector",
                "pyroscope",
                "tempo",
            ].map((release) => `observability/${release}`),
        );
        expect(componentsOf(resources)).not.toContain("observability:index:Grafana");
        expect(outputs).toEqual({
            otlpHttpUrl: "http://otel-collector-opentelemetry-collector.observability.svc.cluster.local:4318",
            zipkinUrl:
                "http://otel-collector-opentelemetry-collector.observability.svc.cluster.local:9411/api/v2/spans",
        });
    });

    test("gives the existing Grafana four data sources, none of which is the default", () => {
        const { metadata, data } = dataOf(resources, "grafana-data-sources");
        expect(metadata).toMatchObject({ namespace: "monitoring", labels: { grafana_datasource: "1" } });
        const { datasources } = load(data["observability.yaml"] ?? "") as { datasources: Record<string, any>[] };
        expect(datasources.map(({ uid, url, isDefault }) => [uid, url, isDefault])).toEqual([
            ["loki", "http://loki.observability.svc.cluster.local:3100", false],
            ["tempo", "http://tempo.observability.svc.cluster.local:3200", false],
            ["mimir", "http://mimir.observability.svc.cluster.local:9009/prometheus", false],
            ["pyroscope", "http://pyroscope.observability.svc.cluster.local:4040", false],
        ]);
        expect(datasources[1]?.["jsonData"].tracesToLogsV2.datasourceUid).toBe("loki");
    });

    test("gives the existing Grafana a ConfigMap for each folder of dashboards, below the limit of 1 MiB", () => {
        const folders = ["cost", "dapr", "kubernetes", "platform", "stack", "stores"];
        const maps = folders.map((folder) => dataOf(resources, `grafana-dashboards-${folder}`));
        expect(maps.map(({ metadata }) => [metadata.namespace, metadata.labels])).toEqual(
            folders.map(() => ["monitoring", { grafana_dashboard: "1" }]),
        );
        expect(Object.keys(maps[0]?.data ?? {})).toEqual([
            "cost-logs.json",
            "cost-metrics.json",
            "cost-namespaces.json",
            "cost-traces.json",
        ]);
        const size = ({ data }: { data: object }) => Buffer.byteLength(JSON.stringify(Object.values(data)));
        expect(Math.max(...maps.map(size))).toBeLessThan(2 ** 20);
    });
});

describe("services", () => {
    const folder = "examples/services";
    const programs = ["answer-api", "grading-worker", "lesson-api", "solver-api"];
    const sources = programs.flatMap((name) => [
        [`typescript/${name}.ts`, fs.readFileSync(`${folder}/typescript/${name}.ts`, "utf8")] as const,
        [`go/${name}/main.go`, fs.readFileSync(`${folder}/go/${name}/main.go`, "utf8")] as const,
    ]);
    const objects = fs
        .readdirSync(`${folder}/kubernetes`)
        .flatMap((file) => loadAll(fs.readFileSync(`${folder}/kubernetes/${file}`, "utf8")) as Record<string, any>[]);
    const deployments = objects
        .filter(({ kind }) => kind === "Deployment")
        .map(({ metadata, spec }) => ({
            name: metadata.name as string,
            namespace: metadata.namespace as string,
            metadata: spec.template.metadata as {
                labels: Record<string, string>;
                annotations?: Record<string, string>;
            },
            container: spec.template.spec.containers[0] as Record<string, any>,
        }));
    const envOf = (container: Record<string, any>) =>
        Object.fromEntries(
            (container["env"] as { name: string; value?: string }[]).map(({ name, value }) => [
                name,
                value ?? "a field",
            ]),
        );

    test.each(sources)("%s marks three lines", (_, text) => {
        expect([...text.matchAll(/\/\/ OBSERVABILITY (\d\/\d): \S/g)].map(([, number]) => number).sort()).toEqual([
            "1/3",
            "2/3",
            "3/3",
        ]);
    });

    test("are in a namespace that can send data, and send it to the DNS names of the stack", () => {
        const namespaces = objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata);
        expect(namespaces).toEqual([{ name: "mathtrail", labels: { "observability.mathtrail/client": "true" } }]);
        const { otlpHttp, pyroscope } = endpoints("monitoring");
        expect(deployments.map(({ name, namespace, container }) => [name, namespace, envOf(container)])).toEqual(
            ["answer-api", "grading-worker", "lesson-api", "profile-api", "solver-api"].map((name) => [
                name,
                "mathtrail",
                expect.objectContaining({
                    OTEL_SERVICE_NAME: name,
                    OTEL_EXPORTER_OTLP_ENDPOINT: otlpHttp,
                    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
                    ...(name === "solver-api" && { PYROSCOPE_SERVER_ADDRESS: pyroscope }),
                }),
            ]),
        );
    });

    test("pull no image, and have the same name in pod logs, in Dapr and in traces", () => {
        for (const { name, metadata, container } of deployments) {
            expect(container["imagePullPolicy"]).toBe("Never");
            expect(metadata.labels).toEqual({ app: name });
            expect(metadata.annotations?.["dapr.io/app-id"]).toBe(/lesson|profile/.test(name) ? name : undefined);
        }
    });

    test("have every variable that their programs read in the manifest", () => {
        const optional = ["PORT", "DAPR_HTTP_PORT"];
        for (const [file, text] of sources) {
            const read = [...text.matchAll(/(?:required\(|Getenv\()"(\w+)"/g)].map(([, name = ""]) => name);
            const deployed = deployments.find(({ name }) => file.includes(name));
            const given = Object.keys(envOf(deployed?.container ?? {}));
            expect([file, read.filter((name) => !optional.includes(name) && !given.includes(name))]).toEqual([
                file,
                [],
            ]);
        }
    });

    test("pin every npm package to one version, and the same one as this package where it has it", () => {
        const versions = (file: string) => {
            const { dependencies = {}, devDependencies = {} } = JSON.parse(fs.readFileSync(file, "utf8")) as Record<
                string,
                Record<string, string>
            >;
            return { ...devDependencies, ...dependencies };
        };
        const own = versions("package.json");
        const pinned = Object.entries(versions(`${folder}/typescript/package.json`));
        expect(pinned.filter(([name, version]) => !/^\d+\.\d+\.\d+$/.test(version) && name !== "typescript")).toEqual(
            [],
        );
        expect(pinned.filter(([name, version]) => own[name] !== undefined && own[name] !== version)).toEqual([]);
    });
});

test("the index lists every example", () => {
    const examples = fs
        .readdirSync("examples", { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
    expect(examples).toEqual([
        "argocd",
        "existing-grafana",
        "flux",
        "many-clusters",
        "minimal-dev",
        "one-component",
        "prod-s3-sso-ingress",
        "python",
        "services",
        "yaml",
    ]);
    const index = fs.readFileSync("examples/README.md", "utf8");
    expect(examples.filter((name) => !index.includes(`(${name}/README.md)`))).toEqual([]);
});

test("programs depend on the versions of Pulumi that this package is tested with", () => {
    const versions = (file: string) => {
        const { dependencies = {}, devDependencies = {} } = JSON.parse(fs.readFileSync(file, "utf8")) as Record<
            string,
            Record<string, string>
        >;
        return { ...devDependencies, ...dependencies };
    };
    const packageVersions = versions("package.json");
    for (const example of ["one-component", "existing-grafana"]) {
        const exampleVersions = Object.entries(versions(`examples/${example}/package.json`));
        expect(exampleVersions.filter(([name, version]) => packageVersions[name] !== version)).toEqual([
            ["@mathtrail/observability", "github:MathTrail/observability"],
        ]);
    }
});
