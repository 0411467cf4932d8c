import type { BackendsAuthArgs } from "../backend-auth";
import type { AutoscalingArgs, ChartArgs } from "../helm/args";
import type { TempoLimitsArgs, TempoTenantLimitsArgs } from "../limits";
import type { StoreMode } from "../mode";
import type { BucketConnection } from "../object-store/connection";
import type { ZonesArgs } from "../zones";

/** Replicas of a part of distributed Tempo that holds no data. */
export interface TempoPartArgs {
    /** Number of replicas. Default: 1 with the profile "dev", 3 distributors or 2 queriers with "prod". */
    replicas?: number;
    /** Number of replicas by CPU utilization, instead of `replicas`. Default: none. */
    autoscaling?: AutoscalingArgs;
}

/** Arguments of Tempo. */
export interface TempoArgs extends ChartArgs {
    /** Bucket for blocks. */
    bucket: BucketConnection;
    /** "monolithic": one process runs all parts. "distributed": each part has its own pods, without Kafka. Default: "monolithic". */
    mode?: StoreMode;
    /** Distributed mode: number of replicas of the ingesters, which hold the newest traces. Default: 1. */
    replicas?: number;
    /** Distributed mode: the distributors, which accept spans. Default: 1 replica with the profile "dev", 3 with "prod". */
    distributor?: TempoPartArgs;
    /** Distributed mode: the queriers. Default: 1 replica with the profile "dev", 2 with "prod". */
    querier?: TempoPartArgs;
    /** Distributed mode: number of replicas of the metrics-generator. Default: 1 with the profile "dev", 2 with "prod". */
    metricsGeneratorReplicas?: number;
    /** Distributed mode: number of ingesters that store each trace. Odd, and at most `replicas`. Default: `replicas`, but at most 3. */
    replicationFactor?: number;
    /** Distributed mode: places the copies of the newest traces in different zones. It has no effect with replication factor 1. Default: none. */
    zones?: ZonesArgs;
    /**
     * URL of Mimir. With it, Tempo generates metrics from spans: request rates, errors and durations by service and span, with
     * exemplars, and the service graph. Default: none; then the metrics-generator is disabled, unless `metricsRemoteWriteUrl` is set.
     */
    metricsUrl?: string;
    /** URL for remote write, if the store of metrics is not Mimir. Default: the path /api/v1/push of `metricsUrl`. */
    metricsRemoteWriteUrl?: string;
    /** Authentication at the store of metrics, with the key `mimir`. Default: none. */
    auth?: BackendsAuthArgs;
    /**
     * Additional bucket bounds of the span duration histogram, in seconds. The histogram always has the powers of 2 from 2 ms to
     * 16.384 s. Default: none.
     */
    latencyBoundsSeconds?: number[];
    /** Whether requests must have a tenant in the header X-Scope-OrgID. Default: false. */
    multitenancy?: boolean;
    /** How long traces are kept, as a duration such as "14d". At least "1h". Default: "7d". */
    retention?: string;
    /** Limits for each tenant. Default: those of the profile. */
    limits?: TempoLimitsArgs;
    /** Limits of single tenants, which replace those of all tenants. The key is the id of the tenant. Default: none. */
    tenantLimits?: { [tenant: string]: TempoTenantLimitsArgs };
    /** Size of the volume, for the write-ahead log, as a Kubernetes quantity. In distributed mode, of each ingester. Default: "10Gi", from the chart. */
    size?: string;
    /** StorageClass of the volumes. Default: the cluster's default StorageClass. */
    storageClass?: string;
}
