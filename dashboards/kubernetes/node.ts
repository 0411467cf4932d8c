import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { node } from "../lib/kubernetes-variables";
import { stat, table, timeSeries } from "../lib/panels";
import * as pods from "../lib/pods";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const selector = `${inCluster}, node="$node"`;
const fileSystems = `${selector}, fstype!~"tmpfs|overlay|squashfs"`;
const rate = (metric: string, by: string) => `sum by (${by}) (rate(${metric}{${selector}}[$__rate_interval]))`;

/** One node. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "kubernetes-node",
            title: "Node",
            description: "CPU, memory, disks and pods of one node.",
            variables: [cluster(), node()],
            drilldown: {
                dashboards: { "kubernetes-cluster": "Cluster" },
                logs: `{${inCluster}, namespace="kube-system"}`,
            },
        },
        row(
            "Node status",
            stat("CPU utilization", {
                description: "The percentage of the CPU cores that is used.",
                unit: unit.ratio,
                queries: { used: `1 - avg(rate(node_cpu_seconds_total{${selector}, mode="idle"}[$__rate_interval]))` },
                warnAbove: 0.8,
                criticalAbove: 0.9,
            }),
            stat("Memory utilization", {
                description: "The percentage of the memory that is used.",
                unit: unit.ratio,
                queries: {
                    used: `1 - sum(node_memory_MemAvailable_bytes{${selector}}) / sum(node_memory_MemTotal_bytes{${selector}})`,
                },
                warnAbove: 0.8,
                criticalAbove: 0.9,
            }),
            stat("Load average per core", {
                description:
                    "The number of processes that run or wait for CPU or disk, averaged over five minutes and divided by the number of cores. Above 1, processes wait.",
                unit: unit.none,
                queries: {
                    load: `sum(node_load5{${selector}}) / count(node_cpu_seconds_total{${selector}, mode="idle"})`,
                },
                warnAbove: 1.5,
            }),
            stat("Running pods", {
                description: "The number of pods that run on the node. The default limit of Kubernetes is 110.",
                unit: unit.count,
                queries: { pods: `sum(kubelet_running_pods{${selector}})` },
                warnAbove: 100,
            }),
            stat("Uptime", {
                description: "The time since the last boot of the node.",
                unit: unit.seconds,
                queries: { uptime: `time() - max(node_boot_time_seconds{${selector}})` },
            }),
            timeSeries("CPU usage by mode", {
                description:
                    "CPU cores by mode. iowait: the CPU waits for disks. steal: the hypervisor uses the CPU for other machines.",
                unit: unit.cores,
                stacked: true,
                queries: {
                    "{{mode}}": `sum by (mode) (rate(node_cpu_seconds_total{${selector}, mode!="idle"}[$__rate_interval]))`,
                },
            }),
            timeSeries("Memory usage", {
                description: "Total memory, available memory and page cache, in bytes.",
                unit: unit.bytes,
                queries: {
                    total: `sum(node_memory_MemTotal_bytes{${selector}})`,
                    available: `sum(node_memory_MemAvailable_bytes{${selector}})`,
                    "page cache": `sum(node_memory_Cached_bytes{${selector}})`,
                },
            }),
            timeSeries("Pressure stall information", {
                description: "The percentage of time in which at least one process waited for CPU, memory or disk.",
                unit: unit.ratio,
                queries: {
                    CPU: rate("node_pressure_cpu_waiting_seconds_total", "node"),
                    memory: rate("node_pressure_memory_waiting_seconds_total", "node"),
                    disk: rate("node_pressure_io_waiting_seconds_total", "node"),
                },
            }),
        ),
        row(
            "Disks",
            timeSeries("Filesystem usage", {
                description: "The percentage of each filesystem that is used. Near 100 % the kubelet evicts pods.",
                unit: unit.ratio,
                max: 1,
                criticalAbove: 0.9,
                queries: {
                    "{{mountpoint}}": `max by (mountpoint) (1 - node_filesystem_avail_bytes{${fileSystems}} / (node_filesystem_size_bytes{${fileSystems}} > 0))`,
                },
            }),
            timeSeries("Inode usage", {
                description:
                    "The percentage of the inodes that is used. Many small files can use all inodes before the disk is full.",
                unit: unit.ratio,
                max: 1,
                criticalAbove: 0.9,
                queries: {
                    "{{mountpoint}}": `max by (mountpoint) (1 - node_filesystem_files_free{${fileSystems}} / (node_filesystem_files{${fileSystems}} > 0))`,
                },
            }),
            timeSeries("Disk utilization", {
                description: "The percentage of time in which the disk processed requests.",
                unit: unit.ratio,
                max: 1,
                queries: { "{{device}}": rate("node_disk_io_time_seconds_total", "device") },
            }),
            timeSeries("Disk throughput", {
                description: "Bytes per second that each disk reads and writes.",
                unit: unit.bytesPerSecond,
                queries: {
                    "{{device}} read": rate("node_disk_read_bytes_total", "device"),
                    "{{device}} written": rate("node_disk_written_bytes_total", "device"),
                },
            }),
            timeSeries("File descriptor usage", {
                description: "The percentage of the file descriptors of the node that is used.",
                unit: unit.ratio,
                max: 1,
                queries: { used: `max(node_filefd_allocated{${selector}} / node_filefd_maximum{${selector}})` },
            }),
            timeSeries("Maximum clock error", {
                description:
                    "Seconds by which the clock of the node can be wrong. Different clocks change the order of spans and log entries.",
                unit: unit.seconds,
                queries: { "maximum error": `max(node_timex_maxerror_seconds{${selector}})` },
            }),
        ),
        row(
            "Pods",
            table("Pods", {
                description: "CPU and memory of each pod on the node. Click a pod to open its dashboard.",
                width: 24,
                height: 10,
                columns: {
                    CPU: { query: pods.cpu(selector, "namespace, pod"), unit: unit.cores },
                    Memory: { query: pods.memory(selector, "namespace, pod"), unit: unit.bytes },
                },
                links: {
                    pod: { dashboard: "kubernetes-pod", variables: { namespace: "namespace", pod: "pod" } },
                    namespace: { dashboard: "kubernetes-namespace", variables: { namespace: "namespace" } },
                },
            }),
        ),
    );
