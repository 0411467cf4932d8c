import type { BackendsAuthArgs } from "../backend-auth";
import type { ChartArgs } from "../helm/args";
import type { TempoLimitsArgs, TempoTenantLimitsArgs } from "../limits";
import type { BucketConnection } from "../object-store/connection";

/** Arguments of Tempo. */
export interface TempoArgs extends ChartArgs {
    /** Bucket for blocks. */
    bucket: BucketConnection;
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
    /** Size of the volume, for the write-ahead log, as a Kubernetes quantity. Default: "10Gi", from the chart. */
    size?: string;
    /** StorageClass of the volume. Default: the cluster's default StorageClass. */
    storageClass?: string;
}
