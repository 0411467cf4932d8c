import type { RuleFile } from "../define";

export default {
    group: "cost-metrics",
    needs: ["alloyMetrics", "mimir"],
    dashboard: "cost-namespaces",
    description: "Active series by namespace.",
    // The query reads all series. Series are stale after five minutes.
    interval: "4m",
    rules: [
        {
            record: "namespace:series:count",
            expr: 'count by (cluster, namespace) ({__name__=~".+", namespace!=""})',
        },
    ],
} satisfies RuleFile;
