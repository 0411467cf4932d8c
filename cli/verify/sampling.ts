/** The sampling settings of a stack. */
export interface Sampling {
    samplingMode: "head" | "tail";
    samplingRatio: number;
}

/** The lowest and the highest number of stored traces that is correct. */
export interface ExpectedCount {
    min: number;
    max: number;
}

/**
 * How many of the sent traces must be stored. With head sampling, the application has already decided, and all sent traces are stored.
 * With tail sampling, the collector keeps a ratio of the traces that are neither errors nor slow. The bounds are 4 standard deviations
 * from the mean, so that a correct stack fails in one of 15,000 runs.
 */
export function expectedTraces({ samplingMode, samplingRatio }: Sampling, sent: number): ExpectedCount {
    if (samplingMode === "head") {
        return { min: sent, max: sent };
    }
    const tolerance = 4 * Math.sqrt(sent * samplingRatio * (1 - samplingRatio));
    return {
        min: Math.max(0, Math.floor(sent * samplingRatio - tolerance)),
        max: Math.min(sent, Math.ceil(sent * samplingRatio + tolerance)),
    };
}

/** A ratio as text, such as "9.8 % of 1000 traces". */
export function percentOf(found: number, started: number): string {
    return `${percent(found / started)} of ${started} traces`;
}

function percent(ratio: number): string {
    return `${Math.round(ratio * 1000) / 10} %`;
}

/** The most likely cause if an unexpected number of traces is stored. */
export function samplingCause(
    { samplingMode, samplingRatio }: Sampling,
    found: number,
    expected: ExpectedCount,
): string {
    if (found > expected.max) {
        return samplingMode === "tail"
            ? "the collector has no tail_sampling processor in its pipeline, or its ratio differs from tracing.samplingRatio"
            : "another program sends traces of the same service, or the IDs of traces are changed before they reach the collector";
    }
    return samplingMode === "head"
        ? `traces are sampled twice: applications send only ${percent(samplingRatio)} of them, and the collector drops more`
        : "the ratio of the tail_sampling processor differs from tracing.samplingRatio, or traces are also sampled before they reach the collector";
}
