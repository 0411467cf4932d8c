import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { queues, receiverHop, throughput } from "../lib/otlp-hop";
import { lines, number } from "../lib/panels";
import { inCluster, part } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Alloy in its three roles: hands on OTLP, reads the logs of pods, scrapes metrics. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const all = part(namespace, "alloy-(receiver|logs|metrics)");
    const hop = receiverHop(part(namespace, "alloy-receiver"));
    const logs = part(namespace, "alloy-logs");
    const metrics = part(namespace, "alloy-metrics");
    return board(
        {
            uid: "stack-alloy",
            title: "Alloy",
            about: "Alloy as receiver of OTLP, as reader of pod logs and as scraper of metrics.",
            variables: [cluster()],
            behind: {
                logs: `{${inCluster}, namespace="${namespace}", service_name="alloy"}`,
                dashboards: { "stack-pipeline": "All hops" },
            },
        },
        row(
            "Does every Alloy run, with its configuration?",
            lines("Replicas up", {
                about: "Of logs and metrics one for each node.",
                unit: unit.count,
                show: { "{{job}}": `sum by (job) (up{${all}})` },
            }),
            lines("Components that are not healthy", {
                about: "Parts of the configuration that do not work. None is normal.",
                unit: unit.count,
                show: {
                    "{{job}} {{health_type}}": `sum by (job, health_type) (alloy_component_controller_running_components{${all}, health_type!="healthy"})`,
                },
            }),
            lines("Configuration that was not taken", {
                about: "1 where the last one was refused.",
                unit: unit.count,
                max: 1,
                show: { "{{pod}}": `1 - min by (pod) (alloy_config_last_load_successful{${all}})` },
            }),
        ),
        row("Receiver: does it take and pass on all that comes?", ...throughput(hop)),
        row("Receiver: does anything pile up or get lost?", ...queues(hop)),
        row(
            "Logs: is every line read and sent?",
            number("Files", {
                about: "Log files of containers that are read.",
                unit: unit.count,
                show: { files: `sum(loki_source_file_files_active_total{${logs}})` },
            }),
            lines("Lines", {
                about: "Fewer are sent than read where lines are joined, or dropped on purpose.",
                unit: unit.perSecond,
                show: {
                    read: `sum(rate(loki_source_file_read_lines_total{${logs}}[$__rate_interval]))`,
                    sent: `sum(rate(loki_write_sent_entries_total{${logs}}[$__rate_interval]))`,
                },
                width: 10,
            }),
            lines("Lost", {
                about: "Entries that Loki refused for good. None is normal.",
                unit: unit.perSecond,
                show: {
                    "dropped: {{reason}}": `sum by (reason) (rate(loki_write_dropped_entries_total{${logs}}[$__rate_interval]))`,
                    retries: `sum(rate(loki_write_batch_retries_total{${logs}}[$__rate_interval]))`,
                },
                width: 10,
            }),
        ),
        row(
            "Metrics: is every target scraped, and every sample sent?",
            lines("Targets down", {
                about: "Targets that do not answer, by job.",
                unit: unit.count,
                show: { "{{job}} failed": `sum by (job) (up{${inCluster}} == bool 0)` },
                behind: { metrics: `up{${inCluster}} == 0`, logs: `{${inCluster}, namespace="${namespace}"}` },
            }),
            lines("Samples", {
                about: "in: scraped. sent: taken by Mimir.",
                unit: unit.perSecond,
                show: {
                    in: `sum(rate(prometheus_remote_storage_samples_in_total{${metrics}}[$__rate_interval]))`,
                    sent: `sum(rate(prometheus_remote_storage_samples_total{${metrics}}[$__rate_interval]))`,
                    failed: `sum(rate(prometheus_remote_storage_samples_failed_total{${metrics}}[$__rate_interval]))`,
                },
            }),
            lines("Behind", {
                about: "Age of what is sent next, against what was scraped last.",
                unit: unit.seconds,
                warnAbove: 60,
                badAbove: 600,
                show: {
                    "{{pod}}": `max by (pod) (prometheus_remote_storage_highest_timestamp_in_seconds{${metrics}}) - max by (pod) (prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${metrics}})`,
                },
            }),
        ),
        row(
            "Has it enough of everything?",
            lines("Memory", {
                about: "Resident memory of each replica.",
                unit: unit.bytes,
                width: 12,
                show: { "{{pod}}": `sum by (pod) (alloy_resources_process_resident_memory_bytes{${all}})` },
            }),
            lines("CPU", {
                about: "Cores that each replica uses.",
                unit: unit.cores,
                width: 12,
                show: {
                    "{{pod}}": `sum by (pod) (rate(alloy_resources_process_cpu_seconds_total{${all}}[$__rate_interval]))`,
                },
            }),
        ),
    );
};
