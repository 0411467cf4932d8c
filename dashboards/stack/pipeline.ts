import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { timeSeries } from "../lib/panels";
import { inCluster, jobSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** The stages of the pipeline side by side. The first stage with a lower rate has a problem. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const job = (name: string) => jobSelector(namespace, name);
    const rate = (metric: string, name: string) => `sum(rate(${metric}{${job(name)}}[$__rate_interval]))`;
    return createDashboard(
        {
            uid: "stack-pipeline",
            title: "Pipeline",
            description:
                "Throughput, refused and dropped data, and queues of each pipeline stage: collector, Alloy, backends.",
            variables: [cluster()],
            drilldown: {
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
            "Throughput by stage",
            timeSeries("Spans", {
                description: "Spans per second at each stage. Without tail sampling, all stages have the same rate.",
                unit: unit.perSecond,
                queries: {
                    "1 collector accepted": rate("otelcol_receiver_accepted_spans", "otel-collector"),
                    "2 collector sent": rate("otelcol_exporter_sent_spans", "otel-collector"),
                    "3 Alloy accepted": rate("otelcol_receiver_accepted_spans_total", "alloy-receiver"),
                    "4 Alloy sent": rate("otelcol_exporter_sent_spans_total", "alloy-receiver"),
                    "5 Tempo received": rate("tempo_distributor_spans_received_total", "tempo"),
                },
            }),
            timeSeries("Log entries", {
                description:
                    "Log entries per second at each stage. Loki receives entries by OTLP and from the log collector.",
                unit: unit.perSecond,
                queries: {
                    "1 collector accepted": rate("otelcol_receiver_accepted_log_records", "otel-collector"),
                    "2 collector sent": rate("otelcol_exporter_sent_log_records", "otel-collector"),
                    "3 Alloy accepted": rate("otelcol_receiver_accepted_log_records_total", "alloy-receiver"),
                    "4 Alloy sent": rate("otelcol_exporter_sent_log_records_total", "alloy-receiver"),
                    "4 log collector sent": rate("loki_write_sent_entries_total", "alloy-logs"),
                    "5 Loki received": rate("loki_distributor_lines_received_total", "loki"),
                },
            }),
            timeSeries("Metric points and samples", {
                description:
                    "Metric points and samples per second at each stage. Mimir stores a histogram point as several samples, and also receives scraped samples.",
                unit: unit.perSecond,
                queries: {
                    "1 collector accepted": rate("otelcol_receiver_accepted_metric_points", "otel-collector"),
                    "2 collector sent": rate("otelcol_exporter_sent_metric_points", "otel-collector"),
                    "3 Alloy accepted": rate("otelcol_receiver_accepted_metric_points_total", "alloy-receiver"),
                    "4 Alloy sent": rate("otelcol_exporter_sent_metric_points_total", "alloy-receiver"),
                    "4 metrics scraper sent": rate("prometheus_remote_storage_samples_total", "alloy-metrics"),
                    "5 Mimir received": rate("cortex_distributor_received_samples_total", "mimir"),
                },
            }),
        ),
        row(
            "Refused and dropped data",
            timeSeries("Refused", {
                description: "Items per second that a stage refused. The sender sends them again.",
                unit: unit.perSecond,
                width: 12,
                queries: {
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
            timeSeries("Dropped", {
                description: "Items per second that a backend discarded or that Alloy could not send. Normal is 0.",
                unit: unit.perSecond,
                width: 12,
                queries: {
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
            "Queues",
            timeSeries("Exporter queue usage", {
                description:
                    "The used percentage of the collector's queue on disk. The queue grows while Alloy or a backend is down. When it is full, the collector refuses data.",
                unit: unit.ratio,
                width: 12,
                max: 1,
                warnAbove: 0.5,
                criticalAbove: 0.9,
                queries: {
                    "{{data_type}}": `max by (data_type) (otelcol_exporter_queue_size{${job("otel-collector")}} / otelcol_exporter_queue_capacity{${job("otel-collector")}})`,
                },
            }),
            timeSeries("Pending samples in Alloy", {
                description:
                    "The number of samples that wait to be sent to Mimir. Normal is at most the number of samples that are scraped in a few seconds.",
                unit: unit.count,
                width: 12,
                queries: {
                    "{{pod}}": `sum by (pod) (prometheus_remote_storage_samples_pending{${job("alloy-metrics")}})`,
                },
            }),
        ),
        row(
            "Resource usage",
            timeSeries("Memory usage", {
                description: "Resident memory in bytes, summed over all replicas of a stage.",
                unit: unit.bytes,
                width: 12,
                queries: {
                    "{{job}}": `sum by (job) (process_resident_memory_bytes{${job("alloy-receiver|alloy-logs|alloy-metrics|loki|tempo|mimir|pyroscope|grafana")}})`,
                    "otel-collector": `sum(otelcol_process_memory_rss{${job("otel-collector")}})`,
                    minio: `sum(minio_node_process_resident_memory_bytes{${job("minio")}})`,
                },
            }),
            timeSeries("CPU usage", {
                description: "CPU cores, summed over all replicas of a stage.",
                unit: unit.cores,
                width: 12,
                queries: {
                    "{{job}}": `sum by (job) (rate(process_cpu_seconds_total{${job("alloy-receiver|alloy-logs|alloy-metrics|loki|tempo|mimir|pyroscope|grafana")}}[$__rate_interval]))`,
                    "otel-collector": rate("otelcol_process_cpu_seconds", "otel-collector"),
                    minio: rate("minio_node_process_cpu_total_seconds", "minio"),
                },
            }),
        ),
    );
};
