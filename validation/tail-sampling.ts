import { durationSeconds } from "./durations";

/** Default durations of tail sampling. */
export const defaultTail = { decisionWait: "10s", slowerThan: "2s" };

/** Maximum of the decision wait, because traces are in memory until the decision. */
export const longestDecisionWait = "5m";

/**
 * Checks that `slowerThan` is less than `decisionWait`.
 *
 * @returns what `slowerThan` must be, or undefined if it is valid.
 */
export function slowerThanMistake({
    decisionWait = defaultTail.decisionWait,
    slowerThan = defaultTail.slowerThan,
}: {
    decisionWait?: string;
    slowerThan?: string;
}): string | undefined {
    return (durationSeconds(slowerThan) ?? 0) < (durationSeconds(decisionWait) ?? 0)
        ? undefined
        : `less than decisionWait (${decisionWait}), because the decision is made before a longer trace ends`;
}
