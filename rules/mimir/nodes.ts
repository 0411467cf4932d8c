import type { RuleFile } from "../define";

// Excludes volumes of pods and filesystems in memory.
const disks =
    'job="node", fstype!~"tmpfs|ramfs|overlay|squashfs|erofs|iso9660|nsfs", mountpoint!~"/var/lib/kubelet/.+|/run/.+"';
const by = "by (cluster, node, device, mountpoint)";

export default {
    group: "nodes",
    needs: ["alloyMetrics"],
    dashboard: "kubernetes-node",
    description: "Filesystems, memory, CPU and clock of the nodes.",
    rules: [
        {
            alert: "NodeFilesystemAlmostOutOfSpace",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.1, unit: "ratio of free space, from 0 to 1" },
            summary:
                "{{ $labels.node }} ({{ $labels.mountpoint }}): {{ $value | humanizePercentage }} of the filesystem is free",
            expr: (share) =>
                // A read-only filesystem, such as the root of an immutable node, is full by design.
                `min ${by} (node_filesystem_avail_bytes{${disks}}) / min ${by} (node_filesystem_size_bytes{${disks}}) < ${share}
                unless max ${by} (node_filesystem_readonly{${disks}}) == 1`,
        },
        {
            alert: "NodeFilesystemSpaceFillingUp",
            severity: "warning",
            for: "1h",
            threshold: { default: 24, unit: "hours" },
            summary:
                "{{ $labels.node }} ({{ $labels.mountpoint }}): {{ $value | humanizePercentage }} of the filesystem is free, and at the current rate it will soon be full",
            expr: (hours) => `
                min ${by} (node_filesystem_avail_bytes{${disks}}) / min ${by} (node_filesystem_size_bytes{${disks}}) < 0.4
                and min ${by} (predict_linear(node_filesystem_avail_bytes{${disks}}[6h], ${hours} * 3600)) < 0`,
        },
        {
            alert: "NodeFilesystemAlmostOutOfFiles",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.05, unit: "ratio of free inodes, from 0 to 1" },
            summary:
                "{{ $labels.node }} ({{ $labels.mountpoint }}): {{ $value | humanizePercentage }} of the inodes are free",
            expr: (share) =>
                `min ${by} (node_filesystem_files_free{${disks}}) / min ${by} (node_filesystem_files{${disks}} > 0) < ${share}`,
        },
        {
            alert: "NodeFilesystemReadOnly",
            severity: "critical",
            for: "5m",
            summary: "{{ $labels.node }} ({{ $labels.mountpoint }}): the filesystem became read-only",
            expr: () =>
                `max ${by} (node_filesystem_readonly{${disks}}) == 1 and max ${by} (max_over_time((node_filesystem_readonly{${disks}} == bool 0)[1d:10m])) == 1`,
        },
        {
            alert: "NodeMemoryHighUtilization",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.05, unit: "ratio of available memory, from 0 to 1" },
            summary: "{{ $labels.node }}: {{ $value | humanizePercentage }} of the memory is available",
            expr: (share) =>
                `min by (cluster, node) (node_memory_MemAvailable_bytes{job="node"}) / min by (cluster, node) (node_memory_MemTotal_bytes{job="node"}) < ${share}`,
        },
        {
            alert: "NodeCPUHighUsage",
            severity: "warning",
            for: "30m",
            threshold: { default: 0.95, unit: "ratio of used CPU, from 0 to 1" },
            summary: "{{ $labels.node }}: {{ $value | humanizePercentage }} of the CPU is used",
            expr: (share) =>
                `1 - avg by (cluster, node) (rate(node_cpu_seconds_total{job="node", mode="idle"}[5m])) > ${share}`,
        },
        {
            alert: "NodeOOMKillDetected",
            severity: "warning",
            summary: '{{ $labels.node }}: {{ $value | printf "%.0f" }} processes were OOM killed in 10 minutes',
            expr: () => 'sum by (cluster, node) (increase(node_vmstat_oom_kill{job="node"}[10m])) > 0',
        },
        {
            alert: "NodeClockSkewDetected",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "seconds" },
            summary: "{{ $labels.node }}: the clock differs from NTP time by {{ $value | humanizeDuration }}",
            expr: (seconds) => `max by (cluster, node) (abs(node_timex_offset_seconds{job="node"})) > ${seconds}`,
        },
    ],
} satisfies RuleFile;
