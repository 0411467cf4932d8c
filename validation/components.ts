/** Components of a stack that can be left out. Each name is a key of the setting `components`, except "minio". */
export const stackComponents = [
    "otelCollector",
    "alloyReceiver",
    "alloyLogs",
    "alloyMetrics",
    "loki",
    "tempo",
    "mimir",
    "pyroscope",
    "grafana",
    "minio",
] as const;
export type StackComponent = (typeof stackComponents)[number];

/** Data sources of Grafana that dashboards query. */
export const queriedSources = ["loki", "tempo", "mimir", "pyroscope"] as const;
export type QueriedSource = (typeof queriedSources)[number];
