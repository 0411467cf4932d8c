import type { Settings } from "../../settings/resolve";
import { type Cluster, findCluster } from "./kubeconfig";

/**
 * The cluster that a stack belongs to: the one that its settings name, or else the one of the context.
 *
 * @param context from the command line; default, the current one.
 * @throws Error where both are named and differ, and as findCluster.
 */
export function clusterOf(stack: string, { kubeContext }: Settings, context?: string): Cluster {
    if (context !== undefined && kubeContext !== undefined && context !== kubeContext) {
        throw new Error(
            `--context is "${context}", but stack ${stack} belongs to "${kubeContext}"; leave --context out, or change observability:kubeContext in Pulumi.${stack}.yaml`,
        );
    }
    return findCluster(context ?? kubeContext);
}
