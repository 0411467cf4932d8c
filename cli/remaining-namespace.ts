import { CoreV1Api, type V1Namespace } from "@kubernetes/client-node";
import { ownerAnnotation, ownerConfigMapName } from "../components/ownership";
import { sameStack } from "../stack/owner";
import { findObject } from "./cluster/api";
import type { Cluster } from "./cluster/kubeconfig";
import type { Evaluation } from "./evaluate";

/**
 * The namespace of a stack that is not deployed, if it remains from an earlier deployment: `pulumi destroy` does not delete a namespace with
 * protected data. Undefined if it does not exist, or if it belongs to something else.
 */
export async function remainingNamespace(
    cluster: Cluster,
    { settings: { namespace: name }, resources }: Evaluation,
): Promise<V1Namespace | undefined> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const found = await findObject(cluster, `read namespace ${name}`, core.readNamespace({ name }));
    const created = found?.metadata?.annotations?.[ownerAnnotation];
    const own = resources
        .map(({ inputs }) => inputs as { metadata?: { name?: unknown }; data?: { stack?: string } })
        .find(({ metadata }) => metadata?.name === ownerConfigMapName)?.data?.stack;
    if (created === undefined || own === undefined || !sameStack(created, own)) {
        return undefined;
    }
    const owner = await findObject(
        cluster,
        `read ConfigMap ${ownerConfigMapName}`,
        core.readNamespacedConfigMap({ name: ownerConfigMapName, namespace: name }),
    );
    // With it, a stack is deployed, whose state is in another backend.
    return owner === undefined ? found : undefined;
}
