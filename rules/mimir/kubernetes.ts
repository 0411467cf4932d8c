import type { RuleFile } from "../define";

const volume = "by (cluster, namespace, persistentvolumeclaim)";
const container = "by (cluster, namespace, pod, container)";
// Excludes the total of the pod and its pause container.
const realContainers = 'job="cadvisor", container!="", container!="POD"';

export default {
    group: "kubernetes",
    needs: ["alloyMetrics"],
    dashboard: "kubernetes-cluster",
    description: "Persistent volumes, containers and kubelets, from kubelet and cAdvisor metrics.",
    rules: [
        {
            alert: "KubePersistentVolumeAlmostOutOfSpace",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.15, unit: "ratio of free space, from 0 to 1" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }}: {{ $value | humanizePercentage }} of the volume is free",
            expr: (share) =>
                `min ${volume} (kubelet_volume_stats_available_bytes) / min ${volume} (kubelet_volume_stats_capacity_bytes) < ${share}`,
        },
        {
            alert: "KubePersistentVolumeOutOfSpace",
            severity: "critical",
            for: "5m",
            threshold: { default: 0.03, unit: "ratio of free space, from 0 to 1" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }}: only {{ $value | humanizePercentage }} of the volume is free",
            expr: (share) =>
                `min ${volume} (kubelet_volume_stats_available_bytes) / min ${volume} (kubelet_volume_stats_capacity_bytes) < ${share}`,
        },
        {
            alert: "KubePersistentVolumeFillingUp",
            severity: "warning",
            for: "1h",
            threshold: { default: 96, unit: "hours" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }}: {{ $value | humanizePercentage }} of the volume is free, and at the current rate it will soon be full",
            expr: (hours) => `
                min ${volume} (kubelet_volume_stats_available_bytes) / min ${volume} (kubelet_volume_stats_capacity_bytes) < 0.4
                and min ${volume} (predict_linear(kubelet_volume_stats_available_bytes[6h], ${hours} * 3600)) < 0`,
        },
        {
            alert: "KubePersistentVolumeInodesFillingUp",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.05, unit: "ratio of free inodes, from 0 to 1" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }}: {{ $value | humanizePercentage }} of the inodes of the volume are free",
            expr: (share) =>
                `min ${volume} (kubelet_volume_stats_inodes_free) / min ${volume} (kubelet_volume_stats_inodes > 0) < ${share}`,
        },
        {
            alert: "KubePodCrashLooping",
            severity: "warning",
            for: "5m",
            threshold: { default: 3, unit: "restarts in 30 minutes" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.pod }} ({{ $labels.container }}): the container restarted {{ $value }} times in 30 minutes",
            // Each start creates a container with a new id.
            expr: (restarts) =>
                `count ${container} (count_over_time(container_start_time_seconds{${realContainers}}[30m])) - 1 >= ${restarts}`,
        },
        {
            alert: "KubeContainerOOMKilled",
            severity: "warning",
            summary:
                '{{ $labels.namespace }}/{{ $labels.pod }} ({{ $labels.container }}): the container was OOM killed {{ $value | printf "%.0f" }} times in 10 minutes',
            expr: () => `sum ${container} (increase(container_oom_events_total{${realContainers}}[10m])) > 0`,
        },
        {
            alert: "KubeContainerMemoryNearLimit",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.95, unit: "used ratio of the limit, from 0 to 1" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.pod }} ({{ $labels.container }}): {{ $value | humanizePercentage }} of the memory limit is used",
            expr: (share) =>
                `max ${container} (container_memory_working_set_bytes{${realContainers}}) / max ${container} (container_spec_memory_limit_bytes{${realContainers}} > 0) > ${share}`,
        },
        {
            alert: "CPUThrottlingHigh",
            severity: "info",
            for: "30m",
            threshold: { default: 0.5, unit: "ratio of throttled CPU periods, from 0 to 1" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.pod }} ({{ $labels.container }}): {{ $value | humanizePercentage }} of the CPU periods are throttled",
            expr: (share) =>
                `sum ${container} (rate(container_cpu_cfs_throttled_periods_total{${realContainers}}[5m])) / sum ${container} (rate(container_cpu_cfs_periods_total{${realContainers}}[5m])) > ${share}`,
        },
        {
            alert: "KubeletPlegDurationHigh",
            severity: "warning",
            for: "10m",
            threshold: { default: 3, unit: "seconds" },
            summary:
                "{{ $labels.node }}: the PLEG relist of the kubelet takes {{ $value | humanizeDuration }} (99th percentile)",
            expr: (seconds) =>
                `histogram_quantile(0.99, sum by (cluster, node, le) (rate(kubelet_pleg_relist_duration_seconds_bucket{job="kubelet"}[10m]))) > ${seconds}`,
        },
        {
            alert: "KubeletCertificateExpiration",
            severity: "warning",
            for: "1h",
            threshold: { default: 7, unit: "days" },
            summary: "{{ $labels.node }}: a certificate of the kubelet expires in {{ $value | humanizeDuration }}",
            // A kubelet renews its certificates long before they expire.
            expr: (days) =>
                ["client", "server"]
                    .map(
                        (side) =>
                            `min by (cluster, node) (kubelet_certificate_manager_${side}_ttl_seconds{job="kubelet"}) < ${days} * 86400`,
                    )
                    .join(" or "),
        },
    ],
} satisfies RuleFile;
