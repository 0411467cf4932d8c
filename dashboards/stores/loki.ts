import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { stat, timeSeries } from "../lib/panels";
import { jobSelector } from "../lib/selectors";
import { componentDrilldown, processPanels, replicasUp, requestPanels, ringMembers } from "../lib/component-panels";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Loki, the backend for logs. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "loki");
    return createDashboard(
        {
            uid: "stores-loki",
            title: "Loki",
            description: "Writes, reads, storage and resource usage of Loki, the backend for logs.",
            variables: [cluster()],
            drilldown: componentDrilldown(namespace, "loki", { dashboards: { "cost-logs": "Cost of logs" } }),
        },
        row(
            "Writes",
            replicasUp(selector),
            stat("Log entries received", {
                description: "Log entries per second that Loki receives.",
                unit: unit.perSecond,
                queries: { entries: `sum(rate(loki_distributor_lines_received_total{${selector}}[$__rate_interval]))` },
            }),
            stat("Bytes received", {
                description: "Bytes of log entries per second that Loki receives.",
                unit: unit.bytesPerSecond,
                queries: { bytes: `sum(rate(loki_distributor_bytes_received_total{${selector}}[$__rate_interval]))` },
            }),
            stat("Discarded entries", {
                description:
                    "Entries per second that Loki discards because they are too old or exceed a limit. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    discarded: `sum(rate(loki_discarded_samples_total{${selector}}[$__rate_interval])) or 0 * sum(up{${selector}})`,
                },
                criticalAbove: 0.001,
            }),
            stat("Active streams", {
                description:
                    "The number of streams in the memory of the ingesters. Thousands per replica are normal. Hundreds of thousands mean that a label has too many values.",
                unit: unit.count,
                queries: { streams: `sum(loki_ingester_memory_streams{${selector}})` },
                warnAbove: 50_000,
            }),
            stat("Flush failures", {
                description:
                    "Chunks per second that Loki could not write to the object store. Loki retries them. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    failures: `sum(rate(loki_ingester_chunks_flush_failures_total{${selector}}[$__rate_interval]))`,
                },
                criticalAbove: 0.001,
            }),
            timeSeries("Bytes received by protocol", {
                description:
                    "Bytes per second. otlp: entries from the OpenTelemetry Collector. loki: entries from the log collector.",
                unit: unit.bytesPerSecond,
                stacked: true,
                queries: {
                    "{{format}}": `sum by (format) (rate(loki_distributor_bytes_received_total{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Discarded entries by reason", {
                description:
                    "Entries per second. rate_limited and per_stream_rate_limit: send less or raise the limit. greater_than_max_sample_age: check the clock of the sender, or whether it retries old entries.",
                unit: unit.perSecond,
                empty: "No discarded entries",
                queries: {
                    "{{reason}}": `sum by (reason) (rate(loki_discarded_samples_total{${selector}}[$__rate_interval]))`,
                },
            }),
            ringMembers("loki", selector),
        ),
        row("Requests", ...requestPanels("loki", selector)),
        row(
            "Storage and retention",
            timeSeries("Chunks in memory", {
                description:
                    "The number of chunks that are not yet in the object store. The write-ahead log protects them during a restart.",
                unit: unit.count,
                queries: { "{{pod}}": `sum by (pod) (loki_ingester_memory_chunks{${selector}})` },
            }),
            timeSeries("Flush queue length", {
                description:
                    "The number of chunks that wait to be written. The queue grows while the object store is slow or down.",
                unit: unit.count,
                queries: { "{{pod}}": `sum by (pod) (loki_ingester_flush_queue_length{${selector}})` },
            }),
            timeSeries("WAL disk usage", {
                description:
                    "The used percentage of the disk of the write-ahead log. If the disk is full, a crash loses the entries that are not flushed.",
                unit: unit.ratio,
                max: 1,
                criticalAbove: 0.9,
                queries: { "{{pod}}": `max by (pod) (loki_ingester_wal_disk_usage_percent{${selector}})` },
            }),
            timeSeries("Object store request rate", {
                description:
                    "Requests per second, by operation and status. Reads with status 4xx are for objects that do not exist.",
                unit: unit.perSecond,
                queries: {
                    "{{operation}} {{status_code}}": `sum by (operation, status_code) (rate(loki_s3_request_duration_seconds_count{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Object store p99 latency", {
                description: "Seconds for a request to the object store. Queries and flushes wait for it.",
                unit: unit.seconds,
                queries: {
                    "{{operation}}": `histogram_quantile(0.99, sum by (le, operation) (rate(loki_s3_request_duration_seconds_bucket{${selector}}[$__rate_interval])))`,
                },
            }),
            timeSeries("Time since last retention run", {
                description:
                    "Seconds since the compactor last applied the retention. It runs every ten minutes. After several hours without a run, old logs are not deleted.",
                unit: unit.seconds,
                queries: {
                    "time since last run": `time() - (max(loki_compactor_apply_retention_last_successful_run_timestamp_seconds{${selector}}) > 0)`,
                },
                criticalAbove: 7200,
            }),
        ),
        row("Resource usage", ...processPanels(selector)),
    );
};
