import type { Cases } from "../case";
import { buckets, series, value } from "../series";

const etcd = (index: number) => ({ cluster: "c", job: "etcd", instance: `10.0.0.${index}:2381` });

export default {
    etcdInsufficientMembers: {
        after: "10m",
        fires: {
            [series("up", etcd(1))]: value(1),
            [series("up", etcd(2))]: value(0),
            [series("up", etcd(3))]: value(0),
        },
        labels: { cluster: "c" },
        summary: "c: only 1 members of etcd can be scraped, which is not a majority",
        silent: {
            [series("up", etcd(1))]: value(1),
            [series("up", etcd(2))]: value(1),
            [series("up", etcd(3))]: value(0),
        },
    },
    etcdNoLeader: {
        after: "10m",
        fires: { [series("etcd_server_has_leader", etcd(1))]: value(0) },
        labels: { cluster: "c", instance: "10.0.0.1:2381" },
        summary: "10.0.0.1:2381: the etcd member has no leader",
        silent: { [series("etcd_server_has_leader", etcd(1))]: value(1) },
    },
    etcdHighNumberOfLeaderChanges: {
        after: "30m",
        fires: { [series("etcd_server_leader_changes_seen_total", etcd(1))]: "0+0.4x300" },
        labels: { cluster: "c" },
        summary: "c: the leader of etcd has changed 6 times in 15 minutes",
        silent: { [series("etcd_server_leader_changes_seen_total", etcd(1))]: "1x10 2x300" },
    },
    etcdDatabaseQuotaLowSpace: {
        after: "30m",
        fires: {
            [series("etcd_mvcc_db_total_size_in_bytes", etcd(1))]: value(98),
            [series("etcd_server_quota_backend_bytes", etcd(1))]: value(100),
        },
        labels: { cluster: "c", instance: "10.0.0.1:2381" },
        summary: "10.0.0.1:2381: 98% of the quota of the etcd database is used",
        silent: {
            [series("etcd_mvcc_db_total_size_in_bytes", etcd(1))]: value(50),
            [series("etcd_server_quota_backend_bytes", etcd(1))]: value(100),
        },
    },
    etcdHighFsyncDurations: {
        after: "30m",
        fires: buckets("etcd_disk_wal_fsync_duration_seconds", etcd(1), { "0.512": 90, "1.024": 100, "+Inf": 100 }),
        labels: { cluster: "c", instance: "10.0.0.1:2381" },
        summary: "10.0.0.1:2381: 1 % of the writes of the etcd log take longer than 972.8ms",
        silent: buckets("etcd_disk_wal_fsync_duration_seconds", etcd(1), {
            "0.008": 100,
            "1.024": 100,
            "+Inf": 100,
        }),
    },
} satisfies Cases;
