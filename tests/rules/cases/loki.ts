import { type Cases, increasingCounter } from "../case";
import { discardedData, ingesterUnhealthy, outdatedSuccess, requestErrors } from "../stores";

export default {
    LokiIngesterUnhealthy: ingesterUnhealthy("loki", "loki", "Loki"),
    LokiRequestErrors: requestErrors("loki", "loki", "Loki"),
    LokiLogLinesDiscarded: discardedData(
        "loki_discarded_samples_total",
        { job: "loki", tenant: "fake" },
        "Loki: 4 log lines per second are discarded (rate_limited)",
    ),
    LokiIngesterFlushesFailing: increasingCounter(
        "loki_ingester_chunks_flush_failures_total",
        { job: "loki", pod: "loki-0" },
        ["job", "pod"],
        "loki-0: 100m chunk flushes per second to the object store fail",
    ),
    LokiIngesterWALDiskFull: increasingCounter(
        "loki_ingester_wal_disk_full_failures_total",
        { job: "loki", pod: "loki-0" },
        ["job", "pod"],
        "loki-0: the volume is full, and new log lines are not written to the WAL",
    ),
    LokiCompactorHasNotSuccessfullyRunCompaction: outdatedSuccess(
        "loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds",
        "loki",
        3,
        "Loki: the last successful compaction was 3h 59m 0s ago",
    ),
    LokiCompactorHasNotAppliedRetention: outdatedSuccess(
        "loki_compactor_apply_retention_last_successful_run_timestamp_seconds",
        "loki",
        24,
        "Loki: retention was last applied 1d 0h 59m 0s ago",
    ),
} satisfies Cases;
