import { serviceNamespace } from "../service-namespace";
import { type DatabaseArgs, DatabaseKind, DatabaseTls } from "./args";

/** The exporters of databases, with the scrapes of their metrics. `own` is the namespace of Alloy, and `clustering` a block of each scrape. */
export function databaseExporters(
    databases: readonly DatabaseArgs[],
    cluster: string,
    own: string,
    clustering: string,
): string {
    return databases
        .map((database) => {
            const name = componentName(database);
            const { component, attributes } = exporter(database);
            const namespace = serviceNamespace(hostOf(database), own);
            const labels: [string, string][] = [
                ["cluster", cluster],
                ["job", database.kind],
                ["instance", database.address],
                ["service_name", database.name],
                ...(namespace === undefined ? [] : [["namespace", namespace] as [string, string]]),
            ];
            return `prometheus.exporter.${component} "${name}" {
${aligned(attributes, "\t")}
}

discovery.relabel "${name}" {
	targets = prometheus.exporter.${component}.${name}.targets

${labels.map(([label, value]) => `\trule {\n\t\ttarget_label = "${label}"\n\t\treplacement  = ${JSON.stringify(value)}\n\t}`).join("\n\n")}
}

prometheus.scrape "${name}" {
	targets         = discovery.relabel.${name}.output
	scrape_interval = "30s"
	forward_to      = [prometheus.remote_write.mimir.receiver]
${clustering && `\n${clustering.replace(/^(?=.)/gm, "\t")}`}}
`;
        })
        .join("\n");
}

/** The logins of databases as environment variables, in the format of Kubernetes. Only these keys of the Secrets are visible to Alloy. */
export function databaseEnv(databases: readonly DatabaseArgs[]): object[] {
    return databases.flatMap((database) => {
        const { existingSecret, passwordKey = "password" } = database;
        const variable = (suffix: "USERNAME" | "PASSWORD", key: string | undefined) =>
            key === undefined
                ? []
                : [
                      {
                          name: variableName(database, suffix),
                          valueFrom: { secretKeyRef: { name: existingSecret, key } },
                      },
                  ];
        return existingSecret === undefined
            ? []
            : [...variable("USERNAME", usernameKeyOf(database)), ...variable("PASSWORD", passwordKey)];
    });
}

/** Redis has a default user without a name. */
function usernameKeyOf({ kind, usernameKey }: DatabaseArgs): string | undefined {
    return usernameKey ?? (kind === DatabaseKind.Redis ? undefined : "username");
}

// A name is a DNS label, so that each one has its own identifiers.
function variableName({ name }: DatabaseArgs, suffix: string): string {
    return `DATABASE_${name.toUpperCase().replace(/-/g, "_")}_${suffix}`;
}

function componentName({ name }: DatabaseArgs): string {
    return `database_${name.replace(/-/g, "_")}`;
}

function hostOf({ address }: DatabaseArgs): string {
    return address.replace(/:\d+$/, "");
}

function tlsOf(database: DatabaseArgs): DatabaseTls {
    const host = hostOf(database);
    return database.tls ?? (serviceNamespace(host, "own") === undefined ? DatabaseTls.Verify : DatabaseTls.Disable);
}

interface Exporter {
    /** Last part of the name of the component. */
    component: string;
    attributes: [name: string, value: string][];
}

function exporter(database: DatabaseArgs): Exporter {
    const { kind, address, existingSecret } = database;
    const tls = tlsOf(database);
    const variable = (suffix: string) => `sys.env("${variableName(database, suffix)}")`;
    const encoded = (suffix: string) => `encoding.url_encode(${variable(suffix)})`;
    const login = (format: string, encode: typeof variable) =>
        `string.format(${JSON.stringify(format)}, ${encode("USERNAME")}, ${encode("PASSWORD")})`;
    switch (kind) {
        case DatabaseKind.Postgresql: {
            const mode = { disable: "disable", require: "require", verify: "verify-full" }[tls];
            const name = database.database ?? "postgres";
            return {
                component: "postgres",
                attributes: [
                    [
                        "data_source_names",
                        `[${login(`postgresql://%s:%s@${address}/${name}?connect_timeout=5&sslmode=${mode}`, encoded)}]`,
                    ],
                ],
            };
        }
        case DatabaseKind.Mysql: {
            const mode = { disable: "false", require: "skip-verify", verify: "true" }[tls];
            // The driver finds the last "@" and "/", so that a password can contain every character.
            return {
                component: "mysql",
                attributes: [["data_source_name", login(`%s:%s@tcp(${address})/?timeout=5s&tls=${mode}`, variable)]],
            };
        }
        case DatabaseKind.Mongodb: {
            const mode = { disable: "", require: "&tls=true&tlsInsecure=true", verify: "&tls=true" }[tls];
            const server = `${address}/?connectTimeoutMS=5000&serverSelectionTimeoutMS=5000${mode}`;
            const source = `&authSource=${database.database ?? "admin"}`;
            return {
                component: "mongodb",
                attributes: [
                    [
                        "mongodb_uri",
                        existingSecret === undefined
                            ? JSON.stringify(`mongodb://${server}`)
                            : login(`mongodb://%s:%s@${server}${source}`, encoded),
                    ],
                    // One server, also if it belongs to a replica set.
                    ["direct_connect", "true"],
                    // All collectors read each collection and each index.
                    ["collect_all", "false"],
                    ["enable_diagnostic_data", "true"],
                    ["enable_replicaset_status", "true"],
                    ["enable_db_stats", "true"],
                ],
            };
        }
        case DatabaseKind.Redis: {
            const scheme = tls === DatabaseTls.Disable ? "redis" : "rediss";
            return {
                component: "redis",
                attributes: [
                    ["redis_addr", JSON.stringify(`${scheme}://${address}`)],
                    ...(existingSecret !== undefined && usernameKeyOf(database) !== undefined
                        ? [["redis_user", variable("USERNAME")] as [string, string]]
                        : []),
                    ...(existingSecret === undefined
                        ? []
                        : [["redis_password", variable("PASSWORD")] as [string, string]]),
                    ["connection_timeout", '"5s"'],
                    ...(tls === DatabaseTls.Require ? [["skip_tls_verification", "true"] as [string, string]] : []),
                ],
            };
        }
    }
}

/** Attributes in the format of Alloy's formatter. */
function aligned(attributes: [name: string, value: string][], indent: string): string {
    const width = Math.max(...attributes.map(([name]) => name.length));
    return attributes.map(([name, value]) => `${indent}${name.padEnd(width)} = ${value}`).join("\n");
}
