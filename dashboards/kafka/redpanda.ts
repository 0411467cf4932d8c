import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { componentDrilldown, replicasUp } from "../lib/component-panels";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { stat, timeSeries } from "../lib/panels";
import { jobSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** The brokers of Redpanda. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "redpanda");
    const gauge = (metric: string, by: string) => `max by (${by}) (redpanda_${metric}{${selector}})`;
    const rate = (metric: string, by: string) =>
        `sum by (${by}) (rate(redpanda_${metric}{${selector}}[$__rate_interval]))`;
    return createDashboard(
        {
            uid: "kafka-redpanda",
            title: "Redpanda",
            description: "Brokers, requests, volumes and memory of Redpanda.",
            variables: [cluster()],
            drilldown: componentDrilldown(namespace, "redpanda", { dashboards: { "kafka-consumers": "Kafka" } }),
        },
        row(
            "Redpanda status",
            replicasUp(selector),
            stat("Unavailable partitions", {
                description: "Partitions without a majority of their replicas. Normal is 0.",
                unit: unit.count,
                queries: { partitions: `max(redpanda_cluster_unavailable_partitions{${selector}})` },
                criticalAbove: 1,
            }),
            stat("Partitions", {
                description: "The number of partitions of all topics.",
                unit: unit.count,
                queries: { partitions: `max(redpanda_cluster_partitions{${selector}})` },
            }),
            stat("Lowest free space", {
                description: "The lowest ratio of free space of a volume.",
                unit: unit.ratio,
                queries: {
                    free: `min(redpanda_storage_disk_free_bytes{${selector}} / redpanda_storage_disk_total_bytes{${selector}})`,
                },
                criticalBelow: 0.05,
            }),
        ),
        row(
            "Requests",
            timeSeries("Bytes", {
                description: "Bytes per second of producers and consumers, and of the replication between brokers.",
                unit: unit.bytesPerSecond,
                queries: { "{{redpanda_request}}": rate("kafka_request_bytes_total", "redpanda_request") },
            }),
            timeSeries("Records by topic", {
                description: "Records per second that producers write.",
                unit: unit.perSecond,
                queries: {
                    "{{redpanda_topic}}": `topk(10, ${rate("kafka_records_produced_total", "redpanda_topic")})`,
                },
            }),
            timeSeries("p99 duration", {
                description: "99 % of the requests take less time.",
                unit: unit.seconds,
                queries: {
                    "{{redpanda_request}}": `histogram_quantile(0.99, ${rate("kafka_request_latency_seconds_bucket", "redpanda_request, le")})`,
                },
            }),
            timeSeries("Connections", {
                description: "Open connections of clients and of brokers.",
                unit: unit.count,
                queries: { "{{pod}} {{redpanda_server}}": gauge("rpc_active_connections", "pod, redpanda_server") },
            }),
            timeSeries("Request errors", {
                description: "Failed requests per second. Normal is 0.",
                unit: unit.perSecond,
                queries: { "{{redpanda_server}} failed": rate("rpc_request_errors_total", "redpanda_server") },
            }),
            timeSeries("Leadership changes", {
                description:
                    "Changes of the leaders of partitions per second. Frequent changes come from slow disks or too little CPU.",
                unit: unit.perSecond,
                queries: { changes: rate("raft_leadership_changes", "cluster") },
            }),
        ),
        row(
            "Resources",
            timeSeries("Free space", {
                description: "Free bytes of the volume of each broker.",
                unit: unit.bytes,
                queries: { "{{pod}}": `min by (pod) (redpanda_storage_disk_free_bytes{${selector}})` },
            }),
            timeSeries("Available memory", {
                description: "Memory that is free, or that Redpanda can free.",
                unit: unit.bytes,
                queries: { "{{pod}}": `sum by (pod) (redpanda_memory_available_memory{${selector}})` },
            }),
            timeSeries("CPU", {
                description:
                    "Cores that are busy. Redpanda uses the whole core while it waits for requests, unless it runs in developer mode.",
                unit: unit.cores,
                queries: { "{{pod}}": rate("cpu_busy_seconds_total", "pod") },
            }),
        ),
    );
};
