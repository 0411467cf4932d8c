import type { V1Pod } from "@kubernetes/client-node";

/** The reason why a pod is not ready, for a pod that is not ready. */
export function whyNotReady({ metadata, spec, status }: V1Pod): string {
    if (metadata?.deletionTimestamp !== undefined) {
        return "the pod is being deleted";
    }
    const unscheduled = status?.conditions?.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
    if (unscheduled || spec?.nodeName === undefined) {
        return `the pod has no node: ${unscheduled?.message ?? "it is not scheduled yet"}`;
    }
    const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    const reasons = containers.flatMap(({ name, state }) => {
        const { waiting, terminated } = state ?? {};
        const detail = waiting?.message ?? terminated?.message;
        const reason = waiting?.reason ?? (terminated?.exitCode ? terminated.reason : undefined);
        return reason === undefined ? [] : [`container ${name}: ${reason}${detail ? ` (${detail.trim()})` : ""}`];
    });
    return reasons.length > 0
        ? reasons.join(", ")
        : status?.phase === "Running"
          ? "the pod is running but not ready: its readiness probe does not succeed"
          : `the pod is not ready; its phase is ${status?.phase ?? "Unknown"}`;
}
