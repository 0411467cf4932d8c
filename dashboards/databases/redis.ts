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

const selected = ofDatabase("redis");
const gauge = (metric: string, by = "service_name, instance") => `max by (${by}) (redis_${metric}${selected})`;
const rate = (metric: string, by = "service_name") => databaseRate("redis", `redis_${metric}`, by);
const usedMemory = `${gauge("memory_used_bytes")} / (${gauge("memory_max_bytes")} > 0)`;
const lag = (by: string) => `max by (${by}) (redis_connected_slave_lag_seconds${selected})`;

/** Redis and Valkey servers. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "databases-redis",
            title: "Redis",
            description: "Memory, commands, keys and replication of Redis and Valkey servers.",
            variables: databaseVariables("redis", "redis_up"),
            drilldown: databaseDrilldown,
        },
        row(
            "Server status",
            unreachable("redis", "redis_up"),
            usedConnections(`${gauge("connected_clients")} / ${gauge("max_clients")}`),
            stat("Highest memory usage", {
                description:
                    "The highest ratio of used memory to maxmemory. At 100 %, Redis evicts keys or refuses writes. The panel is empty for servers without maxmemory.",
                unit: unit.ratio,
                queries: { used: `max(${usedMemory})` },
                warnAbove: 0.9,
            }),
            stat("Highest replication lag", {
                description: "The time since a replica has confirmed data. The panel is empty without replicas.",
                unit: unit.seconds,
                queries: { lag: `max(${lag("service_name")})` },
                warnAbove: 30,
            }),
            table("Servers", {
                description: "Each server with its clients, memory, keys and uptime.",
                width: 24,
                sortBy: "Memory",
                columns: {
                    Reachable: {
                        query: `max ${byServer} (redis_up${selected})`,
                        unit: unit.count,
                        criticalBelow: 1,
                    },
                    Clients: { query: gauge("connected_clients"), unit: unit.count },
                    Memory: { query: gauge("memory_used_bytes"), unit: unit.bytes },
                    "Maximum memory": { query: gauge("memory_max_bytes"), unit: unit.bytes },
                    Keys: { query: `sum ${byServer} (redis_db_keys${selected})`, unit: unit.count },
                    Uptime: { query: gauge("uptime_in_seconds"), unit: unit.seconds },
                },
            }),
        ),
        row(
            "Load",
            timeSeries("Commands", {
                description: "Commands per second.",
                unit: unit.perSecond,
                queries: { "{{service_name}}": rate("commands_processed_total") },
            }),
            timeSeries("Time in commands", {
                description:
                    "Seconds per second that commands take, by command. Redis runs one command at a time, so that 1 is the maximum.",
                unit: unit.ratio,
                queries: {
                    "{{service_name}} {{cmd}}": `topk(10, ${rate("commands_duration_seconds_total", "service_name, cmd")})`,
                },
            }),
            timeSeries("Hit ratio", {
                description: "The ratio of lookups that found a key.",
                unit: unit.ratio,
                max: 1,
                queries: {
                    "{{service_name}}": `${rate("keyspace_hits_total")} / (${rate("keyspace_hits_total")} + ${rate("keyspace_misses_total")} > 0)`,
                },
            }),
            timeSeries("Clients", {
                description: "Connected clients, and clients that wait for a blocking command.",
                unit: unit.count,
                queries: {
                    "{{service_name}} connected": gauge("connected_clients"),
                    "{{service_name}} blocked": gauge("blocked_clients"),
                },
            }),
            timeSeries("Network traffic", {
                description: "Bytes per second from and to clients and replicas.",
                unit: unit.bytesPerSecond,
                queries: {
                    "{{service_name}} received": rate("net_input_bytes_total"),
                    "{{service_name}} sent": rate("net_output_bytes_total"),
                },
            }),
            timeSeries("Rejected connections", {
                description: "Connections per second that Redis refused because of maxclients.",
                unit: unit.perSecond,
                queries: { "{{service_name}}": rate("rejected_connections_total") },
            }),
        ),
        row(
            "Memory, keys and replication",
            timeSeries("Memory", {
                description: "Used memory, and the memory that the process has from the node.",
                unit: unit.bytes,
                queries: {
                    "{{service_name}} used": gauge("memory_used_bytes"),
                    "{{service_name}} resident": gauge("memory_used_rss_bytes"),
                },
            }),
            timeSeries("Keys", {
                description: "Keys by database.",
                unit: unit.count,
                queries: { "{{service_name}} {{db}}": gauge("db_keys", "service_name, db") },
            }),
            timeSeries("Evicted and expired keys", {
                description: "Keys per second that were removed because of maxmemory, or because their time has ended.",
                unit: unit.perSecond,
                queries: {
                    "{{service_name}} evicted": rate("evicted_keys_total"),
                    "{{service_name}} expired": rate("expired_keys_total"),
                },
            }),
            timeSeries("Replication lag", {
                description: "The time since a replica has confirmed data.",
                unit: unit.seconds,
                width: 12,
                queries: { "{{service_name}} {{slave_ip}}": lag("service_name, slave_ip") },
            }),
            timeSeries("Changes since the last save", {
                description: "Changes that a restart loses, if only snapshots (RDB) are enabled.",
                unit: unit.count,
                width: 12,
                queries: { "{{service_name}}": gauge("rdb_changes_since_last_save") },
            }),
        ),
    );
