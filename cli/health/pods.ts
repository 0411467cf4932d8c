import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { isReady } from "../cluster/target";
import { age, type Finding } from "./finding";

// A restart that is longer ago has been got over.
const recentSeconds = 3600;

/** Each pod: ready, or why not, and restarts. */
export function podFindings(pods: V1Pod[], now: Date): Finding[] {
    return pods.map((pod) => {
        const { metadata, status } = pod;
        const subject = metadata?.name ?? "";
        const restarted = lastRestart(status?.containerStatuses ?? []);
        const restarts =
            restarted && `${restarted.count} restarts, the last ${ago(restarted.at, now)} (${restarted.why})`;
        if (status?.phase === "Succeeded") {
            return { area: "pods", subject, ok: true, text: "completed" };
        }
        if (!isReady(pod)) {
            const text = [whyNotReady(pod), restarts].filter(Boolean).join("; ");
            return { area: "pods", subject, ok: false, text };
        }
        const recent = restarted?.at !== undefined && seconds(restarted.at, now) < recentSeconds;
        return { area: "pods", subject, ok: !recent, text: restarts ? `ready; ${restarts}` : "ready" };
    });
}

function whyNotReady({ metadata, spec, status }: V1Pod): string {
    if (metadata?.deletionTimestamp !== undefined) {
        return "is being deleted";
    }
    const unscheduled = status?.conditions?.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
    if (unscheduled || spec?.nodeName === undefined) {
        return `no node takes it: ${unscheduled?.message ?? "it has not been scheduled yet"}`;
    }
    const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    const reasons = containers.flatMap(({ name, state }) => {
        const { waiting, terminated } = state ?? {};
        const detail = waiting?.message ?? terminated?.message;
        const reason = waiting?.reason ?? (terminated?.exitCode ? terminated.reason : undefined);
        return reason === undefined ? [] : [`${name}: ${reason}${detail ? ` (${detail.trim()})` : ""}`];
    });
    return reasons.length > 0 ? reasons.join(", ") : `${status?.phase ?? "Unknown"}, and its probe does not pass`;
}

function lastRestart(
    containers: V1ContainerStatus[],
): { count: number; at: Date | undefined; why: string } | undefined {
    const [latest] = containers
        .filter(({ restartCount }) => restartCount > 0)
        .sort((one, other) => time(finishedAt(other)) - time(finishedAt(one)));
    const { reason, exitCode } = latest?.lastState?.terminated ?? {};
    return (
        latest && {
            count: latest.restartCount,
            at: finishedAt(latest),
            why: reason ?? `exit code ${exitCode ?? "unknown"}`,
        }
    );
}

function finishedAt({ lastState }: V1ContainerStatus): Date | undefined {
    return lastState?.terminated?.finishedAt;
}

function time(date: Date | undefined): number {
    return date === undefined ? 0 : new Date(date).getTime();
}

function seconds(date: Date, now: Date): number {
    return (now.getTime() - time(date)) / 1000;
}

function ago(date: Date | undefined, now: Date): string {
    return date === undefined ? "some time ago" : `${age(seconds(date, now))} ago`;
}
