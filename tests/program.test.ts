import { evaluateStack, type Evaluation } from "../cli/evaluate";
import { contract } from "../components/contract";

// Evaluates the program with the stack files of this repository.
describe.each(["dev", "prod"])("the %s stack", (stack) => {
    let evaluation: Evaluation;
    beforeAll(async () => {
        evaluation = await evaluateStack(stack);
    });
    const values = (release: string) => {
        const chart = evaluation.charts.find((candidate) => candidate.release === release);
        expect(chart).toBeDefined();
        return chart?.values as Record<string, any>;
    };

    test("deploys each component once", () => {
        expect(
            evaluation.charts.map(({ release, chart, version }) => `${release}: ${chart} ${version}`).sort(),
        ).toEqual([
            "lgtm-alloy-logs: alloy 1.11.1",
            "lgtm-alloy-metrics: alloy 1.11.1",
            "lgtm-alloy-receiver: alloy 1.11.1",
            "lgtm: grafana 12.11.1",
            "loki: loki 18.11.0",
            "mimir: mimir 0.1.0",
            "minio: minio 0.1.0",
            "otel-collector: opentelemetry-collector 0.170.0",
            "pyroscope: pyroscope 2.2.1",
            "tempo: tempo 2.2.4",
        ]);
    });

    test("has all objects in its namespace, except Dapr's Configuration", () => {
        expect(new Set(evaluation.charts.map(({ namespace }) => namespace))).toEqual(new Set(["monitoring"]));
        const elsewhere = evaluation.resources.filter(({ inputs }) => {
            const { namespace } = (inputs["metadata"] ?? {}) as { namespace?: string };
            return namespace !== undefined && namespace !== "monitoring";
        });
        expect(elsewhere.map(({ type }) => type)).toEqual(["kubernetes:dapr.io/v1alpha1:Configuration"]);
    });

    test("writes its name into its namespace", () => {
        const metadataOf = (type: string, name: string) =>
            evaluation.resources.filter(
                ({ type: other, inputs }) =>
                    other === `kubernetes:core/v1:${type}` && (inputs["metadata"] as { name: string }).name === name,
            );
        const [owner] = metadataOf("ConfigMap", "observability-stack");
        expect(owner?.inputs["data"]).toEqual({ stack: `organization/observability/${stack}` });
        const [namespace] = metadataOf("Namespace", "monitoring");
        expect(namespace?.inputs["metadata"]).toMatchObject({
            annotations: { "observability.mathtrail/stack": `organization/observability/${stack}` },
        });
    });

    test("has a digest of the files for our own charts", () => {
        const digests = evaluation.charts.flatMap(({ chart, digest }) => (digest ? [`${chart} ${digest}`] : []));
        expect(digests.sort()).toEqual([
            expect.stringMatching(/^mimir sha256:[0-9a-f]{64}$/) as string,
            expect.stringMatching(/^minio sha256:[0-9a-f]{64}$/) as string,
        ]);
    });

    test("has an explicit provider for all resources", () => {
        const kubernetes = evaluation.resources.filter(({ type }) => type.startsWith("kubernetes:"));
        expect(kubernetes.length).toBeGreaterThan(15);
        expect(kubernetes.filter(({ hasProvider }) => !hasProvider)).toEqual([]);
    });

    test("has unique names and existing parents for all resources", () => {
        const names = evaluation.resources.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(evaluation.resources.filter(({ parent }) => parent !== null && !names.includes(parent))).toEqual([]);
    });

    test("has Grafana's data sources with the URLs of the backends", () => {
        const { datasources } = values("lgtm")["datasources"]["datasources.yaml"];
        const { loki, tempo, mimir, pyroscope } = evaluation.endpoints;
        expect(datasources.map(({ uid, url }: { uid: string; url: string }) => [uid, url])).toEqual([
            ["loki", loki],
            ["tempo", tempo],
            ["mimir", `${mimir}/prometheus`],
            ["pyroscope", pyroscope],
            ["alertmanager", `${mimir}/alertmanager`],
        ]);
    });

    test("exports each signal to a port that accepts it", () => {
        const { otlp_http: exporter } = values("otel-collector")["alternateConfig"].exporters;
        const receiver = values("lgtm-alloy-receiver");
        const port = Number(exporter.endpoint.split(":").pop());
        expect(exporter.endpoint).toBe("http://lgtm-alloy-receiver.monitoring.svc.cluster.local:4318");
        expect(receiver["alloy"].extraPorts.map((extra: { port: number }) => extra.port)).toContain(port);
        const config: string = receiver["alloy"].configMap.content;
        const endpoints = [...config.matchAll(/endpoint += "(.*)"/g)].map(([, endpoint]) => endpoint);
        expect(endpoints).toEqual([
            ":4317",
            ":4318",
            `tempo.monitoring.svc.cluster.local:${contract.tempo.ports.otlpGrpc}`,
            `${evaluation.endpoints["loki"]}/otlp`,
            `${evaluation.endpoints["mimir"]}/otlp`,
        ]);
        expect(values("lgtm-alloy-logs")["alloy"].configMap.content).toContain(
            `"${evaluation.endpoints["loki"]}/loki/api/v1/push"`,
        );
        expect(values("lgtm-alloy-metrics")["alloy"].configMap.content).toContain(
            `"${evaluation.endpoints["mimir"]}/api/v1/push"`,
        );
    });

    test("configures each backend with the bucket and the user that MinIO creates", () => {
        const users: { name: string; secret: string; buckets: string[] }[] = values("minio")["users"];
        const bucketOf: Record<string, string> = {
            loki: values("loki")["loki"].storage.bucketNames.chunks,
            tempo: values("tempo")["tempo"].storage.trace.s3.bucket,
            mimir: values("mimir")["config"].common.storage.s3.bucket_name,
            pyroscope: values("pyroscope")["pyroscope"].structuredConfig.storage.s3.bucket_name,
        };
        expect(Object.fromEntries(users.map(({ name, buckets }) => [name, buckets]))).toEqual(
            Object.fromEntries(Object.entries(bucketOf).map(([name, bucket]) => [name, [bucket]])),
        );
        for (const { name, secret } of users) {
            expect(JSON.stringify(values(name))).toContain(`{"secretRef":{"name":"${secret}"}}`);
        }
    });

    test("creates all Secrets that it refers to", () => {
        const made = evaluation.resources
            .filter(({ type }) => type === "kubernetes:core/v1:Secret")
            .map(({ inputs }) => (inputs["metadata"] as { name: string }).name);
        const named = JSON.stringify(evaluation.charts.map((chart) => chart.values)).matchAll(
            /"(?:existingSecret|rootSecret|secret)":"([^"]+)"|"secretRef":\{"name":"([^"]+)"\}/g,
        );
        const names = [...named].map(([, one, other]) => one ?? other);
        expect(names.length).toBeGreaterThan(8);
        expect(names.filter((name) => !made.includes(name ?? ""))).toEqual([]);
    });

    test("configures Dapr with the URL of the collector and the sampling ratio of the profile", () => {
        const [configuration] = evaluation.resources.filter(
            ({ type }) => type === "kubernetes:dapr.io/v1alpha1:Configuration",
        );
        expect(configuration?.inputs["spec"]).toEqual({
            tracing: {
                samplingRate: stack === "prod" ? "0.1" : "1",
                zipkin: { endpointAddress: evaluation.endpoints["zipkin"] },
            },
        });
    });

    test("has the endpoints of the contract", () => {
        const collector = "http://otel-collector-opentelemetry-collector.monitoring.svc.cluster.local";
        expect(evaluation.endpoints).toEqual({
            zipkin: `${collector}:9411/api/v2/spans`,
            otlpGrpc: `${collector}:4317`,
            otlpHttp: `${collector}:4318`,
            collectorHealth: `${collector}:13133/health`,
            collectorMetrics: `${collector}:8888/metrics`,
            grafana: "http://lgtm-grafana.monitoring.svc.cluster.local",
            loki: "http://loki.monitoring.svc.cluster.local:3100",
            tempo: "http://tempo.monitoring.svc.cluster.local:3200",
            mimir: "http://mimir.monitoring.svc.cluster.local:9009",
            pyroscope: "http://pyroscope.monitoring.svc.cluster.local:4040",
        });
    });
});

