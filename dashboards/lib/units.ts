/** Units as Grafana calls them, so that the same quantity looks the same everywhere. */
export const unit = {
    bytes: "bytes",
    bytesPerSecond: "Bps",
    cores: "none",
    count: "short",
    date: "dateTimeFromNow",
    perSecond: "cps",
    /** 0 to 1, shown as per cent. */
    ratio: "percentunit",
    requestsPerSecond: "reqps",
    seconds: "s",
    none: "none",
} as const;
export type Unit = (typeof unit)[keyof typeof unit];
