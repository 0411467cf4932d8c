/** Identifiers of units in Grafana. The same quantity has the same unit on all dashboards. */
export const unit = {
    bytes: "bytes",
    bytesPerSecond: "binBps",
    cores: "suffix:cores",
    count: "short",
    perSecond: "count:/s",
    /** From 0 to 1, shown as a percentage. */
    ratio: "percentunit",
    requestsPerSecond: "reqps",
    seconds: "s",
    none: "none",
} as const;
export type Unit = (typeof unit)[keyof typeof unit];
