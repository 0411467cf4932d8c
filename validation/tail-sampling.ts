import { type DurationRange, durationSeconds } from "./durations";

/** Default durations of tail sampling. */
export const defaultTail = { decisionWait: "10s", slowerThan: "2s" };

/** Traces per second that a replica of the collector keeps at most. High enough that the memory limiter rejects data before a replica reaches this limit. */
export const maximumTracesPerSecond = 20_000;

/** Limits of the durations of tail sampling. */
export const tailRanges = {
    decisionWait: {
        minimum: "1s",
        maximum: "5m",
        example: "10s",
        reason: "the collector keeps the spans in memory until the decision",
    },
    slowerThan: { minimum: "1s", example: "5s", reason: "the collector compares whole seconds" },
} satisfies Record<string, DurationRange>;

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
