import { DatabaseTls, type KafkaArgs, KafkaMechanism } from "./args";
import { type Attribute, exporterConfig, hostOf, identifier, isService, loginEnv, loginVariable } from "./exporters";

const prefix = "kafka";

/** The exporters of Kafka clusters, with the scrapes of their metrics. `own` is the namespace of Alloy. */
export function kafkaExporters(clusters: readonly KafkaArgs[], cluster: string, own: string): string {
    return exporterConfig(
        clusters.map((kafka) => ({
            component: "kafka",
            label: identifier(kafka.name),
            attributes: attributes(kafka),
            job: "kafka",
            instance: kafka.name,
            serviceName: kafka.name,
            host: firstHost(kafka),
            forwardTo: "prometheus.relabel.kafka",
        })),
        cluster,
        own,
    );
}

/** The logins of Kafka clusters as environment variables, in the format of Kubernetes. */
export function kafkaEnv(clusters: readonly KafkaArgs[]): object[] {
    return clusters.flatMap((kafka) =>
        loginEnv(prefix, kafka, {
            username: kafka.usernameKey ?? "username",
            password: kafka.passwordKey ?? "password",
        }),
    );
}

function firstHost({ brokers: [first = ""] }: KafkaArgs): string {
    return hostOf(first);
}

function attributes(kafka: KafkaArgs): Attribute[] {
    const { name, brokers, existingSecret, mechanism = KafkaMechanism.ScramSha512 } = kafka;
    const tls = kafka.tls ?? (isService(firstHost(kafka)) ? DatabaseTls.Disable : DatabaseTls.Verify);
    const variable = (part: "username" | "password") => `sys.env("${loginVariable(prefix, name, part)}")`;
    const optional = (applies: boolean, ...found: Attribute[]) => (applies ? found : []);
    return [
        ["kafka_uris", `[${brokers.map((broker) => JSON.stringify(broker)).join(", ")}]`],
        ["instance", JSON.stringify(name)],
        ...optional(
            existingSecret !== undefined,
            ["use_sasl", "true"],
            ["sasl_mechanism", JSON.stringify(mechanism)],
            ["sasl_username", variable("username")],
            ["sasl_password", variable("password")],
        ),
        ...optional(tls !== DatabaseTls.Disable, ["use_tls", "true"]),
        ...optional(tls === DatabaseTls.Require, ["insecure_skip_verify", "true"]),
        // Internal topics, such as the offsets of consumer groups with 50 partitions.
        ["topics_exclude_regex", '"^__.*"'],
    ];
}
