import { clusterObjectName, contract } from "../contract";
import { pullSecrets, scheduling } from "../helm/chart";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { KubeStateMetricsArgs } from "./args";

/** The API group of the objects of each collector. Secrets and ConfigMaps are left out, because permission to list them includes their content. */
const apiGroups: Record<string, string> = {
    certificatesigningrequests: "certificates.k8s.io",
    cronjobs: "batch",
    daemonsets: "apps",
    deployments: "apps",
    endpointslices: "discovery.k8s.io",
    horizontalpodautoscalers: "autoscaling",
    ingressclasses: "networking.k8s.io",
    ingresses: "networking.k8s.io",
    jobs: "batch",
    leases: "coordination.k8s.io",
    limitranges: "",
    namespaces: "",
    networkpolicies: "networking.k8s.io",
    nodes: "",
    persistentvolumeclaims: "",
    persistentvolumes: "",
    poddisruptionbudgets: "policy",
    pods: "",
    replicasets: "apps",
    replicationcontrollers: "",
    resourcequotas: "",
    serviceaccounts: "",
    services: "",
    statefulsets: "apps",
    storageclasses: "storage.k8s.io",
    volumeattachments: "storage.k8s.io",
};

/** Collectors of the default values whose objects do not belong to a namespace. */
const clusterCollectors = ["namespaces", "nodes", "persistentvolumes"];

/** Helm values of kube-state-metrics. */
export function kubeStateMetricsValues(args: KubeStateMetricsArgs): HelmValues {
    const values = chartValues(args);
    return createsRole(values) ? withClusterRole(values, args.namespace) : values;
}

/** The collectors of the arguments that the component grants no permission for. */
export function collectorsWithoutPermission(args: KubeStateMetricsArgs): string[] {
    const values = chartValues(args);
    return createsRole(values) ? collectorsOf(values).filter((collector) => apiGroups[collector] === undefined) : [];
}

/** The values without the ClusterRole. */
function chartValues(args: KubeStateMetricsArgs): HelmValues {
    const { namespaces, excludeNamespaces = [], nodes = true } = args.collectFrom ?? {};
    const packaged = packagedValues("kube-state-metrics", args.profile ?? "dev");
    const listed = namespaces && [...new Set([args.namespace, ...namespaces])].sort();
    return mergeValues(
        packaged,
        {
            global: { imageRegistry: args.imageRegistry },
            imagePullSecrets: pullSecrets(args),
            collectors: (packaged["collectors"] as string[]).filter(
                (collector) => nodes || !clusterCollectors.includes(collector),
            ),
            namespaces: listed,
            namespacesDenylist: excludeNamespaces.length > 0 ? excludeNamespaces : undefined,
            ...scheduling(args),
        },
        args.values,
    );
}

/** The collectors of Helm values, as the chart computes them. */
function collectorsOf(values: HelmValues): string[] {
    const list = (key: string) => [values[key] ?? []].flat() as string[];
    const kept = list("collectors").filter((collector) => !list("collectorsExclude").includes(collector));
    return [...new Set([...kept, ...list("collectorsExtra")])];
}

/** Whether the component creates the ClusterRole. Otherwise the values of the caller configure the permissions. */
function createsRole({ rbac = {} }: HelmValues): boolean {
    const { create, useClusterRole, useExistingRole } = rbac as HelmValues;
    return create !== false && useClusterRole !== false && useExistingRole === undefined;
}

/**
 * Replaces the ClusterRole of the chart by one whose name contains the namespace. The chart derives the name from the release only, so that it would be the
 * same in every namespace.
 */
function withClusterRole(values: HelmValues, namespace: string): HelmValues {
    const { release } = contract.kubeStateMetrics;
    const name = clusterObjectName(release, namespace);
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const labels = { "app.kubernetes.io/name": "kube-state-metrics", "app.kubernetes.io/instance": release };
    return {
        ...values,
        rbac: { ...values["rbac"], create: false },
        extraManifests: [
            {
                apiVersion,
                kind: "ClusterRole",
                metadata: { name, labels },
                rules: [...rulesFor(collectorsOf(values)), ...((values["rbac"]?.extraRules ?? []) as object[])],
            },
            {
                apiVersion,
                kind: "ClusterRoleBinding",
                metadata: { name, labels },
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
                subjects: [
                    // The chart evaluates these templates.
                    {
                        kind: "ServiceAccount",
                        name: '{{ include "kube-state-metrics.serviceAccountName" . | trim }}',
                        namespace: '{{ include "kube-state-metrics.namespace" . | trim }}',
                    },
                ],
            },
            ...(values["extraManifests"] ?? []),
        ],
    };
}

function rulesFor(collectors: string[]): object[] {
    const known = collectors.filter((collector) => apiGroups[collector] !== undefined);
    const groups = [...new Set(known.map((collector) => apiGroups[collector] ?? ""))].sort();
    return groups.map((group) => ({
        apiGroups: [group],
        resources: known.filter((collector) => apiGroups[collector] === group).sort(),
        verbs: ["list", "watch"],
    }));
}
