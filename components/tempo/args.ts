import type { BucketConnection } from "../object-store/connection";
import type { ChartArgs } from "../helm/args";

export interface TempoArgs extends ChartArgs {
    /** Where blocks are kept. */
    bucket: BucketConnection;
    /**
     * Where Mimir answers, for what Tempo counts of spans: rates, errors and durations by service and span, with exemplars, and
     * the service graph. Default: nothing is counted.
     */
    metricsUrl?: string;
    /** Durations of spans between which it counts, too, in seconds. Default: none but its own, powers of 2 milliseconds. */
    latencyBoundsSeconds?: number[];
    /** Ask every writer and reader for a tenant, in the header X-Scope-OrgID. Default false. */
    multitenancy?: boolean;
    /** How long traces are kept, such as "14d"; at least 1h. Default "7d". */
    retention?: string;
    /** Size of the volume, for the write-ahead log. Default: the chart's 10Gi. */
    size?: string;
    /** Class of the volume. Default: the cluster's own. */
    storageClass?: string;
}
