import type { RetiredResource } from "../../cli/upgrade/state";

/**
 * Resources of the last release that an upgrade deletes on purpose. A resource that holds data cannot be in this list, and a renamed resource has an
 * alias instead. The list is emptied with each release.
 */
export const retired: RetiredResource[] = [
    ...["Role", "RoleBinding"].map((kind) => ({
        id: `observability:index:ObservabilityStack$observability:index:Pyroscope$kubernetes:helm.sh/v4:Chart$kubernetes:rbac.authorization.k8s.io/v1:${kind}::observability-pyroscope-chart:monitoring/pyroscope-discovery`,
        reason: "Pyroscope finds its replicas with DNS instead of the API of Kubernetes.",
    })),
];
