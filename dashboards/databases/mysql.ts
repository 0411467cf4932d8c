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

const selected = ofDatabase("mysql");
const status = (metric: string) => `max ${byServer} (mysql_global_status_${metric}${selected})`;
const rate = (metric: string, by = "service_name", more = "") =>
    databaseRate("mysql", `mysql_global_status_${metric}`, by, more);
const maximum = `max ${byServer} (mysql_global_variables_max_connections${selected})`;
/** MySQL since 8.0.22 calls the column "source", and MariaDB "master". */
const lag = (by: string) =>
    `max by (${by}) (mysql_slave_status_seconds_behind_master${selected} or mysql_slave_status_seconds_behind_source${selected})`;

/** MySQL and MariaDB servers. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "databases-mysql",
            title: "MySQL",
            description: "Connections, queries, replication and InnoDB of MySQL and MariaDB servers.",
            variables: databaseVariables("mysql", "mysql_up"),
            drilldown: databaseDrilldown,
        },
        row(
            "Server status",
            unreachable("mysql", "mysql_up"),
            usedConnections(`${status("threads_connected")} / ${maximum}`),
            stat("Slow queries", {
                description: "Queries per second that took longer than long_query_time. Normal is 0.",
                unit: unit.perSecond,
                queries: { "slow queries": `sum(${rate("slow_queries")})` },
                warnAbove: 1,
            }),
            stat("Highest replication lag", {
                description: "The highest lag of a replica. The panel is empty without replicas.",
                unit: unit.seconds,
                queries: { lag: `max(${lag("service_name")})` },
                warnAbove: 60,
            }),
            table("Servers", {
                description: "Each server with its connections, running threads, lag and uptime.",
                width: 24,
                sortBy: "Connections",
                columns: {
                    Reachable: {
                        query: `max ${byServer} (mysql_up${selected})`,
                        unit: unit.count,
                        criticalBelow: 1,
                    },
                    Connections: { query: status("threads_connected"), unit: unit.count },
                    "Maximum connections": { query: maximum, unit: unit.count },
                    "Running threads": { query: status("threads_running"), unit: unit.count },
                    "Replication lag": {
                        query: lag("service_name, instance"),
                        unit: unit.seconds,
                        warnAbove: 60,
                    },
                    Uptime: { query: status("uptime"), unit: unit.seconds },
                },
            }),
        ),
        row(
            "Load",
            timeSeries("Queries", {
                description: "Statements per second, with those of stored programs.",
                unit: unit.perSecond,
                queries: { "{{service_name}}": rate("queries") },
            }),
            timeSeries("Statements by command", {
                description: "Statements per second by command. Commands that do not run are left out.",
                unit: unit.perSecond,
                queries: {
                    "{{service_name}} {{command}}": `topk(10, ${rate("commands_total", "service_name, command")} > 0)`,
                },
            }),
            timeSeries("Connections", {
                description: "Open connections, and those that run a statement.",
                unit: unit.count,
                queries: {
                    "{{service_name}} open": status("threads_connected"),
                    "{{service_name}} running": status("threads_running"),
                },
            }),
            timeSeries("Network traffic", {
                description: "Bytes per second from and to clients.",
                unit: unit.bytesPerSecond,
                queries: {
                    "{{service_name}} received": rate("bytes_received"),
                    "{{service_name}} sent": rate("bytes_sent"),
                },
            }),
            timeSeries("Failed connections", {
                description:
                    "Attempts per second to connect that failed, and connections that ended without a goodbye.",
                unit: unit.perSecond,
                queries: {
                    "{{service_name}} failed": rate("aborted_connects"),
                    "{{service_name}} aborted": rate("aborted_clients"),
                },
            }),
            timeSeries("Replication lag", {
                description: "The lag of replicas. A replica whose replication has stopped has no lag.",
                unit: unit.seconds,
                queries: { "{{service_name}}": lag("service_name") },
            }),
        ),
        row(
            "InnoDB",
            timeSeries("Buffer pool hit ratio", {
                description:
                    "The ratio of logical reads that were in the buffer pool. A low ratio means many reads from the volume.",
                unit: unit.ratio,
                max: 1,
                queries: {
                    "{{service_name}}": `1 - ${rate("innodb_buffer_pool_reads")} / (${rate("innodb_buffer_pool_read_requests")} > 0)`,
                },
            }),
            timeSeries("Row lock waits", {
                description: "Statements per second that waited for the lock of a row.",
                unit: unit.perSecond,
                queries: { "{{service_name}}": rate("innodb_row_lock_waits") },
            }),
            timeSeries("Temporary tables on disk", {
                description: "Temporary tables per second that did not fit into memory.",
                unit: unit.perSecond,
                queries: { "{{service_name}}": rate("created_tmp_disk_tables") },
            }),
        ),
    );
