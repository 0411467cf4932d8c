import type { Cases } from "../case";
import { alloy, collector, constant, perSecond, seriesOf, stackLabels, value } from "../series";

const toAlloy = { ...collector, exporter: "otlp_http" };

export default {
    OtelCollectorNoDataReceived: {
        after: "2h30m",
        fires: { [seriesOf("otelcol_receiver_accepted_spans", collector)]: "0+60x120 7200x180" },
        labels: { ...stackLabels, signal: "traces" },
        summary: "Collector (traces): no data is received; the rate an hour ago was 1 items per second",
        silent: { [seriesOf("otelcol_receiver_accepted_spans", collector)]: perSecond(2) },
    },
    OtelCollectorNoDataExported: {
        after: "1h",
        fires: {
            [seriesOf("otelcol_exporter_queue_size", { ...toAlloy, data_type: "logs" })]: value(2048),
            [seriesOf("otelcol_exporter_sent_log_records", toAlloy)]: constant,
        },
        labels: { ...stackLabels, signal: "logs" },
        summary: "Collector (logs): 2kiB are queued and no data is exported",
        silent: {
            [seriesOf("otelcol_exporter_queue_size", { ...toAlloy, data_type: "logs" })]: value(2048),
            [seriesOf("otelcol_exporter_sent_log_records", toAlloy)]: perSecond(1),
            // Tail sampling can drop all traces, so that none are sent.
            [seriesOf("otelcol_exporter_queue_size", { ...toAlloy, data_type: "traces" })]: value(0),
        },
    },
    AlloyNoDataReceived: {
        after: "1h",
        fires: {
            [seriesOf("otelcol_exporter_sent_metric_points", toAlloy)]: perSecond(3),
            [seriesOf("otelcol_receiver_accepted_metric_points_total", alloy)]: constant,
        },
        labels: { ...stackLabels, signal: "metrics" },
        summary: "Alloy (metrics): no data is received, but the collector exports 3 items per second",
        silent: {
            [seriesOf("otelcol_exporter_sent_metric_points", toAlloy)]: perSecond(3),
            [seriesOf("otelcol_receiver_accepted_metric_points_total", alloy)]: perSecond(3),
            // Spans that replicas send to each other do not go to Alloy.
            [seriesOf("otelcol_exporter_sent_spans", { ...collector, exporter: "load_balancing" })]: perSecond(3),
        },
    },
    BackendNoDataReceived: {
        after: "1h",
        fires: { [seriesOf("otelcol_exporter_sent_spans_total", alloy)]: perSecond(3) },
        labels: { ...stackLabels, signal: "traces" },
        summary: "Backend (traces): no data is received, but Alloy exports 3 items per second",
        silent: {
            [seriesOf("otelcol_exporter_sent_spans_total", alloy)]: perSecond(3),
            [seriesOf("tempo_distributor_spans_received_total", { job: "tempo", pod: "tempo-0" })]: perSecond(3),
        },
    },
    PyroscopeNoProfilesReceived: {
        after: "2h30m",
        fires: {
            [seriesOf("pyroscope_distributor_received_decompressed_bytes_count", { job: "pyroscope" })]:
                "0+60x120 7200x180",
        },
        labels: stackLabels,
        summary: "Pyroscope: no profiles are received; the rate an hour ago was 1 per second",
        silent: {
            [seriesOf("pyroscope_distributor_received_decompressed_bytes_count", { job: "pyroscope" })]: perSecond(1),
        },
    },
    AlloyNoPodLogsSent: {
        after: "2h",
        fires: {
            [seriesOf("loki_source_file_files_active_total", { job: "alloy-logs", pod: "logs-a" })]: value(12),
            [seriesOf("loki_write_sent_entries_total", { job: "alloy-logs", pod: "logs-a" })]: constant,
        },
        labels: { ...stackLabels, pod: "logs-a" },
        summary: "logs-a: 12 log files are open, but no log lines are sent",
        silent: {
            [seriesOf("loki_source_file_files_active_total", { job: "alloy-logs", pod: "logs-a" })]: value(12),
            [seriesOf("loki_write_sent_entries_total", { job: "alloy-logs", pod: "logs-a" })]: perSecond(1),
        },
    },
} satisfies Cases;
