/** What cAdvisor tells of containers and pods. */

// Kubernetes makes the ends of names of these letters and digits only.
const random = "[bcdfghjklmnpqrstvwxz2456789]";
const workloadInPod = `(.+?)(?:-${random}{6,10})?-(?:${random}{5}|[0-9]+)`;

/** Adds the label `workload` to a vector that has the label `pod`: the Deployment, StatefulSet, DaemonSet or Job by its name. */
export function withWorkload(vector: string): string {
    const itself = `label_replace(${vector}, "workload", "$1", "pod", "(.+)")`;
    return `label_replace(${itself}, "workload", "$1", "pod", "${workloadInPod}")`;
}

/** Finds the workloads in the names of pods, for a variable. */
export const workloadsOfPods = `/^${workloadInPod}$/`;

/** Pods of the workload that a variable names. */
export const podsOfWorkload = `pod=~"$workload(-${random}{6,10})?-(${random}{5}|[0-9]+)|$workload"`;

/** Of containers, without the one that only holds a pod's network and without sums. */
export const real = 'container!="", container!="POD"';

export const cpu = (selector: string, by: string) =>
    `sum by (${by}) (rate(container_cpu_usage_seconds_total{${selector}, ${real}}[$__rate_interval]))`;
export const memory = (selector: string, by: string) =>
    `sum by (${by}) (container_memory_working_set_bytes{${selector}, ${real}})`;

/** Share of time slices in which a container had used up its limit. */
export const throttled = (selector: string, by: string) => {
    const rate = (metric: string) => `sum by (${by}) (rate(${metric}{${selector}, ${real}}[$__rate_interval]))`;
    return `${rate("container_cpu_cfs_throttled_periods_total")} / ${rate("container_cpu_cfs_periods_total")}`;
};

/** Memory as a share of the limit, of containers that have one. */
export const memoryOfLimit = (selector: string, by: string) =>
    `max by (${by}) (container_memory_working_set_bytes{${selector}, ${real}} / (container_spec_memory_limit_bytes{${selector}, ${real}} > 0))`;

/** CPU as a share of the limit, of containers that have one. */
export const cpuOfLimit = (selector: string, by: string) =>
    `sum by (${by}) (rate(container_cpu_usage_seconds_total{${selector}, ${real}}[$__rate_interval])) / sum by (${by}) ((container_spec_cpu_quota{${selector}, ${real}} > 0) / container_spec_cpu_period{${selector}, ${real}})`;

/** How often containers were started again in the time shown. */
export const restarts = (selector: string, by: string) =>
    `sum by (${by}) (changes(max by (cluster, namespace, pod, container) (container_start_time_seconds{${selector}, ${real}})[$__range:1m]))`;

export const received = (selector: string, by: string) =>
    `sum by (${by}) (rate(container_network_receive_bytes_total{${selector}}[$__rate_interval]))`;
export const transmitted = (selector: string, by: string) =>
    `sum by (${by}) (rate(container_network_transmit_bytes_total{${selector}}[$__rate_interval]))`;
