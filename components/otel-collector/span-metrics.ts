import { spanLatencyBounds } from "../contract";
import type { HelmValues } from "../helm/values";

// Combinations of span name, kind and status of a service. Spans above it are counted in one series with the label otel_metric_overflow. Otherwise a
// service with a different name for each span would create series without a limit.
const maximumCombinations = 2000;

/** Names of the connectors that generate metrics from spans. */
export const spanMetricsConnectorNames = ["span_metrics", "service_graph"];

/** The connectors that generate request rates, durations and the service graph from spans. */
export function spanMetricsConnectors(latencyBoundsSeconds: number[] | undefined): HelmValues {
    return {
        span_metrics: {
            namespace: "traces.spanmetrics",
            histogram: { unit: "s", explicit: { buckets: spanLatencyBounds(latencyBoundsSeconds).map(milliseconds) } },
            dimensions: [{ name: "cluster" }, { name: "namespace" }],
            exemplars: { enabled: true },
            // One series for all pods of a service, as in Tempo's metrics-generator.
            resource_metrics_key_attributes: ["service.name", "namespace", "cluster"],
            aggregation_cardinality_limit: maximumCombinations,
            metrics_flush_interval: "15s",
            metrics_expiration: "15m",
        },
        service_graph: {
            latency_histogram_buckets: serviceGraphBuckets,
            dimensions: ["cluster", "namespace"],
            store: { ttl: "10s", max_items: 10_000 },
            metrics_flush_interval: "15s",
        },
    };
}

function milliseconds(seconds: number): string {
    return `${Math.round(seconds * 1000)}ms`;
}

const serviceGraphBuckets = Array.from({ length: 8 }, (_, power) => `${100 * 2 ** power}ms`);

/** Statements that rename metrics and labels as in Tempo's metrics-generator, so that queries work with both sampling modes. */
export const renameAsTempo = [
    {
        context: "metric",
        statements: [
            'set(metric.name, "traces_spanmetrics_latency") where metric.name == "traces.spanmetrics.duration"',
            'set(metric.name, "traces_spanmetrics_calls_total") where metric.name == "traces.spanmetrics.calls"',
            'set(metric.name, "traces_service_graph_request_server_seconds") where metric.name == "traces_service_graph_request_server"',
            'set(metric.name, "traces_service_graph_request_client_seconds") where metric.name == "traces_service_graph_request_client"',
            // Mimir would append the unit to the name.
            'set(metric.unit, "")',
        ],
    },
    {
        context: "datapoint",
        statements: [
            'set(datapoint.attributes["service"], datapoint.attributes["service.name"]) where datapoint.attributes["service.name"] != nil',
            // For a call between namespaces, Tempo uses the namespace of the server.
            ...["cluster", "namespace"].flatMap((label) =>
                ["client", "server"].map(
                    (side) =>
                        `set(datapoint.attributes["${label}"], datapoint.attributes["${side}_${label}"]) where datapoint.attributes["${side}_${label}"] != nil`,
                ),
            ),
            // Each replica counts its own spans. Without this label, replicas would overwrite each other's series.
            'set(datapoint.attributes["collector"], "${env:OTEL_K8S_POD_NAME}")',
        ],
    },
];
