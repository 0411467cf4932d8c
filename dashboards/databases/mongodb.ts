import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import {
    databaseDrilldown,
    databaseRate,
    databaseVariables,
    ofDatabase,
    unreachable,
    usedConnections,
} from "../lib/databases";
import { stat, table, timeSeries } from "../lib/panels";
import { unit } from "../lib/units";

const selected = ofDatabase("mongodb");
const gauge = (metric: string, by = "service_name, instance", more = "") =>
    `max by (${by}) (mongodb_${metric}${ofDatabase("mongodb", more)})`;
const rate = (metric: string, by = "service_name") => databaseRate("mongodb", `mongodb_${metric}`, by);
const connections = (type: string) => gauge("ss_connections", undefined, `, conn_type="${type}"`);
const lag = (by: string) => `max by (${by}) (mongodb_mongod_replset_member_replication_lag${selected})`;
const cached = gauge("ss_wt_cache_bytes_currently_in_the_cache");
const cacheSize = gauge("ss_wt_cache_maximum_bytes_configured");

/** MongoDB servers. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "databases-mongodb",
            title: "MongoDB",
            description: "Connections, operations, replication and memory of MongoDB servers.",
            variables: databaseVariables("mongodb", "mongodb_up"),
            drilldown: databaseDrilldown,
        },
        row(
            "Server status",
            unreachable("mongodb", "mongodb_up"),
            usedConnections(`${connections("current")} / (${connections("current")} + ${connections("available")})`),
            stat("Queued operations", {
                description: "Operations that wait for a lock. Normal is close to 0.",
                unit: unit.count,
                queries: { queued: `max(${gauge("ss_globalLock_currentQueue", undefined, ', count_type="total"')})` },
                warnAbove: 100,
            }),
            stat("Highest replication lag", {
                description: "The highest lag of a member of a replica set. The panel is empty without replica sets.",
                unit: unit.seconds,
                queries: { lag: `max(${lag("service_name")})` },
                warnAbove: 60,
            }),
            table("Servers", {
                description: "Each server with its connections, cache and uptime.",
                width: 24,
                sortBy: "Connections",
                columns: {
                    Reachable: { query: gauge("up"), unit: unit.count, criticalBelow: 1 },
                    Connections: { query: connections("current"), unit: unit.count },
                    "Available connections": { query: connections("available"), unit: unit.count },
                    "Used cache": { query: `${cached} / ${cacheSize}`, unit: unit.ratio, warnAbove: 0.95 },
                    Uptime: { query: gauge("ss_uptime"), unit: unit.seconds },
                },
            }),
        ),
        row(
            "Load",
            timeSeries("Operations", {
                description: "Operations per second by type.",
                unit: unit.perSecond,
                queries: {
                    "{{service_name}} {{legacy_op_type}}": rate("ss_opcounters", "service_name, legacy_op_type"),
                },
            }),
            timeSeries("Latency of operations", {
                description: "The average duration of reads, writes and commands.",
                unit: unit.seconds,
                queries: {
                    "{{service_name}} {{op_type}}": `${rate("ss_opLatencies_latency", "service_name, op_type")} / (${rate("ss_opLatencies_ops", "service_name, op_type")} > 0) / 1e6`,
                },
            }),
            timeSeries("Connections", {
                description: "Open connections.",
                unit: unit.count,
                queries: { "{{service_name}}": connections("current") },
            }),
            timeSeries("Queued operations", {
                description: "Operations that wait for a lock, by readers and writers.",
                unit: unit.count,
                queries: {
                    "{{service_name}} {{count_type}}": gauge("ss_globalLock_currentQueue", "service_name, count_type"),
                },
            }),
            timeSeries("Network traffic", {
                description: "Bytes per second from and to clients.",
                unit: unit.bytesPerSecond,
                queries: {
                    "{{service_name}} received": rate("ss_network_bytesIn"),
                    "{{service_name}} sent": rate("ss_network_bytesOut"),
                },
            }),
            timeSeries("Replication lag", {
                description: "How far members of a replica set are behind their primary.",
                unit: unit.seconds,
                queries: { "{{name}}": lag("service_name, name") },
            }),
        ),
        row(
            "Memory and storage",
            timeSeries("WiredTiger cache", {
                description: "The used bytes of the cache. Above 95 %, requests of clients must evict pages.",
                unit: unit.bytes,
                queries: { "{{service_name}} used": cached, "{{service_name}} maximum": cacheSize },
            }),
            timeSeries("Data size", {
                description: "The uncompressed size of the data of each database.",
                unit: unit.bytes,
                queries: { "{{service_name}} {{database}}": gauge("dbstats_dataSize", "service_name, database") },
            }),
            timeSeries("Assertions", {
                description: "Errors per second inside of the server, by type. Errors of clients are of the type user.",
                unit: unit.perSecond,
                queries: { "{{service_name}} {{assert_type}}": rate("ss_asserts", "service_name, assert_type") },
            }),
        ),
    );
