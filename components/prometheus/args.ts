import type { CollectFromArgs } from "../alloy/args";
import type { BackendAuthArgs } from "../backend-auth";
import type { ChartArgs } from "../helm/args";

/** Arguments of Prometheus. */
export interface PrometheusArgs extends ChartArgs {
    /** Value of the label `cluster` in all metrics. */
    cluster: string;
    /** URL for remote write, such as "http://mimir:9009/api/v1/push". */
    remoteWriteUrl: string;
    /** Tenant of remote write, for stores with multi-tenancy. Default: "anonymous", the tenant of stores without it. */
    tenant?: string;
    /** Authentication of remote write. Default: none. */
    auth?: BackendAuthArgs;
    /**
     * Name of a Secret in the same namespace with the key ca.crt: a certificate authority that is trusted in addition to the public ones. Default:
     * none.
     */
    caSecret?: string;
    /** How long Prometheus keeps samples. Default: "24h". */
    retention?: string;
    /** Size of the volume, as a Kubernetes quantity. Prometheus deletes the oldest samples if they need more than 80 % of it. Default: "10Gi". */
    size?: string;
    /** StorageClass of the volume. Default: the default of the cluster. */
    storageClass?: string;
    /** What is scraped. Default: everything. Metrics of the nodes themselves are not scraped in any case. */
    collectFrom?: CollectFromArgs;
    /** Whether the component KubeStateMetrics is in the same namespace, and is scraped. Default: false. */
    kubeStateMetrics?: boolean;
    /** Regular expressions (RE2) for the whole names of metrics that are not written to the store. Default: none. */
    dropNames?: string[];
}
