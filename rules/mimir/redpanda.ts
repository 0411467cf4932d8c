import type { RuleFile } from "../define";

const of = 'job="redpanda"';
const broker = "by (cluster, namespace, pod)";

export default {
    group: "redpanda",
    needs: ["redpanda", "alloyMetrics"],
    dashboard: "kafka-redpanda",
    description: "The brokers of Redpanda: partitions, volumes and memory.",
    rules: [
        {
            alert: "RedpandaUnavailablePartitions",
            severity: "critical",
            for: "5m",
            summary: "Redpanda: {{ $value }} partitions are unavailable",
            expr: () => `max by (cluster, namespace) (redpanda_cluster_unavailable_partitions{${of}}) > 0`,
        },
        {
            alert: "RedpandaUnderReplicatedReplicas",
            severity: "warning",
            for: "10m",
            summary: "Redpanda: {{ $value }} replicas of {{ $labels.redpanda_topic }} are behind their leader",
            expr: () =>
                `sum by (cluster, namespace, redpanda_topic) (redpanda_kafka_under_replicated_replicas{${of}}) > 0`,
        },
        {
            alert: "RedpandaDiskAlmostFull",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.2, unit: "ratio of free space, from 0 to 1" },
            summary: "{{ $labels.pod }}: {{ $value | humanizePercentage }} of the volume of Redpanda is free",
            expr: (ratio) =>
                `min ${broker} (redpanda_storage_disk_free_bytes{${of}}) / min ${broker} (redpanda_storage_disk_total_bytes{${of}}) < ${ratio}`,
        },
        {
            alert: "RedpandaMemoryLow",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of available memory, from 0 to 1" },
            summary: "{{ $labels.pod }}: {{ $value | humanizePercentage }} of the memory of Redpanda is available",
            expr: (ratio) =>
                `sum ${broker} (redpanda_memory_available_memory{${of}}) / (sum ${broker} (redpanda_memory_allocated_memory{${of}}) + sum ${broker} (redpanda_memory_free_memory{${of}})) < ${ratio}`,
        },
    ],
} satisfies RuleFile;
