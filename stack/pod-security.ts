import type { Settings } from "../settings/resolve";
import type { EbpfSetting } from "../validation/kernels";

/** Label of a namespace with the Pod Security level that Kubernetes enforces. */
export const enforceLabel = "pod-security.kubernetes.io/enforce";

type Read = Pick<Settings, "components" | "autoInstrumentation" | "profiling">;

/**
 * The strictest Pod Security level that all pods of a stack pass. The log collector and the metrics scraper mount folders of their node, and what uses eBPF reads
 * all processes of its node.
 */
export function podSecurityLevel(settings: Read): "privileged" | "restricted" {
    const { components } = settings;
    return components.alloyLogs || components.alloyMetrics || ebpfSettings(settings).length > 0
        ? "privileged"
        : "restricted";
}

/** The settings that are true, and whose pods use eBPF. */
export function ebpfSettings({ autoInstrumentation, profiling }: Omit<Read, "components">): EbpfSetting[] {
    return [
        ...(autoInstrumentation.enabled ? ["autoInstrumentation.enabled" as const] : []),
        ...(profiling.ebpf ? ["profiling.ebpf" as const] : []),
    ];
}

/** The Pod Security labels of the namespace. Every pod that is not "restricted" appears in the audit log, and in a warning of the API server. */
export function podSecurityLabels(settings: Read): { [label: string]: string } {
    return {
        [enforceLabel]: podSecurityLevel(settings),
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    };
}
