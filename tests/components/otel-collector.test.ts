import * as components from "../../exports";
import { collectorComponents } from "../../components/otel-collector/config";
import { pipelineMistakes } from "../../components/otel-collector/pipeline";
import { chartOf, record, refusal } from "../helpers/record";

const required = { namespace: "watch", cluster: "c", exportEndpoint: "alloy:4317" };
const tailSampling = { ratio: 0.1, decisionWait: "1m", slowerThan: "3s" };

async function values(more: object = {}): Promise<Record<string, any>> {
    const { resources } = await record((opts) => new components.OtelCollector("o", { ...required, ...more }, opts));
    return chartOf(resources, "otel-collector")["values"];
}

async function config(more: object = {}): Promise<Record<string, any>> {
    return (await values(more))["alternateConfig"];
}

describe("the collector's pipelines", () => {
    test("pass every signal on, each with what Kubernetes knows of its sender", async () => {
        const { pipelines } = (await config())["service"];
        const processors = ["memory_limiter", "k8s_attributes", "resource_detection", "resource"];
        expect(pipelines).toEqual({
            traces: { receivers: ["zipkin", "otlp"], processors, exporters: ["otlp_grpc"] },
            metrics: {
                receivers: ["otlp"],
                processors: [...processors, "transform/labels"],
                exporters: ["otlp_grpc"],
            },
            logs: { receivers: ["otlp"], processors, exporters: ["otlp_grpc"] },
        });
    });

    test("take Jaeger's protocols where that is asked for", async () => {
        const { alternateConfig, ports } = await values({ jaeger: true });
        expect(alternateConfig.service.pipelines.traces.receivers).toEqual(["zipkin", "otlp", "jaeger"]);
        expect(alternateConfig.receivers.jaeger.protocols.grpc.endpoint).toBe(":14250");
        expect(ports["jaeger-compact"]).toEqual({
            enabled: true,
            containerPort: 6831,
            servicePort: 6831,
            protocol: "UDP",
        });
    });

    test("stamp spans with the ratio that senders sample at, for rates to be multiplied back", async () => {
        const { processors, service } = await config({ headSamplingRatio: 0.1 });
        expect(processors["resource/sampling"]).toEqual({
            attributes: [
                { key: "sampling.ratio", value: 0.1, action: "insert" },
                { key: "sampling.ratio", action: "convert", converted_type: "double" },
            ],
        });
        expect(service.pipelines.traces.processors).toEqual([
            "memory_limiter",
            "k8s_attributes",
            "resource_detection",
            "resource",
            "resource/sampling",
        ]);
        expect(service.pipelines.logs.processors).not.toContain("resource/sampling");
        expect(JSON.stringify(await config({ headSamplingRatio: 1 }))).not.toContain("sampl");
    });

    test("keep what cannot be passed on in queues on disk, all of which fit into the volume even when full of small requests", async () => {
        const { exporters, extensions, service } = await config({ queueSize: "12Gi" });
        expect(exporters.otlp_grpc.sending_queue).toMatchObject({
            storage: "file_storage/queue",
            sizer: "bytes",
            queue_size: 2 ** 30,
        });
        expect(exporters.otlp_grpc.retry_on_failure.max_elapsed_time).toBe("0s");
        expect(extensions["file_storage/queue"].directory).toBe("/var/lib/otelcol");
        expect(service.extensions).toEqual(["health_check", "file_storage/queue"]);
    });

    test("keep their queues on a volume in prod, and for as long as the pod lives in dev", async () => {
        const prod = await values({ profile: "prod", storageClass: "fast" });
        const dev = await values();
        expect(prod["mode"]).toBe("statefulset");
        expect(prod["statefulset"].volumeClaimTemplates).toEqual([
            {
                metadata: { name: "queue" },
                spec: {
                    accessModes: ["ReadWriteOnce"],
                    storageClassName: "fast",
                    resources: { requests: { storage: "10Gi" } },
                },
            },
        ]);
        expect(prod["extraVolumes"]).toBeUndefined();
        expect(dev["mode"]).toBe("deployment");
        expect(dev["extraVolumes"]).toEqual([{ name: "queue", emptyDir: { sizeLimit: "1Gi" } }]);
        expect((await values({ profile: "prod", persistence: false }))["mode"]).toBe("deployment");
    });

    test("say of every signal what its platform is", async () => {
        const more = { resourceAttributes: { "deployment.environment.name": "a b,c" } };
        expect((await values(more))["extraEnvs"]).toEqual([
            {
                name: "OTEL_RESOURCE_ATTRIBUTES",
                value: "k8s.cluster.name=c,deployment.environment.name=a%20b%2Cc",
            },
        ]);
    });
});

