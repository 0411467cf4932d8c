import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { stat, timeSeries } from "../lib/panels";
import { jobSelector } from "../lib/selectors";
import { componentDrilldown } from "../lib/component-panels";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** MinIO, the object store of the backends. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "minio");
    return createDashboard(
        {
            uid: "stack-minio",
            title: "MinIO",
            description:
                "Capacity, requests and resource usage of the MinIO object store, if it is deployed with the stack.",
            variables: [cluster()],
            drilldown: componentDrilldown(namespace, "minio"),
        },
        row(
            "Cluster status and capacity",
            stat("Cluster health", {
                description: "1 if every erasure set has a write quorum. 0 means that the backends cannot write.",
                unit: unit.count,
                queries: { healthy: `min(minio_cluster_health_status{${selector}})` },
                criticalBelow: 1,
            }),
            stat("Capacity usage", {
                description: "The used percentage of the usable capacity. At 100 % the backends cannot write.",
                unit: unit.ratio,
                queries: {
                    used: `1 - max(minio_cluster_capacity_usable_free_bytes{${selector}}) / max(minio_cluster_capacity_usable_total_bytes{${selector}})`,
                },
                warnAbove: 0.75,
                criticalAbove: 0.9,
            }),
            stat("Time until full", {
                description:
                    "The time until the capacity is used, predicted from the growth of the last six hours. The panel is empty if the used capacity does not grow.",
                unit: unit.seconds,
                queries: {
                    "time until full": `max(minio_cluster_capacity_usable_free_bytes{${selector}}) / (max(-deriv(minio_cluster_capacity_usable_free_bytes{${selector}}[6h])) > 0)`,
                },
                criticalBelow: 7 * 86400,
            }),
            stat("Drives offline", {
                description:
                    "The number of offline drives. Normal is 0. A cluster with four drives tolerates one offline drive.",
                unit: unit.count,
                queries: { offline: `max(minio_cluster_drive_offline_total{${selector}})` },
                criticalAbove: 1,
            }),
            stat("Nodes offline", {
                description: "The number of offline MinIO nodes. Normal is 0.",
                unit: unit.count,
                queries: { offline: `max(minio_cluster_nodes_offline_total{${selector}})` },
                criticalAbove: 1,
            }),
            stat("Objects", {
                description: "The number of objects at the last scan of MinIO.",
                unit: unit.count,
                queries: { objects: `max(minio_cluster_usage_object_total{${selector}})` },
            }),
            timeSeries("Usable capacity", {
                description: "Total and free bytes after erasure coding.",
                unit: unit.bytes,
                width: 12,
                queries: {
                    total: `max(minio_cluster_capacity_usable_total_bytes{${selector}})`,
                    free: `max(minio_cluster_capacity_usable_free_bytes{${selector}})`,
                },
            }),
            timeSeries("Stored bytes", {
                description: "Bytes of all objects before erasure coding, at the last scan of MinIO.",
                unit: unit.bytes,
                width: 12,
                queries: { stored: `max(minio_cluster_usage_total_bytes{${selector}})` },
            }),
        ),
        row(
            "S3 requests",
            timeSeries("S3 request rate", {
                description: "Requests per second, by operation.",
                unit: unit.requestsPerSecond,
                stacked: true,
                queries: { "{{api}}": `sum by (api) (rate(minio_s3_requests_total{${selector}}[$__rate_interval]))` },
            }),
            timeSeries("S3 errors", {
                description:
                    "Errors per second, by operation. Reads of objects that do not exist count as errors. Investigate other errors.",
                unit: unit.requestsPerSecond,
                queries: {
                    "{{api}} errors": `sum by (api) (rate(minio_s3_requests_errors_total{${selector}}[$__rate_interval]))`,
                    "rejected logins": `sum(rate(minio_s3_requests_rejected_auth_total{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("p95 time to first byte", {
                description: "Seconds until the first byte of the response, by operation.",
                unit: unit.seconds,
                queries: {
                    "{{api}}": `histogram_quantile(0.95, sum by (le, api) (rate(minio_s3_requests_ttfb_seconds_distribution{${selector}}[$__rate_interval])))`,
                },
            }),
            timeSeries("Requests in flight and waiting", {
                description:
                    "The number of requests that MinIO processes, and that wait because MinIO has reached its request limit.",
                unit: unit.count,
                queries: {
                    "in flight": `sum(minio_s3_requests_inflight_total{${selector}})`,
                    waiting: `sum(minio_s3_requests_waiting_total{${selector}})`,
                },
            }),
            timeSeries("S3 traffic", {
                description: "Bytes per second that MinIO receives from and sends to its clients.",
                unit: unit.bytesPerSecond,
                queries: {
                    received: `sum(rate(minio_s3_traffic_received_bytes{${selector}}[$__rate_interval]))`,
                    sent: `sum(rate(minio_s3_traffic_sent_bytes{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Drive throughput", {
                description: "Bytes per second that MinIO reads from and writes to its drives.",
                unit: unit.bytesPerSecond,
                queries: {
                    "{{server}} read": `sum by (server) (rate(minio_node_io_read_bytes{${selector}}[$__rate_interval]))`,
                    "{{server}} written": `sum by (server) (rate(minio_node_io_write_bytes{${selector}}[$__rate_interval]))`,
                },
            }),
        ),
        row(
            "Resource usage",
            timeSeries("Memory usage", {
                description: "Resident memory of each replica, in bytes.",
                unit: unit.bytes,
                queries: { "{{server}}": `sum by (server) (minio_node_process_resident_memory_bytes{${selector}})` },
            }),
            timeSeries("CPU usage", {
                description: "CPU cores that each replica uses.",
                unit: unit.cores,
                queries: {
                    "{{server}}": `sum by (server) (rate(minio_node_process_cpu_total_seconds{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("File descriptor usage", {
                description:
                    "The percentage of the file descriptor limit that is used. At 100 % MinIO refuses connections.",
                unit: unit.ratio,
                max: 1,
                criticalAbove: 0.9,
                queries: {
                    "{{server}}": `max by (server) (minio_node_file_descriptor_open_total{${selector}} / minio_node_file_descriptor_limit_total{${selector}})`,
                },
            }),
        ),
    );
};
