import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { stat, timeSeries } from "../lib/panels";
import { jobSelector } from "../lib/selectors";
import {
    componentDrilldown,
    objectStorePanels,
    processPanels,
    replicasUp,
    requestPanels,
    ringMembers,
} from "../lib/component-panels";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Mimir, the backend for metrics. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "mimir");
    return createDashboard(
        {
            uid: "stores-mimir",
            title: "Mimir",
            description: "Writes, reads, storage and resource usage of Mimir, the backend for metrics.",
            variables: [cluster()],
            drilldown: componentDrilldown(namespace, "mimir", {
                dashboards: { "cost-metrics": "Cost of metrics" },
            }),
        },
        row(
            "Writes",
            replicasUp(selector),
            stat("Samples received", {
                description: "Samples per second that Mimir receives.",
                unit: unit.perSecond,
                queries: {
                    samples: `sum(rate(cortex_distributor_received_samples_total{${selector}}[$__rate_interval]))`,
                },
            }),
            stat("Active series", {
                description:
                    "The number of series that received a sample recently, summed over all replicas. A replicated series counts once per replica.",
                unit: unit.count,
                queries: { series: `sum(cortex_ingester_active_series{${selector}})` },
            }),
            stat("Discarded samples", {
                description:
                    "Samples per second that Mimir discards because they are too old or exceed a limit. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    discarded: `sum(rate(cortex_discarded_samples_total{${selector}}[$__rate_interval])) or 0 * sum(up{${selector}})`,
                },
                criticalAbove: 0.001,
            }),
            stat("Ingestion delay", {
                description: "Seconds since the timestamp of the newest sample.",
                unit: unit.seconds,
                queries: {
                    delay: `time() - max(cortex_distributor_latest_seen_sample_timestamp_seconds{${selector}})`,
                },
                warnAbove: 60,
                criticalAbove: 300,
            }),
            stat("Block upload failures", {
                description:
                    "Blocks per second that an ingester could not upload to the object store. Mimir retries them. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    failures: `sum(rate(cortex_ingester_shipper_upload_failures_total{${selector}}[$__rate_interval]))`,
                },
                criticalAbove: 0.0001,
            }),
            timeSeries("Ingested samples by replica", {
                description: "Samples per second. The replication factor sets how many replicas store each sample.",
                unit: unit.perSecond,
                stacked: true,
                queries: {
                    "{{pod}}": `sum by (pod) (rate(cortex_ingester_ingested_samples_total{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Discarded samples by reason", {
                description:
                    "Samples per second. per_user_series_limit: too many series. sample-out-of-order and sample-too-old: check the clock of the sender, or whether it retries old samples.",
                unit: unit.perSecond,
                empty: "No discarded samples",
                queries: {
                    "{{reason}}": `sum by (reason) (rate(cortex_discarded_samples_total{${selector}}[$__rate_interval]))`,
                },
            }),
            ringMembers("cortex", selector),
        ),
        row("Requests", ...requestPanels("cortex", selector)),
        row(
            "Query queue",
            timeSeries("Query rate", {
                description: "Queries per second, by operation.",
                unit: unit.perSecond,
                stacked: true,
                queries: {
                    "{{op}}": `sum by (op) (rate(cortex_query_frontend_queries_total{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("p99 queue time", {
                description: "Seconds that queries wait for a free querier.",
                unit: unit.seconds,
                queries: {
                    p99: `histogram_quantile(0.99, sum by (le) (rate(cortex_query_scheduler_queue_duration_seconds_bucket{${selector}}[$__rate_interval])))`,
                },
            }),
            timeSeries("Queue length", {
                description: "The number of queries that wait for a free querier.",
                unit: unit.count,
                queries: { "{{pod}}": `sum by (pod) (cortex_query_scheduler_queue_length{${selector}})` },
            }),
        ),
        row(
            "Storage and retention",
            timeSeries("Time since last block operations", {
                description:
                    "Seconds since the last successful run. Blocks are uploaded every two hours. Compaction and cleanup run more often.",
                unit: unit.seconds,
                queries: {
                    upload: `time() - max(cortex_ingester_shipper_last_successful_upload_timestamp_seconds{${selector}} > 0)`,
                    compaction: `time() - max(cortex_compactor_last_successful_run_timestamp_seconds{${selector}} > 0)`,
                    cleanup: `time() - max(cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds{${selector}} > 0)`,
                },
                criticalAbove: 4 * 3600,
            }),
            timeSeries("Blocks", {
                description:
                    "Blocks per second that ingesters upload and that the compactor marks for deletion and deletes.",
                unit: unit.perSecond,
                queries: {
                    uploaded: `sum(rate(cortex_ingester_shipper_uploads_total{${selector}}[$__rate_interval]))`,
                    "marked for deletion": `sum(rate(cortex_compactor_blocks_marked_for_deletion_total{${selector}}[$__rate_interval]))`,
                    deleted: `sum(rate(cortex_compactor_blocks_cleaned_total{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Storage failures", {
                description: "Failures per second of compaction, cleanup and write-ahead log. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    "compaction failed": `sum(rate(cortex_compactor_runs_failed_total{${selector}}[$__rate_interval]))`,
                    "cleanup failed": `sum(rate(cortex_compactor_block_cleanup_failures_total{${selector}}[$__rate_interval]))`,
                    "WAL write failed": `sum(rate(cortex_ingester_tsdb_wal_writes_failed_total{${selector}}[$__rate_interval]))`,
                },
            }),
            ...objectStorePanels("thanos_", selector),
        ),
        row("Resource usage", ...processPanels(selector)),
    );
};
