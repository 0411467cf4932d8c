import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { componentDrilldown, processPanels, replicasUp } from "../lib/component-panels";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { stat, table, timeSeries } from "../lib/panels";
import { jobSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** The local Prometheus. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "prometheus");
    const gauge = (metric: string) => `max(prometheus_${metric}{${selector}})`;
    const rate = (metric: string) => `sum(rate(prometheus_${metric}{${selector}}[$__rate_interval]))`;
    const lag = `${gauge("remote_storage_highest_timestamp_in_seconds")} - ${gauge("remote_storage_queue_highest_sent_timestamp_seconds")}`;
    const used = `(${gauge("tsdb_storage_blocks_bytes")} + ${gauge("tsdb_wal_storage_size_bytes")} + ${gauge("tsdb_head_chunks_storage_size_bytes")})`;
    return createDashboard(
        {
            uid: "stack-prometheus",
            title: "Prometheus",
            description: "Targets, samples, remote write and volume of the local Prometheus.",
            variables: [cluster()],
            drilldown: componentDrilldown(namespace, "prometheus"),
        },
        row(
            "Prometheus status",
            replicasUp(selector),
            stat("Series", {
                description: "Series of the last hours in memory.",
                unit: unit.count,
                queries: { series: gauge("tsdb_head_series") },
            }),
            stat("Samples", {
                description: "Samples per second that Prometheus stores.",
                unit: unit.perSecond,
                queries: { samples: rate("tsdb_head_samples_appended_total") },
            }),
            stat("Remote write lag", {
                description:
                    "How much older the newest sample in Mimir is than in Prometheus. Normal is below 60 seconds.",
                unit: unit.seconds,
                queries: { lag },
                warnAbove: 120,
            }),
            stat("Used part of the volume", {
                description:
                    "Prometheus deletes the oldest metrics above 100 % of its limit, which is 80 % of the volume.",
                unit: unit.ratio,
                queries: { used: `${used} / (${gauge("tsdb_retention_limit_bytes")} > 0)` },
            }),
        ),
        row(
            "Targets",
            table("Targets by job", {
                description: "The number of targets of each job.",
                width: 12,
                sortBy: "Targets",
                columns: {
                    Targets: {
                        query: `max by (scrape_job) (prometheus_target_scrape_pool_targets{${selector}})`,
                        unit: unit.count,
                    },
                },
            }),
            timeSeries("Dropped samples", {
                description:
                    "Samples per second that Prometheus does not store. duplicate: two targets have the same labels. out of order and too old: the target sets a wrong time.",
                unit: unit.perSecond,
                width: 12,
                queries: {
                    duplicate: rate("target_scrapes_sample_duplicate_timestamp_total"),
                    "out of order": rate("target_scrapes_sample_out_of_order_total"),
                    "too old": rate("target_scrapes_sample_out_of_bounds_total"),
                },
            }),
        ),
        row(
            "Remote write",
            timeSeries("Samples", {
                description: "Samples per second that are written to Mimir, tried again, and rejected.",
                unit: unit.perSecond,
                queries: {
                    sent: rate("remote_storage_samples_total"),
                    retried: rate("remote_storage_samples_retried_total"),
                    failed: rate("remote_storage_samples_failed_total"),
                },
            }),
            timeSeries("Lag", {
                description:
                    "Grows while Mimir does not respond. Prometheus keeps unsent samples for two hours or more.",
                unit: unit.seconds,
                queries: { lag },
            }),
            timeSeries("Shards", {
                description: "Connections for remote write. At the maximum, Mimir is too slow.",
                unit: unit.count,
                queries: {
                    shards: gauge("remote_storage_shards"),
                    maximum: gauge("remote_storage_shards_max"),
                },
            }),
        ),
        row(
            "Volume and resources",
            timeSeries("Used bytes", {
                description: "Blocks of at least two hours, and the write-ahead log (WAL).",
                unit: unit.bytes,
                stacked: true,
                queries: {
                    blocks: gauge("tsdb_storage_blocks_bytes"),
                    "write-ahead log": gauge("tsdb_wal_storage_size_bytes"),
                    "head chunks": gauge("tsdb_head_chunks_storage_size_bytes"),
                },
            }),
            ...processPanels(selector),
        ),
    );
};
