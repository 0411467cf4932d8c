import type { RuleFile } from "../define";
import { anyOf, perSignal } from "../expressions";

const rate = (metric: string) => `sum by (cluster, namespace, job, pod) (rate(${metric}{job="otel-collector"}[5m]))`;

export default {
    group: "otel-collector",
    about: "The collector: what it takes, keeps waiting and loses.",
    rules: [
        {
            alert: "OtelCollectorExporterQueueAlmostFull",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.5, unit: "share of the queue, from 0 to 1" },
            summary:
                "The queue of {{ $labels.data_type }} in {{ $labels.pod }} is {{ $value | humanizePercentage }} full: what comes after it is slow or gone",
            expr: (share) => `
                max by (cluster, namespace, job, pod, data_type) (otelcol_exporter_queue_size{job="otel-collector"})
                / max by (cluster, namespace, job, pod, data_type) (otelcol_exporter_queue_capacity{job="otel-collector"}) > ${share}`,
        },
        {
            alert: "OtelCollectorReceiverRefusedData",
            severity: "critical",
            for: "10m",
            summary:
                "{{ $labels.pod }} refuses {{ $value | humanize }} {{ $labels.signal }} a second: its memory or its queue is full",
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
            summary: "{{ $labels.pod }} has lost {{ $value | humanize }} {{ $labels.signal }} a second",
            // What can be sent again is sent again without end, so that these count only what is lost.
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
        {
            alert: "OtelCollectorRestarts",
            severity: "warning",
            threshold: { default: 2, unit: "restarts in an hour" },
            summary: "{{ $labels.pod }} has started {{ $value }} times in an hour",
            expr: (restarts) => `resets(otelcol_process_uptime{job="otel-collector"}[1h]) > ${restarts}`,
        },
    ],
} satisfies RuleFile;
