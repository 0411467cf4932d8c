import { AuthorizationV1Api, type V1ResourceAttributes } from "@kubernetes/client-node";
import { ask } from "../cluster/ask";
import type { Cluster } from "../cluster/kubeconfig";

export interface Kind {
    group: string;
    resource: string;
    /** Whether its objects belong to no namespace. */
    clusterWide?: boolean;
    /** Default: that of the stack. */
    namespace?: string;
    /** Default: all that it takes to deploy one. */
    verbs?: string[];
}

/** What the stack is made of, its volumes aside: these are made for it. */
export const kinds: Kind[] = [
    { group: "", resource: "namespaces", clusterWide: true },
    { group: "", resource: "serviceaccounts" },
    { group: "", resource: "configmaps" },
    { group: "", resource: "secrets" },
    { group: "", resource: "services" },
    { group: "", resource: "persistentvolumeclaims" },
    { group: "apps", resource: "deployments" },
    { group: "apps", resource: "statefulsets" },
    { group: "apps", resource: "daemonsets" },
    { group: "batch", resource: "jobs" },
    { group: "policy", resource: "poddisruptionbudgets" },
    { group: "networking.k8s.io", resource: "ingresses" },
    { group: "rbac.authorization.k8s.io", resource: "roles" },
    { group: "rbac.authorization.k8s.io", resource: "rolebindings" },
    { group: "rbac.authorization.k8s.io", resource: "clusterroles", clusterWide: true },
    { group: "rbac.authorization.k8s.io", resource: "clusterrolebindings", clusterWide: true },
];

// Pulumi reads and applies objects, watches them until they are ready, and deletes them in the end.
const allVerbs = ["get", "list", "watch", "create", "patch", "delete"];

/**
 * What the user may not do and would have to, a sentence a kind.
 *
 * @param wanted kinds that the stack has; the rest of the list is not asked about.
 * @throws ClusterError when the cluster cannot be asked.
 */
export async function missingRights(cluster: Cluster, namespace: string, wanted: Kind[]): Promise<string[]> {
    if (await allowed(cluster, { group: "*", resource: "*", verb: "*" })) {
        return [];
    }
    const answers = await Promise.all(
        wanted.map(async (kind) => {
            const { group, resource, verbs = allVerbs } = kind;
            const place = kind.clusterWide ? {} : { namespace: kind.namespace ?? namespace };
            const refused = await Promise.all(
                verbs.map(async (verb) => !(await allowed(cluster, { group, resource, verb, ...place }))),
            );
            return { kind, missing: verbs.filter((_, index) => refused[index]) };
        }),
    );
    return answers
        .filter(({ missing }) => missing.length > 0)
        .map(({ kind: { group, resource, clusterWide, namespace: own = namespace }, missing }) => {
            const where = clusterWide ? "" : ` in namespace ${own}`;
            return `your user may not ${missing.join(", ")} ${resource}${group && `.${group}`}${where}; ask for the right, or name a context of another user`;
        });
}

async function allowed(cluster: Cluster, resourceAttributes: V1ResourceAttributes): Promise<boolean> {
    const api = cluster.config.makeApiClient(AuthorizationV1Api);
    const review = await ask(
        cluster,
        "ask for your rights",
        api.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } }),
    );
    return review.status?.allowed === true;
}
