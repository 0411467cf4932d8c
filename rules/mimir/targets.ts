import type { RuleFile } from "../define";

/** What scrapes call the parts of the stack, in the annotation prometheus.io/job. */
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
    about: "Whether everything that should be scraped is there and answers.",
    rules: ({ minio = true, namespace }) => [
        {
            alert: "TargetDown",
            severity: "warning",
            for: "10m",
            summary:
                "{{ $value | humanizePercentage }} of the targets of {{ $labels.job }} in {{ $labels.namespace }} do not answer",
            expr: () =>
                'count by (cluster, namespace, job) (up{job!~"kubelet|cadvisor|node"} == 0) / count by (cluster, namespace, job) (up)',
        },
        {
            alert: "StackComponentMissing",
            severity: "critical",
            // A pod that moves to another node takes its volume along, which takes minutes.
            for: "15m",
            summary: "No {{ $labels.job }} is scraped: it is gone, or whoever scrapes it is",
            // Somebody else may run a Grafana, too.
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
            summary: "{{ $labels.job }} of the node {{ $labels.node }} does not answer",
            expr: () => 'up{job=~"kubelet|cadvisor|node"} == 0',
        },
        {
            alert: "AlloyDaemonSetPodsMissing",
            severity: "warning",
            for: "15m",
            summary: "{{ $value }} nodes ship logs and no metrics, or metrics and no logs",
            expr: () =>
                'abs(count by (cluster, namespace) (up{job="alloy-logs"}) - count by (cluster, namespace) (up{job="alloy-metrics"})) > 0',
        },
    ],
} satisfies RuleFile;
