import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import {
    byServer,
    databaseDrilldown,
    databaseRate,
    databaseVariables,
    ofDatabase,
    unreachable,
    usedConnections,
} from "../lib/databases";
import { stat, table, timeSeries } from "../lib/panels";
import { unit } from "../lib/units";

const selected = ofDatabase("postgresql");
const rate = (metric: string, by: string) => databaseRate("postgresql", `pg_stat_database_${metric}`, by);
const connections = `sum ${byServer} (pg_stat_activity_count${selected})`;
const maximum = `max ${byServer} (pg_settings_max_connections${selected})`;
const lag = `max ${byServer} (pg_replication_lag_seconds${selected})`;
const hits = (by: string) => `${rate("blks_hit", by)} / (${rate("blks_hit", by)} + ${rate("blks_read", by)} > 0)`;

/** PostgreSQL servers. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "databases-postgresql",
            title: "PostgreSQL",
            description: "Connections, transactions, replication and size of PostgreSQL servers.",
            variables: databaseVariables("postgresql", "pg_up"),
            drilldown: databaseDrilldown,
        },
        row(
            "Server status",
            unreachable("postgresql", "pg_up"),
            usedConnections(`${connections} / ${maximum}`),
            stat("Longest transaction", {
                description:
                    "The duration of the longest open transaction. Long transactions keep locks, and prevent the removal of old rows.",
                unit: unit.seconds,
                queries: { duration: `max(pg_stat_activity_max_tx_duration${selected})` },
                warnAbove: 300,
            }),
            stat("Highest replication lag", {
                description: "The highest lag of a replica. It is 0 for a primary.",
                unit: unit.seconds,
                queries: { lag: `max(${lag})` },
                warnAbove: 60,
            }),
            table("Servers", {
                description: "Each server with its connections, lag and size.",
                width: 24,
                sortBy: "Connections",
                columns: {
                    Reachable: {
                        query: `max ${byServer} (pg_up${selected})`,
                        unit: unit.count,
                        criticalBelow: 1,
                    },
                    Connections: { query: connections, unit: unit.count },
                    "Maximum connections": { query: maximum, unit: unit.count },
                    "Replication lag": { query: lag, unit: unit.seconds, warnAbove: 60 },
                    Size: { query: `sum ${byServer} (pg_database_size_bytes${selected})`, unit: unit.bytes },
                },
            }),
        ),
        row(
            "Load",
            timeSeries("Transactions", {
                description: "Committed transactions per second, by database.",
                unit: unit.perSecond,
                queries: { "{{service_name}} {{datname}}": rate("xact_commit", "service_name, datname") },
            }),
            timeSeries("Rolled back transactions", {
                description: "Transactions per second that ended with an error or a rollback.",
                unit: unit.perSecond,
                queries: { "{{service_name}} {{datname}}": rate("xact_rollback", "service_name, datname") },
            }),
            timeSeries("Connections by state", {
                description:
                    "Connections that run a query (active), wait for the client (idle), or wait inside of a transaction.",
                unit: unit.count,
                queries: {
                    "{{service_name}} {{state}}": `sum by (service_name, state) (pg_stat_activity_count${selected})`,
                },
            }),
            timeSeries("Rows returned", {
                description: "Rows per second that queries have read.",
                unit: unit.perSecond,
                queries: { "{{service_name}} {{datname}}": rate("tup_returned", "service_name, datname") },
            }),
            timeSeries("Rows changed", {
                description: "Rows per second that statements have inserted, updated or deleted.",
                unit: unit.perSecond,
                queries: {
                    "{{service_name}} inserted": rate("tup_inserted", "service_name"),
                    "{{service_name}} updated": rate("tup_updated", "service_name"),
                    "{{service_name}} deleted": rate("tup_deleted", "service_name"),
                },
            }),
            timeSeries("Locks", {
                description: "Locks by mode. Exclusive modes block other transactions.",
                unit: unit.count,
                queries: {
                    "{{service_name}} {{mode}}": `sum by (service_name, mode) (pg_locks_count${selected} > 0)`,
                },
            }),
        ),
        row(
            "Causes of slow queries",
            timeSeries("Cache hit ratio", {
                description:
                    "The ratio of blocks that were in the cache of PostgreSQL. A low ratio means many reads from the volume.",
                unit: unit.ratio,
                max: 1,
                queries: { "{{service_name}}": hits("service_name") },
            }),
            timeSeries("Deadlocks", {
                description: "Deadlocks per second. PostgreSQL ends one of the transactions with an error.",
                unit: unit.perSecond,
                queries: { "{{service_name}} {{datname}}": rate("deadlocks", "service_name, datname") },
            }),
            timeSeries("Temporary files", {
                description: "Bytes per second in temporary files, of queries that need more memory than work_mem.",
                unit: unit.bytesPerSecond,
                queries: { "{{service_name}} {{datname}}": rate("temp_bytes", "service_name, datname") },
            }),
            timeSeries("Replication lag", {
                description: "The age of the last transaction that a replica has replayed.",
                unit: unit.seconds,
                width: 12,
                queries: { "{{service_name}}": `max by (service_name) (pg_replication_lag_seconds${selected})` },
            }),
            timeSeries("Size by database", {
                description: "The size of each database on the volume.",
                unit: unit.bytes,
                width: 12,
                queries: {
                    "{{service_name}} {{datname}}": `max by (service_name, datname) (pg_database_size_bytes${selected})`,
                },
            }),
        ),
    );
