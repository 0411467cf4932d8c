import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { clusterObjectName, contract } from "../contract";

/** What the program watches, to connect a process with its pod and an address with its Service. */
const rules = [
    { apiGroups: [""], resources: ["nodes", "pods", "services"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["list", "watch"] },
];

/**
 * Creates the ClusterRole and its binding. The charts derive the name from the release only, so that it would be the same in every namespace, and only one of
 * them can have further objects.
 */
export function createPermissions(name: string, namespace: string, parent: pulumi.Resource): pulumi.Resource[] {
    const { release } = contract.autoInstrumentation;
    const roleName = clusterObjectName(release, namespace);
    const metadata = {
        name: roleName,
        labels: { "app.kubernetes.io/name": release, "app.kubernetes.io/instance": release },
    };
    return [
        new k8s.rbac.v1.ClusterRole(`${name}-role`, { metadata, rules }, { parent }),
        new k8s.rbac.v1.ClusterRoleBinding(
            `${name}-role-binding`,
            {
                metadata,
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: roleName },
                subjects: [{ kind: "ServiceAccount", name: release, namespace }],
            },
            { parent },
        ),
    ];
}
