import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { zoneLabel } from "../../components/zones";
import { lacksZone } from "../../stack/zone-check";
import { whyNotReady } from "../cluster/pod-status";
import { isReady } from "../cluster/target";
import { age, type Finding } from "./finding";

// An older restart is not reported as a problem.
const recentSeconds = 3600;

/** Reports for each pod whether it is ready, or the reason why not, its restarts, and whether a replica of a store has no zone. */
export function podFindings(pods: V1Pod[], now: Date): Finding[] {
    return pods.map((pod) => {
        const { metadata, status } = pod;
        const subject = metadata?.name ?? "";
        const restarted = lastRestart(status?.containerStatuses ?? []);
        const restarts =
            restarted &&
            `${restarted.count} ${restarted.count === 1 ? "restart" : "restarts"}, the last one ${ago(restarted.at, now)} (${restarted.reason})`;
        if (status?.phase === "Succeeded") {
            return { area: "pods", subject, ok: true, text: "the pod has completed" };
        }
        const noZone =
            lacksZone(pod) &&
            `it runs without a zone, because it has no label ${zoneLabel}: see docs/availability.md#replicas-without-a-zone`;
        if (!isReady(pod)) {
            const text = [whyNotReady(pod), restarts, noZone].filter(Boolean).join("; ");
            return { area: "pods", subject, ok: false, text };
        }
        const recent = restarted?.at !== undefined && seconds(restarted.at, now) < recentSeconds;
        return {
            area: "pods",
            subject,
            ok: !recent && !noZone,
            text: ["the pod is ready", restarts, noZone].filter(Boolean).join("; "),
        };
    });
}

function lastRestart(
    containers: V1ContainerStatus[],
): { count: number; at: Date | undefined; reason: string } | undefined {
    const [latest] = containers
        .filter(({ restartCount }) => restartCount > 0)
        .sort((one, other) => time(finishedAt(other)) - time(finishedAt(one)));
    const { reason, exitCode } = latest?.lastState?.terminated ?? {};
    return (
        latest && {
            count: latest.restartCount,
            at: finishedAt(latest),
            reason: reason ?? `exit code ${exitCode ?? "unknown"}`,
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
    return date === undefined ? "at an unknown time" : `${age(seconds(date, now))} ago`;
}
