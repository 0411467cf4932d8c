import type { RuleFile } from "../define";
import { failedRequests, secondsSince, unhealthyMembers } from "../expressions";

export default {
    group: "mimir",
    needs: ["alloyMetrics"],
    dashboard: "stores-mimir",
    description: "Mimir, the metrics backend.",
    rules: [
        {
            alert: "MimirIngesterUnhealthy",
            severity: "critical",
            for: "15m",
            summary: "Mimir: {{ $value }} ingesters are unhealthy in the ring",
            // The rings of other components remove lost members automatically.
            expr: () => unhealthyMembers("cortex", "mimir", "ingester"),
        },
        {
            alert: "MimirRequestErrors",
            severity: "critical",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of failed requests, from 0 to 1" },
            summary:
                "Mimir: {{ $value | humanizePercentage }} of the requests to {{ $labels.route }} fail with a server error",
            expr: (share) => failedRequests("cortex", "mimir", share),
        },
        {
            alert: "MimirSamplesDiscarded",
            severity: "warning",
            for: "10m",
            summary: "Mimir: {{ $value | humanize }} samples per second are discarded ({{ $labels.reason }})",
            expr: () =>
                'sum by (cluster, namespace, job, user, reason) (rate(cortex_discarded_samples_total{job="mimir"}[5m])) > 0',
        },
        {
            alert: "MimirIngesterHasNotShippedBlocks",
            severity: "critical",
            for: "15m",
            summary: "{{ $labels.pod }}: {{ $value | humanize }} block uploads to the object store failed in 5 minutes",
            expr: () =>
                'sum by (cluster, namespace, job, pod) (increase(cortex_ingester_shipper_upload_failures_total{job="mimir"}[5m])) > 0',
        },
        {
            alert: "MimirCompactorHasNotSuccessfullyRunCompaction",
            severity: "warning",
            for: "15m",
            threshold: { default: 86400, unit: "seconds" },
            summary: "Mimir: the last successful compaction was {{ $value | humanizeDuration }} ago",
            expr: (seconds) =>
                `${secondsSince("cortex_compactor_last_successful_run_timestamp_seconds", "mimir")} > ${seconds}`,
        },
        {
            alert: "MimirCompactorHasNotSuccessfullyCleanedUpBlocks",
            severity: "warning",
            for: "15m",
            threshold: { default: 21600, unit: "seconds" },
            summary: "Mimir: the last successful cleanup of expired blocks was {{ $value | humanizeDuration }} ago",
            expr: (seconds) =>
                `${secondsSince("cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds", "mimir")} > ${seconds}`,
        },
    ],
} satisfies RuleFile;
