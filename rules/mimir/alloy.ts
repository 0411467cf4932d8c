import type { RuleFile } from "../define";
import { anyOf, perSignal, remoteWriteLag } from "../expressions";

const rate = (metric: string, job: string) =>
    `sum by (cluster, namespace, job, pod) (rate(${metric}{job="${job}"}[5m]))`;

export default {
    group: "alloy",
    description: "Grafana Alloy as receiver, log collector and metrics scraper.",
    rules: [
        {
            alert: "AlloyExporterQueueAlmostFull",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.5, unit: "share of the queue, from 0 to 1" },
            summary:
                "{{ $labels.pod }}: {{ $value | humanizePercentage }} of the {{ $labels.data_type }} queue is used, because the backend is slow or down",
            expr: (share) => `
                max by (cluster, namespace, job, pod, data_type) (otelcol_exporter_queue_size{job="alloy-receiver"})
                / max by (cluster, namespace, job, pod, data_type) (otelcol_exporter_queue_capacity{job="alloy-receiver"}) > ${share}`,
        },
        {
            alert: "AlloyReceiverRefusedData",
            severity: "critical",
            for: "10m",
            summary:
                "{{ $labels.pod }} ({{ $labels.signal }}): {{ $value | humanize }} items per second are refused, because the memory or the queue is full",
            expr: () =>
                `${perSignal({
                    traces: rate("otelcol_receiver_refused_spans_total", "alloy-receiver"),
                    logs: rate("otelcol_receiver_refused_log_records_total", "alloy-receiver"),
                    metrics: rate("otelcol_receiver_refused_metric_points_total", "alloy-receiver"),
                })} > 0`,
        },
        {
            alert: "AlloyExporterDroppedData",
            severity: "critical",
            for: "5m",
            summary: "{{ $labels.pod }} ({{ $labels.signal }}): {{ $value | humanize }} items per second are dropped",
            // Retryable errors are retried without a limit, so these counters contain only lost data.
            expr: () =>
                perSignal({
                    traces: anyOf(
                        rate("otelcol_exporter_send_failed_spans_total", "alloy-receiver"),
                        rate("otelcol_exporter_enqueue_failed_spans_total", "alloy-receiver"),
                    ),
                    logs: anyOf(
                        rate("otelcol_exporter_send_failed_log_records_total", "alloy-receiver"),
                        rate("otelcol_exporter_enqueue_failed_log_records_total", "alloy-receiver"),
                        rate("loki_write_dropped_entries_total", "alloy-logs"),
                    ),
                    metrics: anyOf(
                        rate("otelcol_exporter_send_failed_metric_points_total", "alloy-receiver"),
                        rate("otelcol_exporter_enqueue_failed_metric_points_total", "alloy-receiver"),
                        rate("prometheus_remote_storage_samples_failed_total", "alloy-metrics"),
                    ),
                }),
        },
        {
            alert: "AlloyRemoteWriteBehind",
            severity: "warning",
            for: "15m",
            threshold: { default: 120, unit: "seconds" },
            summary: "{{ $labels.pod }}: remote write is {{ $value | humanizeDuration }} behind the scrapes",
            expr: (seconds) => `${remoteWriteLag("alloy-metrics")} > ${seconds}`,
        },
        {
            alert: "AlloyFailedReload",
            severity: "warning",
            for: "10m",
            summary: "{{ $labels.pod }}: Alloy could not load its configuration",
            expr: () => 'alloy_config_last_load_successful{job=~"alloy-.+"} == 0',
        },
        {
            alert: "AlloyComponentUnhealthy",
            severity: "warning",
            for: "15m",
            summary: "{{ $labels.pod }}: {{ $value }} Alloy components are {{ $labels.health_type }}",
            expr: () =>
                'sum by (cluster, namespace, job, pod, health_type) (alloy_component_controller_running_components{job=~"alloy-.+", health_type!="healthy"}) > 0',
        },
    ],
} satisfies RuleFile;
