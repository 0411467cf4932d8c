import type { Cases } from "../case";
import { series, value } from "../series";

const orders = { cluster: "c", namespace: "shop", service_name: "orders" };

/** A series of the exporter of Kafka. */
function kafka(metric: string, labels: Record<string, string> = {}): string {
    return series(metric, { ...orders, job: "kafka", instance: "orders", ...labels });
}

const group = { consumergroup: "mailer", topic: "created" };

export default {
    KafkaDown: {
        after: "10m",
        fires: {
            [kafka("up")]: value(1),
            [kafka("kafka_topic_partitions", { topic: "created" })]: value(3),
        },
        labels: orders,
        summary: "orders: Alloy cannot read the metrics of the Kafka cluster",
        // A cluster, and one without topics.
        silent: {
            [kafka("up")]: value(1),
            [kafka("kafka_topic_partitions", { topic: "created" })]: value(3),
            [kafka("kafka_topic_partition_current_offset", { topic: "created", partition: "0" })]: value(7),
            [series("up", { ...orders, service_name: "empty", job: "kafka" })]: value(1),
        },
    },
    KafkaConsumerGroupLag: {
        after: "30m",
        fires: { [kafka("kafka_consumergroup_uncommitted_offsets_sum", group)]: value(20000) },
        labels: { ...orders, ...group },
        summary: "orders: the consumer group mailer is 20k messages of created behind",
        silent: { [kafka("kafka_consumergroup_uncommitted_offsets_sum", group)]: value(500) },
    },
    KafkaConsumerGroupNotConsuming: {
        after: "1h",
        fires: {
            [kafka("kafka_consumergroup_uncommitted_offsets_sum", group)]: "0+5x300",
            [kafka("kafka_consumergroup_current_offset_sum", group)]: value(100),
        },
        labels: { ...orders, ...group },
        summary: "orders: the consumer group mailer reads nothing of created, and 300 messages wait",
        silent: {
            [kafka("kafka_consumergroup_uncommitted_offsets_sum", group)]: value(5),
            [kafka("kafka_consumergroup_current_offset_sum", group)]: "0+100x300",
        },
    },
    KafkaUnderReplicatedPartitions: {
        after: "30m",
        fires: {
            [kafka("kafka_topic_partition_under_replicated_partition", { topic: "created", partition: "0" })]: value(1),
            [kafka("kafka_topic_partition_under_replicated_partition", { topic: "created", partition: "1" })]: value(1),
        },
        labels: { ...orders, topic: "created" },
        summary: "orders: 2 partitions of created have fewer replicas in sync than configured",
        silent: {
            [kafka("kafka_topic_partition_under_replicated_partition", { topic: "created", partition: "0" })]:
                "1x5 0x300",
        },
    },
    KafkaPartitionWithoutLeader: {
        after: "30m",
        fires: { [kafka("kafka_topic_partition_leader", { topic: "created", partition: "0" })]: value(-1) },
        labels: { ...orders, topic: "created" },
        summary: "orders: 1 partitions of created have no leader",
        silent: { [kafka("kafka_topic_partition_leader", { topic: "created", partition: "0" })]: value(0) },
    },
} satisfies Cases;
