import type { RuleFile } from "../define";

const spans = "namespace:spans:rate5m";

export default {
    group: "cost-traces",
    needs: ["alloyMetrics", "tempo"],
    dashboard: "cost-namespaces",
    description: "Spans and received trace data by namespace.",
    rules: [
        {
            record: spans,
            expr: "sum by (cluster, namespace) (rate(traces_spanmetrics_calls_total[5m]))",
        },
        {
            // Tempo counts bytes for each tenant only. A namespace has the part of the bytes that it has of the spans.
            record: "namespace:trace_bytes:rate5m",
            expr: `
                ${spans} / on (cluster) group_left () (sum by (cluster) (${spans}) > 0)
                * on (cluster) group_left () sum by (cluster) (rate(tempo_distributor_bytes_received_total{job="tempo"}[5m]))`,
        },
    ],
} satisfies RuleFile;
