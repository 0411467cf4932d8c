import type { Cases } from "../case";
import { seriesOf, stackLabels, value } from "../series";

const broker = { job: "redpanda", pod: "redpanda-0" };

export default {
    RedpandaUnavailablePartitions: {
        after: "30m",
        fires: { [seriesOf("redpanda_cluster_unavailable_partitions", broker)]: value(2) },
        labels: stackLabels,
        summary: "Redpanda: 2 partitions are unavailable",
        silent: { [seriesOf("redpanda_cluster_unavailable_partitions", broker)]: "2x3 0x300" },
    },
    RedpandaUnderReplicatedReplicas: {
        after: "30m",
        fires: {
            [seriesOf("redpanda_kafka_under_replicated_replicas", { ...broker, redpanda_topic: "created" })]: value(1),
        },
        labels: { ...stackLabels, redpanda_topic: "created" },
        summary: "Redpanda: 1 replicas of created are behind their leader",
        silent: {
            [seriesOf("redpanda_kafka_under_replicated_replicas", { ...broker, redpanda_topic: "created" })]: value(0),
        },
    },
    RedpandaDiskAlmostFull: {
        after: "30m",
        fires: {
            [seriesOf("redpanda_storage_disk_free_bytes", broker)]: value(10),
            [seriesOf("redpanda_storage_disk_total_bytes", broker)]: value(100),
        },
        labels: { ...stackLabels, pod: "redpanda-0" },
        summary: "redpanda-0: 10% of the volume of Redpanda is free",
        silent: {
            [seriesOf("redpanda_storage_disk_free_bytes", broker)]: value(50),
            [seriesOf("redpanda_storage_disk_total_bytes", broker)]: value(100),
        },
    },
    RedpandaMemoryLow: {
        after: "30m",
        fires: {
            [seriesOf("redpanda_memory_available_memory", { ...broker, shard: "0" })]: value(2),
            [seriesOf("redpanda_memory_allocated_memory", { ...broker, shard: "0" })]: value(99),
            [seriesOf("redpanda_memory_free_memory", { ...broker, shard: "0" })]: value(1),
        },
        labels: { ...stackLabels, pod: "redpanda-0" },
        summary: "redpanda-0: 2% of the memory of Redpanda is available",
        // Redpanda fills its cache, which it can free.
        silent: {
            [seriesOf("redpanda_memory_available_memory", { ...broker, shard: "0" })]: value(60),
            [seriesOf("redpanda_memory_allocated_memory", { ...broker, shard: "0" })]: value(99),
            [seriesOf("redpanda_memory_free_memory", { ...broker, shard: "0" })]: value(1),
        },
    },
} satisfies Cases;
