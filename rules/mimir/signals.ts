import type { RuleFile } from "../define";
import { perSignal } from "../expressions";

const rate = (metric: string, job: string) => `sum by (cluster, namespace) (rate(${metric}{job="${job}"}[15m]))`;
const rateAnHourAgo = (metric: string, job: string) =>
    `sum by (cluster, namespace) (rate(${metric}{job="${job}"}[1h] offset 30m))`;
const queued = (dataType: string, job: string) =>
    `sum by (cluster, namespace) (otelcol_exporter_queue_size{job="${job}", data_type="${dataType}"})`;

/** A hop sends something, and the next one gets nothing of it. */
const lost = (sent: string, sender: string, received: string, receiver: string) =>
    `(${rate(sent, sender)} > 0 unless ${rate(received, receiver)} > 0)`;
const stopped = (received: string, receiver: string) =>
    `(${rateAnHourAgo(received, receiver)} > 0 unless ${rate(received, receiver)} > 0)`;
/** Something waits, and nothing leaves. */
const stuck = (dataType: string, sent: string, job: string) =>
    `(${queued(dataType, job)} > 0 unless ${rate(sent, job)} > 0)`;

const collector = "otel-collector";
const alloy = "alloy-receiver";

export default {
    group: "signals",
    about: "Whether each signal arrives at each hop: collector, Alloy, store.",
    rules: [
        {
            alert: "CollectorReceivesNothing",
            severity: "warning",
            for: "15m",
            summary:
                "The collector gets no {{ $labels.signal }} any more; an hour ago it got {{ $value | humanize }} a second",
            expr: () =>
                perSignal({
                    traces: stopped("otelcol_receiver_accepted_spans", collector),
                    logs: stopped("otelcol_receiver_accepted_log_records", collector),
                    metrics: stopped("otelcol_receiver_accepted_metric_points", collector),
                }),
        },
        {
            alert: "CollectorSendsNothing",
            severity: "critical",
            for: "10m",
            summary: "{{ $value | humanize1024 }}B of {{ $labels.signal }} wait in the collector, and none leave",
            expr: () =>
                perSignal({
                    traces: stuck("traces", "otelcol_exporter_sent_spans", collector),
                    logs: stuck("logs", "otelcol_exporter_sent_log_records", collector),
                    metrics: stuck("metrics", "otelcol_exporter_sent_metric_points", collector),
                }),
        },
        {
            alert: "AlloyReceivesNothing",
            severity: "critical",
            for: "10m",
            summary: "The collector sends {{ $value | humanize }} {{ $labels.signal }} a second, and Alloy gets none",
            expr: () =>
                perSignal({
                    traces: lost(
                        "otelcol_exporter_sent_spans",
                        collector,
                        "otelcol_receiver_accepted_spans_total",
                        alloy,
                    ),
                    logs: lost(
                        "otelcol_exporter_sent_log_records",
                        collector,
                        "otelcol_receiver_accepted_log_records_total",
                        alloy,
                    ),
                    metrics: lost(
                        "otelcol_exporter_sent_metric_points",
                        collector,
                        "otelcol_receiver_accepted_metric_points_total",
                        alloy,
                    ),
                }),
        },
        {
            alert: "AlloySendsNothing",
            severity: "critical",
            for: "10m",
            summary: "{{ $value | humanize1024 }}B of {{ $labels.signal }} wait in Alloy, and none leave",
            expr: () =>
                perSignal({
                    traces: stuck("traces", "otelcol_exporter_sent_spans_total", alloy),
                    logs: stuck("logs", "otelcol_exporter_sent_log_records_total", alloy),
                    metrics: stuck("metrics", "otelcol_exporter_sent_metric_points_total", alloy),
                }),
        },
        {
            alert: "StoreReceivesNothing",
            severity: "critical",
            for: "10m",
            summary: "Alloy sends {{ $value | humanize }} {{ $labels.signal }} a second, and their store gets none",
            expr: () =>
                perSignal({
                    traces: lost(
                        "otelcol_exporter_sent_spans_total",
                        alloy,
                        "tempo_distributor_spans_received_total",
                        "tempo",
                    ),
                    logs: lost(
                        "otelcol_exporter_sent_log_records_total",
                        alloy,
                        "loki_distributor_lines_received_total",
                        "loki",
                    ),
                    metrics: lost(
                        "otelcol_exporter_sent_metric_points_total",
                        alloy,
                        "cortex_distributor_received_samples_total",
                        "mimir",
                    ),
                }),
        },
        {
            alert: "ProfilesStopped",
            severity: "warning",
            for: "15m",
            summary: "Pyroscope gets no profiles any more; an hour ago it got {{ $value | humanize }} a second",
            expr: () => stopped("pyroscope_distributor_received_decompressed_bytes_count", "pyroscope"),
        },
        {
            alert: "PodLogsStopped",
            severity: "warning",
            for: "30m",
            summary: "{{ $labels.pod }} has {{ $value }} log files of its node open and ships none of their lines",
            expr: () => `
                sum by (cluster, namespace, pod) (loki_source_file_files_active_total{job="alloy-logs"}) > 0
                unless sum by (cluster, namespace, pod) (rate(loki_write_sent_entries_total{job="alloy-logs"}[15m])) > 0`,
        },
    ],
} satisfies RuleFile;
