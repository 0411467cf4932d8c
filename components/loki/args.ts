import type { BackendsAuthArgs } from "../backend-auth";
import type { AutoscalingArgs, ChartArgs } from "../helm/args";
import type { LokiLimitsArgs, LokiTenantLimitsArgs } from "../limits";
import type { StoreMode } from "../mode";
import type { BucketConnection } from "../object-store/connection";
import type { ZonesArgs } from "../zones";

/** Replicas of a part of distributed Loki that holds no data. */
export interface LokiPartArgs {
    /** Number of replicas. Default: 1 with the profile "dev", 3 with "prod". */
    replicas?: number;
    /** Number of replicas by CPU utilization, instead of `replicas`. Default: none. */
    autoscaling?: AutoscalingArgs;
}

/** Arguments of Loki. */
export interface LokiArgs extends ChartArgs {
    /** Bucket for chunks and index. */
    bucket: BucketConnection;
    /** "monolithic": each replica runs all parts. "distributed": each part has its own pods. Default: "monolithic". */
    mode?: StoreMode;
    /** Number of replicas. In distributed mode: of the ingesters, which hold the newest lines. Default: 1. */
    replicas?: number;
    /** Distributed mode: the distributors, which accept lines. Default: 1 replica with the profile "dev", 3 with "prod". */
    distributor?: LokiPartArgs;
    /** Distributed mode: the queriers. Default: 1 replica with the profile "dev", 3 with "prod". */
    querier?: LokiPartArgs;
    /** Number of replicas that store each log line. Odd, and at most `replicas`. Default: `replicas`, but at most 3. */
    replicationFactor?: number;
    /** Places the copies of the newest lines in different zones. It has no effect with replication factor 1. Default: none. */
    zones?: ZonesArgs;
    /** Whether requests must have a tenant in the header X-Scope-OrgID. Default: false. */
    multitenancy?: boolean;
    /** How long logs are kept, as a duration such as "14d". At least "24h". Default: "7d". */
    retention?: string;
    /** How long the logs of single namespaces are kept, by namespace, instead of `retention`. Default: none. */
    namespaceRetention?: { [namespace: string]: string };
    /** Limits for each tenant. Default: those of the profile. */
    limits?: LokiLimitsArgs;
    /** Limits of single tenants, which replace those of all tenants. The key is the id of the tenant. Default: none. */
    tenantLimits?: { [tenant: string]: LokiTenantLimitsArgs };
    /**
     * Size of each replica's volume, for the write-ahead log and the compactor, as a Kubernetes quantity. In distributed mode, the compactor has its
     * own volume of 10Gi. Default: "10Gi".
     */
    size?: string;
    /** StorageClass of the volumes. Default: the cluster's default StorageClass. */
    storageClass?: string;
    /** Rule files by name, in the Prometheus format with LogQL expressions. Default: none; then the ruler is disabled. */
    rules?: { [file: string]: string };
    /** Tenant of the rules. Default: "fake", the tenant of Loki without multi-tenancy. */
    tenant?: string;
    /** URL of the Alertmanager that receives the alerts of rules. Default: none. */
    alertmanagerUrl?: string;
    /** URL of Mimir, which stores the series of recording rules. Default: none. */
    metricsUrl?: string;
    /** URL for remote write, if the store of metrics is not Mimir. Default: the path /api/v1/push of `metricsUrl`. */
    metricsRemoteWriteUrl?: string;
    /** Authentication at the store of metrics, with the key `mimir`. Default: none. */
    auth?: BackendsAuthArgs;
}
