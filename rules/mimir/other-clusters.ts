import type { RuleFile } from "../define";

const pushes = (matchers: string) =>
    `sum by (cluster, namespace, proxy) (rate(haproxy_backend_http_responses_total{job="ingestion-proxy"${matchers}}[5m]))`;

export default {
    group: "other-clusters",
    needs: ["otherClusters"],
    dashboard: "stack-alloy",
    description: "Data that other clusters send to this stack.",
    rules: [
        {
            alert: "ClusterMetricsMissing",
            severity: "critical",
            for: "10m",
            summary: "{{ $labels.cluster }}: the cluster sent metrics in the last 24 hours, and sends none now",
            expr: () =>
                'count by (cluster) (count_over_time(up{job="alloy-metrics"}[1d])) unless count by (cluster) (up{job="alloy-metrics"})',
        },
        {
            alert: "IngestionProxyRequestErrors",
            severity: "critical",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of failed requests, from 0 to 1" },
            summary: "{{ $labels.proxy }}: {{ $value | humanizePercentage }} of the pushes of other clusters fail",
            expr: (ratio) => `${pushes(', code="5xx"')} / ${pushes("")} > ${ratio}`,
        },
    ],
} satisfies RuleFile;
