import { type DatabaseArgs, DatabaseKind, DatabaseTls } from "./args";
import { type Attribute, exporterConfig, hostOf, identifier, isService, loginEnv, loginVariable } from "./exporters";

const prefix = "database";

/** The exporters of databases, with the scrapes of their metrics. `own` is the namespace of Alloy, and `clustering` a block of each scrape. */
export function databaseExporters(
    databases: readonly DatabaseArgs[],
    cluster: string,
    own: string,
    clustering: string,
): string {
    return exporterConfig(
        databases.map((database) => ({
            ...exporter(database),
            label: `${prefix}_${identifier(database.name)}`,
            job: database.kind,
            instance: database.address,
            serviceName: database.name,
            host: hostOf(database.address),
            forwardTo: "prometheus.remote_write.mimir",
            clustering,
        })),
        cluster,
        own,
    );
}

/** The logins of databases as environment variables, in the format of Kubernetes. */
export function databaseEnv(databases: readonly DatabaseArgs[]): object[] {
    return databases.flatMap((database) =>
        loginEnv(prefix, database, {
            username: usernameKeyOf(database),
            password: database.passwordKey ?? "password",
        }),
    );
}

/** Redis has a default user without a name. */
function usernameKeyOf({ kind, usernameKey }: DatabaseArgs): string | undefined {
    return usernameKey ?? (kind === DatabaseKind.Redis ? undefined : "username");
}

function tlsOf({ address, tls }: DatabaseArgs): DatabaseTls {
    return tls ?? (isService(hostOf(address)) ? DatabaseTls.Disable : DatabaseTls.Verify);
}

/** Last part of the name of the component, and its attributes. */
function exporter(database: DatabaseArgs): { component: string; attributes: Attribute[] } {
    const { kind, address, existingSecret } = database;
    const tls = tlsOf(database);
    const variable = (part: "username" | "password") => `sys.env("${loginVariable(prefix, database.name, part)}")`;
    const encoded: typeof variable = (part) => `encoding.url_encode(${variable(part)})`;
    const login = (format: string, encode: typeof variable) =>
        `string.format(${JSON.stringify(format)}, ${encode("username")}, ${encode("password")})`;
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
                        ? [["redis_user", variable("username")] satisfies Attribute]
                        : []),
                    ...(existingSecret === undefined
                        ? []
                        : [["redis_password", variable("password")] satisfies Attribute]),
                    ["connection_timeout", '"5s"'],
                    ...(tls === DatabaseTls.Require ? [["skip_tls_verification", "true"] satisfies Attribute] : []),
                ],
            };
        }
    }
}
