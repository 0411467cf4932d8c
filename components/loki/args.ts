import type { BackendsAuthArgs } from "../backend-auth";
import type { ChartArgs } from "../helm/args";
import type { LokiLimitsArgs, LokiTenantLimitsArgs } from "../limits";
import type { BucketConnection } from "../object-store/connection";

/** Arguments of Loki. */
export interface LokiArgs extends ChartArgs {
    /** Bucket for chunks and index. */
    bucket: BucketConnection;
    /** Number of replicas. Default: 1. */
    replicas?: number;
    /** Number of replicas that store each log line. Odd, and at most `replicas`. Default: `replicas`, but at most 3. */
    replicationFactor?: number;
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
    /** Size of each replica's volume, for the write-ahead log and the compactor, as a Kubernetes quantity. Default: "10Gi", from the chart. */
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
