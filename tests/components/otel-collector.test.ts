import * as components from "../../exports";
import { collectorComponents } from "../../components/otel-collector/config";
import { pipelineMistakes } from "../../components/otel-collector/pipeline";
import { evaluateStack } from "../../cli/evaluate";
import { mistakesOf } from "../helpers/mistakes";
import { chartOf, record, errorMessage } from "../helpers/record";

const required = { namespace: "watch", cluster: "c", exportEndpoint: "alloy:4317" };
const tailSampling = { ratio: 0.1, decisionWait: "1m", slowerThan: "3s" };

async function values(more: object = {}): Promise<Record<string, any>> {
    const { resources } = await record((opts) => new components.OtelCollector("o", { ...required, ...more }, opts));
    return chartOf(resources, "otel-collector")["values"];
}

async function config(more: object = {}): Promise<Record<string, any>> {
    return (await values(more))["alternateConfig"];
}

describe("the collector", () => {
    test("adds Kubernetes attributes to every signal and exports it", async () => {
        const { pipelines } = (await config())["service"];
        const others = ["k8s_attributes", "resource_detection", "resource"];
        const processors = ["memory_limiter", ...others];
        expect(pipelines).toEqual({
            traces: {
                receivers: ["zipkin", "otlp"],
                processors: ["memory_limiter", "filter/invalid", ...others],
                exporters: ["otlp_grpc"],
            },
            metrics: {
                receivers: ["otlp"],
                processors: [...processors, "transform/labels"],
                exporters: ["otlp_grpc"],
            },
            logs: {
                receivers: ["otlp"],
                processors: ["memory_limiter", "transform/invalid", ...others],
                exporters: ["otlp_grpc"],
            },
        });
    });

    test("exports over HTTP to a URL, and over gRPC to any other endpoint", async () => {
        const http = await config({ exportEndpoint: "http://alloy:4318" });
        expect(http["exporters"]).toEqual({
            otlp_http: {
                endpoint: "http://alloy:4318",
                compression: "zstd",
                timeout: "30s",
                retry_on_failure: expect.anything() as object,
                sending_queue: expect.anything() as object,
            },
        });
        const exportersOf = ({ service }: Record<string, any>) =>
            Object.values(service.pipelines).flatMap((pipeline) => (pipeline as { exporters: string[] }).exporters);
        expect(new Set(exportersOf(http))).toEqual(new Set(["otlp_http"]));
        const grpc = await config({ exportEndpoint: "dns:///alloy:4317" });
        expect(grpc["exporters"]).toMatchObject({
            otlp_grpc: { endpoint: "dns:///alloy:4317", compression: "none", tls: { insecure: true }, timeout: "30s" },
        });
        expect(new Set(exportersOf(grpc))).toEqual(new Set(["otlp_grpc"]));
    });

    test("accepts the Jaeger protocols with jaeger: true", async () => {
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

    test("adds the head sampling ratio to spans", async () => {
        const { processors, service } = await config({ headSamplingRatio: 0.1 });
        expect(processors["resource/sampling"]).toEqual({
            attributes: [
                { key: "sampling.ratio", value: 0.1, action: "insert" },
                { key: "sampling.ratio", action: "convert", converted_type: "double" },
            ],
        });
        expect(service.pipelines.traces.processors).toEqual([
            "memory_limiter",
            "filter/invalid",
            "k8s_attributes",
            "resource_detection",
            "resource",
            "resource/sampling",
        ]);
        expect(service.pipelines.logs.processors).not.toContain("resource/sampling");
        expect(JSON.stringify(await config({ headSamplingRatio: 1 }))).not.toContain("sampl");
    });

    test("limits the queues on disk to the size of the volume, including the overhead of small requests", async () => {
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

    test("keeps the queues on a persistent volume in prod, and in an emptyDir in dev", async () => {
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

    test("adds the cluster name and the configured resource attributes to every signal", async () => {
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
    test("keeps traces with errors, slow traces and a share of the others", async () => {
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

    test("generates metrics from all spans before it drops traces", async () => {
        const { pipelines } = (await config({ tailSampling }))["service"];
        expect(pipelines["traces/complete"].exporters).toEqual(["span_metrics", "service_graph", "forward/sample"]);
        expect(pipelines["traces/complete"].processors).not.toContain("tail_sampling");
        expect(pipelines["metrics/spans"]).toMatchObject({
            receivers: ["span_metrics", "service_graph"],
            exporters: ["otlp_grpc"],
        });
    });

    test("routes all spans of a trace to one replica if it has several replicas", async () => {
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
        // A queue for one replica would be lost with this replica.
        const { load_balancing: routing } = alternateConfig.exporters;
        expect(routing.protocol.otlp).toMatchObject({
            sending_queue: { enabled: false },
            retry_on_failure: { enabled: false },
        });
        expect(routing.sending_queue).toEqual(alternateConfig.exporters.otlp_grpc.sending_queue);
        // The port is only for other replicas.
        expect(JSON.stringify(ports)).not.toContain("4319");
    });
});

describe("the autoscaler of the collector", () => {
    const replicas = { minReplicas: 2, maxReplicas: 4 };

    test("uses the sum of all queues, divided by the number of replicas, on request", async () => {
        const autoscaler = { enabled: true, ...replicas, targetCPUUtilizationPercentage: 80 };
        expect((await values({ autoscaling: replicas }))["autoscaling"]).toEqual(autoscaler);
        expect((await values({ autoscaling: { ...replicas, targetQueueMiB: 100 } }))["autoscaling"]).toEqual({
            ...autoscaler,
            additionalMetrics: [
                {
                    type: "External",
                    external: {
                        metric: { name: "otelcol_queued_bytes" },
                        target: { type: "AverageValue", averageValue: "100Mi" },
                    },
                },
            ],
        });
    });

    test("rejects a target that is not a whole number", async () => {
        await expect(values({ autoscaling: { ...replicas, targetQueueMiB: 0.5 } })).rejects.toThrow(
            "autoscaling.targetQueueMiB is 0.5; it must be a whole number above 0",
        );
    });
});

describe("the shutdown delay of the collector", () => {
    test("pauses before the end of a pod, in addition to its grace period", async () => {
        expect(await values({ shutdownDelay: "25s" })).toMatchObject({
            lifecycleHooks: { preStop: { sleep: { seconds: 25 } } },
            terminationGracePeriodSeconds: 85,
        });
    });

    test("is absent by default, because Kubernetes before 1.30 rejects it", async () => {
        const { lifecycleHooks, terminationGracePeriodSeconds } = await values();
        expect({ lifecycleHooks, terminationGracePeriodSeconds }).toEqual({ terminationGracePeriodSeconds: 60 });
    });

    test("is a setting of the stack", async () => {
        const { charts } = await evaluateStack("prod", { collector: { shutdownDelay: "25s" } });
        const collector = charts.find(({ release }) => release === "otel-collector");
        expect(collector?.values["lifecycleHooks"]).toEqual({ preStop: { sleep: { seconds: 25 } } });
        expect(mistakesOf({ collector: { shutdownDelay: "11m" } })).toEqual([
            expect.stringContaining('collector.shutdownDelay is "11m"; it must be a duration from 1s to 10m'),
        ]);
    });

    test("has a range", async () => {
        await expect(values({ shutdownDelay: "11m" })).rejects.toThrow(
            'shutdownDelay is "11m"; it must be a duration from 1s to 10m, such as "25s"',
        );
    });
});

describe("the collector's components argument", () => {
    test("adds, changes and removes components and pipelines", async () => {
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
        // Lists are replaced. Keys that are not set keep their value.
        expect(service.pipelines.traces.receivers).toEqual(["otlp"]);
        expect(service.pipelines.traces.processors).toContain("k8s_attributes");
    });

    const pipeline = { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["otlp_grpc"] };
    const tail = { policies: [{ name: "all", type: "always_sample" }], decision_wait: "5s" };

    test.each<[string, object, string]>([
        [
            "uses an undefined receiver",
            { pipelines: { traces: { ...pipeline, receivers: ["otlp", "zipkn"] } } },
            'pipelines.traces.receivers[1] is "zipkn", which is not defined; it must be one of "zipkin", "otlp". Did you mean "zipkin"?',
        ],
        [
            "uses an undefined exporter",
            { pipelines: { "logs/audit": { ...pipeline, exporters: ["kafka"] } } },
            'pipelines.logs/audit.exporters[0] is "kafka", which is not defined; it must be "otlp_grpc"',
        ],
        [
            "removes a processor that a pipeline uses",
            { processors: { resource: null } },
            'pipelines logs, metrics, traces contain the processor "resource", which is not defined; it must be one of "memory_limiter", "k8s_attributes", "resource_detection", "filter/invalid"',
        ],
        [
            "uses a processor of traces in a pipeline of metrics",
            {
                processors: { tail_sampling: tail },
                pipelines: { metrics: { ...pipeline, processors: ["memory_limiter", "tail_sampling"] } },
            },
            'pipelines.metrics.processors[1] is "tail_sampling", which supports traces, not metrics',
        ],
        [
            "uses a receiver of traces in a pipeline of logs",
            { pipelines: { logs: { ...pipeline, receivers: ["zipkin"] } } },
            'pipelines.logs.receivers[0] is "zipkin", which supports traces, not logs',
        ],
        [
            "defines a receiver that no pipeline uses",
            { receivers: { jaeger: { protocols: { grpc: { endpoint: "0.0.0.0:14250" } } } } },
            "receivers.jaeger is not used in any pipeline",
        ],
        [
            "uses the port of another receiver",
            {
                receivers: { "otlp/more": { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } },
                pipelines: { "logs/more": { ...pipeline, receivers: ["otlp/more"] } },
            },
            "receivers.otlp/more.protocols.grpc.endpoint uses port 4317, which is already used by receivers.otlp.protocols.grpc.endpoint",
        ],
        [
            "uses the port of the collector's own metrics",
            {
                receivers: { "otlp/more": { protocols: { grpc: { endpoint: "0.0.0.0:8888" } } } },
                pipelines: { "logs/more": { ...pipeline, receivers: ["otlp/more"] } },
            },
            "receivers.otlp/more.protocols.grpc.endpoint uses port 8888, which is already used by the collector's own metrics",
        ],
        [
            "has tail sampling without decision_wait",
            {
                processors: { "tail_sampling/mine": { policies: tail.policies } },
                pipelines: { traces: { ...pipeline, processors: ["memory_limiter", "tail_sampling/mine"] } },
            },
            "processors.tail_sampling/mine.decision_wait is missing; it must be a duration such as 10s",
        ],
        [
            "has tail sampling without policies",
            {
                processors: { tail_sampling: { decision_wait: "5s", policies: [] } },
                pipelines: { traces: { ...pipeline, processors: ["memory_limiter", "tail_sampling"] } },
            },
            "processors.tail_sampling.policies is empty; all traces would be dropped",
        ],
        [
            "has tail sampling with an invalid decision_wait",
            { processors: { "tail_sampling/mine": { ...tail, decision_wait: "" } } },
            'processors.tail_sampling/mine.decision_wait is ""; it must be a duration such as 10s',
        ],
        [
            "uses the port of another receiver as listen_address",
            {
                receivers: { tcp_log: { listen_address: "0.0.0.0:4317" } },
                pipelines: { "logs/more": { ...pipeline, receivers: ["tcp_log"] } },
            },
            "receivers.tcp_log.listen_address uses port 4317, which is already used by receivers.otlp.protocols.grpc.endpoint",
        ],
        [
            "connects a pipeline of traces to a pipeline of metrics with a forward connector",
            {
                connectors: { "forward/x": {} },
                pipelines: {
                    traces: { ...pipeline, exporters: ["otlp_grpc", "forward/x"] },
                    "metrics/x": { receivers: ["forward/x"], exporters: ["otlp_grpc"] },
                },
            },
            "connectors.forward/x connects pipelines.traces to pipelines.metrics/x; a forward connector cannot change the signal",
        ],
        [
            "has k8s_attributes after a processor that reads its attributes",
            { pipelines: { traces: { ...pipeline, processors: ["memory_limiter", "resource", "k8s_attributes"] } } },
            'pipelines.traces.processors has "k8s_attributes" after "resource"; it must be before "resource"',
        ],
        [
            "has a pipeline without receivers",
            { pipelines: { "logs/new": { exporters: ["otlp_grpc"] } } },
            "pipelines.logs/new.receivers is empty",
        ],
        [
            "has a pipeline that does not begin with memory_limiter",
            {
                processors: { batch: {} },
                pipelines: { traces: { ...pipeline, processors: ["batch", "memory_limiter"] } },
            },
            'pipelines.traces.processors is ["batch","memory_limiter"]; it must begin with memory_limiter',
        ],
        [
            "has k8s_attributes after batch",
            {
                processors: { batch: {} },
                pipelines: { traces: { ...pipeline, processors: ["memory_limiter", "batch", "k8s_attributes"] } },
            },
            'pipelines.traces.processors has "k8s_attributes" after "batch"; it must be before "batch"',
        ],
        [
            "has a pipeline with an unknown signal",
            { pipelines: { events: pipeline } },
            'pipelines.events has the unknown signal "events"; it must be one of "traces", "metrics", "logs"',
        ],
        [
            "has a pipeline without exporters",
            { pipelines: { traces: { receivers: ["otlp"], processors: ["memory_limiter"], exporters: [] } } },
            "pipelines.traces.exporters is empty",
        ],
        [
            "has a connector that is not an exporter",
            { connectors: { count: {} }, pipelines: { "metrics/counts": { ...pipeline, receivers: ["count"] } } },
            "connectors.count is not an exporter of any pipeline",
        ],
        [
            "uses an undefined storage extension",
            { exporters: { otlp_grpc: { sending_queue: { storage: "file_storage/other" } } } },
            'exporters.otlp_grpc.sending_queue.storage is "file_storage/other", which is not defined in extensions',
        ],
        [
            "has a pipeline that sends data back to itself",
            {
                connectors: { "forward/again": {} },
                pipelines: {
                    traces: { ...pipeline, receivers: ["otlp", "forward/again"], exporters: ["forward/again"] },
                },
            },
            "pipelines.traces is in a cycle: connectors.forward/again sends its data back to it",
        ],
    ])("is rejected if it %s", async (_, change, mistake) => {
        expect(
            await errorMessage((opts) => new components.OtelCollector("o", { ...required, components: change }, opts)),
        ).toContain(`  - ${mistake}`);
    });

    test("is rejected if it exports unsampled traces to the exporter of sampled traces", async () => {
        const change = { tailSampling, components: { pipelines: { traces: pipeline } } };
        expect(
            await errorMessage((opts) => new components.OtelCollector("o", { ...required, ...change }, opts)),
        ).toContain(
            "  - pipelines.traces exports all traces to otlp_grpc, which must export only the traces that tail sampling keeps",
        );
    });

    test.each<[string, object]>([
        [
            "two receivers that connect to the same port of two hosts",
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
            "a filter after batch",
            {
                processors: { batch: {}, "filter/x": {} },
                pipelines: { logs: { ...pipeline, processors: ["memory_limiter", "batch", "filter/x"] } },
            },
        ],
    ])("accepts %s", async (_, change) => {
        await expect(config({ components: change })).resolves.toBeDefined();
    });

    test("keeps double curly braces literally", async () => {
        const processors = { "transform/x": { error_mode: "ignore", log_statements: ['set(log.body, "{{ id }}")'] } };
        const pipelines = { logs: { processors: ["memory_limiter", "k8s_attributes", "transform/x", "resource"] } };
        const { processors: given } = await config({ components: { processors, pipelines } });
        expect(given["transform/x"].log_statements).toEqual(['set(log.body, "{{ "{{" }} id }}")']);
    });

    test("is rejected with all mistakes at once", () => {
        const mistakes = pipelineMistakes(
            collectorComponents({
                ...required,
                components: { pipelines: { traces: { receivers: ["a"], processors: ["b"], exporters: ["c"] } } },
            }),
        );
        expect(mistakes).toHaveLength(5);
        expect(mistakes[4]).toBe(
            "receivers.zipkin is not used in any pipeline; add it to a pipeline, or set it to null",
        );
    });
});

describe("OTLP from outside of the cluster", () => {
    const external = { clients: ["edge", "my-app"] };

    test.each(["bearer", "basic"])("needs the credential of a client, with %s", async (scheme) => {
        const { alternateConfig, extraEnvs } = await values({ external: { ...external, scheme } });
        const id = scheme === "basic" ? "basicauth/external" : "bearertokenauth/external";
        expect(alternateConfig.receivers["otlp/external"]).toEqual({
            protocols: {
                grpc: {
                    endpoint: ":4327",
                    keepalive: { server_parameters: { max_connection_age: "5m", max_connection_age_grace: "30s" } },
                    auth: { authenticator: id },
                },
                http: { endpoint: ":4328", max_request_body_size: 8_388_608, auth: { authenticator: id } },
            },
        });
        expect(alternateConfig.extensions[id]).toEqual(
            scheme === "basic"
                ? {
                      htpasswd: {
                          inline: "edge:${env:OTLP_CLIENT_EDGE}\nmy-app:${env:OTLP_CLIENT_MY_APP}\n",
                      },
                  }
                : { tokens: ["${env:OTLP_CLIENT_EDGE}", "${env:OTLP_CLIENT_MY_APP}"] },
        );
        expect(alternateConfig.service.extensions).toContain(id);
        expect(extraEnvs.slice(1)).toEqual(
            [
                ["OTLP_CLIENT_EDGE", "edge"],
                ["OTLP_CLIENT_MY_APP", "my-app"],
            ].map(([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: "otlp-ingestion", key } } })),
        );
    });

    test("changes nothing for traffic in the cluster", async () => {
        const without = await config({ tailSampling, replicas: 2 });
        const { receivers, processors, extensions, service } = await config({ tailSampling, replicas: 2, external });
        const kept = (map: object, like: object) =>
            Object.fromEntries(Object.entries(map).filter(([key]) => key in like));
        expect(kept(receivers, without["receivers"])).toEqual(without["receivers"]);
        expect(kept(processors, without["processors"])).toEqual(without["processors"]);
        expect(kept(extensions, without["extensions"])).toEqual(without["extensions"]);
        expect(kept(service.pipelines, without["service"].pipelines)).toEqual(without["service"].pipelines);
    });

    test("has a pipeline for each signal, without the attributes of a pod", async () => {
        const others = ["resource_detection", "resource", "resource/external"];
        const processors = ["memory_limiter", ...others];
        const ofTraces = ["memory_limiter", "filter/invalid", ...others];
        const head = (await config({ external }))["service"].pipelines;
        const added = (pipelines: object) =>
            Object.fromEntries(Object.entries(pipelines).filter(([id]) => /\/external/.test(id)));
        const receivers = ["otlp/external"];
        expect(added(head)).toEqual({
            "traces/external": { receivers, processors: ofTraces, exporters: ["otlp_grpc"] },
            "metrics/external": {
                receivers,
                processors: [...processors, "transform/labels"],
                exporters: ["otlp_grpc"],
            },
            "logs/external": {
                receivers,
                processors: ["memory_limiter", "transform/invalid", ...others],
                exporters: ["otlp_grpc"],
            },
        });
        const tail = (await config({ tailSampling, replicas: 2, external }))["service"].pipelines;
        expect(added(tail)["traces/external-route"]).toEqual({
            receivers,
            processors: ofTraces,
            exporters: ["load_balancing"],
        });
    });

    test("is a Service of its own, and the Service of the contract has no further port", async () => {
        const { extraManifests, ports } = await values({ external, profile: "prod" });
        expect(ports).toEqual((await values())["ports"]);
        expect(extraManifests).toEqual([
            {
                apiVersion: "v1",
                kind: "Service",
                metadata: { name: "otlp-ingestion", namespace: "watch" },
                spec: {
                    type: "ClusterIP",
                    selector: {
                        "app.kubernetes.io/name": "opentelemetry-collector",
                        "app.kubernetes.io/instance": "otel-collector",
                        component: "statefulset-collector",
                    },
                    ports: [
                        { name: "otlp-grpc", port: 4317, targetPort: 4327, appProtocol: "kubernetes.io/h2c" },
                        { name: "otlp-http", port: 4318, targetPort: 4328 },
                    ],
                },
            },
        ]);
    });

    test("can use TLS in the collector and a load balancer", async () => {
        const more = { external: { ...external, tlsSecret: "tls", loadBalancer: true } };
        const { alternateConfig, extraManifests, extraVolumes, extraVolumeMounts } = await values(more);
        const tls = {
            cert_file: "/etc/otlp-ingestion/tls.crt",
            key_file: "/etc/otlp-ingestion/tls.key",
            reload_interval: "1h",
        };
        const { grpc, http } = alternateConfig.receivers["otlp/external"].protocols;
        expect([grpc.tls, http.tls]).toEqual([tls, tls]);
        expect(extraVolumes[1]).toEqual({ name: "otlp-ingestion-tls", secret: { secretName: "tls" } });
        expect(extraVolumeMounts[1]).toEqual({
            name: "otlp-ingestion-tls",
            mountPath: "/etc/otlp-ingestion",
            readOnly: true,
        });
        expect(extraManifests[0].spec.type).toBe("LoadBalancer");
    });

    const grpcPaths = ["trace.v1.TraceService", "metrics.v1.MetricsService", "logs.v1.LogsService"].map(
        (name) => `/opentelemetry.proto.collector.${name}`,
    );

    test("can have an Ingress for each protocol", async () => {
        const ingress = { className: "nginx", clusterIssuer: "letsencrypt", grpcAnnotations: { a: "GRPC" } };
        const { extraManifests } = await values({ external: { ...external, host: "otlp.example.com", ingress } });
        const found = extraManifests
            .slice(1)
            .map(({ metadata, spec }: Record<string, any>) => [
                metadata.name,
                metadata.annotations,
                spec.ingressClassName,
                spec.tls,
                spec.rules[0].host,
                spec.rules[0].http.paths.map(({ path, backend }: Record<string, any>) => [
                    path,
                    backend.service.port.number,
                ]),
            ]);
        const tls = [{ secretName: "otlp-ingestion-tls", hosts: ["otlp.example.com"] }];
        expect(found).toEqual([
            [
                "otlp-ingestion",
                { "cert-manager.io/cluster-issuer": "letsencrypt" },
                "nginx",
                tls,
                "otlp.example.com",
                [["/v1", 4318]],
            ],
            [
                "otlp-ingestion-grpc",
                { a: "GRPC" },
                "nginx",
                tls,
                "otlp.example.com",
                grpcPaths.map((path) => [path, 4317]),
            ],
        ]);
    });

    test("can have a route for both protocols", async () => {
        const more = {
            external: { ...external, host: "otlp.example.com", gateway: { parents: [{ name: "public" }] } },
        };
        const [, route] = (await values(more))["extraManifests"];
        expect(route).toMatchObject({
            kind: "HTTPRoute",
            spec: { parentRefs: [{ name: "public" }], hostnames: ["otlp.example.com"] },
        });
        expect(
            route.spec.rules.map(({ matches, backendRefs }: Record<string, any>) => [
                matches.map(({ path }: Record<string, any>) => path.value),
                backendRefs,
            ]),
        ).toEqual([
            [["/v1"], [{ name: "otlp-ingestion", port: 4318 }]],
            [grpcPaths, [{ name: "otlp-ingestion", port: 4317 }]],
        ]);
    });

    test("generates the credentials of clients, and keeps given ones secret", async () => {
        const args = { ...required, external: { clients: ["edge"], credentials: { given: "hunter2hunter2" } } };
        const { resources, result } = await record((opts) => new components.OtelCollector("o", args, opts));
        const secret = resources.find(({ type }) => type === "kubernetes:core/v1:Secret");
        expect(secret?.inputs).toMatchObject({
            metadata: { name: "otlp-ingestion", namespace: "watch" },
            stringData: { edge: "[secret]", given: "[secret]" },
        });
        expect(resources.filter(({ type }) => type.startsWith("random:")).map(({ name }) => name)).toEqual([
            "o-client-edge",
        ]);
        expect(JSON.stringify(resources)).not.toContain("hunter2");
        expect(result.clientsSecretName).toBe("otlp-ingestion");
    });

    test("reads the credentials of an existing Secret", async () => {
        const args = { ...required, external: { ...external, existingSecret: "clients" } };
        const { resources, result } = await record((opts) => new components.OtelCollector("o", args, opts));
        expect(resources.filter(({ type }) => /Secret|random/.test(type))).toEqual([]);
        expect(result.clientsSecretName).toBe("clients");
        expect(chartOf(resources, "otel-collector")["values"].extraEnvs[1].valueFrom.secretKeyRef).toEqual({
            name: "clients",
            key: "edge",
        });
    });

    test.each<[object, string]>([
        [{ clients: [] }, 'external.clients is "[]"; it must be a list of at least one client'],
        [{ clients: ["A b"] }, 'external.clients is "A b"; it must be a Kubernetes name'],
        [
            { credentials: { a: "b" }, existingSecret: "s" },
            "external.credentials and external.existingSecret are both set",
        ],
        [{ ...external, ingress: {} }, "external.host is missing; it must be a host name"],
        [{ ...external, host: "a.b", ingress: {}, gateway: { parents: [] } }, "external.ingress and external.gateway"],
        [{ ...external, loadBalancer: true }, "external.loadBalancer needs external.tlsSecret"],
    ])("is rejected with %j", async (given, message) => {
        const args = { ...required, external: given };
        expect(await errorMessage((opts) => new components.OtelCollector("o", args, opts))).toContain(message);
    });
});
