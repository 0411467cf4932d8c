import type { Cases } from "../case";
import { database, serverDown, shopDatabase } from "../databases";
import { value } from "../series";

export default {
    RedisDown: serverDown("redis", "Redis", "redis_up"),
    RedisTooManyConnections: {
        after: "30m",
        fires: {
            [database("redis", "redis_connected_clients")]: value(90),
            [database("redis", "redis_max_clients")]: value(100),
        },
        labels: shopDatabase,
        summary: "shop-db: 90% of the connections of the Redis server db.shop.svc:1 are in use",
        silent: {
            [database("redis", "redis_connected_clients")]: value(90),
            [database("redis", "redis_max_clients")]: value(10_000),
        },
    },
    RedisOutOfMemory: {
        after: "30m",
        fires: {
            [database("redis", "redis_memory_used_bytes")]: value(95),
            [database("redis", "redis_memory_max_bytes")]: value(100),
        },
        labels: shopDatabase,
        summary: "shop-db: 95% of maxmemory of the Redis server db.shop.svc:1 is used",
        // No maximum.
        silent: {
            [database("redis", "redis_memory_used_bytes")]: value(95),
            [database("redis", "redis_memory_max_bytes")]: value(0),
        },
    },
    RedisReplicationLag: {
        after: "30m",
        fires: {
            [database("redis", "redis_connected_slave_lag_seconds", { slave_ip: "10.0.0.2" })]: value(120),
        },
        labels: { ...shopDatabase, slave_ip: "10.0.0.2" },
        summary: "shop-db: the replica 10.0.0.2 of db.shop.svc:1 is 2m 0s behind",
        silent: { [database("redis", "redis_connected_slave_lag_seconds", { slave_ip: "10.0.0.2" })]: value(1) },
    },
    RedisReplicationBroken: {
        after: "30m",
        fires: { [database("redis", "redis_master_link_up")]: value(0) },
        labels: shopDatabase,
        summary: "shop-db: the replica db.shop.svc:1 has no connection to its primary",
        silent: { [database("redis", "redis_master_link_up")]: value(1) },
    },
} satisfies Cases;
