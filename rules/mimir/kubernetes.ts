import type { RuleFile } from "../define";

const volume = "by (cluster, namespace, persistentvolumeclaim)";
const container = "by (cluster, namespace, pod, container)";
// The sum of a pod, and the container that holds its network, have no name of an image.
const named = 'job="cadvisor", container!="", container!="POD"';

export default {
    group: "kubernetes",
    about: "Volumes, containers and kubelets, from what kubelet and cAdvisor tell.",
    rules: [
        {
            alert: "KubePersistentVolumeAlmostOutOfSpace",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.15, unit: "share that is free, from 0 to 1" },
            summary:
                "The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its room left",
            expr: (share) =>
                `min ${volume} (kubelet_volume_stats_available_bytes) / min ${volume} (kubelet_volume_stats_capacity_bytes) < ${share}`,
        },
        {
            alert: "KubePersistentVolumeOutOfSpace",
            severity: "critical",
            for: "5m",
            threshold: { default: 0.03, unit: "share that is free, from 0 to 1" },
            summary:
                "The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its room left",
            expr: (share) =>
                `min ${volume} (kubelet_volume_stats_available_bytes) / min ${volume} (kubelet_volume_stats_capacity_bytes) < ${share}`,
        },
        {
            alert: "KubePersistentVolumeFillingUp",
            severity: "warning",
            for: "1h",
            threshold: { default: 96, unit: "hours" },
            summary:
                "The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} will be full soon; now it has {{ $value | humanizePercentage }} left",
            expr: (hours) => `
                min ${volume} (kubelet_volume_stats_available_bytes) / min ${volume} (kubelet_volume_stats_capacity_bytes) < 0.4
                and min ${volume} (predict_linear(kubelet_volume_stats_available_bytes[6h], ${hours} * 3600)) < 0`,
        },
        {
            alert: "KubePersistentVolumeInodesFillingUp",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.05, unit: "share that is free, from 0 to 1" },
            summary:
                "The volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} can take {{ $value | humanizePercentage }} of its files yet",
            expr: (share) =>
                `min ${volume} (kubelet_volume_stats_inodes_free) / min ${volume} (kubelet_volume_stats_inodes > 0) < ${share}`,
        },
        {
            alert: "KubePodCrashLooping",
            severity: "warning",
            for: "5m",
            threshold: { default: 3, unit: "restarts in half an hour" },
            summary:
                "{{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} was started {{ $value }} times again in half an hour",
            // Each start is a container, with an id of its own.
            expr: (restarts) =>
                `count ${container} (count_over_time(container_start_time_seconds{${named}}[30m])) - 1 >= ${restarts}`,
        },
        {
            alert: "KubeContainerOOMKilled",
            severity: "warning",
            summary:
                '{{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} was killed for memory {{ $value | printf "%.0f" }} times in ten minutes',
            expr: () => `sum ${container} (increase(container_oom_events_total{${named}}[10m])) > 0`,
        },
        {
            alert: "KubeContainerMemoryNearLimit",
            severity: "warning",
            for: "15m",
            threshold: { default: 0.95, unit: "share of the limit, from 0 to 1" },
            summary:
                "{{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of the memory that it may",
            expr: (share) =>
                `max ${container} (container_memory_working_set_bytes{${named}}) / max ${container} (container_spec_memory_limit_bytes{${named}} > 0) > ${share}`,
        },
        {
            alert: "CPUThrottlingHigh",
            severity: "info",
            for: "30m",
            threshold: { default: 0.5, unit: "share of the periods, from 0 to 1" },
            summary:
                "{{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} waits for CPU in {{ $value | humanizePercentage }} of the periods",
            expr: (share) =>
                `sum ${container} (rate(container_cpu_cfs_throttled_periods_total{${named}}[5m])) / sum ${container} (rate(container_cpu_cfs_periods_total{${named}}[5m])) > ${share}`,
        },
        {
            alert: "KubeletPlegDurationHigh",
            severity: "warning",
            for: "10m",
            threshold: { default: 3, unit: "seconds" },
            summary:
                "The kubelet of {{ $labels.node }} takes {{ $value | humanizeDuration }} to look through its containers",
            expr: (seconds) =>
                `histogram_quantile(0.99, sum by (cluster, node, le) (rate(kubelet_pleg_relist_duration_seconds_bucket{job="kubelet"}[10m]))) > ${seconds}`,
        },
        {
            alert: "KubeletCertificateExpiration",
            severity: "warning",
            for: "1h",
            threshold: { default: 7, unit: "days" },
            summary: "A certificate of the kubelet of {{ $labels.node }} ends in {{ $value | humanizeDuration }}",
            // Kubelets renew them long before.
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
