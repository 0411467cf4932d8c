import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines, number } from "../lib/panels";
import { part } from "../lib/selectors";
import { behindProgram, objectStore, process, requests, ring, running } from "../lib/stack";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Mimir: takes, keeps and finds metrics. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const of = part(namespace, "mimir");
    return board(
        {
            uid: "stores-mimir",
            title: "Mimir",
            about: "The store of metrics.",
            variables: [cluster()],
            behind: behindProgram(namespace, "mimir", { dashboards: { "cost-metrics": "Who sends most series" } }),
        },
        row(
            "Does it take all samples?",
            running(of),
            number("Samples", {
                about: "Samples that arrive.",
                unit: unit.perSecond,
                show: { samples: `sum(rate(cortex_distributor_received_samples_total{${of}}[$__rate_interval]))` },
            }),
            number("Series", {
                about: "Series that got a sample of late, each counted once for every replica that holds it.",
                unit: unit.count,
                show: { series: `sum(cortex_ingester_active_series{${of}})` },
            }),
            number("Refused", {
                about: "Samples that it refuses: too old, too many, too many labels. None is normal.",
                unit: unit.perSecond,
                show: {
                    refused: `sum(rate(cortex_discarded_samples_total{${of}}[$__rate_interval])) or 0 * sum(up{${of}})`,
                },
                badAbove: 0.001,
            }),
            number("Behind", {
                about: "Age of the newest sample.",
                unit: unit.seconds,
                show: {
                    behind: `time() - max(cortex_distributor_latest_seen_sample_timestamp_seconds{${of}})`,
                },
                warnAbove: 60,
                badAbove: 300,
            }),
            number("Upload failures", {
                about: "Blocks that could not be written to the object store, and are tried again.",
                unit: unit.perSecond,
                show: {
                    failures: `sum(rate(cortex_ingester_shipper_upload_failures_total{${of}}[$__rate_interval]))`,
                },
                badAbove: 0.0001,
            }),
            lines("Samples by replica", {
                about: "Samples that each replica keeps; each sample is kept by as many as the replication factor says.",
                unit: unit.perSecond,
                stacked: true,
                show: {
                    "{{pod}}": `sum by (pod) (rate(cortex_ingester_ingested_samples_total{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Refused by reason", {
                about: "per_user_series_limit: too many series. sample-out-of-order, sample-too-old: clocks or retries.",
                unit: unit.perSecond,
                show: {
                    "{{reason}}": `sum by (reason) (rate(cortex_discarded_samples_total{${of}}[$__rate_interval]))`,
                },
            }),
            ring("cortex", of),
        ),
        row("Does it answer?", ...requests("cortex", of)),
        row(
            "Are queries fast?",
            lines("Queries", {
                about: "By kind.",
                unit: unit.perSecond,
                stacked: true,
                show: {
                    "{{op}}": `sum by (op) (rate(cortex_query_frontend_queries_total{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Wait in the queue, 99th percentile", {
                about: "Queries wait for a free querier.",
                unit: unit.seconds,
                show: {
                    wait: `histogram_quantile(0.99, sum by (le) (rate(cortex_query_scheduler_queue_duration_seconds_bucket{${of}}[$__rate_interval])))`,
                },
            }),
            lines("Queue", {
                about: "Queries that wait now.",
                unit: unit.count,
                show: { "{{pod}}": `sum by (pod) (cortex_query_scheduler_queue_length{${of}})` },
            }),
        ),
        row(
            "Is what it takes stored, compacted and later deleted?",
            lines("Since the last upload, compaction and clean-up", {
                about: "Blocks are uploaded every two hours, and compacted and cleaned up more often.",
                unit: unit.seconds,
                show: {
                    upload: `time() - max(cortex_ingester_shipper_last_successful_upload_timestamp_seconds{${of}} > 0)`,
                    compaction: `time() - max(cortex_compactor_last_successful_run_timestamp_seconds{${of}} > 0)`,
                    "clean-up": `time() - max(cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds{${of}} > 0)`,
                },
                badAbove: 4 * 3600,
            }),
            lines("Blocks", {
                about: "Uploaded by ingesters, marked and deleted by the compactor.",
                unit: unit.perSecond,
                show: {
                    uploaded: `sum(rate(cortex_ingester_shipper_uploads_total{${of}}[$__rate_interval]))`,
                    "marked for deletion": `sum(rate(cortex_compactor_blocks_marked_for_deletion_total{${of}}[$__rate_interval]))`,
                    deleted: `sum(rate(cortex_compactor_blocks_cleaned_total{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Failures", {
                about: "None is normal.",
                unit: unit.perSecond,
                show: {
                    "compaction failed": `sum(rate(cortex_compactor_runs_failed_total{${of}}[$__rate_interval]))`,
                    "clean-up failed": `sum(rate(cortex_compactor_block_cleanup_failures_total{${of}}[$__rate_interval]))`,
                    "write-ahead log failed": `sum(rate(cortex_ingester_tsdb_wal_writes_failed_total{${of}}[$__rate_interval]))`,
                },
            }),
            ...objectStore("thanos_", of),
        ),
        row("Has it enough of everything?", ...process(of)),
    );
};
