import { byServer, replicationLag, serverDown, tooManyConnections } from "../databases";
import type { RuleFile } from "../define";

const of = 'job="mysql"';
/** MySQL since 8.0.22 has other names of columns than MariaDB. */
const eitherOf = (master: string, source: string) =>
    `(mysql_slave_status_${master}{${of}} or mysql_slave_status_${source}{${of}})`;

export default {
    group: "mysql",
    needs: ["mysql"],
    dashboard: "databases-mysql",
    description: "MySQL and MariaDB servers: reachability, connections and replication.",
    rules: [
        serverDown("MySQLDown", "MySQL", "mysql", "mysql_up"),
        tooManyConnections(
            "MySQLTooManyConnections",
            "MySQL",
            `max ${byServer} (mysql_global_status_threads_connected{${of}}) / max ${byServer} (mysql_global_variables_max_connections{${of}})`,
        ),
        replicationLag(
            "MySQLReplicationLag",
            "the replica {{ $labels.instance }}",
            60,
            `max ${byServer} ${eitherOf("seconds_behind_master", "seconds_behind_source")}`,
        ),
        {
            alert: "MySQLReplicationNotRunning",
            severity: "critical",
            for: "5m",
            summary: "{{ $labels.service_name }}: the replication of the replica {{ $labels.instance }} has stopped",
            // A replica that has stopped reports no lag.
            expr: () =>
                `min ${byServer} ${eitherOf("slave_sql_running", "replica_sql_running")} == 0
                or min ${byServer} ${eitherOf("slave_io_running", "replica_io_running")} == 0`,
        },
    ],
} satisfies RuleFile;
