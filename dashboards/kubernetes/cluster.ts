import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { stat, table, timeSeries } from "../lib/panels";
import * as pods from "../lib/pods";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const cpuUsed = (by: string) =>
    `1 - avg by (${by}) (rate(node_cpu_seconds_total{${inCluster}, mode="idle"}[$__rate_interval]))`;
const memoryUsed = (by: string) =>
    `1 - sum by (${by}) (node_memory_MemAvailable_bytes{${inCluster}}) / sum by (${by}) (node_memory_MemTotal_bytes{${inCluster}})`;

/** The cluster as a whole. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "kubernetes-cluster",
            title: "Cluster",
            description: "Nodes and namespaces of one cluster, with their CPU, memory and network usage.",
            variables: [cluster()],
            drilldown: {
                dashboards: { "platform-overview": "Platform overview" },
                logs: `{${inCluster}, namespace="kube-system"}`,
            },
        },
        row(
            "Cluster status",
            stat("Nodes up", {
                description: "The number of nodes whose kubelet can be scraped.",
                unit: unit.count,
                queries: { nodes: `sum(up{${inCluster}, job="kubelet"})` },
            }),
            stat("Nodes down", {
                description: "The number of nodes whose kubelet cannot be scraped. Normal is 0.",
                unit: unit.count,
                queries: { down: `sum(up{${inCluster}, job="kubelet"} == bool 0)` },
                criticalAbove: 1,
            }),
            stat("Running pods", {
                description: "The number of pods that run, as the kubelets report it.",
                unit: unit.count,
                queries: { pods: `sum(kubelet_running_pods{${inCluster}})` },
            }),
            stat("CPU utilization", {
                description: "The percentage of the CPU cores of all nodes that is used.",
                unit: unit.ratio,
                queries: { used: cpuUsed("cluster") },
                warnAbove: 0.8,
                criticalAbove: 0.9,
            }),
            stat("Memory utilization", {
                description: "The percentage of the memory of all nodes that is used.",
                unit: unit.ratio,
                queries: { used: memoryUsed("cluster") },
                warnAbove: 0.8,
                criticalAbove: 0.9,
            }),
            stat("OOM kills", {
                description: "The number of OOM kills of containers in the selected time range. Normal is 0.",
                unit: unit.count,
                queries: { "OOM kills": `sum(increase(container_oom_events_total{${inCluster}}[$__range]))` },
                criticalAbove: 1,
            }),
        ),
        row(
            "Nodes",
            table("Nodes", {
                description: "CPU, memory, filesystems and load of each node. Click a node to open its dashboard.",
                width: 24,
                columns: {
                    CPU: { query: cpuUsed("node"), unit: unit.ratio, warnAbove: 0.8, criticalAbove: 0.9 },
                    Memory: { query: memoryUsed("node"), unit: unit.ratio, warnAbove: 0.8, criticalAbove: 0.9 },
                    "Highest filesystem usage": {
                        query: `max by (node) (1 - node_filesystem_avail_bytes{${inCluster}, fstype!~"tmpfs|overlay|squashfs"} / (node_filesystem_size_bytes{${inCluster}, fstype!~"tmpfs|overlay|squashfs"} > 0))`,
                        unit: unit.ratio,
                        warnAbove: 0.75,
                        criticalAbove: 0.9,
                    },
                    "Load per core": {
                        query: `max by (node) (node_load5{${inCluster}}) / count by (node) (node_cpu_seconds_total{${inCluster}, mode="idle"})`,
                        unit: unit.none,
                        warnAbove: 1.5,
                    },
                    Pods: { query: `sum by (node) (kubelet_running_pods{${inCluster}})`, unit: unit.count },
                },
                links: { node: { dashboard: "kubernetes-node", variables: { node: "node" } } },
            }),
        ),
        row(
            "Namespaces",
            table("Namespaces", {
                description:
                    "CPU, memory, network and pods of each namespace. Click a namespace to open its dashboard.",
                width: 24,
                columns: {
                    CPU: { query: pods.cpu(inCluster, "namespace"), unit: unit.cores },
                    Memory: { query: pods.memory(inCluster, "namespace"), unit: unit.bytes },
                    Received: { query: pods.received(inCluster, "namespace"), unit: unit.bytesPerSecond },
                    Sent: { query: pods.transmitted(inCluster, "namespace"), unit: unit.bytesPerSecond },
                    Pods: {
                        query: `count by (namespace) (sum by (namespace, pod) (container_memory_working_set_bytes{${inCluster}, ${pods.realContainers}}))`,
                        unit: unit.count,
                    },
                },
                links: { namespace: { dashboard: "kubernetes-namespace", variables: { namespace: "namespace" } } },
            }),
            timeSeries("CPU usage by namespace", {
                description: "CPU cores that the containers use.",
                unit: unit.cores,
                width: 12,
                stacked: true,
                queries: { "{{namespace}}": pods.cpu(inCluster, "namespace") },
            }),
            timeSeries("Memory usage by namespace", {
                description: "Working set memory of the containers, in bytes. The kernel cannot reclaim this memory.",
                unit: unit.bytes,
                width: 12,
                stacked: true,
                queries: { "{{namespace}}": pods.memory(inCluster, "namespace") },
            }),
        ),
        row(
            "Kubelet",
            timeSeries("Failed runtime operations", {
                description:
                    "Failed operations of the container runtime per second. A few failures of container_status are normal while pods start and stop.",
                unit: unit.perSecond,
                queries: {
                    "{{operation_type}} failed": `sum by (operation_type) (rate(kubelet_runtime_operations_errors_total{${inCluster}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Pod start p95 duration", {
                description: "Seconds until a pod runs, without the time to pull images.",
                unit: unit.seconds,
                queries: {
                    p95: `histogram_quantile(0.95, sum by (le) (rate(kubelet_pod_start_sli_duration_seconds_bucket{${inCluster}}[$__rate_interval])))`,
                },
            }),
            timeSeries("Evictions", {
                description: "Pods per second that the kubelet evicted, by the resource that the node was short of.",
                unit: unit.perSecond,
                empty: "No evictions",
                queries: {
                    "{{eviction_signal}} evicted": `sum by (eviction_signal) (rate(kubelet_evictions{${inCluster}}[$__rate_interval]))`,
                },
            }),
        ),
    );
