import { clusterObjectName } from "../contract";
import type { HelmValues } from "../helm/values";

/**
 * Replaces the ClusterRole of the chart by one whose name contains the namespace. The chart derives the name from the release only, so
 * that it would be the same in every namespace.
 */
export function withClusterRole(values: HelmValues, release: string, namespace: string): HelmValues {
    const { create = true, namespaces, rules, clusterRules } = values["rbac"] ?? {};
    // With `namespaces`, the chart creates Roles instead of a ClusterRole.
    if (!create || namespaces?.length > 0) {
        return values;
    }
    const name = clusterObjectName(release, namespace);
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const metadata = {
        name,
        labels: { "app.kubernetes.io/name": "alloy", "app.kubernetes.io/instance": release },
    };
    return {
        ...values,
        rbac: { ...values["rbac"], create: false },
        extraObjects: [
            { apiVersion, kind: "ClusterRole", metadata, rules: [...(rules ?? []), ...(clusterRules ?? [])] },
            {
                apiVersion,
                kind: "ClusterRoleBinding",
                metadata,
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
                subjects: [
                    {
                        kind: "ServiceAccount",
                        // The chart evaluates these templates.
                        name: '{{ include "alloy.serviceAccountName" . }}',
                        namespace: '{{ include "alloy.namespace" . }}',
                    },
                ],
            },
            ...(values["extraObjects"] ?? []),
        ],
    };
}
