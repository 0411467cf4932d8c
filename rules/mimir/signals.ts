import type { RuleFile } from "../define";
import { perSignal } from "../expressions";

const rate = (metric: string, selector: string) => `sum by (cluster, namespace) (rate(${metric}{${selector}}[15m]))`;
const rateAnHourAgo = (metric: string, selector: string) =>
    `sum by (cluster, namespace) (rate(${metric}{${selector}}[1h] offset 30m))`;
const queued = (dataType: string, selector: string) =>
    `sum by (cluster, namespace) (otelcol_exporter_queue_size{${selector}, data_type="${dataType}"})`;

/** The sender sends data, and the receiver receives none. */
const lost = (sent: string, sender: string, received: string, receiver: string) =>
    `(${rate(sent, sender)} > 0 unless ${rate(received, receiver)} > 0)`;
const stopped = (received: string, receiver: string) =>
    `(${rateAnHourAgo(received, receiver)} > 0 unless ${rate(received, receiver)} > 0)`;
/** Data is queued, and none is sent. */
const stuck = (dataType: string, sent: string, selector: string) =>
    `(${queued(dataType, selector)} > 0 unless ${rate(sent, selector)} > 0)`;

const collector = 'job="otel-collector"';
// With tail sampling, replicas also send spans to each other, by another exporter.
const toAlloy = 'job="otel-collector", exporter="otlp_http"';
const alloy = 'job="alloy-receiver"';

export default {
    group: "signals",
    needs: ["alloyMetrics"],
    dashboard: "stack-pipeline",
    description: "Flow of each signal from the collector through Alloy to the backend.",
    rules: [
        {
            alert: "OtelCollectorNoDataReceived",
            needs: ["otelCollector"],
            severity: "warning",
            for: "15m",
            summary:
                "Collector ({{ $labels.signal }}): no data is received; the rate an hour ago was {{ $value | humanize }} items per second",
            expr: () =>
                perSignal({
                    traces: stopped("otelcol_receiver_accepted_spans", collector),
                    logs: stopped("otelcol_receiver_accepted_log_records", collector),
                    metrics: stopped("otelcol_receiver_accepted_metric_points", collector),
                }),
        },
        {
            alert: "OtelCollectorNoDataExported",
            needs: ["otelCollector"],
            severity: "critical",
            for: "10m",
            summary:
                "Collector ({{ $labels.signal }}): {{ $value | humanize1024 }}B are queued and no data is exported",
            expr: () =>
                perSignal({
                    traces: stuck("traces", "otelcol_exporter_sent_spans", toAlloy),
                    logs: stuck("logs", "otelcol_exporter_sent_log_records", toAlloy),
                    metrics: stuck("metrics", "otelcol_exporter_sent_metric_points", toAlloy),
                }),
        },
        {
            alert: "AlloyNoDataReceived",
            needs: ["otelCollector", "alloyReceiver"],
            severity: "critical",
            for: "10m",
            summary:
                "Alloy ({{ $labels.signal }}): no data is received, but the collector exports {{ $value | humanize }} items per second",
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
            alert: "BackendNoDataReceived",
            needs: ["alloyReceiver"],
            severity: "critical",
            for: "10m",
            summary:
                "Backend ({{ $labels.signal }}): no data is received, but Alloy exports {{ $value | humanize }} items per second",
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
            needs: ["pyroscope"],
            severity: "warning",
            for: "15m",
            summary: "Pyroscope: no profiles are received; the rate an hour ago was {{ $value | humanize }} per second",
            expr: () => stopped("pyroscope_distributor_received_decompressed_bytes_count", 'job="pyroscope"'),
        },
        {
            alert: "AlloyNoPodLogsSent",
            needs: ["alloyLogs"],
            severity: "warning",
            for: "30m",
            summary: "{{ $labels.pod }}: {{ $value }} log files are open, but no log lines are sent",
            expr: () => `
                sum by (cluster, namespace, pod) (loki_source_file_files_active_total{job="alloy-logs"}) > 0
                unless sum by (cluster, namespace, pod) (rate(loki_write_sent_entries_total{job="alloy-logs"}[15m])) > 0`,
        },
    ],
} satisfies RuleFile;
