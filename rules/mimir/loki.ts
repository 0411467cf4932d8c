import type { RuleFile } from "../define";
import { failedRequests, secondsSince, unhealthyMembers } from "../expressions";

export default {
    group: "loki",
    needs: ["alloyMetrics", "loki"],
    dashboard: "stores-loki",
    description: "Loki, the log backend.",
    rules: [
        {
            alert: "LokiIngesterUnhealthy",
            severity: "critical",
            for: "15m",
            summary: "Loki: {{ $value }} ingesters are unhealthy in the ring",
            // The rings of other components remove lost members automatically.
            expr: () => unhealthyMembers("loki", "loki", "ingester"),
        },
        {
            alert: "LokiRequestErrors",
            severity: "critical",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of failed requests, from 0 to 1" },
            summary:
                "Loki: {{ $value | humanizePercentage }} of the requests to {{ $labels.route }} fail with a server error",
            expr: (share) => failedRequests("loki", "loki", share),
        },
        {
            alert: "LokiLogLinesDiscarded",
            severity: "warning",
            for: "10m",
            summary: "Loki: {{ $value | humanize }} log lines per second are discarded ({{ $labels.reason }})",
            expr: () =>
                'sum by (cluster, namespace, job, tenant, reason) (rate(loki_discarded_samples_total{job="loki"}[5m])) > 0',
        },
        {
            alert: "LokiIngesterFlushesFailing",
            severity: "critical",
            for: "15m",
            summary: "{{ $labels.pod }}: {{ $value | humanize }} chunk flushes per second to the object store fail",
            expr: () =>
                'sum by (cluster, namespace, job, pod) (rate(loki_ingester_chunks_flush_failures_total{job="loki"}[5m])) > 0',
        },
        {
            alert: "LokiIngesterWALDiskFull",
            severity: "critical",
            for: "5m",
            summary: "{{ $labels.pod }}: the volume is full, and new log lines are not written to the WAL",
            expr: () =>
                'sum by (cluster, namespace, job, pod) (rate(loki_ingester_wal_disk_full_failures_total{job="loki"}[5m])) > 0',
        },
        {
            alert: "LokiCompactorHasNotSuccessfullyRunCompaction",
            severity: "warning",
            for: "15m",
            threshold: { default: 10800, unit: "seconds" },
            summary: "Loki: the last successful compaction was {{ $value | humanizeDuration }} ago",
            expr: (seconds) =>
                `${secondsSince("loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds", "loki")} > ${seconds}`,
        },
        {
            alert: "LokiCompactorHasNotAppliedRetention",
            severity: "warning",
            for: "15m",
            threshold: { default: 86400, unit: "seconds" },
            summary: "Loki: retention was last applied {{ $value | humanizeDuration }} ago",
            expr: (seconds) =>
                `${secondsSince("loki_compactor_apply_retention_last_successful_run_timestamp_seconds", "loki")} > ${seconds}`,
        },
    ],
} satisfies RuleFile;
