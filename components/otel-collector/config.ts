import { durationSeconds } from "../../validation/durations";
import { collectorHealthPath, contract, serviceHost } from "../contract";
import type { HelmValues } from "../helm/values";
import type { TailSamplingArgs } from "./index";

/** What the collector's configuration depends on. */
export interface CollectorShape {
    namespace: string;
    cluster: string;
    exportEndpoint: string;
    replicas: number;
    tailSampling?: TailSamplingArgs;
}

/** Where replicas send each other the spans of traces that another of them decides about. */
export const peerPort = 4319;
export const peerServiceName = `${contract.otelCollector.release}-peers`;

// The chart gives every pod this variable. Listening on it alone keeps the pod's other addresses closed.
const podAddress = (port: number) => `\${env:MY_POD_IP}:${port}`;

const insecure = { tls: { insecure: true } };

/** The collector's configuration: each signal from its receivers to where it is exported. */
export function collectorConfig(shape: CollectorShape): HelmValues {
    const { zipkin, otlpGrpc, otlpHttp, health, metrics } = contract.otelCollector.ports;
    const enrich = ["memory_limiter", "k8s_attributes", "resource"];
    const toAlloy = { processors: [...enrich, "batch"], exporters: ["otlp_grpc"] };
    const tracing = tracePipelines(shape, enrich);
    return {
        extensions: { health_check: { endpoint: podAddress(health), path: collectorHealthPath } },
        receivers: {
            zipkin: { endpoint: podAddress(zipkin) },
            otlp: {
                protocols: {
                    grpc: { endpoint: podAddress(otlpGrpc) },
                    http: { endpoint: podAddress(otlpHttp) },
                },
            },
            ...tracing.receivers,
        },
        processors: {
            memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 25 },
            k8s_attributes: kubernetesAttributes,
            // The labels that mean the same in all four signals.
            resource: {
                attributes: [
                    { key: "cluster", value: shape.cluster, action: "upsert" },
                    { key: "namespace", from_attribute: "k8s.namespace.name", action: "insert" },
                ],
            },
            batch: {},
            ...tracing.processors,
        },
        exporters: { otlp_grpc: { endpoint: shape.exportEndpoint, ...insecure }, ...tracing.exporters },
        service: {
            extensions: ["health_check"],
            telemetry: {
                metrics: {
                    readers: [{ pull: { exporter: { prometheus: { host: "${env:MY_POD_IP}", port: metrics } } } }],
                },
            },
            pipelines: {
                ...tracing.pipelines,
                logs: { receivers: ["otlp"], ...toAlloy },
                metrics: { receivers: ["otlp"], ...toAlloy },
            },
        },
    };
}

const kubernetesAttributes = {
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

/** The pipelines of traces: one that passes all on, or, with tail sampling, one that decides when a trace is complete. */
function tracePipelines({ tailSampling, replicas, namespace }: CollectorShape, enrich: string[]): HelmValues {
    const receivers = ["zipkin", "otlp"];
    const exporters = ["otlp_grpc"];
    if (tailSampling === undefined) {
        return { pipelines: { traces: { receivers, processors: [...enrich, "batch"], exporters } } };
    }
    const processors = { tail_sampling: tailSamplingProcessor(tailSampling) };
    if (replicas === 1) {
        return {
            processors,
            pipelines: { traces: { receivers, processors: [...enrich, "tail_sampling", "batch"], exporters } },
        };
    }
    // Only who has all spans of a trace can decide about it, so a first pipeline brings them together.
    return {
        receivers: { "otlp/peers": { protocols: { grpc: { endpoint: podAddress(peerPort) } } } },
        processors,
        exporters: {
            load_balancing: {
                routing_key: "traceID",
                protocol: { otlp: insecure },
                resolver: { dns: { hostname: serviceHost(peerServiceName, namespace), port: String(peerPort) } },
            },
        },
        pipelines: {
            "traces/route": { receivers, processors: enrich, exporters: ["load_balancing"] },
            "traces/decide": {
                receivers: ["otlp/peers"],
                processors: ["memory_limiter", "tail_sampling", "batch"],
                exporters,
            },
        },
    };
}

function tailSamplingProcessor({ ratio, decisionWait = "10s", slowerThan = "2s" }: TailSamplingArgs): HelmValues {
    return {
        decision_wait: `${durationSeconds(decisionWait)}s`,
        policies: [
            { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
            { name: "slow", type: "latency", latency: { threshold_ms: (durationSeconds(slowerThan) ?? 0) * 1000 } },
            { name: "rest", type: "probabilistic", probabilistic: { sampling_percentage: ratio * 100 } },
        ],
    };
}
