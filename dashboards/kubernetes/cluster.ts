import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { lines, number, rows } from "../lib/panels";
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
    board(
        {
            uid: "kubernetes-cluster",
            title: "Cluster",
            about: "Nodes, namespaces and what they use, in one cluster.",
            variables: [cluster()],
            behind: {
                dashboards: { "platform-overview": "Platform overview" },
                logs: `{${inCluster}, namespace="kube-system"}`,
            },
        },
        row(
            "Is the cluster well?",
            number("Nodes", {
                about: "Nodes whose kubelet answers.",
                unit: unit.count,
                show: { nodes: `sum(up{${inCluster}, job="kubelet"})` },
            }),
            number("Nodes that do not answer", {
                about: "None is normal.",
                unit: unit.count,
                show: { silent: `sum(up{${inCluster}, job="kubelet"} == bool 0)` },
                badAbove: 1,
            }),
            number("Pods", {
                about: "Pods that run.",
                unit: unit.count,
                show: { pods: `sum(kubelet_running_pods{${inCluster}})` },
            }),
            number("CPU", {
                about: "Share of all nodes' cores that is used.",
                unit: unit.ratio,
                show: { used: cpuUsed("cluster") },
                warnAbove: 0.8,
                badAbove: 0.9,
            }),
            number("Memory", {
                about: "Share of all nodes' memory that is used.",
                unit: unit.ratio,
                show: { used: memoryUsed("cluster") },
                warnAbove: 0.8,
                badAbove: 0.9,
            }),
            number("Containers killed for memory", {
                about: "In the time shown.",
                unit: unit.count,
                show: { killed: `sum(increase(container_oom_events_total{${inCluster}}[$__range]))` },
                badAbove: 1,
            }),
        ),
        row(
            "Which node is short of something?",
            rows("Nodes", {
                about: "A click shows the node.",
                width: 24,
                columns: {
                    CPU: { show: cpuUsed("node"), unit: unit.ratio, warnAbove: 0.8, badAbove: 0.9 },
                    Memory: { show: memoryUsed("node"), unit: unit.ratio, warnAbove: 0.8, badAbove: 0.9 },
                    "Fullest file system": {
                        show: `max by (node) (1 - node_filesystem_avail_bytes{${inCluster}, fstype!~"tmpfs|overlay|squashfs"} / (node_filesystem_size_bytes{${inCluster}, fstype!~"tmpfs|overlay|squashfs"} > 0))`,
                        unit: unit.ratio,
                        warnAbove: 0.75,
                        badAbove: 0.9,
                    },
                    "Load by core": {
                        show: `max by (node) (node_load5{${inCluster}}) / count by (node) (node_cpu_seconds_total{${inCluster}, mode="idle"})`,
                        unit: unit.none,
                        warnAbove: 1.5,
                    },
                    Pods: { show: `sum by (node) (kubelet_running_pods{${inCluster}})`, unit: unit.count },
                },
                open: { node: { dashboard: "kubernetes-node", variables: { node: "node" } } },
            }),
        ),
        row(
            "Which namespace uses what?",
            rows("Namespaces", {
                about: "A click shows the namespace.",
                width: 24,
                columns: {
                    CPU: { show: pods.cpu(inCluster, "namespace"), unit: unit.cores },
                    Memory: { show: pods.memory(inCluster, "namespace"), unit: unit.bytes },
                    Received: { show: pods.received(inCluster, "namespace"), unit: unit.bytesPerSecond },
                    Sent: { show: pods.transmitted(inCluster, "namespace"), unit: unit.bytesPerSecond },
                    Pods: {
                        show: `count by (namespace) (sum by (namespace, pod) (container_memory_working_set_bytes{${inCluster}, ${pods.real}}))`,
                        unit: unit.count,
                    },
                },
                open: { namespace: { dashboard: "kubernetes-namespace", variables: { namespace: "namespace" } } },
            }),
            lines("CPU by namespace", {
                about: "Cores.",
                unit: unit.cores,
                width: 12,
                stacked: true,
                show: { "{{namespace}}": pods.cpu(inCluster, "namespace") },
            }),
            lines("Memory by namespace", {
                about: "What containers hold and cannot give back.",
                unit: unit.bytes,
                width: 12,
                stacked: true,
                show: { "{{namespace}}": pods.memory(inCluster, "namespace") },
            }),
        ),
        row(
            "Do kubelets do their work?",
            lines("Failed runtime operations", {
                about: "By operation. A few of container_status are normal while pods come and go.",
                unit: unit.perSecond,
                show: {
                    "{{operation_type}} failed": `sum by (operation_type) (rate(kubelet_runtime_operations_errors_total{${inCluster}}[$__rate_interval]))`,
                },
            }),
            lines("Start of pods, 95th percentile", {
                about: "Without the time for images.",
                unit: unit.seconds,
                show: {
                    start: `histogram_quantile(0.95, sum by (le) (rate(kubelet_pod_start_sli_duration_seconds_bucket{${inCluster}}[$__rate_interval])))`,
                },
            }),
            lines("Evictions", {
                about: "Pods that a node had to throw out, by what it was short of.",
                unit: unit.perSecond,
                show: {
                    "{{eviction_signal}} evicted": `sum by (eviction_signal) (rate(kubelet_evictions{${inCluster}}[$__rate_interval]))`,
                },
            }),
        ),
    );
