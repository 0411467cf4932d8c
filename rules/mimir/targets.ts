import type { RuleFile } from "../define";

/** Job names of the components, from the annotation prometheus.io/job. */
const jobs = [
    "otel-collector",
    "alloy-receiver",
    "alloy-logs",
    "alloy-metrics",
    "loki",
    "tempo",
    "mimir",
    "pyroscope",
    "grafana",
];

export default {
    group: "targets",
    dashboard: "stack-alloy",
    description: "Availability of scrape targets.",
    rules: ({ minio = true, namespace }) => [
        {
            alert: "TargetDown",
            severity: "warning",
            for: "10m",
            summary:
                "{{ $labels.namespace }}/{{ $labels.job }}: {{ $value | humanizePercentage }} of the targets are down",
            expr: () =>
                'count by (cluster, namespace, job) (up{job!~"kubelet|cadvisor|node"} == 0) / count by (cluster, namespace, job) (up)',
        },
        {
            alert: "StackComponentMissing",
            severity: "critical",
            // A pod that moves to another node needs minutes to attach its volume.
            for: "15m",
            summary: "{{ $labels.job }}: no target exists, because the component or the metrics scraper is missing",
            // Other namespaces can contain components of the same name, such as another Grafana.
            expr: () =>
                [...jobs, ...(minio ? ["minio"] : [])]
                    .map(
                        (job) =>
                            `absent(up{job="${job}"${namespace === undefined ? "" : `, namespace="${namespace}"`}})`,
                    )
                    .join(" or "),
        },
        {
            alert: "NodeTargetDown",
            severity: "warning",
            for: "15m",
            summary: "{{ $labels.node }}: the {{ $labels.job }} target is down",
            expr: () => 'up{job=~"kubelet|cadvisor|node"} == 0',
        },
        {
            alert: "AlloyDaemonSetPodsMissing",
            severity: "warning",
            for: "15m",
            summary: "Alloy: the number of log collectors differs from the number of metrics scrapers by {{ $value }}",
            expr: () =>
                'abs(count by (cluster, namespace) (up{job="alloy-logs"}) - count by (cluster, namespace) (up{job="alloy-metrics"})) > 0',
        },
    ],
} satisfies RuleFile;
