import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";

/** The containers of a pod, init containers first. */
export function containersOf({ status }: V1Pod): V1ContainerStatus[] {
    return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** The reason why a pod is not ready, for a pod that is not ready. */
export function whyNotReady(pod: V1Pod): string {
    const { metadata, spec, status } = pod;
    if (metadata?.deletionTimestamp !== undefined) {
        return "the pod is being deleted";
    }
    const unscheduled = status?.conditions?.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
    if (unscheduled || spec?.nodeName === undefined) {
        return `the pod has no node: ${unscheduled?.message ?? "it is not scheduled yet"}`;
    }
    const reasons = containersOf(pod).flatMap(({ name, state }) => {
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
