/** Queries of the container metrics of cAdvisor. */

// Kubernetes generates the suffixes of pod names from these letters and digits only.
const random = "[bcdfghjklmnpqrstvwxz2456789]";
const workloadInPod = `(.+?)(?:-${random}{6,10})?-(?:${random}{5}|[0-9]+)`;

/**
 * Adds the label `workload` to a vector with the label `pod`. It is the name of the Deployment, StatefulSet, DaemonSet or Job. A pod
 * without a workload gets its own name.
 */
export function withWorkload(vector: string): string {
    const withPodName = `label_replace(${vector}, "workload", "$1", "pod", "(.+)")`;
    return `label_replace(${withPodName}, "workload", "$1", "pod", "${workloadInPod}")`;
}

/** The regular expression of a variable that derives the names of workloads from the names of pods. */
export const workloadFromPod = `/^${workloadInPod}$/`;

/** Matches the pods of the workload in the variable `workload`. */
export const podsOfWorkload = `pod=~"$workload(-${random}{6,10})?-(${random}{5}|[0-9]+)|$workload"`;

/** Excludes the pause container and the sums of each pod. */
export const realContainers = 'container!="", container!="POD"';

export const cpu = (selector: string, by: string) =>
    `sum by (${by}) (rate(container_cpu_usage_seconds_total{${selector}, ${realContainers}}[$__rate_interval]))`;
export const memory = (selector: string, by: string) =>
    `sum by (${by}) (container_memory_working_set_bytes{${selector}, ${realContainers}})`;

/** Excludes the sums of the node. */
const realPods = 'namespace!=""';

/** Share of the CPU periods in which a container was throttled. */
export const throttled = (selector: string, by: string) => {
    const rate = (metric: string) =>
        `sum by (${by}) (rate(${metric}{${selector}, ${realContainers}}[$__rate_interval]))`;
    return `${rate("container_cpu_cfs_throttled_periods_total")} / ${rate("container_cpu_cfs_periods_total")}`;
};

/** Memory usage divided by the limit, for containers with a limit. */
export const memoryOfLimit = (selector: string, by: string) =>
    `max by (${by}) (container_memory_working_set_bytes{${selector}, ${realContainers}} / (container_spec_memory_limit_bytes{${selector}, ${realContainers}} > 0))`;

/** CPU usage divided by the limit, for containers with a limit. */
export const cpuOfLimit = (selector: string, by: string) =>
    `sum by (${by}) (rate(container_cpu_usage_seconds_total{${selector}, ${realContainers}}[$__rate_interval])) / sum by (${by}) ((container_spec_cpu_quota{${selector}, ${realContainers}} > 0) / container_spec_cpu_period{${selector}, ${realContainers}})`;

/** Number of container restarts in the selected time range. */
export const restarts = (selector: string, by: string) =>
    `sum by (${by}) (changes(max by (cluster, namespace, pod, container) (container_start_time_seconds{${selector}, ${realContainers}})[$__range:1m]))`;

export const received = (selector: string, by: string) =>
    `sum by (${by}) (rate(container_network_receive_bytes_total{${selector}, ${realPods}}[$__rate_interval]))`;
export const transmitted = (selector: string, by: string) =>
    `sum by (${by}) (rate(container_network_transmit_bytes_total{${selector}, ${realPods}}[$__rate_interval]))`;
