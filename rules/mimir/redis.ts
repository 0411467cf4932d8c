import { byServer, replicationLag, serverDown, tooManyConnections } from "../databases";
import type { RuleFile } from "../define";

const of = 'job="redis"';

export default {
    group: "redis",
    needs: ["redis"],
    dashboard: "databases-redis",
    description: "Redis and Valkey servers: reachability, connections, memory and replication.",
    rules: [
        serverDown("RedisDown", "Redis", "redis", "redis_up"),
        tooManyConnections(
            "RedisTooManyConnections",
            "Redis",
            `max ${byServer} (redis_connected_clients{${of}}) / max ${byServer} (redis_max_clients{${of}})`,
        ),
        {
            alert: "RedisOutOfMemory",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.9, unit: "ratio from 0 to 1" },
            summary:
                "{{ $labels.service_name }}: {{ $value | humanizePercentage }} of maxmemory of the Redis server {{ $labels.instance }} is used",
            // 0 means no maximum.
            expr: (used) =>
                `max ${byServer} (redis_memory_used_bytes{${of}}) / (max ${byServer} (redis_memory_max_bytes{${of}}) > 0) > ${used}`,
        },
        replicationLag(
            "RedisReplicationLag",
            "the replica {{ $labels.slave_ip }} of {{ $labels.instance }}",
            30,
            `max by (cluster, namespace, service_name, instance, slave_ip) (redis_connected_slave_lag_seconds{${of}})`,
        ),
        {
            alert: "RedisReplicationBroken",
            severity: "critical",
            for: "5m",
            summary: "{{ $labels.service_name }}: the replica {{ $labels.instance }} has no connection to its primary",
            expr: () => `max ${byServer} (redis_master_link_up{${of}}) == 0`,
        },
    ],
} satisfies RuleFile;
