import type { RuleFile } from "../define";
import { perSignal } from "../expressions";

const rate = (metric: string, of: string) => `sum by (cluster, namespace) (rate(${metric}{${of}}[15m]))`;
const rateAnHourAgo = (metric: string, of: string) =>
    `sum by (cluster, namespace) (rate(${metric}{${of}}[1h] offset 30m))`;
const queued = (dataType: string, of: string) =>
    `sum by (cluster, namespace) (otelcol_exporter_queue_size{${of}, data_type="${dataType}"})`;

/** A hop sends something, and the next one gets nothing of it. */
const lost = (sent: string, sender: string, received: string, receiver: string) =>
    `(${rate(sent, sender)} > 0 unless ${rate(received, receiver)} > 0)`;
const stopped = (received: string, receiver: string) =>
    `(${rateAnHourAgo(received, receiver)} > 0 unless ${rate(received, receiver)} > 0)`;
/** Something waits, and nothing leaves. */
const stuck = (dataType: string, sent: string, of: string) =>
    `(${queued(dataType, of)} > 0 unless ${rate(sent, of)} > 0)`;

const collector = 'job="otel-collector"';
// Replicas that sample at the tail send each other spans, too.
const toAlloy = 'job="otel-collector", exporter="otlp_grpc"';
const alloy = 'job="alloy-receiver"';

export default {
    group: "signals",
    about: "Whether each signal arrives at each hop: collector, Alloy, store.",
    rules: [
        {
            alert: "OtelCollectorNoDataReceived",
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
            alert: "OtelCollectorNoDataExported",
            severity: "critical",
            for: "10m",
            summary: "{{ $value | humanize1024 }}B of {{ $labels.signal }} wait in the collector, and none leave",
            expr: () =>
                perSignal({
                    traces: stuck("traces", "otelcol_exporter_sent_spans", toAlloy),
                    logs: stuck("logs", "otelcol_exporter_sent_log_records", toAlloy),
                    metrics: stuck("metrics", "otelcol_exporter_sent_metric_points", toAlloy),
                }),
        },
        {
            alert: "AlloyNoDataReceived",
            severity: "critical",
            for: "10m",
            summary: "The collector sends {{ $value | humanize }} {{ $labels.signal }} a second, and Alloy gets none",
            expr: () =>
                perSignal({
                    traces: lost(
                        "otelcol_exporter_sent_spans",
                        toAlloy,
                        "otelcol_receiver_accepted_spans_total",
                        alloy,
                    ),
                    logs: lost(
                        "otelcol_exporter_sent_log_records",
                        toAlloy,
                        "otelcol_receiver_accepted_log_records_total",
                        alloy,
                    ),
                    metrics: lost(
                        "otelcol_exporter_sent_metric_points",
                        toAlloy,
                        "otelcol_receiver_accepted_metric_points_total",
                        alloy,
                    ),
                }),
        },
        {
            alert: "AlloyNoDataExported",
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
            alert: "BackendNoDataReceived",
            severity: "critical",
            for: "10m",
            summary: "Alloy sends {{ $value | humanize }} {{ $labels.signal }} a second, and their store gets none",
            expr: () =>
                perSignal({
                    traces: lost(
                        "otelcol_exporter_sent_spans_total",
                        alloy,
                        "tempo_distributor_spans_received_total",
                        'job="tempo"',
                    ),
                    logs: lost(
                        "otelcol_exporter_sent_log_records_total",
                        alloy,
                        "loki_distributor_lines_received_total",
                        'job="loki"',
                    ),
                    metrics: lost(
                        "otelcol_exporter_sent_metric_points_total",
                        alloy,
                        "cortex_distributor_received_samples_total",
                        'job="mimir"',
                    ),
                }),
        },
        {
            alert: "PyroscopeNoProfilesReceived",
            severity: "warning",
            for: "15m",
            summary: "Pyroscope gets no profiles any more; an hour ago it got {{ $value | humanize }} a second",
            expr: () => stopped("pyroscope_distributor_received_decompressed_bytes_count", 'job="pyroscope"'),
        },
        {
            alert: "AlloyNoPodLogsSent",
            severity: "warning",
            for: "30m",
            summary: "{{ $labels.pod }} has {{ $value }} log files of its node open and ships none of their lines",
            expr: () => `
                sum by (cluster, namespace, pod) (loki_source_file_files_active_total{job="alloy-logs"}) > 0
                unless sum by (cluster, namespace, pod) (rate(loki_write_sent_entries_total{job="alloy-logs"}[15m])) > 0`,
        },
    ],
} satisfies RuleFile;
