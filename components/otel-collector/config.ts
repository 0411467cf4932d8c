import { durationSeconds } from "../../validation/durations";
import { defaultTail } from "../../validation/tail-sampling";
import { quantityValue } from "../../validation/quantities";
import { collectorHealthPath, contract, samplingRatioAttribute, serviceHost, spanLatencyBounds } from "../contract";
import { type HelmValues, mergeValues } from "../helm/values";
import type { OtelCollectorArgs, TailSamplingArgs } from "./args";
import type { CollectorPipelineArgs } from "./args";
import type { CollectorComponents } from "./pipeline";

/** Where replicas send each other the spans of traces that another of them decides about. */
export const peerPort = 4319;
export const peerServiceName = `${contract.otelCollector.release}-peers`;

/** Where queues are kept. */
export const queueDirectory = "/var/lib/otelcol";
export const defaultQueueSize = { dev: "1Gi", prod: "10Gi" };

// On every address, of either family: a port that is forwarded comes from the pod itself.
const listen = (port: number) => `:${port}`;

const insecure = { tls: { insecure: true } };
// Inside a cluster, gzip costs more CPU than the network it saves: 0.05 CPU seconds per 10,000 spans, a sixth of the pipeline.
const uncompressed = { compression: "none" };
const toAlloy = "otlp_grpc";
const queueStorage = "file_storage/queue";

// Connections are ended now and then, as a new replica gets work by new ones only.
const reconnecting = { server_parameters: { max_connection_age: "5m", max_connection_age_grace: "30s" } };
const enrich = ["memory_limiter", "k8s_attributes", "resource_detection", "resource"];

/** Components and pipelines: what the collector has by itself, with the caller's laid over it. */
export function collectorComponents(args: OtelCollectorArgs): CollectorComponents {
    const merged = mergeValues(basics(args), tracing(args), args.jaeger ? jaeger : {}, args.components);
    const present = (map: object) => Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
    return Object.fromEntries(
        Object.entries(merged).map(([kind, map]) => [kind, present(map as object)]),
    ) as unknown as CollectorComponents;
}

/** The collector's configuration file. */
export function collectorConfig({ pipelines, ...components }: CollectorComponents): HelmValues {
    return {
        ...components,
        service: {
            extensions: Object.keys(components.extensions),
            telemetry: {
                metrics: {
                    readers: [
                        {
                            pull: {
                                exporter: {
                                    prometheus: {
                                        host: "",
                                        port: contract.otelCollector.ports.metrics,
                                    },
                                },
                            },
                        },
                    ],
                },
            },
            pipelines,
        },
    };
}

function basics({ cluster, exportEndpoint, queueSize, profile = "dev" }: OtelCollectorArgs): HelmValues {
    const { zipkin, otlpGrpc, otlpHttp, health } = contract.otelCollector.ports;
    const pipeline: CollectorPipelineArgs = { receivers: ["otlp"], processors: enrich, exporters: [toAlloy] };
    return {
        extensions: {
            health_check: { endpoint: listen(health), path: collectorHealthPath },
            [queueStorage]: {
                directory: queueDirectory,
                // Lets the configuration be checked where the volume is not.
                create_directory: true,
                // A file that a crash has spoilt is set aside instead of keeping the collector from starting.
                recreate: true,
                compaction: { on_start: true, on_rebound: true, directory: queueDirectory },
            },
        },
        receivers: {
            zipkin: { endpoint: listen(zipkin) },
            otlp: {
                protocols: {
                    grpc: { endpoint: listen(otlpGrpc), keepalive: reconnecting },
                    http: { endpoint: listen(otlpHttp) },
                },
            },
        },
        processors: {
            memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 25 },
            k8s_attributes: kubernetesAttributes,
            // What the environment says of the platform, such as the cluster's name; nothing of the collector's own host.
            resource_detection: { detectors: ["env"], override: false },
            // The labels that mean the same in all four signals.
            resource: {
                attributes: [
                    { key: "cluster", value: cluster, action: "upsert" },
                    { key: "namespace", from_attribute: "k8s.namespace.name", action: "upsert" },
                    // Without one, the series of all pods of a service would be the same.
                    { key: "service.instance.id", from_attribute: "k8s.pod.name", action: "insert" },
                ],
            },
            // As Prometheus does where a target's labels meet a metric's own.
            "transform/labels": { metric_statements: [{ context: "datapoint", statements: ownLabels }] },
        },
        exporters: {
            [toAlloy]: { endpoint: exportEndpoint, ...uncompressed, ...insecure, ...patience(queueSize, profile) },
        },
        connectors: {},
        pipelines: { logs: pipeline, metrics: { ...pipeline, processors: [...enrich, "transform/labels"] } },
    };
}

