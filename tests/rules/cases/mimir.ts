import { type Cases, increasingCounter, shortBurst } from "../case";
import { discardedData, ingesterUnhealthy, outdatedSuccess, requestErrors } from "../stores";

export default {
    MimirIngesterUnhealthy: ingesterUnhealthy("cortex", "mimir", "Mimir"),
    MimirRequestErrors: requestErrors("cortex", "mimir", "Mimir"),
    MimirSamplesDiscarded: discardedData(
        "cortex_discarded_samples_total",
        { job: "mimir", user: "anonymous" },
        "Mimir: 4 samples per second are discarded (rate_limited)",
    ),
    MimirIngesterHasNotShippedBlocks: increasingCounter(
        "cortex_ingester_shipper_upload_failures_total",
        { job: "mimir", pod: "mimir-0" },
        ["job", "pod"],
        "mimir-0: 30 block uploads to the object store failed in 5 minutes",
        shortBurst,
    ),
    MimirCompactorHasNotSuccessfullyRunCompaction: outdatedSuccess(
        "cortex_compactor_last_successful_run_timestamp_seconds",
        "mimir",
        24,
        "Mimir: the last successful compaction was 1d 0h 59m 0s ago",
    ),
    MimirCompactorHasNotSuccessfullyCleanedUpBlocks: outdatedSuccess(
        "cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds",
        "mimir",
        6,
        "Mimir: the last successful cleanup of expired blocks was 6h 59m 0s ago",
    ),
} satisfies Cases;
