import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines, number } from "../lib/panels";
import { part } from "../lib/selectors";
import { behindProgram, process, requests, ring, running } from "../lib/stack";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Loki: takes, keeps and finds logs. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const of = part(namespace, "loki");
    return board(
        {
            uid: "stores-loki",
            title: "Loki",
            about: "The store of logs.",
            variables: [cluster()],
            behind: behindProgram(namespace, "loki", { dashboards: { "cost-logs": "Who sends most logs" } }),
        },
        row(
            "Does it take all logs?",
            running(of),
            number("Entries", {
                about: "Log entries that arrive.",
                unit: unit.perSecond,
                show: { entries: `sum(rate(loki_distributor_lines_received_total{${of}}[$__rate_interval]))` },
            }),
            number("Volume", {
                about: "Bytes of logs that arrive.",
                unit: unit.bytesPerSecond,
                show: { bytes: `sum(rate(loki_distributor_bytes_received_total{${of}}[$__rate_interval]))` },
            }),
            number("Refused", {
                about: "Entries that it refuses: too old, too many, or without an end of streams. None is normal.",
                unit: unit.perSecond,
                show: {
                    refused: `sum(rate(loki_discarded_samples_total{${of}}[$__rate_interval])) or 0 * sum(up{${of}})`,
                },
                badAbove: 0.001,
            }),
            number("Streams in memory", {
                about: "Combinations of labels that get logs now. Thousands for each replica are usual, hundreds of thousands a mistake.",
                unit: unit.count,
                show: { streams: `sum(loki_ingester_memory_streams{${of}})` },
                warnAbove: 50_000,
            }),
            number("Flush failures", {
                about: "Chunks that could not be written to the object store, and are tried again.",
                unit: unit.perSecond,
                show: {
                    failures: `sum(rate(loki_ingester_chunks_flush_failures_total{${of}}[$__rate_interval]))`,
                },
                badAbove: 0.001,
            }),
            lines("Volume by protocol", {
                about: "otlp comes through the collector, loki from the readers of pod logs.",
                unit: unit.bytesPerSecond,
                stacked: true,
                show: {
                    "{{format}}": `sum by (format) (rate(loki_distributor_bytes_received_total{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Refused by reason", {
                about: "rate_limited and per_stream_rate_limit: raise the limit or send less. greater_than_max_sample_age: clocks or retries.",
                unit: unit.perSecond,
                show: {
                    "{{reason}}": `sum by (reason) (rate(loki_discarded_samples_total{${of}}[$__rate_interval]))`,
                },
            }),
            ring("loki", of),
        ),
        row("Does it answer?", ...requests("loki", of)),
        row(
            "Is what it takes stored and later deleted?",
            lines("Chunks in memory", {
                about: "Not yet in the object store. The write-ahead log keeps them over a restart.",
                unit: unit.count,
                show: { "{{pod}}": `sum by (pod) (loki_ingester_memory_chunks{${of}})` },
            }),
            lines("Flush queue", {
                about: "Chunks that wait to be written. It grows while the object store is slow or away.",
                unit: unit.count,
                show: { "{{pod}}": `sum by (pod) (loki_ingester_flush_queue_length{${of}})` },
            }),
            lines("Write-ahead log, share of the disk", {
                about: "When the disk is full, a crash loses what is not flushed.",
                unit: unit.ratio,
                max: 1,
                badAbove: 0.9,
                show: { "{{pod}}": `max by (pod) (loki_ingester_wal_disk_usage_percent{${of}})` },
            }),
            lines("Object store: operations", {
                about: "By operation and status. 4xx of reads are objects that are not there.",
                unit: unit.perSecond,
                show: {
                    "{{operation}} {{status_code}}": `sum by (operation, status_code) (rate(loki_s3_request_duration_seconds_count{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Object store: duration, 99th percentile", {
                about: "Queries and flushes wait for it.",
                unit: unit.seconds,
                show: {
                    "{{operation}}": `histogram_quantile(0.99, sum by (le, operation) (rate(loki_s3_request_duration_seconds_bucket{${of}}[$__rate_interval])))`,
                },
            }),
            lines("Since retention last ran", {
                about: "Old logs are deleted by the compactor, every ten minutes. Hours mean that nothing is deleted.",
                unit: unit.seconds,
                show: {
                    "since the last run": `time() - (max(loki_compactor_apply_retention_last_successful_run_timestamp_seconds{${of}}) > 0)`,
                },
                badAbove: 7200,
            }),
        ),
        row("Has it enough of everything?", ...process(of)),
    );
};
