import type { BucketConnection } from "../object-store/connection";
import type { ChartArgs } from "../helm/args";

export interface LokiArgs extends ChartArgs {
    /** Where chunks and index are kept. */
    bucket: BucketConnection;
    /** Default 1. */
    replicas?: number;
    /** Replicas that hold each line; odd, and at most `replicas`. Default: the replicas, but no more than 3. */
    replicationFactor?: number;
    /** Ask every writer and reader for a tenant, in the header X-Scope-OrgID. Default false. */
    multitenancy?: boolean;
    /** How long lines are kept, such as "14d"; at least 24h. Default "7d". */
    retention?: string;
    /** Size of each replica's volume, for the write-ahead log and the compactor. Default: the chart's 10Gi. */
    size?: string;
    /** Class of the volumes. Default: the cluster's own. */
    storageClass?: string;
    /** Rule files for the ruler, by name, in Prometheus' format with LogQL in it. Default: no ruler. */
    rules?: { [file: string]: string };
    /** The tenant whose rules these are. Default: the only one that there is without multitenancy. */
    tenant?: string;
    /** Rules: where the Alertmanager answers that is told of alerts. Default: nobody is told. */
    alertmanagerUrl?: string;
    /** Rules: where Mimir answers, for the series that rules record. Default: they are nowhere. */
    metricsUrl?: string;
}
