import { type Cases, ratio } from "../case";
import { node, perSecond, series, value } from "../series";

const disk = { cluster: "c", node: "n", device: "/dev/sda", mountpoint: "/", fstype: "ext4", job: "node" };
const diskAlertLabels = { cluster: "c", node: "n", device: "/dev/sda", mountpoint: "/" };

export default {
    NodeFilesystemAlmostOutOfSpace: ratio(
        ["node_filesystem_avail_bytes", 80],
        ["node_filesystem_size_bytes", 1000],
        disk,
        diskAlertLabels,
        "n (/): 8% of the filesystem is free",
        200,
    ),
    NodeFilesystemSpaceFillingUp: {
        after: "8h",
        interval: "5m",
        fires: {
            [series("node_filesystem_avail_bytes", disk)]: "380-2x120",
            [series("node_filesystem_size_bytes", disk)]: "1000x120",
        },
        labels: diskAlertLabels,
        summary: "n (/): 18.8% of the filesystem is free, and at the current rate it will soon be full",
        silent: {
            [series("node_filesystem_avail_bytes", disk)]: "380-0.05x120",
            [series("node_filesystem_size_bytes", disk)]: "1000x120",
        },
    },
    NodeFilesystemAlmostOutOfFiles: ratio(
        ["node_filesystem_files_free", 30],
        ["node_filesystem_files", 1000],
        disk,
        diskAlertLabels,
        "n (/): 3% of the inodes are free",
        200,
    ),
    NodeFilesystemReadOnly: {
        after: "1h",
        fires: { [series("node_filesystem_readonly", disk)]: "0x30 1x100" },
        labels: diskAlertLabels,
        summary: "n (/): the filesystem became read-only",
        // A filesystem that was always read-only.
        silent: { [series("node_filesystem_readonly", disk)]: value(1) },
    },
    NodeMemoryHighUtilization: ratio(
        ["node_memory_MemAvailable_bytes", 30],
        ["node_memory_MemTotal_bytes", 1000],
        { ...node, job: "node" },
        node,
        "n: 3% of the memory is available",
        200,
    ),
    NodeCPUHighUsage: {
        after: "1h",
        fires: {
            [series("node_cpu_seconds_total", { ...node, job: "node", cpu: "0", mode: "idle" })]: perSecond(0.02),
        },
        labels: node,
        summary: "n: 98% of the CPU is used",
        silent: {
            [series("node_cpu_seconds_total", { ...node, job: "node", cpu: "0", mode: "idle" })]: perSecond(0.02),
            [series("node_cpu_seconds_total", { ...node, job: "node", cpu: "1", mode: "idle" })]: perSecond(0.9),
        },
    },
    NodeOOMKillDetected: {
        after: "15m",
        fires: { [series("node_vmstat_oom_kill", { ...node, job: "node" })]: "3x9 5x10" },
        labels: node,
        summary: "n: 2 processes were OOM killed in 10 minutes",
        silent: { [series("node_vmstat_oom_kill", { ...node, job: "node" })]: "3x100" },
    },
    NodeClockSkewDetected: {
        after: "30m",
        fires: { [series("node_timex_offset_seconds", { ...node, job: "node" })]: value(-0.2) },
        labels: node,
        summary: "n: the clock differs from NTP time by 200ms",
        silent: { [series("node_timex_offset_seconds", { ...node, job: "node" })]: value(0.001) },
    },
} satisfies Cases;
