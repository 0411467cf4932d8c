import type { Settings } from "../../settings/resolve";
import { type Cluster, findCluster } from "./kubeconfig";

/**
 * Finds the cluster of a stack: the setting kubeContext, the option --context, or the current context.
 *
 * @param context value of --context.
 * @throws Error if --context differs from kubeContext. Also the errors of findCluster.
 */
export function clusterOf(stack: string, { kubeContext }: Settings, context?: string): Cluster {
    if (context !== undefined && kubeContext !== undefined && context !== kubeContext) {
        throw new Error(
            `--context is "${context}", but stack ${stack} is bound to the context "${kubeContext}"; omit --context, or change observability:kubeContext in Pulumi.${stack}.yaml`,
        );
    }
    return findCluster(context ?? kubeContext);
}
