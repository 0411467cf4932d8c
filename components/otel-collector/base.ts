import { collectorHealthPath, contract } from "../contract";
import type { HelmValues } from "../helm/values";
import type { CollectorPipelineArgs, OtelCollectorArgs } from "./args";
import { limitedBody, limitedConnectionAge, listenAddress } from "./endpoints";
import { filterNames, filterProcessors, invalidData, invalidNames } from "./filters";
import { kubernetesAttributes } from "./kubernetes-attributes";
import { exportAuthExtension, exportersOf, mainExporter, nopExporter } from "./main-exporter";
import { queueExtension } from "./queue";

/** Names of the processors of a signal, in order. */
export function commonProcessors(signal: "traces" | "logs" | "metrics", args: OtelCollectorArgs): string[] {
    return [
        "memory_limiter",
        ...invalidNames[signal],
        "k8s_attributes",
        "resource_detection",
        "resource",
        ...filterNames(signal, args),
    ];
}

/** The components that do not depend on the sampling mode, and the pipelines of logs and metrics. */
export function baseComponents(args: OtelCollectorArgs): HelmValues {
    const { cluster, queueSize, profile = "dev" } = args;
    const { zipkin, otlpGrpc, otlpHttp, health } = contract.otelCollector.ports;
    const pipelineOf = (signal: "logs" | "metrics", ...processors: string[]): CollectorPipelineArgs => ({
        receivers: ["otlp"],
        processors: [...commonProcessors(signal, args), ...processors],
        exporters: exportersOf(signal, args),
    });
    return {
        extensions: {
            health_check: { endpoint: listenAddress(health), path: collectorHealthPath },
            ...queueExtension,
            ...exportAuthExtension(args),
        },
        receivers: {
            zipkin: { endpoint: listenAddress(zipkin), ...limitedBody },
            otlp: {
                protocols: {
                    grpc: { endpoint: listenAddress(otlpGrpc), keepalive: limitedConnectionAge },
                    http: { endpoint: listenAddress(otlpHttp), ...limitedBody },
                },
            },
        },
        processors: {
            memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 25 },
            k8s_attributes: kubernetesAttributes,
            // Adds the attributes in OTEL_RESOURCE_ATTRIBUTES. Other detectors would add the host of the collector.
            resource_detection: { detectors: ["env"], override: false },
            // Labels with the same meaning in all signals.
            resource: {
                attributes: [
                    { key: "cluster", value: cluster, action: "upsert" },
                    { key: "namespace", from_attribute: "k8s.namespace.name", action: "upsert" },
                    // Otherwise the pods of a service would write the same series.
                    { key: "service.instance.id", from_attribute: "k8s.pod.name", action: "insert" },
                ],
            },
            ...invalidData,
            ...filterProcessors(args),
            "transform/labels": { metric_statements: [{ context: "datapoint", statements: renameConflictingLabels }] },
        },
        exporters: { ...mainExporter(args, queueSize, profile), ...nopExporter(args) },
        connectors: {},
        pipelines: { logs: pipelineOf("logs"), metrics: pipelineOf("metrics", "transform/labels") },
    };
}

// Prometheus also adds "exported_" if a metric has a label that the target has.
const renameConflictingLabels = ["cluster", "namespace"].flatMap((label) => [
    `set(datapoint.attributes["exported_${label}"], datapoint.attributes["${label}"]) where datapoint.attributes["${label}"] != nil`,
    `delete_key(datapoint.attributes, "${label}")`,
]);
