import type { Cases } from "../case";
import { database, serverDown, shopDatabase } from "../databases";
import { value } from "../series";

export default {
    PostgreSQLDown: serverDown("postgresql", "PostgreSQL", "pg_up"),
    PostgreSQLTooManyConnections: {
        after: "30m",
        fires: {
            [database("postgresql", "pg_stat_activity_count", { state: "idle" })]: value(50),
            [database("postgresql", "pg_stat_activity_count", { state: "active" })]: value(40),
            [database("postgresql", "pg_settings_max_connections")]: value(100),
        },
        labels: shopDatabase,
        summary: "shop-db: 90% of the connections of the PostgreSQL server db.shop.svc:1 are in use",
        silent: {
            [database("postgresql", "pg_stat_activity_count", { state: "idle" })]: value(50),
            [database("postgresql", "pg_settings_max_connections")]: value(100),
        },
    },
    PostgreSQLReplicationLag: {
        after: "30m",
        fires: { [database("postgresql", "pg_replication_lag_seconds")]: value(120) },
        labels: shopDatabase,
        summary: "shop-db: the replica db.shop.svc:1 is 2m 0s behind",
        silent: { [database("postgresql", "pg_replication_lag_seconds")]: value(10) },
    },
} satisfies Cases;
