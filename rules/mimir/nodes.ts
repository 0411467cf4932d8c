import type { RuleFile } from "../define";

// What is mounted by pods is their volumes; what is in memory is the system's own.
const disks =
    'job="node", fstype!~"tmpfs|ramfs|overlay|squashfs|erofs|iso9660|nsfs", mountpoint!~"/var/lib/kubelet/.+|/run/.+"';
const by = "by (cluster, node, device, mountpoint)";

export default {
    group: "nodes",
    about: "The nodes: disks, memory, CPU, clock.",
    rules: [
        {
            alert: "NodeFilesystemAlmostOutOfSpace",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.1, unit: "share that is free, from 0 to 1" },
            summary:
                "{{ $labels.mountpoint }} of the node {{ $labels.node }} has {{ $value | humanizePercentage }} of its room left",
            expr: (share) =>
                // What cannot be written to, such as the root of an immutable node, is full by design.
                `min ${by} (node_filesystem_avail_bytes{${disks}}) / min ${by} (node_filesystem_size_bytes{${disks}}) < ${share}
                unless max ${by} (node_filesystem_readonly{${disks}}) == 1`,
        },
        {
            alert: "NodeFilesystemSpaceFillingUp",
            severity: "warning",
            for: "1h",
            threshold: { default: 24, unit: "hours" },
            summary:
                "{{ $labels.mountpoint }} of the node {{ $labels.node }} will be full soon; now it has {{ $value | humanizePercentage }} left",
            expr: (hours) => `
                min ${by} (node_filesystem_avail_bytes{${disks}}) / min ${by} (node_filesystem_size_bytes{${disks}}) < 0.4
                and min ${by} (predict_linear(node_filesystem_avail_bytes{${disks}}[6h], ${hours} * 3600)) < 0`,
        },
        {
            alert: "NodeFilesystemAlmostOutOfFiles",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.05, unit: "share that is free, from 0 to 1" },
            summary:
                "{{ $labels.mountpoint }} of the node {{ $labels.node }} can take {{ $value | humanizePercentage }} of its files yet",
            expr: (share) =>
                `min ${by} (node_filesystem_files_free{${disks}}) / min ${by} (node_filesystem_files{${disks}} > 0) < ${share}`,
        },
        {
            alert: "NodeFilesystemReadOnly",
            severity: "critical",
            for: "5m",
            summary: "{{ $labels.mountpoint }} of the node {{ $labels.node }} has become read-only",
            expr: () =>
                `max ${by} (node_filesystem_readonly{${disks}}) == 1 and max ${by} (max_over_time((node_filesystem_readonly{${disks}} == bool 0)[1d:10m])) == 1`,
        },
        {
            alert: "NodeMemoryHighUtilization",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.05, unit: "share that is free, from 0 to 1" },
            summary: "The node {{ $labels.node }} has {{ $value | humanizePercentage }} of its memory left",
            expr: (share) =>
                `min by (cluster, node) (node_memory_MemAvailable_bytes{job="node"}) / min by (cluster, node) (node_memory_MemTotal_bytes{job="node"}) < ${share}`,
        },
        {
            alert: "NodeCPUHighUsage",
            severity: "warning",
            for: "30m",
            threshold: { default: 0.95, unit: "share that is used, from 0 to 1" },
            summary: "The node {{ $labels.node }} uses {{ $value | humanizePercentage }} of its CPU",
            expr: (share) =>
                `1 - avg by (cluster, node) (rate(node_cpu_seconds_total{job="node", mode="idle"}[5m])) > ${share}`,
        },
        {
            alert: "NodeOOMKillDetected",
            severity: "warning",
            summary:
                'The node {{ $labels.node }} killed {{ $value | printf "%.0f" }} processes for memory in ten minutes',
            expr: () => 'sum by (cluster, node) (increase(node_vmstat_oom_kill{job="node"}[10m])) > 0',
        },
        {
            alert: "NodeClockSkewDetected",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "seconds" },
            summary: "The clock of the node {{ $labels.node }} is wrong by {{ $value | humanizeDuration }}",
            expr: (seconds) => `max by (cluster, node) (abs(node_timex_offset_seconds{job="node"})) > ${seconds}`,
        },
    ],
} satisfies RuleFile;
