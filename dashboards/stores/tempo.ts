import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { stat, timeSeries } from "../lib/panels";
import { jobSelector } from "../lib/selectors";
import { componentDrilldown, processPanels, replicasUp, requestPanels, ringMembers } from "../lib/component-panels";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Tempo, the backend for traces. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "tempo");
    return createDashboard(
        {
            uid: "stores-tempo",
            title: "Tempo",
            description:
                "Writes, reads, storage and resource usage of Tempo, the backend for traces, which also generates metrics from spans.",
            variables: [cluster()],
            drilldown: componentDrilldown(namespace, "tempo", {
                dashboards: { "cost-traces": "Cost of traces" },
            }),
        },
        row(
            "Writes",
            replicasUp(selector),
            stat("Spans received", {
                description: "Spans per second that Tempo receives.",
                unit: unit.perSecond,
                queries: { spans: `sum(rate(tempo_distributor_spans_received_total{${selector}}[$__rate_interval]))` },
            }),
            stat("Bytes received", {
                description: "Bytes of spans per second that Tempo receives.",
                unit: unit.bytesPerSecond,
                queries: { bytes: `sum(rate(tempo_distributor_bytes_received_total{${selector}}[$__rate_interval]))` },
            }),
            stat("Discarded spans", {
                description:
                    "Spans per second that Tempo discards because a trace is too large or a limit is exceeded. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    discarded: `sum(rate(tempo_discarded_spans_total{${selector}}[$__rate_interval])) or 0 * sum(up{${selector}})`,
                },
                criticalAbove: 0.001,
            }),
            stat("Live traces", {
                description: "The number of traces in memory that can still receive spans.",
                unit: unit.count,
                queries: { traces: `sum(tempo_ingester_live_traces{${selector}})` },
            }),
            stat("Flush failures", {
                description:
                    "Blocks per second that Tempo could not write to the object store. Tempo retries them. Normal is 0.",
                unit: unit.perSecond,
                queries: { failures: `sum(rate(tempo_ingester_failed_flushes_total{${selector}}[$__rate_interval]))` },
                criticalAbove: 0.001,
            }),
            timeSeries("Accepted spans by receiver", {
                description: "Spans per second by receiver and protocol.",
                unit: unit.perSecond,
                stacked: true,
                queries: {
                    "{{receiver}} {{transport}}": `sum by (receiver, transport) (rate(tempo_receiver_accepted_spans{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Discarded spans by reason", {
                description:
                    "Spans per second. The reasons trace_too_large, live_traces_exceeded and rate_limited are limits that you can raise.",
                unit: unit.perSecond,
                empty: "No discarded spans",
                queries: {
                    "{{reason}}": `sum by (reason) (rate(tempo_discarded_spans_total{${selector}}[$__rate_interval]))`,
                },
            }),
            ringMembers("tempo", selector),
        ),
        row("Requests", ...requestPanels("tempo", selector)),
        row(
            "Metrics-generator",
            timeSeries("Spans received by the metrics-generator", {
                description:
                    "Spans per second from which Tempo generates span metrics and the service graph. With tail sampling it is 0, because the collector generates the span metrics.",
                unit: unit.perSecond,
                queries: {
                    received: `sum(rate(tempo_metrics_generator_spans_received_total{${selector}}[$__rate_interval]))`,
                    discarded: `sum(rate(tempo_metrics_generator_spans_discarded_total{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Span metric series", {
                description: "The number of active series. Each operation of a service has about twenty series.",
                unit: unit.count,
                queries: { series: `sum(tempo_metrics_generator_registry_active_series{${selector}})` },
            }),
            timeSeries("Service graph edges", {
                description:
                    "Edges per second. An edge expires if only one side of the call sent a span: the other side has no tracing or is outside the cluster.",
                unit: unit.perSecond,
                queries: {
                    expired: `sum(rate(tempo_metrics_generator_processor_service_graphs_expired_edges{${selector}}[$__rate_interval]))`,
                    complete: `sum(rate(tempo_metrics_generator_processor_service_graphs_edges{${selector}}[$__rate_interval]))`,
                },
            }),
        ),
        row(
            "Storage and retention",
            timeSeries("Blocks", {
                description: "Blocks per second that Tempo writes to the object store, marks for deletion and deletes.",
                unit: unit.perSecond,
                queries: {
                    written: `sum(rate(tempo_ingester_blocks_flushed_total{${selector}}[$__rate_interval]))`,
                    "marked for deletion": `sum(rate(tempodb_retention_marked_for_deletion_total{${selector}}[$__rate_interval]))`,
                    deleted: `sum(rate(tempodb_retention_deleted_total{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Compaction and retention errors", {
                description:
                    "Errors per second. Without compaction, searches become slow. Without retention, the bucket grows.",
                unit: unit.perSecond,
                queries: {
                    "compaction errors": `sum(rate(tempodb_compaction_errors_total{${selector}}[$__rate_interval]))`,
                    "retention errors": `sum(rate(tempodb_retention_errors_total{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Object store p99 latency", {
                description: "Seconds for a request to the object store. Searches and flushes wait for it.",
                unit: unit.seconds,
                queries: {
                    "{{operation}}": `histogram_quantile(0.99, sum by (le, operation) (rate(tempodb_backend_request_duration_seconds_bucket{${selector}}[$__rate_interval])))`,
                },
            }),
        ),
        row("Resource usage", ...processPanels(selector)),
    );
};
