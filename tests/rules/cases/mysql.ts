import type { Cases } from "../case";
import { database, serverDown, shopDatabase } from "../databases";
import { value } from "../series";

export default {
    MySQLDown: serverDown("mysql", "MySQL", "mysql_up"),
    MySQLTooManyConnections: {
        after: "30m",
        fires: {
            [database("mysql", "mysql_global_status_threads_connected")]: value(90),
            [database("mysql", "mysql_global_variables_max_connections")]: value(100),
        },
        labels: shopDatabase,
        summary: "shop-db: 90% of the connections of the MySQL server db.shop.svc:1 are in use",
        silent: {
            [database("mysql", "mysql_global_status_threads_connected")]: value(50),
            [database("mysql", "mysql_global_variables_max_connections")]: value(100),
        },
    },
    MySQLReplicationLag: {
        after: "30m",
        fires: { [database("mysql", "mysql_slave_status_seconds_behind_source")]: value(120) },
        labels: shopDatabase,
        summary: "shop-db: the replica db.shop.svc:1 is 2m 0s behind",
        silent: { [database("mysql", "mysql_slave_status_seconds_behind_master")]: value(10) },
    },
    MySQLReplicationNotRunning: {
        after: "30m",
        fires: {
            [database("mysql", "mysql_slave_status_slave_sql_running")]: value(1),
            [database("mysql", "mysql_slave_status_slave_io_running")]: value(0),
        },
        labels: shopDatabase,
        summary: "shop-db: the replication of the replica db.shop.svc:1 has stopped",
        silent: {
            [database("mysql", "mysql_slave_status_replica_sql_running")]: value(1),
            [database("mysql", "mysql_slave_status_replica_io_running")]: value(1),
        },
    },
} satisfies Cases;
