/**
 * Profile for requests, limits, retention and redundancy. `dev` fits on one node. `prod` needs several nodes, and accepts logs,
 * metrics and spans while one of them is down. Tempo, Pyroscope and Grafana have one replica each. They are unavailable until
 * this replica runs on another node.
 */
export const Profile = { Dev: "dev", Prod: "prod" } as const;
export type Profile = (typeof Profile)[keyof typeof Profile];
