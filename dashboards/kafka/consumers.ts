import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { stat, table, timeSeries } from "../lib/panels";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster, multiValueVariable } from "../lib/variables";

const of = `${inCluster}, job="kafka", service_name=~"$kafka"`;
const topic = `${of}, topic=~"$topic"`;
const lag = (by: string) => `max by (${by}) (kafka_consumergroup_uncommitted_offsets_sum{${topic}})`;
/** The increase of an offset per second. Offsets are gauges. */
const rate = (metric: string, by: string) => `sum by (${by}) (deriv(${metric}{${topic}}[$__rate_interval]))`;

/** Topics and consumer groups of Kafka clusters. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "kafka-consumers",
            title: "Kafka",
            description:
                "Lag of consumer groups, messages and partitions of Kafka clusters, and of the Redpanda of the stack.",
            variables: [
                cluster(),
                multiValueVariable(
                    "kafka",
                    "Kafka cluster",
                    `label_values(up{${inCluster}, job="kafka"}, service_name)`,
                ),
                multiValueVariable("topic", "Topic", `label_values(kafka_topic_partitions{${of}}, topic)`),
            ],
            drilldown: {
                dashboards: { "platform-service-map": "Service map" },
                traces: '{ resource.cluster = "$cluster" && span.messaging.system = "kafka" }',
            },
        },
        row(
            "Kafka status",
            stat("Unreachable clusters", {
                description: "Clusters whose metrics Alloy cannot read. Normal is 0.",
                unit: unit.count,
                queries: { clusters: `sum(up{${of}} == bool 0)` },
                criticalAbove: 1,
            }),
            stat("Brokers", {
                description: "The number of brokers.",
                unit: unit.count,
                queries: { brokers: `sum(max by (service_name) (kafka_brokers{${of}}))` },
            }),
            stat("Highest lag", {
                description: "Messages that the slowest consumer group has not read yet.",
                unit: unit.count,
                queries: { lag: `max(${lag("consumergroup")})` },
                warnAbove: 10000,
            }),
            stat("Under-replicated partitions", {
                description: "Partitions with fewer replicas in sync than configured. Normal is 0.",
                unit: unit.count,
                queries: { partitions: `sum(kafka_topic_partition_under_replicated_partition{${topic}})` },
                warnAbove: 1,
            }),
        ),
        row(
            "Consumer groups",
            table("Consumer groups", {
                description:
                    "Each consumer group and topic with its lag, the rate at which it reads, and the estimated delay.",
                width: 24,
                sortBy: "Lag",
                columns: {
                    Lag: { query: lag("service_name, consumergroup, topic"), unit: unit.count, warnAbove: 10000 },
                    Read: {
                        query: `sum by (service_name, consumergroup, topic) (deriv(kafka_consumergroup_current_offset_sum{${topic}}[5m]))`,
                        unit: unit.perSecond,
                    },
                    Delay: {
                        query: `max by (service_name, consumergroup, topic) (kafka_consumer_lag_millis{${topic}}) / 1000`,
                        unit: unit.seconds,
                    },
                },
            }),
            timeSeries("Lag", {
                description:
                    "Messages that a consumer group has not read yet. A lag that grows means that the consumer is too slow, or has stopped.",
                unit: unit.count,
                queries: { "{{consumergroup}} {{topic}}": lag("consumergroup, topic") },
            }),
            timeSeries("Delay", {
                description: "The estimated age of the message that a consumer group reads next.",
                unit: unit.seconds,
                queries: {
                    "{{consumergroup}} {{topic}}": `max by (consumergroup, topic) (kafka_consumer_lag_millis{${topic}}) / 1000`,
                },
            }),
            timeSeries("Members", {
                description: "Consumers in each group. More members than partitions are idle.",
                unit: unit.count,
                queries: { "{{consumergroup}}": `max by (consumergroup) (kafka_consumergroup_members{${of}})` },
            }),
        ),
        row(
            "Topics",
            timeSeries("Messages in", {
                description: "Messages per second that producers write.",
                unit: unit.perSecond,
                queries: { "{{topic}}": rate("kafka_topic_partition_current_offset", "topic") },
            }),
            timeSeries("Messages out", {
                description: "Messages per second that consumer groups confirm.",
                unit: unit.perSecond,
                queries: { "{{consumergroup}}": rate("kafka_consumergroup_current_offset_sum", "consumergroup") },
            }),
            timeSeries("Partitions without leader", {
                description: "Partitions that can be neither written nor read. Normal is 0.",
                unit: unit.count,
                empty: "All partitions have a leader",
                queries: { "{{topic}}": `count by (topic) (kafka_topic_partition_leader{${topic}} < 0)` },
            }),
        ),
    );
