import type { RuleFile } from "../define";
import { anyOf, perSignal, remoteWriteLag } from "../expressions";

const rate = (metric: string, job: string) =>
    `sum by (cluster, namespace, job, pod) (rate(${metric}{job="${job}"}[5m]))`;

export default {
    group: "alloy",
    about: "Alloy in its three roles: receiver, reader of pod logs, scraper of metrics.",
    rules: [
        {
            alert: "AlloyExporterQueueAlmostFull",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.5, unit: "share of the queue, from 0 to 1" },
            summary:
                "The queue of {{ $labels.data_type }} in {{ $labels.pod }} is {{ $value | humanizePercentage }} full: their store is slow or gone",
            expr: (share) => `
                max by (cluster, namespace, job, pod, data_type) (otelcol_exporter_queue_size{job="alloy-receiver"})
                / max by (cluster, namespace, job, pod, data_type) (otelcol_exporter_queue_capacity{job="alloy-receiver"}) > ${share}`,
        },
        {
            alert: "AlloyReceiverRefusedData",
            severity: "critical",
            for: "10m",
            summary:
                "{{ $labels.pod }} refuses {{ $value | humanize }} {{ $labels.signal }} a second: its memory or its queue is full",
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
            summary: "{{ $labels.pod }} has lost {{ $value | humanize }} {{ $labels.signal }} a second",
            // What can be sent again is sent again without end, so that these count only what is lost.
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
            summary: "{{ $labels.pod }} is {{ $value | humanizeDuration }} behind with sending what it has scraped",
            expr: (seconds) => `${remoteWriteLag("alloy-metrics")} > ${seconds}`,
        },
        {
            alert: "AlloyFailedReload",
            severity: "warning",
            for: "10m",
            summary: "{{ $labels.pod }} could not load its configuration",
            expr: () => 'alloy_config_last_load_successful{job=~"alloy-.+"} == 0',
        },
        {
            alert: "AlloyComponentUnhealthy",
            severity: "warning",
            for: "15m",
            summary: "{{ $value }} components of {{ $labels.pod }} are {{ $labels.health_type }}",
            expr: () =>
                'sum by (cluster, namespace, job, pod, health_type) (alloy_component_controller_running_components{job=~"alloy-.+", health_type!="healthy"}) > 0',
        },
    ],
} satisfies RuleFile;
