import { durationSeconds } from "./durations";

/** What holds where a stack says nothing else. */
export const defaultTail = { decisionWait: "10s", slowerThan: "2s" };

/** Traces that wait for a decision are in memory. */
export const longestDecisionWait = "5m";

/** What is allowed for slowerThan beside a decision wait; undefined where it is sound. */
export function slowerThanMistake({
    decisionWait = defaultTail.decisionWait,
    slowerThan = defaultTail.slowerThan,
}: {
    decisionWait?: string;
    slowerThan?: string;
}): string | undefined {
    return (durationSeconds(slowerThan) ?? 0) < (durationSeconds(decisionWait) ?? 0)
        ? undefined
        : `less than decisionWait, ${decisionWait}: a trace that takes longer is decided about before its end`;
}
