import type { DurationRange } from "./durations";

/** Minimum retention of each signal, and the reason for it. */
export const retentionRanges = {
    logs: { minimum: "24h", example: "30d", reason: "the Loki index has a period of 24h" },
    traces: {
        minimum: "1h",
        example: "14d",
        reason: "Tempo deletes whole blocks, which contain up to 30 minutes",
    },
    metrics: { minimum: "24h", example: "30d", reason: "Mimir deletes whole blocks, which contain up to 24 hours" },
    profiles: { minimum: "12h", example: "7d", reason: "Pyroscope deletes data in partitions of 6 hours" },
} satisfies Record<string, DurationRange>;

/** Retention of the local Prometheus. */
export const localRetention: DurationRange = {
    minimum: "2h",
    maximum: "15d",
    example: "24h",
    reason: "Prometheus deletes whole blocks, which contain at least 2 hours, and Mimir keeps metrics longer",
};
