import { byServer, replicationLag, serverDown, tooManyConnections } from "../databases";
import type { RuleFile } from "../define";

const of = 'job="mongodb"';
const connections = (type: string) => `max ${byServer} (mongodb_ss_connections{${of}, conn_type="${type}"})`;

export default {
    group: "mongodb",
    needs: ["mongodb"],
    dashboard: "databases-mongodb",
    description: "MongoDB servers: reachability, connections and replication.",
    rules: [
        serverDown("MongoDBDown", "MongoDB", "mongodb", "mongodb_up"),
        tooManyConnections(
            "MongoDBTooManyConnections",
            "MongoDB",
            `${connections("current")} / (${connections("current")} + ${connections("available")})`,
        ),
        replicationLag(
            "MongoDBReplicationLag",
            "the member {{ $labels.name }} of the replica set {{ $labels.set }}",
            60,
            // Each member reports the lag of all members.
            `max by (cluster, namespace, service_name, set, name) (mongodb_mongod_replset_member_replication_lag{${of}})`,
        ),
    ],
} satisfies RuleFile;
