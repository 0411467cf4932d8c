import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { alloyReceiver, throughput } from "../lib/otlp-forwarder";
import { timeSeries } from "../lib/panels";
import { inCluster, jobSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Alloy in its three roles: OTLP receiver, log collector and metrics scraper. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const allJobs = jobSelector(namespace, "alloy-(receiver|logs|metrics)");
    const forwarder = alloyReceiver(jobSelector(namespace, "alloy-receiver"));
    const logs = jobSelector(namespace, "alloy-logs");
    const metrics = jobSelector(namespace, "alloy-metrics");
    return createDashboard(
        {
            uid: "stack-alloy",
            title: "Alloy",
            description: "Alloy as OTLP receiver, as log collector and as metrics scraper.",
            variables: [cluster()],
            drilldown: {
                logs: `{${inCluster}, namespace="${namespace}", service_name="alloy"}`,
                dashboards: { "stack-pipeline": "Pipeline" },
            },
        },
        row(
            "Alloy status",
            timeSeries("Replicas up", {
                description:
                    "The number of replicas that can be scraped. The log collector and the metrics scraper run once on each node.",
                unit: unit.count,
                queries: { "{{job}}": `sum by (job) (up{${allJobs}})` },
            }),
            timeSeries("Unhealthy components", {
                description: "The number of components of the Alloy configuration that are not healthy. Normal is 0.",
                unit: unit.count,
                empty: "No unhealthy components",
                queries: {
                    "{{job}} {{health_type}}": `sum by (job, health_type) (alloy_component_controller_running_components{${allJobs}, health_type!="healthy"})`,
                },
            }),
            timeSeries("Failed configuration reload", {
                description: "1 if Alloy could not load its last configuration. Normal is 0.",
                unit: unit.count,
                max: 1,
                queries: { "{{pod}}": `1 - min by (pod) (alloy_config_last_load_successful{${allJobs}})` },
            }),
        ),
        row("OTLP receiver: throughput", ...throughput(forwarder)),
        row(
            "Log collector",
            timeSeries("Tailed files", {
                description: "The number of container log files that Alloy tails.",
                unit: unit.count,
                queries: { files: `sum(loki_source_file_files_active_total{${logs}})` },
            }),
            timeSeries("Log lines", {
                description:
                    "Log lines per second that Alloy read, and log entries per second that it sent. Alloy sends fewer entries than lines if it joins multi-line entries or drops log lines, for example because of the settings.",
                unit: unit.perSecond,
                queries: {
                    read: `sum(rate(loki_source_file_read_lines_total{${logs}}[$__rate_interval]))`,
                    sent: `sum(rate(loki_write_sent_entries_total{${logs}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Dropped log entries", {
                description:
                    "Log entries per second that Loki rejected permanently, and batches per second that Alloy sent again. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    "dropped: {{reason}}": `sum by (reason) (rate(loki_write_dropped_entries_total{${logs}}[$__rate_interval]))`,
                    retried: `sum(rate(loki_write_batch_retries_total{${logs}}[$__rate_interval]))`,
                },
            }),
        ),
        row(
            "Metrics scraper",
            timeSeries("Targets down", {
                description: "The number of scrape targets that are down, by job. Normal is 0.",
                unit: unit.count,
                queries: { "{{job}} failed": `sum by (job) (up{${inCluster}} == bool 0)` },
                drilldown: { metrics: `up{${inCluster}} == 0`, logs: `{${inCluster}, namespace="${namespace}"}` },
            }),
            timeSeries("Samples", {
                description: "Samples per second that Alloy scraped, sent to Mimir, and failed to send.",
                unit: unit.perSecond,
                queries: {
                    scraped: `sum(rate(prometheus_remote_storage_samples_in_total{${metrics}}[$__rate_interval]))`,
                    sent: `sum(rate(prometheus_remote_storage_samples_total{${metrics}}[$__rate_interval]))`,
                    failed: `sum(rate(prometheus_remote_storage_samples_failed_total{${metrics}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Remote write delay", {
                description: "Seconds between the newest scraped sample and the newest sample that was sent to Mimir.",
                unit: unit.seconds,
                warnAbove: 60,
                criticalAbove: 600,
                queries: {
                    "{{pod}}": `max by (pod) (prometheus_remote_storage_highest_timestamp_in_seconds{${metrics}}) - max by (pod) (prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${metrics}})`,
                },
            }),
        ),
        row(
            "Resource usage",
            timeSeries("Memory usage", {
                description: "Resident memory of each replica, in bytes.",
                unit: unit.bytes,
                width: 12,
                queries: { "{{pod}}": `sum by (pod) (alloy_resources_process_resident_memory_bytes{${allJobs}})` },
            }),
            timeSeries("CPU usage", {
                description: "CPU cores that each replica uses.",
                unit: unit.cores,
                width: 12,
                queries: {
                    "{{pod}}": `sum by (pod) (rate(alloy_resources_process_cpu_seconds_total{${allJobs}}[$__rate_interval]))`,
                },
            }),
        ),
    );
};
