import { type Cases, ratio } from "../case";
import { collector, constant, perSecond, series, seriesOf, stackLabels } from "../series";

const overflowing = { cluster: "c", namespace: "shop", service_name: "cart" };

export default {
    OtelCollectorExporterQueueAlmostFull: ratio(
        ["otelcol_exporter_queue_size", 600],
        ["otelcol_exporter_queue_capacity", 1000],
        { ...stackLabels, ...collector, data_type: "logs" },
        { ...stackLabels, ...collector, data_type: "logs" },
        "otel-0: 60% of the logs queue is used, because the destination is slow or down",
        400,
    ),
    OtelCollectorReceiverRefusedData: {
        after: "30m",
        fires: { [seriesOf("otelcol_receiver_refused_spans", collector)]: perSecond(2) },
        labels: { ...stackLabels, ...collector, signal: "traces" },
        summary:
            "otel-0 (traces): 2 items per second are refused, because the memory limit is reached or the queue is full",
        silent: { [seriesOf("otelcol_receiver_refused_spans", collector)]: "0x5 600x200" },
    },
    OtelCollectorExporterDroppedData: {
        after: "30m",
        // A full queue drops data although no request failed recently.
        fires: {
            [seriesOf("otelcol_exporter_send_failed_log_records", collector)]: constant,
            [seriesOf("otelcol_exporter_enqueue_failed_log_records", collector)]: perSecond(2),
        },
        labels: { ...stackLabels, ...collector, signal: "logs" },
        summary: "otel-0 (logs): 2 items per second are dropped",
        silent: { [seriesOf("otelcol_exporter_send_failed_log_records", collector)]: constant },
    },
    OtelCollectorSpanMetricsOverflow: {
        after: "30m",
        fires: {
            [series("traces_spanmetrics_calls_total", { ...overflowing, otel_metric_overflow: "true" })]: perSecond(3),
        },
        labels: overflowing,
        summary:
            "shop/cart: 3 spans per second are counted without their names, because the service has too many span names",
        silent: { [series("traces_spanmetrics_calls_total", { ...overflowing, span_name: "GET" })]: perSecond(3) },
    },
    OtelCollectorRestarts: {
        after: "1h",
        fires: { [seriesOf("otelcol_process_uptime", collector)]: "0+60x10 0+60x10 0+60x10 0+60x40" },
        labels: { ...stackLabels, ...collector },
        summary: "otel-0: the collector restarted 3 times in an hour",
        silent: { [seriesOf("otelcol_process_uptime", collector)]: "0+60x30 0+60x30" },
    },
} satisfies Cases;
