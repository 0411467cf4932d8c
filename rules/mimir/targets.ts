import { stackComponents, type StackComponent, missingIn } from "../../validation/components";
import type { RuleFile } from "../define";
import { matchers } from "../expressions";

/** Job names of the components, from the annotation prometheus.io/job. */
const jobs: Record<StackComponent, string> = {
    otelCollector: "otel-collector",
    alloyReceiver: "alloy-receiver",
    alloyLogs: "alloy-logs",
    alloyMetrics: "alloy-metrics",
    alloySingleton: "alloy-singleton",
    alloyProfiles: "alloy-profiles",
    loki: "loki",
    tempo: "tempo",
    mimir: "mimir",
    pyroscope: "pyroscope",
    grafana: "grafana",
    kubeStateMetrics: "kube-state-metrics",
    prometheus: "prometheus",
    alloyKafka: "alloy-kafka",
    redpanda: "redpanda",
    autoInstrumentation: "auto-instrumentation",
    ingestionProxy: "ingestion-proxy",
    minio: "minio",
};

export default {
    group: "targets",
    needs: ["alloyMetrics"],
    dashboard: "stack-alloy",
    description: "Availability of scrape targets.",
    rules: ({ absent, optionalSources, cluster, namespace }) => [
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
            // Other namespaces and other clusters can contain components of the same name, such as another Grafana.
            expr: () =>
                stackComponents
                    .filter((component) => !missingIn(absent, optionalSources).includes(component))
                    .map((component) => jobs[component])
                    .map((job) => `absent(up{${matchers({ job, cluster, namespace })}})`)
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
            needs: ["alloyLogs"],
            severity: "warning",
            for: "15m",
            summary: "Alloy: the number of log collectors differs from the number of metrics scrapers by {{ $value }}",
            expr: () =>
                'abs(count by (cluster, namespace) (up{job="alloy-logs"}) - count by (cluster, namespace) (up{job="alloy-metrics"})) > 0',
        },
    ],
} satisfies RuleFile;
