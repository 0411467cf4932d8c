import { serviceNamespace } from "../service-namespace";

/** An attribute of a component of Alloy: its name, and its value in the syntax of Alloy. */
export type Attribute = [name: string, value: string];

/** An exporter of Alloy for one server or cluster, with the scrape of its metrics. */
export interface Exporter {
    /** Last part of the name of the component, such as "redis". */
    component: string;
    /** Its label, such as "database_orders". */
    label: string;
    attributes: Attribute[];
    job: string;
    instance: string;
    serviceName: string;
    /** Host of the server. If it is a Service of Kubernetes, the metrics have the label namespace. */
    host: string;
    /** Receiver of the metrics, such as "prometheus.remote_write.mimir". */
    forwardTo: string;
    /** A block of the scrape. Default: none. */
    clustering?: string;
}

/** The configuration of exporters. `own` is the namespace of Alloy. */
export function exporterConfig(exporters: Exporter[], cluster: string, own: string): string {
    return exporters
        .map((exporter) => {
            const { component, label, attributes, job, instance, serviceName, host, forwardTo, clustering } = exporter;
            const namespace = serviceNamespace(host, own);
            const labels: Attribute[] = [
                ["cluster", cluster],
                ["job", job],
                ["instance", instance],
                ["service_name", serviceName],
                ...(namespace === undefined ? [] : [["namespace", namespace] satisfies Attribute]),
            ];
            return `prometheus.exporter.${component} "${label}" {
${aligned(attributes)}
}

discovery.relabel "${label}" {
	targets = prometheus.exporter.${component}.${label}.targets

${labels.map(([name, value]) => `\trule {\n\t\ttarget_label = "${name}"\n\t\treplacement  = ${JSON.stringify(value)}\n\t}`).join("\n\n")}
}

prometheus.scrape "${label}" {
	targets         = discovery.relabel.${label}.output
	scrape_interval = "30s"
	forward_to      = [${forwardTo}.receiver]
${clustering ? `\n${clustering.replace(/^(?=.)/gm, "\t")}` : ""}}
`;
        })
        .join("\n");
}

/** Attributes in the format of Alloy's formatter. */
function aligned(attributes: Attribute[]): string {
    const width = Math.max(...attributes.map(([name]) => name.length));
    return attributes.map(([name, value]) => `\t${name.padEnd(width)} = ${value}`).join("\n");
}

/** Whether a host is a Service of Kubernetes. */
export function isService(host: string): boolean {
    return serviceNamespace(host, "own") !== undefined;
}

/** The host of an address "HOST:PORT". */
export function hostOf(address: string): string {
    return address.replace(/:\d+$/, "");
}

/** A name as a part of an identifier. A name is a DNS label, so that each one has its own identifiers. */
export function identifier(name: string): string {
    return name.replace(/-/g, "_");
}

/** Name of the environment variable with a part of a login, such as "KAFKA_ORDERS_PASSWORD". */
export function loginVariable(prefix: string, name: string, part: "username" | "password"): string {
    return [prefix, identifier(name), part].join("_").toUpperCase();
}

/**
 * The login in a Secret as environment variables, in the format of Kubernetes. Only these keys of the Secret are visible to Alloy.
 *
 * @param keys keys of the Secret. A part without a key has no variable.
 */
export function loginEnv(
    prefix: string,
    { name, existingSecret }: { name: string; existingSecret?: string },
    keys: { username: string | undefined; password: string },
): object[] {
    const parts = ["username", "password"] as const;
    return existingSecret === undefined
        ? []
        : parts
              .filter((part) => keys[part] !== undefined)
              .map((part) => ({
                  name: loginVariable(prefix, name, part),
                  valueFrom: { secretKeyRef: { name: existingSecret, key: keys[part] } },
              }));
}
