import type { RuleFile } from "../define";

const of = 'job="etcd"';
const member = "by (cluster, instance)";

export default {
    group: "etcd",
    needs: ["etcd"],
    dashboard: "control-plane-etcd",
    description: "etcd, the store of Kubernetes: members, leader, size of the database and speed of the disks.",
    rules: [
        {
            alert: "etcdInsufficientMembers",
            severity: "critical",
            for: "3m",
            summary: "{{ $labels.cluster }}: only {{ $value }} members of etcd can be scraped, which is not a majority",
            expr: () => `sum by (cluster) (up{${of}}) < (count by (cluster) (up{${of}}) + 1) / 2`,
        },
        {
            alert: "etcdNoLeader",
            severity: "critical",
            for: "1m",
            summary: "{{ $labels.instance }}: the etcd member has no leader",
            expr: () => `max ${member} (etcd_server_has_leader{${of}}) == 0`,
        },
        {
            alert: "etcdHighNumberOfLeaderChanges",
            severity: "warning",
            for: "5m",
            threshold: { default: 3, unit: "changes in 15 minutes" },
            summary:
                "{{ $labels.cluster }}: the leader of etcd has changed {{ $value | humanize }} times in 15 minutes",
            expr: (changes) =>
                `max by (cluster) (increase(etcd_server_leader_changes_seen_total{${of}}[15m])) > ${changes}`,
        },
        {
            alert: "etcdDatabaseQuotaLowSpace",
            severity: "critical",
            for: "10m",
            threshold: { default: 0.95, unit: "ratio from 0 to 1" },
            summary:
                "{{ $labels.instance }}: {{ $value | humanizePercentage }} of the quota of the etcd database is used",
            expr: (ratio) =>
                `max ${member} (etcd_mvcc_db_total_size_in_bytes{${of}}) / max ${member} (etcd_server_quota_backend_bytes{${of}}) > ${ratio}`,
        },
        {
            alert: "etcdHighFsyncDurations",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.5, unit: "seconds" },
            summary:
                "{{ $labels.instance }}: 1 % of the writes of the etcd log take longer than {{ $value | humanizeDuration }}",
            expr: (seconds) =>
                `histogram_quantile(0.99, sum by (cluster, instance, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{${of}}[5m]))) > ${seconds}`,
        },
    ],
} satisfies RuleFile;
