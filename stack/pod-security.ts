import type { Settings } from "../settings/resolve";

/** Label of a namespace with the Pod Security level that Kubernetes enforces. */
export const enforceLabel = "pod-security.kubernetes.io/enforce";

/** The strictest Pod Security level that all pods of a stack pass. The log collector and the metrics scraper mount folders of their node. */
export function podSecurityLevel({ components }: Pick<Settings, "components">): "privileged" | "restricted" {
    return components.alloyLogs || components.alloyMetrics ? "privileged" : "restricted";
}

/** The Pod Security labels of the namespace. Every pod that is not "restricted" appears in the audit log, and in a warning of the API server. */
export function podSecurityLabels(settings: Pick<Settings, "components">): { [label: string]: string } {
    return {
        [enforceLabel]: podSecurityLevel(settings),
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    };
}
