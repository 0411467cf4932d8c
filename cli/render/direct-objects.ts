import type { Evaluation } from "../evaluate";
import type { KubernetesObject } from "../manifests";
import { claimOf } from "./gitops";

/**
 * The objects that the program creates and that belong to no chart.
 *
 * @param withClaims whether the claims of StatefulSets are objects of their own, as a GitOps tool needs them.
 */
export function directObjects({ resources }: Pick<Evaluation, "resources">, withClaims: boolean): KubernetesObject[] {
    const objects = resources.filter(({ type, inputs }) => type.startsWith("kubernetes:") && "kind" in inputs);
    return objects.flatMap(({ type, inputs }) => {
        const object = inputs as KubernetesObject;
        // Without a GitOps tool, the StatefulSets create the claims.
        return !type.endsWith("Patch") ? [object] : withClaims && /ClaimPatch$/.test(type) ? [claimOf(object)] : [];
    });
}
