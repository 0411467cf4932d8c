import { serviceNamespace } from "../service-namespace";
import { DatabaseTls, type KafkaArgs, KafkaMechanism } from "./args";

/** The exporters of Kafka clusters, with the scrapes of their metrics. `own` is the namespace of Alloy. */
export function kafkaExporters(clusters: readonly KafkaArgs[], cluster: string, own: string): string {
    return clusters
        .map((kafka) => {
            const name = kafka.name.replace(/-/g, "_");
            const namespace = serviceNamespace(hostOf(kafka), own);
            const labels: [string, string][] = [
                ["cluster", cluster],
                ["job", "kafka"],
                ["instance", kafka.name],
                ["service_name", kafka.name],
                ...(namespace === undefined ? [] : [["namespace", namespace] as [string, string]]),
            ];
            return `prometheus.exporter.kafka "${name}" {
${aligned(attributes(kafka))}
}

discovery.relabel "${name}" {
	targets = prometheus.exporter.kafka.${name}.targets

${labels.map(([label, value]) => `\trule {\n\t\ttarget_label = "${label}"\n\t\treplacement  = ${JSON.stringify(value)}\n\t}`).join("\n\n")}
}

prometheus.scrape "${name}" {
	targets         = discovery.relabel.${name}.output
	scrape_interval = "30s"
	forward_to      = [prometheus.relabel.kafka.receiver]
}
`;
        })
        .join("\n");
}

/** The logins of Kafka clusters as environment variables, in the format of Kubernetes. Only these keys of the Secrets are visible to Alloy. */
export function kafkaEnv(clusters: readonly KafkaArgs[]): object[] {
    return clusters.flatMap((kafka) => {
        const { existingSecret, usernameKey = "username", passwordKey = "password" } = kafka;
        const variable = (suffix: "USERNAME" | "PASSWORD", key: string) => ({
            name: variableName(kafka, suffix),
            valueFrom: { secretKeyRef: { name: existingSecret, key } },
        });
        return existingSecret === undefined
            ? []
            : [variable("USERNAME", usernameKey), variable("PASSWORD", passwordKey)];
    });
}

// A name is a DNS label, so that each one has its own identifiers.
function variableName({ name }: KafkaArgs, suffix: string): string {
    return `KAFKA_${name.toUpperCase().replace(/-/g, "_")}_${suffix}`;
}

function hostOf({ brokers: [first = ""] }: KafkaArgs): string {
    return first.replace(/:\d+$/, "");
}

function attributes(kafka: KafkaArgs): [name: string, value: string][] {
    const { name, brokers, existingSecret, mechanism = KafkaMechanism.ScramSha512 } = kafka;
    const isService = serviceNamespace(hostOf(kafka), "own") !== undefined;
    const tls = kafka.tls ?? (isService ? DatabaseTls.Disable : DatabaseTls.Verify);
    const variable = (suffix: string) => `sys.env("${variableName(kafka, suffix)}")`;
    const optional = (applies: boolean, ...found: [string, string][]) => (applies ? found : []);
    return [
        ["kafka_uris", `[${brokers.map((broker) => JSON.stringify(broker)).join(", ")}]`],
        ["instance", JSON.stringify(name)],
        ...optional(
            existingSecret !== undefined,
            ["use_sasl", "true"],
            ["sasl_mechanism", JSON.stringify(mechanism)],
            ["sasl_username", variable("USERNAME")],
            ["sasl_password", variable("PASSWORD")],
        ),
        ...optional(tls !== DatabaseTls.Disable, ["use_tls", "true"]),
        ...optional(tls === DatabaseTls.Require, ["insecure_skip_verify", "true"]),
        // Internal topics, such as the offsets of consumer groups with 50 partitions.
        ["topics_exclude_regex", '"^__.*"'],
    ];
}

/** Attributes in the format of Alloy's formatter. */
function aligned(list: [name: string, value: string][]): string {
    const width = Math.max(...list.map(([name]) => name.length));
    return list.map(([name, value]) => `\t${name.padEnd(width)} = ${value}`).join("\n");
}
