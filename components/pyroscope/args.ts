import type { AutoscalingArgs, ChartArgs } from "../helm/args";
import type { PyroscopeLimitsArgs, PyroscopeTenantLimitsArgs } from "../limits";
import type { StoreMode } from "../mode";
import type { BucketConnection } from "../object-store/connection";

/** Replicas of a part of distributed Pyroscope that keeps no data. */
export interface PyroscopePartArgs {
    /** Number of replicas. Default: 1 with the profile "dev". With "prod", 2 distributors, and 3 of the other parts. */
    replicas?: number;
    /** Number of replicas by CPU utilization, instead of `replicas`. Default: none. */
    autoscaling?: AutoscalingArgs;
}

/** Arguments of Pyroscope. */
export interface PyroscopeArgs extends ChartArgs {
    /** Bucket for profiles. */
    bucket: BucketConnection;
    /** "monolithic": one process runs all parts. "distributed": each part has its own pods. Default: "monolithic". */
    mode?: StoreMode;
    /** Distributed mode: the distributors, which accept profiles. Default: 1 replica with the profile "dev", 2 with "prod". */
    distributor?: PyroscopePartArgs;
    /** Distributed mode: the segment-writers, which write profiles to the bucket. Default: 1 replica with the profile "dev", 3 with "prod". */
    segmentWriter?: PyroscopePartArgs;
    /** Distributed mode: the query-backends, which read profiles. Default: 1 replica with the profile "dev", 3 with "prod". */
    queryBackend?: PyroscopePartArgs;
    /** Distributed mode: number of replicas of the query-frontend. Default: 1 with the profile "dev", 2 with "prod". */
    queryFrontendReplicas?: number;
    /** Distributed mode: number of replicas of the compaction-worker. Default: 1 with the profile "dev", 2 with "prod". */
    compactionWorkerReplicas?: number;
    /**
     * Distributed mode: number of replicas of the metastore, which has the index. Odd, because more than half of them must run. It cannot be lowered
     * without removing replicas from the Raft cluster first. Default: 1 with the profile "dev", 3 with "prod".
     */
    metastoreReplicas?: number;
    /** Whether requests must have a tenant in the header X-Scope-OrgID. Default: false. */
    multitenancy?: boolean;
    /** How long profiles are kept, as a duration such as "7d". At least "12h". Default: "7d". */
    retention?: string;
    /** Limits for each tenant. Default: those of the profile. */
    limits?: PyroscopeLimitsArgs;
    /** Limits of single tenants, which replace those of all tenants. The key is the id of the tenant. Default: none. */
    tenantLimits?: { [tenant: string]: PyroscopeTenantLimitsArgs };
    /** Size of the volume with the index, as a Kubernetes quantity. In distributed mode, of each replica of the metastore. Default: "10Gi", from the chart. */
    size?: string;
    /**
     * Name of this Pyroscope in the Raft log on its volume. It must stay the same as long as the volume has its data, also after a restore to another
     * namespace. Otherwise Pyroscope does not become ready. A metastore with several replicas needs the default name. Default: the host name and port of the pod in `namespace` and the DNS domain "cluster.local".
     */
    serverId?: string;
    /** StorageClass of the volume. Default: the cluster's default StorageClass. */
    storageClass?: string;
}
