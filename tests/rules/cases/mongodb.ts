import type { Cases } from "../case";
import { database, serverDown, shopDatabase } from "../databases";
import { value } from "../series";

const member = { set: "rs0", name: "db-1:27017" };

export default {
    MongoDBDown: serverDown("mongodb", "MongoDB", "mongodb_up"),
    MongoDBTooManyConnections: {
        after: "30m",
        fires: {
            [database("mongodb", "mongodb_ss_connections", { conn_type: "current" })]: value(90),
            [database("mongodb", "mongodb_ss_connections", { conn_type: "available" })]: value(10),
        },
        labels: shopDatabase,
        summary: "shop-db: 90% of the connections of the MongoDB server db.shop.svc:1 are in use",
        silent: {
            [database("mongodb", "mongodb_ss_connections", { conn_type: "current" })]: value(90),
            [database("mongodb", "mongodb_ss_connections", { conn_type: "available" })]: value(900),
        },
    },
    MongoDBReplicationLag: {
        after: "30m",
        fires: {
            [database("mongodb", "mongodb_mongod_replset_member_replication_lag", member)]: value(120),
        },
        labels: { cluster: "c", namespace: "shop", service_name: "shop-db", ...member },
        summary: "shop-db: the member db-1:27017 of the replica set rs0 is 2m 0s behind",
        silent: {
            [database("mongodb", "mongodb_mongod_replset_member_replication_lag", member)]: value(10),
        },
    },
} satisfies Cases;
