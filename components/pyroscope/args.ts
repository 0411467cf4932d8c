import type { BucketConnection } from "../object-store/connection";
import type { ChartArgs } from "../helm/args";

export interface PyroscopeArgs extends ChartArgs {
    /** Where profiles are kept. */
    bucket: BucketConnection;
    /** Ask every writer and reader for a tenant, in the header X-Scope-OrgID. Default false. */
    multitenancy?: boolean;
    /** How long profiles are kept, such as "7d"; at least 12h. Default "7d". */
    retention?: string;
    /** Size of the volume, for the index and what is not in the bucket yet. Default: the chart's 10Gi. */
    size?: string;
    /** Class of the volume. Default: the cluster's own. */
    storageClass?: string;
}