describe("the collector with tail sampling", () => {
    test("keeps errors, slow traces and a ratio of the rest", async () => {
        const { processors, service } = await config({ tailSampling });
        expect(processors.tail_sampling).toEqual({
            decision_wait: "60s",
            num_traces: 1_200_000,
            policies: [
                { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
                { name: "slow", type: "latency", latency: { threshold_ms: 3000 } },
                { name: "rest", type: "probabilistic", probabilistic: { sampling_percentage: 10 } },
            ],
        });
        expect(service.pipelines["traces/sample"]).toEqual({
            receivers: ["forward/sample"],
            processors: ["tail_sampling"],
            exporters: ["otlp_grpc"],
        });
    });

    test("counts before it drops", async () => {
        const { pipelines } = (await config({ tailSampling }))["service"];
        expect(pipelines["traces/complete"].exporters).toEqual(["span_metrics", "service_graph", "forward/sample"]);
        expect(pipelines["traces/complete"].processors).not.toContain("tail_sampling");
        expect(pipelines["metrics/spans"]).toMatchObject({
            receivers: ["span_metrics", "service_graph"],
            exporters: ["otlp_grpc"],
        });
    });

    test("brings the spans of a trace together where there are several replicas", async () => {
        const { alternateConfig, extraManifests, ports } = await values({ tailSampling, replicas: 3 });
        const { "traces/route": route, "traces/complete": complete } = alternateConfig.service.pipelines;
        expect(route).toMatchObject({ receivers: ["zipkin", "otlp"], exporters: ["load_balancing"] });
        expect(complete).toMatchObject({ receivers: ["otlp/peers"], processors: ["memory_limiter"] });
        const [service] = extraManifests;
        expect(alternateConfig.exporters.load_balancing).toMatchObject({
            routing_key: "traceID",
            resolver: { dns: { hostname: `${service.metadata.name}.watch.svc.cluster.local`, port: "4319" } },
        });
        const { endpoint } = alternateConfig.receivers["otlp/peers"].protocols.grpc;
        expect(endpoint).toBe(`:${service.spec.ports[0].targetPort}`);
        // What waits for one peer would be lost with it.
        const { load_balancing: routing } = alternateConfig.exporters;
        expect(routing.protocol.otlp).toMatchObject({
            sending_queue: { enabled: false },
            retry_on_failure: { enabled: false },
        });
        expect(routing.sending_queue).toEqual(alternateConfig.exporters.otlp_grpc.sending_queue);
        // Others have no business there.
        expect(JSON.stringify(ports)).not.toContain("4319");
    });
});

describe("a change to the collector's components", () => {
    test("adds, changes and takes away", async () => {
        const { exporters, receivers, service } = await config({
            components: {
                receivers: { zipkin: null, "prometheus/self": { config: {} } },
                exporters: { "otlp_http/vendor": { endpoint: "https://vendor.example.com" } },
                pipelines: {
                    traces: { receivers: ["otlp"], exporters: ["otlp_grpc", "otlp_http/vendor"] },
                    "metrics/self": {
                        receivers: ["prometheus/self"],
                        processors: ["memory_limiter"],
                        exporters: ["otlp_grpc"],
                    },
                    logs: null,
                },
            },
        });
        expect(Object.keys(receivers)).toEqual(["otlp", "prometheus/self"]);
        expect(exporters["otlp_http/vendor"]).toEqual({ endpoint: "https://vendor.example.com" });
        expect(Object.keys(service.pipelines).sort()).toEqual(["metrics", "metrics/self", "traces"]);
        // Lists replace, and what is not said stays.
        expect(service.pipelines.traces.receivers).toEqual(["otlp"]);
        expect(service.pipelines.traces.processors).toContain("k8s_attributes");
    });

    const pipeline = { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["otlp_grpc"] };
    const tail = { policies: [{ name: "all", type: "always_sample" }], decision_wait: "5s" };

    test.each<[string, object, string]>([
        [
            "names a component that there is not",
            { pipelines: { traces: { ...pipeline, receivers: ["otlp", "zipkn"] } } },
            'pipelines.traces.receivers[1] names "zipkn", which is not defined; there are zipkin, otlp',
        ],
        [
            "names an exporter that there is not",
            { pipelines: { "logs/audit": { ...pipeline, exporters: ["kafka"] } } },
            'pipelines.logs/audit.exporters[0] names "kafka", which is not defined; there are otlp_grpc',
        ],
        [
            "takes a component away that a pipeline needs",
            { processors: { resource: null } },
            'pipelines.traces.processors[3] names "resource", which is not defined; there are memory_limiter, k8s_attributes, resource_detection',
        ],
        [
            "puts a processor of traces into a pipeline of metrics",
            {
                processors: { tail_sampling: tail },
                pipelines: { metrics: { ...pipeline, processors: ["memory_limiter", "tail_sampling"] } },
            },
            'pipelines.metrics.processors[1] names "tail_sampling", which carries traces, not metrics',
        ],
        [
            "feeds a pipeline of logs from a receiver of traces",
            { pipelines: { logs: { ...pipeline, receivers: ["zipkin"] } } },
            'pipelines.logs.receivers[0] names "zipkin", which carries traces, not logs',
        ],
        [
            "is in no pipeline",
            { receivers: { jaeger: { protocols: { grpc: { endpoint: "0.0.0.0:14250" } } } } },
            "receivers.jaeger is in no pipeline",
        ],
        [
            "listens on a port that is taken",
            {
                receivers: { "otlp/more": { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } },
                pipelines: { "logs/more": { ...pipeline, receivers: ["otlp/more"] } },
            },
            "receivers.otlp/more.protocols.grpc.endpoint listens on port 4317, as receivers.otlp.protocols.grpc.endpoint does",
        ],
        [
            "listens where the collector shows its own metrics",
            {
                receivers: { "otlp/more": { protocols: { grpc: { endpoint: "0.0.0.0:8888" } } } },
                pipelines: { "logs/more": { ...pipeline, receivers: ["otlp/more"] } },
            },
            "receivers.otlp/more.protocols.grpc.endpoint listens on port 8888, as the collector's own metrics do",
        ],
        [
            "samples tails without a time of decision",
            {
                processors: { "tail_sampling/mine": { policies: tail.policies } },
                pipelines: { traces: { ...pipeline, processors: ["memory_limiter", "tail_sampling/mine"] } },
            },
            "processors.tail_sampling/mine.decision_wait is missing",
        ],
        [
            "samples tails without policies",
            {
                processors: { tail_sampling: { decision_wait: "5s", policies: [] } },
                pipelines: { traces: { ...pipeline, processors: ["memory_limiter", "tail_sampling"] } },
            },
            "processors.tail_sampling.policies is empty",
        ],
        [
            "samples tails with a time of decision that is none",
            { processors: { "tail_sampling/mine": { ...tail, decision_wait: "" } } },
            'processors.tail_sampling/mine.decision_wait is ""; it says how long',
        ],
        [
            "listens on a port that is taken, where that is called another name",
            {
                receivers: { tcp_log: { listen_address: "0.0.0.0:4317" } },
                pipelines: { "logs/more": { ...pipeline, receivers: ["tcp_log"] } },
            },
            "receivers.tcp_log.listen_address listens on port 4317, as receivers.otlp.protocols.grpc.endpoint does",
        ],
        [
            "forwards traces to a pipeline of metrics",
            {
                connectors: { "forward/x": {} },
                pipelines: {
                    traces: { ...pipeline, exporters: ["otlp_grpc", "forward/x"] },
                    "metrics/x": { receivers: ["forward/x"], exporters: ["otlp_grpc"] },
                },
            },
            "connectors.forward/x leads from pipelines.traces to pipelines.metrics/x, of another signal",
        ],
        [
            "looks up a sender behind what reads who he is",
            { pipelines: { traces: { ...pipeline, processors: ["memory_limiter", "resource", "k8s_attributes"] } } },
            'pipelines.traces.processors has "k8s_attributes" after "resource"; it must come before',
        ],
        [
            "has no receivers",
            { pipelines: { "logs/new": { exporters: ["otlp_grpc"] } } },
            "pipelines.logs/new.receivers is empty",
        ],
        [
            "batches before memory is limited",
            {
                processors: { batch: {} },
                pipelines: { traces: { ...pipeline, processors: ["batch", "memory_limiter"] } },
            },
            "pipelines.traces.processors must begin with memory_limiter",
        ],
        [
            "looks up a sender behind the batch that forgets him",
            {
                processors: { batch: {} },
                pipelines: { traces: { ...pipeline, processors: ["memory_limiter", "batch", "k8s_attributes"] } },
            },
            'pipelines.traces.processors has "k8s_attributes" after "batch"; it must come before',
        ],
        [
            "is for a signal that there is not",
            { pipelines: { events: pipeline } },
            'pipelines.events is for "events"; the signals are traces, metrics, logs',
        ],
        [
            "ends nowhere",
            { pipelines: { traces: { receivers: ["otlp"], processors: ["memory_limiter"], exporters: [] } } },
            "pipelines.traces.exporters is empty",
        ],
        [
            "connects from nowhere",
            { connectors: { count: {} }, pipelines: { "metrics/counts": { ...pipeline, receivers: ["count"] } } },
            "connectors.count ends no pipeline",
        ],
        [
            "keeps a queue in an extension that there is not",
            { exporters: { otlp_grpc: { sending_queue: { storage: "file_storage/other" } } } },
            'exporters.otlp_grpc.sending_queue.storage names "file_storage/other", which is not defined under extensions',
        ],
        [
            "is a circle",
            {
                connectors: { "forward/again": {} },
                pipelines: {
                    traces: { ...pipeline, receivers: ["otlp", "forward/again"], exporters: ["forward/again"] },
                },
            },
            "pipelines.traces leads back to itself through forward/again",
        ],
    ])("is refused when it %s", async (_, change, mistake) => {
        expect(
            await refusal((opts) => new components.OtelCollector("o", { ...required, components: change }, opts)),
        ).toContain(`  - ${mistake}`);
    });

    test("is refused when it sends on every trace beside those that tail sampling keeps", async () => {
        const change = { tailSampling, components: { pipelines: { traces: pipeline } } };
        expect(await refusal((opts) => new components.OtelCollector("o", { ...required, ...change }, opts))).toContain(
            "  - pipelines.traces sends every trace to otlp_grpc, beside those that tail sampling keeps",
        );
    });

    test.each<[string, object]>([
        [
            "two receivers that call the same port of two hosts",
            {
                receivers: { "postgresql/a": { endpoint: "a:5432" }, "postgresql/b": { endpoint: "b:5432" } },
                pipelines: { "metrics/db": { ...pipeline, receivers: ["postgresql/a", "postgresql/b"] } },
            },
        ],
        [
            "a UDP receiver on the number of a TCP port",
            {
                receivers: { statsd: { endpoint: "0.0.0.0:4317" } },
                pipelines: { "metrics/statsd": { ...pipeline, receivers: ["statsd"] } },
            },
        ],
        [
            "a filter behind a batch",
            {
                processors: { batch: {}, "filter/x": {} },
                pipelines: { logs: { ...pipeline, processors: ["memory_limiter", "batch", "filter/x"] } },
            },
        ],
    ])("may have %s", async (_, change) => {
        await expect(config({ components: change })).resolves.toBeDefined();
    });

    test("takes two curly braces for what they are", async () => {
        const processors = { "transform/x": { error_mode: "ignore", log_statements: ['set(log.body, "{{ id }}")'] } };
        const pipelines = { logs: { processors: ["memory_limiter", "k8s_attributes", "transform/x", "resource"] } };
        const { processors: given } = await config({ components: { processors, pipelines } });
        expect(given["transform/x"].log_statements).toEqual(['set(log.body, "{{ "{{" }} id }}")']);
    });

    test("is told every mistake at once", () => {
        const mistakes = pipelineMistakes(
            collectorComponents({
                ...required,
                components: { pipelines: { traces: { receivers: ["a"], processors: ["b"], exporters: ["c"] } } },
            }),
        );
        expect(mistakes).toHaveLength(5);
        expect(mistakes[4]).toBe("receivers.zipkin is in no pipeline; the collector would start it for nothing");
    });
});