describe("dev and prod", () => {
    test("have the replicas, replication factors and retention of their profiles", async () => {
        const summary = async (stack: string) => {
            const { charts } = await evaluateStack(stack);
            const of = (release: string) =>
                charts.find((chart) => chart.release === release)?.values as Record<string, any>;
            return {
                collector: of("otel-collector")["replicaCount"],
                receiver: of("lgtm-alloy-receiver")["controller"].replicas,
                loki: [of("loki")["singleBinary"].replicas, of("loki")["loki"].commonConfig.replication_factor],
                mimir: [of("mimir")["replicas"], of("mimir")["replicationFactor"]],
                minio: of("minio")["replicas"],
                retention: [
                    of("loki")["loki"].limits_config.retention_period,
                    of("tempo")["tempo"].retention,
                    of("mimir")["config"].limits.compactor_blocks_retention_period,
                    of("pyroscope")["pyroscope"].extraArgs["retention-period"],
                ],
            };
        };
        expect(await summary("dev")).toEqual({
            collector: 1,
            receiver: 1,
            loki: [1, 1],
            mimir: [1, 1],
            minio: 1,
            retention: ["48h", "48h", "168h", "48h"],
        });
        expect(await summary("prod")).toEqual({
            collector: 3,
            receiver: 3,
            loki: [3, 3],
            mimir: [3, 3],
            minio: 4,
            retention: ["720h", "336h", "720h", "168h"],
        });
    });
});
