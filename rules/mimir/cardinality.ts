import type { RuleFile } from "../define";

export default {
    group: "cardinality",
    about: "How many series and streams there are, before they are too many.",
    rules: [
        {
            alert: "MimirTenantReachingSeriesLimit",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.8, unit: "share of the limit, from 0 to 1" },
            summary:
                "{{ $labels.pod }} holds {{ $value | humanizePercentage }} of the series that it may: beyond, new ones are refused",
            expr: (share) => `
                max by (cluster, namespace, pod) (cortex_ingester_memory_series{job="mimir"})
                / max by (cluster, namespace, pod) (cortex_ingester_local_limits{job="mimir", limit="max_global_series_per_user"} > 0) > ${share}`,
        },
        {
            alert: "MimirSeriesRisingQuickly",
            severity: "warning",
            for: "30m",
            threshold: { default: 2, unit: "times as many as a day before" },
            summary: "There are {{ $value | humanize }} times as many series as a day before",
            // A small stack doubles by one more service.
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
                "{{ $labels.job }} {{ $labels.pod }} in {{ $labels.namespace }} has {{ $value | humanize }} series",
            expr: (series) =>
                `max by (cluster, namespace, job, pod) (scrape_samples_post_metric_relabeling{job!~"kubelet|cadvisor|node"}) > ${series}`,
        },
        {
            alert: "LokiStreamsRisingQuickly",
            severity: "warning",
            for: "30m",
            threshold: { default: 3, unit: "times as many as a day before" },
            summary: "There are {{ $value | humanize }} times as many streams of logs as a day before",
            expr: (times) => `
                sum by (cluster, namespace) (loki_ingester_memory_streams{job="loki"})
                / (sum by (cluster, namespace) (loki_ingester_memory_streams{job="loki"} offset 1d) > 1000) > ${times}`,
        },
    ],
} satisfies RuleFile;
