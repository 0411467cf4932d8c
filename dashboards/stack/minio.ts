import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines, number } from "../lib/panels";
import { part } from "../lib/selectors";
import { behindProgram } from "../lib/stack";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** MinIO: keeps what the stores write. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const of = part(namespace, "minio");
    return board(
        {
            uid: "stack-minio",
            title: "MinIO",
            about: "The object store behind all others, where it is deployed with the stack.",
            variables: [cluster()],
            behind: behindProgram(namespace, "minio"),
        },
        row(
            "Is it healthy, and how full?",
            number("Healthy", {
                about: "1 while every erasure set has a quorum.",
                unit: unit.count,
                show: { healthy: `min(minio_cluster_health_status{${of}})` },
                badBelow: 1,
            }),
            number("Full", {
                about: "Share of the usable capacity. At 100 % every store stops writing.",
                unit: unit.ratio,
                show: {
                    full: `1 - max(minio_cluster_capacity_usable_free_bytes{${of}}) / max(minio_cluster_capacity_usable_total_bytes{${of}})`,
                },
                warnAbove: 0.75,
                badAbove: 0.9,
            }),
            number("Full in", {
                about: "If it goes on as in the last six hours. None while it does not grow.",
                unit: unit.seconds,
                show: {
                    "full in": `max(minio_cluster_capacity_usable_free_bytes{${of}}) / (max(-deriv(minio_cluster_capacity_usable_free_bytes{${of}}[6h])) > 0)`,
                },
                badBelow: 7 * 86400,
            }),
            number("Drives offline", {
                about: "None is normal. With four drives, one may be missing.",
                unit: unit.count,
                show: { offline: `max(minio_cluster_drive_offline_total{${of}})` },
                badAbove: 1,
            }),
            number("Nodes offline", {
                about: "None is normal.",
                unit: unit.count,
                show: { offline: `max(minio_cluster_nodes_offline_total{${of}})` },
                badAbove: 1,
            }),
            number("Objects", {
                about: "As the scanner last counted them.",
                unit: unit.count,
                show: { objects: `max(minio_cluster_usage_object_total{${of}})` },
            }),
            lines("Capacity", {
                about: "Usable bytes, after erasure coding.",
                unit: unit.bytes,
                width: 12,
                show: {
                    total: `max(minio_cluster_capacity_usable_total_bytes{${of}})`,
                    free: `max(minio_cluster_capacity_usable_free_bytes{${of}})`,
                },
            }),
            lines("Stored", {
                about: "Bytes of all objects before erasure coding, as the scanner last counted them.",
                unit: unit.bytes,
                width: 12,
                show: { stored: `max(minio_cluster_usage_total_bytes{${of}})` },
            }),
        ),
        row(
            "Does it answer?",
            lines("Requests", {
                about: "By operation.",
                unit: unit.requestsPerSecond,
                stacked: true,
                show: { "{{api}}": `sum by (api) (rate(minio_s3_requests_total{${of}}[$__rate_interval]))` },
            }),
            lines("Errors", {
                about: "Reads of what is not there count too; other errors are worth a look.",
                unit: unit.requestsPerSecond,
                show: {
                    "{{api}} errors": `sum by (api) (rate(minio_s3_requests_errors_total{${of}}[$__rate_interval]))`,
                    "rejected logins": `sum(rate(minio_s3_requests_rejected_auth_total{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Time to the first byte, 95th percentile", {
                about: "By operation.",
                unit: unit.seconds,
                show: {
                    "{{api}}": `histogram_quantile(0.95, sum by (le, api) (rate(minio_s3_requests_ttfb_seconds_distribution{${of}}[$__rate_interval])))`,
                },
            }),
            lines("In flight and waiting", {
                about: "Requests wait when there are more than it serves at a time.",
                unit: unit.count,
                show: {
                    "in flight": `sum(minio_s3_requests_inflight_total{${of}})`,
                    waiting: `sum(minio_s3_requests_waiting_total{${of}})`,
                },
            }),
            lines("Traffic", {
                about: "To and from the stores.",
                unit: unit.bytesPerSecond,
                show: {
                    received: `sum(rate(minio_s3_traffic_received_bytes{${of}}[$__rate_interval]))`,
                    sent: `sum(rate(minio_s3_traffic_sent_bytes{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Drives", {
                about: "What it reads and writes itself.",
                unit: unit.bytesPerSecond,
                show: {
                    "{{server}} read": `sum by (server) (rate(minio_node_io_read_bytes{${of}}[$__rate_interval]))`,
                    "{{server}} written": `sum by (server) (rate(minio_node_io_write_bytes{${of}}[$__rate_interval]))`,
                },
            }),
        ),
        row(
            "Has it enough of everything?",
            lines("Memory", {
                about: "Resident memory of each replica.",
                unit: unit.bytes,
                show: { "{{server}}": `sum by (server) (minio_node_process_resident_memory_bytes{${of}})` },
            }),
            lines("CPU", {
                about: "Cores that each replica uses.",
                unit: unit.cores,
                show: {
                    "{{server}}": `sum by (server) (rate(minio_node_process_cpu_total_seconds{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Open files, share of the limit", {
                about: "At 100 % it refuses connections.",
                unit: unit.ratio,
                max: 1,
                badAbove: 0.9,
                show: {
                    "{{server}}": `max by (server) (minio_node_file_descriptor_open_total{${of}} / minio_node_file_descriptor_limit_total{${of}})`,
                },
            }),
        ),
    );
};
