/**
 * What a stack is for. `dev` fits on one node. `prod` keeps accepting logs, metrics and spans when one of several nodes is lost.
 * Tempo, Pyroscope and Grafana have one replica each: they are unavailable until that replica runs on another node.
 */
export const Profile = { Dev: "dev", Prod: "prod" } as const;
export type Profile = (typeof Profile)[keyof typeof Profile];
