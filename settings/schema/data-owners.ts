/** What holds data that a deployment can lose. */
export const dataOwners = [
    "objectStore",
    "loki",
    "tempo",
    "mimir",
    "pyroscope",
    "grafana",
    "collector",
    "redpanda",
] as const;
export type DataOwner = (typeof dataOwners)[number];
