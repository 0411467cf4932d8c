import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { stat, table, timeSeries } from "../lib/panels";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const job = `${inCluster}, job="etcd"`;
const gauge = (metric: string) => `max by (instance) (etcd_${metric}{${job}})`;
const rate = (metric: string, by = "instance") => `sum by (${by}) (rate(etcd_${metric}{${job}}[$__rate_interval]))`;
const p99 = (metric: string) => `histogram_quantile(0.99, ${rate(`${metric}_bucket`, "instance, le")})`;
const used = `${gauge("mvcc_db_total_size_in_bytes")} / ${gauge("server_quota_backend_bytes")}`;

/** The store of Kubernetes. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "control-plane-etcd",
            title: "etcd",
            description: "Members, leader, database and disks of etcd, the store of Kubernetes.",
            variables: [cluster()],
            drilldown: {
                dashboards: { "control-plane-api-server": "API server", "kubernetes-cluster": "Cluster" },
                logs: `{${inCluster}, namespace="kube-system", pod=~"etcd.*"}`,
            },
        },
        row(
            "etcd status",
            stat("Members up", {
                description: "The number of members that can be scraped.",
                unit: unit.count,
                queries: { up: `sum(up{${job}})` },
                criticalBelow: 1,
            }),
            stat("Members without leader", {
                description: "A member without leader accepts no writes. Normal is 0.",
                unit: unit.count,
                queries: { members: `sum(${gauge("server_has_leader")} == bool 0)` },
                criticalAbove: 1,
            }),
            stat("Quota in use", {
                description:
                    "The highest ratio of the size of the database to its quota. At 100 %, Kubernetes can only be read.",
                unit: unit.ratio,
                queries: { used: `max(${used})` },
                warnAbove: 0.8,
                criticalAbove: 0.95,
            }),
            table("Members", {
                description: "Each member with the size of its database, its memory and its uptime.",
                width: 24,
                sortBy: "Database",
                columns: {
                    Leader: { query: gauge("server_is_leader"), unit: unit.count },
                    Database: { query: gauge("mvcc_db_total_size_in_bytes"), unit: unit.bytes },
                    "In use": { query: gauge("mvcc_db_total_size_in_use_in_bytes"), unit: unit.bytes },
                    Quota: { query: gauge("server_quota_backend_bytes"), unit: unit.bytes },
                    Memory: { query: `max by (instance) (process_resident_memory_bytes{${job}})`, unit: unit.bytes },
                    Uptime: {
                        query: `time() - max by (instance) (process_start_time_seconds{${job}})`,
                        unit: unit.seconds,
                    },
                },
            }),
        ),
        row(
            "Consensus and disks",
            timeSeries("p99 duration of log writes", {
                description: "The duration of fsync of the log. Above 0.01 seconds, the disk is too slow for etcd.",
                unit: unit.seconds,
                queries: { "{{instance}}": p99("disk_wal_fsync_duration_seconds") },
            }),
            timeSeries("p99 duration of commits", {
                description:
                    "The duration of commits to the database. Above 0.025 seconds, the disk is too slow for etcd.",
                unit: unit.seconds,
                queries: { "{{instance}}": p99("disk_backend_commit_duration_seconds") },
            }),
            timeSeries("Database size", {
                description: "The size of the file, and the part in use. Defragmentation releases the difference.",
                unit: unit.bytes,
                queries: {
                    "{{instance}} file": gauge("mvcc_db_total_size_in_bytes"),
                    "{{instance}} in use": gauge("mvcc_db_total_size_in_use_in_bytes"),
                },
            }),
            timeSeries("Leader changes", {
                description: "Changes of the leader per hour. Frequent changes come from slow disks or a slow network.",
                unit: unit.count,
                queries: { changes: `max(increase(etcd_server_leader_changes_seen_total{${job}}[1h]))` },
            }),
            timeSeries("Proposals", {
                description:
                    "Writes that wait for the majority of the members, and writes per second that have failed.",
                unit: unit.none,
                queries: {
                    "{{instance}} pending": gauge("server_proposals_pending"),
                    "{{instance}} failed": rate("server_proposals_failed_total"),
                },
            }),
            timeSeries("Writes", {
                description: "Committed writes per second.",
                unit: unit.perSecond,
                queries: { "{{instance}}": rate("server_proposals_committed_total") },
            }),
        ),
    );
