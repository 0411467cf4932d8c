import type { RuleFile } from "../define";

const realContainers = 'job="cadvisor", container!="", container!="POD"';

export default {
    group: "usage",
    needs: ["alloyMetrics"],
    dashboard: "kubernetes-cluster",
    description: "CPU, memory and network usage of nodes and namespaces.",
    rules: [
        {
            record: "namespace:container_cpu_usage_cores:rate5m",
            expr: `sum by (cluster, namespace) (rate(container_cpu_usage_seconds_total{${realContainers}}[5m]))`,
        },
        {
            record: "namespace:container_memory_working_set_bytes:sum",
            expr: `sum by (cluster, namespace) (container_memory_working_set_bytes{${realContainers}})`,
        },
        {
            record: "namespace:container_network_receive_bytes:rate5m",
            expr: 'sum by (cluster, namespace) (rate(container_network_receive_bytes_total{job="cadvisor", namespace!=""}[5m]))',
        },
        {
            record: "namespace:container_network_transmit_bytes:rate5m",
            expr: 'sum by (cluster, namespace) (rate(container_network_transmit_bytes_total{job="cadvisor", namespace!=""}[5m]))',
        },
        {
            record: "node:cpu_utilisation:ratio_rate5m",
            expr: '1 - avg by (cluster, node) (rate(node_cpu_seconds_total{job="node", mode="idle"}[5m]))',
        },
        {
            record: "node:memory_utilisation:ratio",
            expr: '1 - min by (cluster, node) (node_memory_MemAvailable_bytes{job="node"}) / min by (cluster, node) (node_memory_MemTotal_bytes{job="node"})',
        },
    ],
} satisfies RuleFile;
