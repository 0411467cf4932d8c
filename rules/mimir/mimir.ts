import type { RuleFile } from "../define";
import { failedRequests, secondsSince, unhealthyMembers } from "../expressions";

export default {
    group: "mimir",
    about: "Mimir, the store of metrics.",
    rules: [
        {
            alert: "MimirIngesterUnhealthy",
            severity: "critical",
            for: "15m",
            summary: "{{ $value }} members of Mimir's ring {{ $labels.name }} have stopped to report",
            // Rings of other components forget a lost member on their own.
            expr: () => unhealthyMembers("cortex", "mimir", "ingester"),
        },
        {
            alert: "MimirRequestErrors",
            severity: "critical",
            for: "10m",
            threshold: { default: 0.05, unit: "share of requests, from 0 to 1" },
            summary:
                "Mimir answers {{ $value | humanizePercentage }} of the requests to {{ $labels.route }} with an error",
            expr: (share) => failedRequests("cortex", "mimir", share),
        },
        {
            alert: "MimirSamplesDiscarded",
            severity: "warning",
            for: "10m",
            summary: "Mimir throws away {{ $value | humanize }} samples a second: {{ $labels.reason }}",
            expr: () =>
                'sum by (cluster, namespace, job, user, reason) (rate(cortex_discarded_samples_total{job="mimir"}[5m])) > 0',
        },
        {
            alert: "MimirIngesterHasNotShippedBlocks",
            severity: "critical",
            for: "15m",
            summary:
                "{{ $labels.pod }} failed {{ $value | humanize }} times in five minutes to bring a block to the object store",
            expr: () =>
                'sum by (cluster, namespace, job, pod) (increase(cortex_ingester_shipper_upload_failures_total{job="mimir"}[5m])) > 0',
        },
        {
            alert: "MimirCompactorHasNotSuccessfullyRunCompaction",
            severity: "warning",
            for: "15m",
            threshold: { default: 86400, unit: "seconds" },
            summary: "Mimir's compactor has not finished a run for {{ $value | humanizeDuration }}",
            expr: (seconds) =>
                `${secondsSince("cortex_compactor_last_successful_run_timestamp_seconds", "mimir")} > ${seconds}`,
        },
        {
            alert: "MimirCompactorHasNotSuccessfullyCleanedUpBlocks",
            severity: "warning",
            for: "15m",
            threshold: { default: 21600, unit: "seconds" },
            summary: "Mimir has deleted no expired blocks for {{ $value | humanizeDuration }}",
            expr: (seconds) =>
                `${secondsSince("cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds", "mimir")} > ${seconds}`,
        },
    ],
} satisfies RuleFile;
