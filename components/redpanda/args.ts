import type { ChartArgs } from "../helm/args";

/** Arguments of Redpanda. */
export interface RedpandaArgs extends ChartArgs {
    /** Number of brokers: 1, 3 or 5. With 1, each message is on one volume. Do not decrease it: the brokers lose their majority. Default: 1. */
    replicas?: number;
    /** Size of the volume of each broker, as a Kubernetes quantity. Default: "5Gi". */
    size?: string;
    /** StorageClass of the volumes. Default: the default of the cluster. */
    storageClass?: string;
    /** Whether Redpanda Console is deployed, a user interface for topics, messages and consumer groups. It has no login. Default: true. */
    console?: boolean;
}
