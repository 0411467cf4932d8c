import type { RuleFile } from "../define";

const of = 'job="kafka"';
const by = (...labels: string[]) => `by (${["cluster", "namespace", "service_name", ...labels].join(", ")})`;

export default {
    group: "kafka",
    needs: ["kafka"],
    dashboard: "kafka-consumers",
    description: "Kafka clusters: reachability, replication and the lag of consumer groups.",
    rules: [
        {
            alert: "KafkaDown",
            severity: "critical",
            for: "3m",
            summary: "{{ $labels.service_name }}: Alloy cannot read the metrics of the Kafka cluster",
            // The exporter remembers the topics of a cluster that does not respond any more.
            expr: () => `
                max ${by()} (up{${of}}) == 0
                or (max ${by()} (kafka_topic_partitions{${of}}) unless max ${by()} (kafka_topic_partition_current_offset{${of}}))`,
        },
        {
            alert: "KafkaConsumerGroupLag",
            severity: "warning",
            for: "15m",
            threshold: { default: 10000, unit: "messages" },
            summary:
                "{{ $labels.service_name }}: the consumer group {{ $labels.consumergroup }} is {{ $value | humanize }} messages of {{ $labels.topic }} behind",
            expr: (messages) =>
                `max ${by("consumergroup", "topic")} (kafka_consumergroup_uncommitted_offsets_sum{${of}}) > ${messages}`,
        },
        {
            alert: "KafkaConsumerGroupNotConsuming",
            severity: "critical",
            for: "15m",
            summary:
                "{{ $labels.service_name }}: the consumer group {{ $labels.consumergroup }} reads nothing of {{ $labels.topic }}, and {{ $value | humanize }} messages wait",
            expr: () => `
                max ${by("consumergroup", "topic")} (kafka_consumergroup_uncommitted_offsets_sum{${of}}) > 0
                and max ${by("consumergroup", "topic")} (delta(kafka_consumergroup_current_offset_sum{${of}}[10m])) == 0`,
        },
        {
            alert: "KafkaUnderReplicatedPartitions",
            severity: "warning",
            for: "10m",
            summary:
                "{{ $labels.service_name }}: {{ $value }} partitions of {{ $labels.topic }} have fewer replicas in sync than configured",
            expr: () => `sum ${by("topic")} (kafka_topic_partition_under_replicated_partition{${of}}) > 0`,
        },
        {
            alert: "KafkaPartitionWithoutLeader",
            severity: "critical",
            for: "5m",
            summary: "{{ $labels.service_name }}: {{ $value }} partitions of {{ $labels.topic }} have no leader",
            expr: () => `count ${by("topic")} (kafka_topic_partition_leader{${of}} < 0) > 0`,
        },
    ],
} satisfies RuleFile;
