import type { RuleFile } from "../define";

export default {
    group: "cardinality",
    needs: ["alloyMetrics"],
    dashboard: "cost-metrics",
    description: "Number of metric series and log streams.",
    rules: [
        {
            alert: "MimirTenantReachingSeriesLimit",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.8, unit: "used ratio of the limit, from 0 to 1" },
            summary:
                "{{ $labels.pod }}: tenant {{ $labels.user }} uses {{ $value | humanizePercentage }} of its series limit; at 100 % new series are rejected",
            // Each tenant can have a limit of its own.
            expr: (share) => `
                (
                  max by (cluster, namespace, pod, user) (cortex_ingester_memory_series_created_total{job="mimir"})
                  - max by (cluster, namespace, pod, user) (cortex_ingester_memory_series_removed_total{job="mimir"})
                )
                / max by (cluster, namespace, pod, user) (cortex_ingester_local_limits{job="mimir", limit="max_global_series_per_user"} > 0) > ${share}`,
        },
        {
            alert: "MimirSeriesRisingQuickly",
            severity: "warning",
            for: "30m",
            threshold: { default: 2, unit: "times the number of a day ago" },
            summary: "Mimir: the number of series is {{ $value | humanize }} times that of a day ago",
            // In a small stack, one new service can double the number.
            expr: (times) => `
                sum by (cluster, namespace) (cortex_ingester_memory_series{job="mimir"})
                / (sum by (cluster, namespace) (cortex_ingester_memory_series{job="mimir"} offset 1d) > 10000) > ${times}`,
        },
        {
            alert: "TargetSeriesCountHigh",
            severity: "info",
            for: "15m",
            threshold: { default: 20000, unit: "series" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.pod }} ({{ $labels.job }}): the target exposes {{ $value | humanize }} series",
            expr: (series) =>
                `max by (cluster, namespace, job, pod) (scrape_samples_post_metric_relabeling{job!~"kubelet|cadvisor|node"}) > ${series}`,
        },
        {
            alert: "LokiStreamsRisingQuickly",
            needs: ["loki"],
            severity: "warning",
            for: "30m",
            threshold: { default: 3, unit: "times the number of a day ago" },
            summary: "Loki: the number of streams is {{ $value | humanize }} times that of a day ago",
            expr: (times) => `
                sum by (cluster, namespace) (loki_ingester_memory_streams{job="loki"})
                / (sum by (cluster, namespace) (loki_ingester_memory_streams{job="loki"} offset 1d) > 1000) > ${times}`,
        },
    ],
} satisfies RuleFile;
