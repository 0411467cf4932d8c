import type { RuleFile } from "../define";
import { failedRequests, secondsSince, unhealthyMembers } from "../expressions";

export default {
    group: "loki",
    about: "Loki, the store of logs.",
    rules: [
        {
            alert: "LokiIngesterUnhealthy",
            severity: "critical",
            for: "15m",
            summary: "{{ $value }} members of Loki's ring {{ $labels.name }} have stopped to report",
            // Rings of other components forget a lost member on their own.
            expr: () => unhealthyMembers("loki", "loki", "ingester"),
        },
        {
            alert: "LokiRequestErrors",
            severity: "critical",
            for: "10m",
            threshold: { default: 0.05, unit: "share of requests, from 0 to 1" },
            summary:
                "Loki answers {{ $value | humanizePercentage }} of the requests to {{ $labels.route }} with an error",
            expr: (share) => failedRequests("loki", "loki", share),
        },
        {
            alert: "LokiLogLinesDiscarded",
            severity: "warning",
            for: "10m",
            summary: "Loki throws away {{ $value | humanize }} lines a second: {{ $labels.reason }}",
            expr: () =>
                'sum by (cluster, namespace, job, tenant, reason) (rate(loki_discarded_samples_total{job="loki"}[5m])) > 0',
        },
        {
            alert: "LokiIngesterFlushesFailing",
            severity: "critical",
            for: "15m",
            summary: "{{ $labels.pod }} fails to bring {{ $value | humanize }} chunks a second to the object store",
            expr: () =>
                'sum by (cluster, namespace, job, pod) (rate(loki_ingester_chunks_flush_failures_total{job="loki"}[5m])) > 0',
        },
        {
            alert: "LokiIngesterWALDiskFull",
            severity: "critical",
            for: "5m",
            summary: "The volume of {{ $labels.pod }} is full: lines are taken without a write-ahead log",
            expr: () =>
                'sum by (cluster, namespace, job, pod) (rate(loki_ingester_wal_disk_full_failures_total{job="loki"}[5m])) > 0',
        },
        {
            alert: "LokiCompactorHasNotSuccessfullyRunCompaction",
            severity: "warning",
            for: "15m",
            threshold: { default: 10800, unit: "seconds" },
            summary: "Loki's compactor has not finished a run for {{ $value | humanizeDuration }}",
            expr: (seconds) =>
                `${secondsSince("loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds", "loki")} > ${seconds}`,
        },
        {
            alert: "LokiCompactorHasNotAppliedRetention",
            severity: "warning",
            for: "15m",
            threshold: { default: 86400, unit: "seconds" },
            summary: "Loki has deleted no expired logs for {{ $value | humanizeDuration }}",
            expr: (seconds) =>
                `${secondsSince("loki_compactor_apply_retention_last_successful_run_timestamp_seconds", "loki")} > ${seconds}`,
        },
    ],
} satisfies RuleFile;
