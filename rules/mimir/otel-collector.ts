import type { Alert, RuleFile } from "../define";
import { anyOf, perSignal } from "../expressions";

const rate = (metric: string) => `sum by (cluster, namespace, job, pod) (rate(${metric}{job="otel-collector"}[5m]))`;

// With head sampling, Tempo generates these metrics, see TempoMetricsGeneratorSeriesLimited.
const spanMetricsOverflow: Alert = {
    alert: "OtelCollectorSpanMetricsOverflow",
    severity: "warning",
    for: "10m",
    summary:
        "{{ $labels.namespace }}/{{ $labels.service_name }}: {{ $value | humanize }} spans per second are counted without their names, because the service has too many span names",
    expr: () =>
        'sum by (cluster, namespace, service_name) (rate(traces_spanmetrics_calls_total{otel_metric_overflow="true"}[5m])) > 0',
};

export default {
    group: "otel-collector",
    needs: ["alloyMetrics", "otelCollector"],
    dashboard: "stack-collector",
    description: "Queues, refused data and dropped data of the OpenTelemetry Collector.",
    rules: ({ tailSampling = false }) => [
        {
            alert: "OtelCollectorExporterQueueAlmostFull",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.5, unit: "ratio of used queue capacity, from 0 to 1" },
            summary:
                "{{ $labels.pod }}: {{ $value | humanizePercentage }} of the {{ $labels.data_type }} queue is used, because the destination is slow or down",
            expr: (share) => `
                max by (cluster, namespace, job, pod, data_type) (otelcol_exporter_queue_size{job="otel-collector"})
                / max by (cluster, namespace, job, pod, data_type) (otelcol_exporter_queue_capacity{job="otel-collector"}) > ${share}`,
        },
        {
            alert: "OtelCollectorReceiverRefusedData",
            severity: "critical",
            for: "10m",
            summary:
                "{{ $labels.pod }} ({{ $labels.signal }}): {{ $value | humanize }} items per second are refused, because the memory limit is reached or the queue is full",
            expr: () =>
                `${perSignal({
                    traces: rate("otelcol_receiver_refused_spans"),
                    logs: rate("otelcol_receiver_refused_log_records"),
                    metrics: rate("otelcol_receiver_refused_metric_points"),
                })} > 0`,
        },
        {
            alert: "OtelCollectorExporterDroppedData",
            severity: "critical",
            for: "5m",
            summary: "{{ $labels.pod }} ({{ $labels.signal }}): {{ $value | humanize }} items per second are dropped",
            // The exporter retries without a limit. A full queue counts as enqueue_failed: data that the sender can send again, or
            // with tail sampling, traces that the collector has already accepted.
            expr: () =>
                perSignal({
                    traces: anyOf(
                        rate("otelcol_exporter_send_failed_spans"),
                        rate("otelcol_exporter_enqueue_failed_spans"),
                    ),
                    logs: anyOf(
                        rate("otelcol_exporter_send_failed_log_records"),
                        rate("otelcol_exporter_enqueue_failed_log_records"),
                    ),
                    metrics: anyOf(
                        rate("otelcol_exporter_send_failed_metric_points"),
                        rate("otelcol_exporter_enqueue_failed_metric_points"),
                    ),
                }),
        },
        ...(tailSampling ? [spanMetricsOverflow] : []),
        {
            alert: "OtelCollectorRestarts",
            severity: "warning",
            threshold: { default: 2, unit: "restarts in an hour" },
            summary: "{{ $labels.pod }}: the collector restarted {{ $value }} times in an hour",
            expr: (restarts) => `resets(otelcol_process_uptime{job="otel-collector"}[1h]) > ${restarts}`,
        },
    ],
} satisfies RuleFile;
