/** Minimum retention of each signal, and the reason for it. */
export const minimumRetention = {
    logs: { minimum: "24h", reason: "Loki deletes whole days" },
    traces: { minimum: "1h", reason: "Tempo writes blocks of half an hour" },
    metrics: { minimum: "24h", reason: "Mimir deletes blocks of one day" },
    profiles: { minimum: "12h", reason: "Pyroscope deletes partitions of 6h, 6h after their retention" },
};
