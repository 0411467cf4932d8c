/** The shortest retention that each backend can keep, and why. */
export const minimumRetention = {
    logs: { least: "24h", why: "Loki deletes by whole days of its index" },
    traces: { least: "1h", why: "Tempo fills a block for half an hour before it compacts" },
    metrics: { least: "24h", why: "Mimir compacts to blocks of a day" },
    profiles: { least: "12h", why: "Pyroscope deletes partitions of 6h, after 6h of grace" },
};
