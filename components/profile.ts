/**
 * Profile for requests, limits, retention and redundancy. `dev` fits on one node. `prod` needs several nodes. If one node is down,
 * `prod` still accepts logs, metrics and spans. Tempo, Pyroscope and Grafana have one replica each. If the node of this replica is
 * down, they are unavailable until the replica runs on another node.
 */
export const Profile = { Dev: "dev", Prod: "prod" } as const;
export type Profile = (typeof Profile)[keyof typeof Profile];
