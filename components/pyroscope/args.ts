import type { ChartArgs } from "../helm/args";
import type { PyroscopeLimitsArgs, PyroscopeTenantLimitsArgs } from "../limits";
import type { BucketConnection } from "../object-store/connection";

/** Arguments of Pyroscope. */
export interface PyroscopeArgs extends ChartArgs {
    /** Bucket for profiles. */
    bucket: BucketConnection;
    /** Whether requests must have a tenant in the header X-Scope-OrgID. Default: false. */
    multitenancy?: boolean;
    /** How long profiles are kept, as a duration such as "7d". At least "12h". Default: "7d". */
    retention?: string;
    /** Limits for each tenant. Default: those of the profile. */
    limits?: PyroscopeLimitsArgs;
    /** Limits of single tenants, which replace those of all tenants. The key is the id of the tenant. Default: none. */
    tenantLimits?: { [tenant: string]: PyroscopeTenantLimitsArgs };
    /** Size of the volume, for the index and recent profiles, as a Kubernetes quantity. Default: "10Gi", from the chart. */
    size?: string;
    /**
     * Name of this Pyroscope in the Raft log on its volume. It must stay the same as long as the volume has its data, also after a restore to another
     * namespace. Otherwise Pyroscope does not become ready. Default: the host name and port of the pod in `namespace` and the DNS domain "cluster.local".
     */
    serverId?: string;
    /** StorageClass of the volume. Default: the cluster's default StorageClass. */
    storageClass?: string;
}