const ownLabels = ["cluster", "namespace"].flatMap((label) => [
    `set(datapoint.attributes["exported_${label}"], datapoint.attributes["${label}"]) where datapoint.attributes["${label}"] != nil`,
    `delete_key(datapoint.attributes, "${label}")`,
]);

/**
 * Retries without end from a queue on disk. A full queue refuses, so that the sender knows and retries. There are up to four
 * queues, one a signal and one between replicas; small requests were seen to take three times their bytes on disk.
 */
function patience(queueSize: string | undefined, profile: "dev" | "prod"): HelmValues {
    const volume = quantityValue(queueSize ?? defaultQueueSize[profile]) ?? 0;
    return {
        // Said because not every exporter has both by itself.
        retry_on_failure: { enabled: true, initial_interval: "1s", max_interval: "10s", max_elapsed_time: "0s" },
        sending_queue: {
            enabled: true,
            storage: queueStorage,
            sizer: "bytes",
            queue_size: Math.floor(volume / 12),
            // Below the 4 MiB that a gRPC server takes at most unless told otherwise.
            batch: { flush_timeout: "200ms", min_size: 512 * 1024, max_size: 2 * 1024 * 1024 },
        },
    };
}

const kubernetesAttributes = {
    // What comes before all pods are known would have no namespace, and make series of its own at every start.
    wait_for_metadata: true,
    wait_for_metadata_timeout: "25s",
    extract: {
        metadata: [
            "k8s.namespace.name",
            "k8s.pod.name",
            "k8s.pod.uid",
            "k8s.node.name",
            "k8s.deployment.name",
            "k8s.statefulset.name",
            "k8s.daemonset.name",
        ],
        labels: [
            { tag_name: "app.label.name", key: "app.kubernetes.io/name", from: "pod" },
            { tag_name: "app.label.component", key: "app.kubernetes.io/component", from: "pod" },
        ],
    },
    // A sidecar or a service is known by the address that it calls from, unless it says which pod it is.
    pod_association: [
        { sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] },
        { sources: [{ from: "resource_attribute", name: "k8s.pod.ip" }] },
        { sources: [{ from: "connection" }] },
    ],
};

const jaeger = {
    receivers: {
        jaeger: {
            protocols: {
                grpc: { endpoint: listen(14250) },
                thrift_http: { endpoint: listen(14268) },
                thrift_compact: { endpoint: listen(6831) },
            },
        },
    },
};

/** What becomes of traces: all are passed on, or, with tail sampling, those that are kept when they are complete. */
function tracing(args: OtelCollectorArgs): HelmValues {
    const receivers = ["zipkin", "otlp", ...(args.jaeger ? ["jaeger"] : [])];
    return args.tailSampling === undefined
        ? headTracing(args.headSamplingRatio, receivers)
        : tailTracing(args, args.tailSampling, receivers);
}

function headTracing(ratio = 1, receivers: string[]): HelmValues {
    const known = ratio > 0 && ratio < 1;
    const stamp = {
        attributes: [
            { key: samplingRatioAttribute, value: ratio, action: "insert" },
            // Who says it by OTEL_RESOURCE_ATTRIBUTES can say it as a text only.
            { key: samplingRatioAttribute, action: "convert", converted_type: "double" },
        ],
    };
    return {
        processors: known ? { "resource/sampling": stamp } : {},
        pipelines: {
            traces: {
                receivers,
                processors: known ? [...enrich, "resource/sampling"] : enrich,
                exporters: [toAlloy],
            },
        },
    };
}

/**
 * Rates and the service graph come from all spans, before any is dropped; Tempo would see only those that are kept. Only who
 * has all spans of a trace can decide about it, so several replicas bring them together first.
 */
