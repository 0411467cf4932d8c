import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines } from "../lib/panels";
import { inCluster, part } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Every hop of every signal, side by side: where a difference begins, something is wrong. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const job = (name: string) => part(namespace, name);
    const rate = (metric: string, name: string) => `sum(rate(${metric}{${job(name)}}[$__rate_interval]))`;
    return board(
        {
            uid: "stack-pipeline",
            title: "Pipeline",
            about: "What each hop takes, refuses, keeps waiting and loses: collector, Alloy, stores.",
            variables: [cluster()],
            behind: {
                logs: `{${inCluster}, namespace="${namespace}"} |~ "(?i)error|refused|dropp"`,
                dashboards: {
                    "stack-collector": "Collector",
                    "stack-alloy": "Alloy",
                    "stores-loki": "Loki",
                    "stores-tempo": "Tempo",
                    "stores-mimir": "Mimir",
                },
            },
        },
        row(
            "At which hop does a signal become less?",
            lines("Spans", {
                about: "The lines lie on each other, but for tail sampling.",
                unit: unit.perSecond,
                show: {
                    "1 collector accepted": rate("otelcol_receiver_accepted_spans", "otel-collector"),
                    "2 collector sent": rate("otelcol_exporter_sent_spans", "otel-collector"),
                    "3 Alloy accepted": rate("otelcol_receiver_accepted_spans_total", "alloy-receiver"),
                    "4 Alloy sent": rate("otelcol_exporter_sent_spans_total", "alloy-receiver"),
                    "5 Tempo received": rate("tempo_distributor_spans_received_total", "tempo"),
                },
            }),
            lines("Log entries", {
                about: "Loki gets those of OTLP, and those that Alloy reads from pods.",
                unit: unit.perSecond,
                show: {
                    "1 collector accepted": rate("otelcol_receiver_accepted_log_records", "otel-collector"),
                    "2 collector sent": rate("otelcol_exporter_sent_log_records", "otel-collector"),
                    "3 Alloy accepted": rate("otelcol_receiver_accepted_log_records_total", "alloy-receiver"),
                    "4 Alloy sent": rate("otelcol_exporter_sent_log_records_total", "alloy-receiver"),
                    "4 Alloy read from pods and sent": rate("loki_write_sent_entries_total", "alloy-logs"),
                    "5 Loki received": rate("loki_distributor_lines_received_total", "loki"),
                },
            }),
            lines("Metric points and samples", {
                about: "Points of a histogram become several samples in Mimir, which also gets what Alloy scrapes.",
                unit: unit.perSecond,
                show: {
                    "1 collector accepted": rate("otelcol_receiver_accepted_metric_points", "otel-collector"),
                    "2 collector sent": rate("otelcol_exporter_sent_metric_points", "otel-collector"),
                    "3 Alloy accepted": rate("otelcol_receiver_accepted_metric_points_total", "alloy-receiver"),
                    "4 Alloy sent": rate("otelcol_exporter_sent_metric_points_total", "alloy-receiver"),
                    "4 Alloy scraped and sent": rate("prometheus_remote_storage_samples_total", "alloy-metrics"),
                    "5 Mimir received": rate("cortex_distributor_received_samples_total", "mimir"),
                },
            }),
        ),
        row(
            "Does a hop refuse or lose anything?",
            lines("Refused", {
                about: "Items that a hop turned away. Who sent them has to try again.",
                unit: unit.perSecond,
                width: 12,
                show: {
                    "spans refused by the collector": rate("otelcol_receiver_refused_spans", "otel-collector"),
                    "logs refused by the collector": rate("otelcol_receiver_refused_log_records", "otel-collector"),
                    "metrics refused by the collector": rate(
                        "otelcol_receiver_refused_metric_points",
                        "otel-collector",
                    ),
                    "spans refused by Alloy": rate("otelcol_receiver_refused_spans_total", "alloy-receiver"),
                    "logs refused by Alloy": rate("otelcol_receiver_refused_log_records_total", "alloy-receiver"),
                    "metrics refused by Alloy": rate("otelcol_receiver_refused_metric_points_total", "alloy-receiver"),
                },
            }),
            lines("Lost", {
                about: "What a store or an exporter threw away. None is normal.",
                unit: unit.perSecond,
                width: 12,
                show: {
                    "spans discarded by Tempo": rate("tempo_discarded_spans_total", "tempo"),
                    "entries discarded by Loki": rate("loki_discarded_samples_total", "loki"),
                    "samples discarded by Mimir": rate("cortex_discarded_samples_total", "mimir"),
                    "profiles discarded by Pyroscope": rate("pyroscope_discarded_samples_total", "pyroscope"),
                    "entries dropped by Alloy": rate("loki_write_dropped_entries_total", "alloy-logs"),
                    "samples failed in Alloy": rate("prometheus_remote_storage_samples_failed_total", "alloy-metrics"),
                },
            }),
        ),
        row(
            "Which queue fills?",
            lines("Queues, share of their capacity", {
                about: "At 100 % a hop refuses what comes, and the hop before it queues.",
                unit: unit.ratio,
                width: 12,
                max: 1,
                warnAbove: 0.5,
                badAbove: 0.9,
                show: {
                    "{{job}} {{data_type}}": `max by (job, data_type) (otelcol_exporter_queue_size{${job("otel-collector|alloy-receiver")}} / otelcol_exporter_queue_capacity{${job("otel-collector|alloy-receiver")}})`,
                },
            }),
            lines("Samples that wait in Alloy", {
                about: "Some seconds' worth is normal.",
                unit: unit.count,
                width: 12,
                show: {
                    "{{pod}}": `sum by (pod) (prometheus_remote_storage_samples_pending{${job("alloy-metrics")}})`,
                },
            }),
        ),
        row(
            "How much memory does each hop take?",
            lines("Memory", {
                about: "Resident memory, all replicas of a hop together.",
                unit: unit.bytes,
                width: 12,
                show: {
                    "{{job}}": `sum by (job) (process_resident_memory_bytes{${job("alloy-receiver|alloy-logs|alloy-metrics|loki|tempo|mimir|pyroscope|grafana")}})`,
                    "otel-collector": `sum(otelcol_process_memory_rss{${job("otel-collector")}})`,
                    minio: `sum(minio_node_process_resident_memory_bytes{${job("minio")}})`,
                },
            }),
            lines("CPU", {
                about: "Cores, all replicas of a hop together.",
                unit: unit.cores,
                width: 12,
                show: {
                    "{{job}}": `sum by (job) (rate(process_cpu_seconds_total{${job("alloy-receiver|alloy-logs|alloy-metrics|loki|tempo|mimir|pyroscope|grafana")}}[$__rate_interval]))`,
                    "otel-collector": rate("otelcol_process_cpu_seconds", "otel-collector"),
                    minio: rate("minio_node_process_cpu_total_seconds", "minio"),
                },
            }),
        ),
    );
};
