import { byServer, replicationLag, serverDown, tooManyConnections } from "../databases";
import type { RuleFile } from "../define";

const of = 'job="postgresql"';

export default {
    group: "postgresql",
    needs: ["postgresql"],
    dashboard: "databases-postgresql",
    description: "PostgreSQL servers: reachability, connections and replication.",
    rules: [
        serverDown("PostgreSQLDown", "PostgreSQL", "postgresql", "pg_up"),
        tooManyConnections(
            "PostgreSQLTooManyConnections",
            "PostgreSQL",
            `sum ${byServer} (pg_stat_activity_count{${of}}) / max ${byServer} (pg_settings_max_connections{${of}})`,
        ),
        replicationLag(
            "PostgreSQLReplicationLag",
            "the replica {{ $labels.instance }}",
            60,
            `max ${byServer} (pg_replication_lag_seconds{${of}})`,
        ),
    ],
} satisfies RuleFile;
