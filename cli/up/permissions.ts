import { AuthorizationV1Api, type V1ResourceAttributes } from "@kubernetes/client-node";
import { callApi } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";

/** A kind of object and the verbs that a deployment needs for it. */
export interface ResourceKind {
    group: string;
    resource: string;
    /** Whether its objects have no namespace. */
    clusterScoped?: boolean;
    /** Default: the namespace of the stack. */
    namespace?: string;
    /** Default: all verbs that a deployment needs. */
    verbs?: string[];
}

/** The kinds of objects that a stack creates. PersistentVolumes are missing because Kubernetes creates them. */
export const deployedKinds: ResourceKind[] = [
    { group: "", resource: "namespaces", clusterScoped: true },
    { group: "", resource: "serviceaccounts" },
    { group: "", resource: "configmaps" },
    { group: "", resource: "secrets" },
    { group: "", resource: "services" },
    { group: "", resource: "persistentvolumeclaims" },
    { group: "apps", resource: "deployments" },
    { group: "apps", resource: "statefulsets" },
    { group: "apps", resource: "daemonsets" },
    { group: "batch", resource: "jobs" },
    { group: "batch", resource: "cronjobs" },
    { group: "policy", resource: "poddisruptionbudgets" },
    { group: "autoscaling", resource: "horizontalpodautoscalers" },
    { group: "networking.k8s.io", resource: "ingresses" },
    { group: "networking.k8s.io", resource: "networkpolicies" },
    { group: "gateway.networking.k8s.io", resource: "httproutes" },
    { group: "rbac.authorization.k8s.io", resource: "roles" },
    { group: "rbac.authorization.k8s.io", resource: "rolebindings" },
    { group: "rbac.authorization.k8s.io", resource: "clusterroles", clusterScoped: true },
    { group: "rbac.authorization.k8s.io", resource: "clusterrolebindings", clusterScoped: true },
];

// Pulumi reads and applies objects, waits until they are ready, and deletes them.
const deploymentVerbs = ["get", "list", "watch", "create", "patch", "delete"];

/**
 * Returns one sentence for each kind of object for which the user has no permission.
 *
 * @throws ClusterError if a request to the API server fails.
 */
export async function missingPermissions(
    cluster: Cluster,
    namespace: string,
    kinds: ResourceKind[],
): Promise<string[]> {
    if (await isAllowed(cluster, { group: "*", resource: "*", verb: "*" })) {
        return [];
    }
    const reviews = await Promise.all(
        kinds.map(async (kind) => {
            const { group, resource, verbs = deploymentVerbs } = kind;
            const scope = kind.clusterScoped ? {} : { namespace: kind.namespace ?? namespace };
            const allowed = await Promise.all(
                verbs.map((verb) => isAllowed(cluster, { group, resource, verb, ...scope })),
            );
            return { kind, missing: verbs.filter((_, index) => !allowed[index]) };
        }),
    );
    return reviews
        .filter(({ missing }) => missing.length > 0)
        .map(({ kind: { group, resource, clusterScoped, namespace: own = namespace }, missing }) => {
            const where = clusterScoped ? "" : ` in namespace ${own}`;
            const verbs = missing.length === 1 ? `verb ${missing[0]}` : `verbs ${list(missing)}`;
            return `your user needs the ${verbs} for ${resource}${group && `.${group}`}${where}; request the permission, or select a context with another user`;
        });
}

function list(names: string[]): string {
    return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

async function isAllowed(cluster: Cluster, resourceAttributes: V1ResourceAttributes): Promise<boolean> {
    const api = cluster.config.makeApiClient(AuthorizationV1Api);
    const review = await callApi(
        cluster,
        "check your permissions",
        api.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } }),
    );
    return review.status?.allowed === true;
}
