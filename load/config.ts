/** What a run needs to know about a stack. The environment variable LOAD_CONFIG contains it as JSON. */
export interface Config {
    /** Number of virtual users. */
    vus: number;
    /** How many seconds they play. */
    seconds: number;
    /** Journeys that each virtual user plays every second. */
    journeysPerSecond: number;
    /** A whole number that decides which journeys fail, are slow and are sampled. Default: the time of the start. */
    seed?: number;
    /** Namespace of the services, and the prefix of their names. It separates the runs of a person from those of the monitor. */
    namespace: string;
    /** Value of the label `cluster`. */
    cluster: string;
    /** With head sampling, the front end samples this ratio of the traces. With tail sampling, all spans are sent. */
    sampling: { mode: "head" | "tail"; ratio: number; slowerThanMs: number };
    /** Base URLs, and for OTLP over gRPC the host with the port. Mimir's has no path. */
    urls: { zipkin: string; otlpGrpc: string; otlpHttp: string; tempo: string; loki: string; mimir: string };
    /** Tenant of all queries. */
    tenant?: string;
    /** Largest relative deviation of a count. Error rates may deviate by as many percentage points. */
    tolerance: number;
    /** Largest relative deviation of what is estimated from sampled traces. */
    samplingTolerance: number;
    /** Bucket bounds of the span metrics, in seconds. */
    spanBoundsSeconds: number[];
    /** Most traces that a search of Tempo returns. */
    searchLimit: number;
    /** How long the comparison waits for data that is not stored yet, in seconds. */
    waitSeconds: number;
}
