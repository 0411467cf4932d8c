import type { RuleFile } from "../define";
import { remoteWriteLag } from "../expressions";

const of = 'job="prometheus"';
const pod = "by (cluster, namespace, pod)";
const rate = (metric: string) => `sum ${pod} (rate(prometheus_remote_storage_${metric}{${of}}[5m]))`;

export default {
    group: "prometheus",
    needs: ["prometheus"],
    dashboard: "stack-prometheus",
    description: "The local Prometheus: remote write to Mimir, its volume and its targets.",
    rules: [
        {
            alert: "PrometheusRemoteWriteBehind",
            severity: "warning",
            for: "15m",
            threshold: { default: 120, unit: "seconds" },
            summary:
                "{{ $labels.pod }}: the metrics in Mimir are {{ $value | humanizeDuration }} older than in Prometheus",
            expr: (seconds) => `${remoteWriteLag("prometheus")} > ${seconds}`,
        },
        {
            alert: "PrometheusRemoteStorageFailures",
            severity: "critical",
            for: "15m",
            threshold: { default: 0.01, unit: "ratio from 0 to 1" },
            summary: "{{ $labels.pod }}: the store rejects {{ $value | humanizePercentage }} of the samples",
            expr: (ratio) => `${rate("samples_failed_total")} / (${rate("samples_total")} > 0) > ${ratio}`,
        },
        {
            alert: "PrometheusTSDBCompactionsFailing",
            severity: "warning",
            for: "10m",
            summary: "{{ $labels.pod }}: {{ $value | humanize }} compactions of the volume have failed in 3 hours",
            expr: () => `sum ${pod} (increase(prometheus_tsdb_compactions_failed_total{${of}}[3h])) > 0`,
        },
        {
            alert: "PrometheusTargetSyncFailure",
            severity: "warning",
            for: "5m",
            summary: "{{ $labels.pod }}: targets of the job {{ $labels.scrape_job }} have invalid labels",
            expr: () =>
                `sum by (cluster, namespace, pod, scrape_job) (increase(prometheus_target_sync_failed_total{${of}}[30m])) > 0`,
        },
        {
            alert: "PrometheusDuplicateTimestamps",
            severity: "warning",
            for: "10m",
            summary:
                "{{ $labels.pod }}: {{ $value | humanize }} samples per second are dropped, because two targets have the same labels",
            expr: () => `sum ${pod} (rate(prometheus_target_scrapes_sample_duplicate_timestamp_total{${of}}[5m])) > 0`,
        },
    ],
} satisfies RuleFile;
