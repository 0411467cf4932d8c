import { type Cases, ratio } from "../case";
import { constant, node, perSecond, series, value } from "../series";

const claim = { cluster: "c", namespace: "monitoring", persistentvolumeclaim: "data-loki-0" };
const container = { cluster: "c", namespace: "mathtrail", pod: "mentor-0", container: "app" };

export default {
    KubePersistentVolumeAlmostOutOfSpace: ratio(
        ["kubelet_volume_stats_available_bytes", 100],
        ["kubelet_volume_stats_capacity_bytes", 1000],
        { ...claim, job: "kubelet" },
        claim,
        "monitoring/data-loki-0: 10% of the volume is free",
        300,
    ),
    KubePersistentVolumeOutOfSpace: ratio(
        ["kubelet_volume_stats_available_bytes", 10],
        ["kubelet_volume_stats_capacity_bytes", 1000],
        { ...claim, job: "kubelet" },
        claim,
        "monitoring/data-loki-0: only 1% of the volume is free",
        100,
    ),
    KubePersistentVolumeFillingUp: {
        after: "8h",
        interval: "5m",
        fires: {
            [series("kubelet_volume_stats_available_bytes", claim)]: "380-1x120",
            [series("kubelet_volume_stats_capacity_bytes", claim)]: "1000x120",
        },
        labels: claim,
        summary: "monitoring/data-loki-0: 28.4% of the volume is free, and at the current rate it will soon be full",
        silent: {
            [series("kubelet_volume_stats_available_bytes", claim)]: "380-0.05x120",
            [series("kubelet_volume_stats_capacity_bytes", claim)]: "1000x120",
        },
    },
    KubePersistentVolumeInodesFillingUp: ratio(
        ["kubelet_volume_stats_inodes_free", 30],
        ["kubelet_volume_stats_inodes", 1000],
        { ...claim, job: "kubelet" },
        claim,
        "monitoring/data-loki-0: 3% of the inodes of the volume are free",
        200,
    ),
    KubePodCrashLooping: {
        after: "30m",
        fires: Object.fromEntries(
            ["a", "b", "c", "d"].map((id, index) => [
                series("container_start_time_seconds", { ...container, id, job: "cadvisor" }),
                `_x${index * 6 + 1} ${index * 360}x6`,
            ]),
        ),
        labels: container,
        summary: "mathtrail/mentor-0 (app): the container restarted 3 times in 30 minutes",
        silent: Object.fromEntries(
            ["a", "b"].map((id, index) => [
                series("container_start_time_seconds", { ...container, id, job: "cadvisor" }),
                `_x${index * 6 + 1} ${index * 360}x6`,
            ]),
        ),
    },
    KubeContainerOOMKilled: {
        after: "15m",
        fires: { [series("container_oom_events_total", { ...container, job: "cadvisor" })]: "0x9 1x10" },
        labels: container,
        summary: "mathtrail/mentor-0 (app): the container was OOM killed 1 times in 10 minutes",
        silent: { [series("container_oom_events_total", { ...container, job: "cadvisor" })]: "1x100" },
    },
    KubeContainerMemoryNearLimit: {
        after: "30m",
        fires: {
            [series("container_memory_working_set_bytes", { ...container, job: "cadvisor" })]: value(98),
            [series("container_spec_memory_limit_bytes", { ...container, job: "cadvisor" })]: value(100),
        },
        labels: container,
        summary: "mathtrail/mentor-0 (app): 98% of the memory limit is used",
        // 0 means no limit.
        silent: {
            [series("container_memory_working_set_bytes", { ...container, job: "cadvisor" })]: value(98),
            [series("container_spec_memory_limit_bytes", { ...container, job: "cadvisor" })]: value(0),
        },
    },
    CPUThrottlingHigh: {
        after: "1h",
        fires: {
            [series("container_cpu_cfs_throttled_periods_total", { ...container, job: "cadvisor" })]: perSecond(6),
            [series("container_cpu_cfs_periods_total", { ...container, job: "cadvisor" })]: perSecond(10),
        },
        labels: container,
        summary: "mathtrail/mentor-0 (app): 60% of the CPU periods are throttled",
        silent: {
            [series("container_cpu_cfs_throttled_periods_total", { ...container, job: "cadvisor" })]: perSecond(2),
            [series("container_cpu_cfs_periods_total", { ...container, job: "cadvisor" })]: perSecond(10),
        },
    },
    KubeletPlegDurationHigh: {
        after: "30m",
        fires: {
            [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "1" })]: constant,
            [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "5" })]: perSecond(1),
            [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "+Inf" })]:
                perSecond(1),
        },
        labels: node,
        summary: "n: the PLEG relist of the kubelet takes 4.96s (99th percentile)",
        silent: {
            [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "1" })]: perSecond(1),
            [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "+Inf" })]:
                perSecond(1),
        },
    },
    KubeletCertificateExpiration: {
        after: "2h",
        fires: {
            // The client certificate is valid for much longer.
            [series("kubelet_certificate_manager_client_ttl_seconds", { ...node, job: "kubelet" })]: value(8640000),
            [series("kubelet_certificate_manager_server_ttl_seconds", { ...node, job: "kubelet" })]: value(86400),
        },
        labels: node,
        summary: "n: a certificate of the kubelet expires in 1d 0h 0m 0s",
        silent: {
            [series("kubelet_certificate_manager_client_ttl_seconds", { ...node, job: "kubelet" })]: value(8640000),
        },
    },
} satisfies Cases;