function tailTracing(args: OtelCollectorArgs, tailSampling: TailSamplingArgs, receivers: string[]): HelmValues {
    const fromSpans = ["span_metrics", "service_graph"];
    const complete = { exporters: [...fromSpans, "forward/sample"] };
    // Applications may send more at once over HTTP than gRPC takes by itself, which is 4 MiB.
    const peers = { endpoint: listen(peerPort), max_recv_msg_size_mib: 64 };
    const peered = (args.replicas ?? 1) > 1;
    const host = serviceHost(peerServiceName, args.namespace);
    const routing = {
        receivers: { "otlp/peers": { protocols: { grpc: peers } } },
        exporters: {
            load_balancing: {
                routing_key: "traceID",
                // What waits for one peer would be lost with it; so all wait together, and another gets what is left.
                protocol: {
                    otlp: {
                        ...uncompressed,
                        ...insecure,
                        sending_queue: { enabled: false },
                        retry_on_failure: { enabled: false },
                    },
                },
                resolver: { dns: { hostname: host, port: String(peerPort), interval: "5s" } },
                ...patience(args.queueSize, args.profile ?? "dev"),
            },
        },
        pipelines: {
            "traces/route": { receivers, processors: enrich, exporters: ["load_balancing"] },
            "traces/complete": { receivers: ["otlp/peers"], processors: ["memory_limiter"], ...complete },
        },
    };
    const single = { pipelines: { "traces/complete": { receivers, processors: enrich, ...complete } } };
    return mergeValues(
        {
            processors: {
                tail_sampling: tailSamplingProcessor(tailSampling),
                "transform/tempo": { metric_statements: asTempoNamesThem },
            },
            connectors: { ...metricsFromSpans(args.latencyBoundsSeconds), "forward/sample": {} },
            pipelines: {
                // Memory has been limited before. A refusal here would have spans sent, and counted, again.
                "traces/sample": {
                    receivers: ["forward/sample"],
                    processors: ["tail_sampling"],
                    exporters: [toAlloy],
                },
                "metrics/spans": {
                    receivers: fromSpans,
                    processors: ["transform/tempo"],
                    exporters: [toAlloy],
                },
            },
        },
        peered ? routing : single,
    );
}

function tailSamplingProcessor({ ratio, ...tail }: TailSamplingArgs): HelmValues {
    const { decisionWait = defaultTail.decisionWait, slowerThan = defaultTail.slowerThan } = tail;
    const seconds = durationSeconds(decisionWait) ?? 0;
    return {
        decision_wait: `${seconds}s`,
        // Beyond it the oldest are dropped undecided. It is memory that limits them, and refuses instead.
        num_traces: seconds * 20_000,
        policies: [
            { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
            { name: "slow", type: "latency", latency: { threshold_ms: (durationSeconds(slowerThan) ?? 0) * 1000 } },
            { name: "rest", type: "probabilistic", probabilistic: { sampling_percentage: ratio * 100 } },
        ],
    };
}

const edgeBuckets = Array.from({ length: 8 }, (_, power) => `${100 * 2 ** power}ms`);

const milliseconds = (seconds: number) => `${Math.round(seconds * 1000)}ms`;

const metricsFromSpans = (latencyBoundsSeconds: number[] | undefined) => ({
    span_metrics: {
        namespace: "traces.spanmetrics",
        histogram: { unit: "s", explicit: { buckets: spanLatencyBounds(latencyBoundsSeconds).map(milliseconds) } },
        dimensions: [{ name: "cluster" }, { name: "namespace" }],
        exemplars: { enabled: true },
        // All pods of a service together, as Tempo counts them.
        resource_metrics_key_attributes: ["service.name", "namespace", "cluster"],
        metrics_flush_interval: "15s",
        metrics_expiration: "15m",
    },
    service_graph: {
        latency_histogram_buckets: edgeBuckets,
        dimensions: ["cluster", "namespace"],
        store: { ttl: "10s", max_items: 10_000 },
        metrics_flush_interval: "15s",
    },
});

/** Names and labels of the metrics that Tempo would make, so that one query serves both ways of sampling. */
const asTempoNamesThem = [
    {
        context: "metric",
        statements: [
            'set(metric.name, "traces_spanmetrics_latency") where metric.name == "traces.spanmetrics.duration"',
            'set(metric.name, "traces_spanmetrics_calls_total") where metric.name == "traces.spanmetrics.calls"',
            'set(metric.name, "traces_service_graph_request_server_seconds") where metric.name == "traces_service_graph_request_server"',
            'set(metric.name, "traces_service_graph_request_client_seconds") where metric.name == "traces_service_graph_request_client"',
            // Mimir would put the unit behind the name.
            'set(metric.unit, "")',
        ],
    },
    {
        context: "datapoint",
        statements: [
            'set(datapoint.attributes["service"], datapoint.attributes["service.name"]) where datapoint.attributes["service.name"] != nil',
            // Of a call from one namespace to another, as Tempo has it, that of who answers.
            ...["cluster", "namespace"].flatMap((label) =>
                ["client", "server"].map(
                    (side) =>
                        `set(datapoint.attributes["${label}"], datapoint.attributes["${side}_${label}"]) where datapoint.attributes["${side}_${label}"] != nil`,
                ),
            ),
            // Each replica counts for itself; without a label of its own its series would overwrite the others'.
            'set(datapoint.attributes["collector"], "${env:OTEL_K8S_POD_NAME}")',
        ],
    },
];
