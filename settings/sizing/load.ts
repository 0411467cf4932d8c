/** The expected load of a stack. Zero means that a signal is not used. */
export interface Load {
    /** Active series. */
    series: number;
    /** Bytes of log lines per second, before compression. */
    logBytesPerSecond: number;
    /** Spans per second that services send. */
    spansPerSecond: number;
    /** Profiles per second that SDKs send or that Alloy scrapes. */
    profilesPerSecond: number;
    /** Services. Each one has at least one stream of logs. */
    services: number;
    /** Nodes, each with a log collector and a metrics scraper. */
    nodes: number;
}

/** How a stack is built, as far as sizes depend on it. */
export interface Shape {
    replicas: { mimir: number; loki: number; tempo: number; collector: number; receiver: number; minio: number };
    /** Parts of Mimir in distributed mode, in which `replicas.mimir` is the number of ingesters. Undefined in monolithic mode. */
    mimirParts?: { distributors: number; storeGateways: number };
    replicationFactor: { mimir: number; loki: number; tempo: number };
    /** Whether the replicas of Loki are ingesters, and other pods run its other parts. Default: false. */
    distributedLoki?: boolean;
    /** Whether Tempo has ingesters, and other pods run its other parts. Default: false; then it has one replica. */
    distributedTempo?: boolean;
    /** Whether each part of Pyroscope has its own pods. Default: false; then it has one replica. */
    distributedPyroscope?: boolean;
    /** Seconds. */
    retention: { metrics: number; logs: number; traces: number; profiles: number };
    /** The part of the spans that Tempo stores: below 1 with tail sampling. */
    storedSpanRatio: number;
    /** Whether the stack deploys MinIO. */
    minio: boolean;
}

/** Seconds between two samples of a series. See the scrape_interval in components/alloy/metrics.alloy. */
export const scrapeIntervalSeconds = 30;

export const secondsPerDay = 86_400;

/** The load is larger than the formulas know. */
export class SizeError extends Error {}
