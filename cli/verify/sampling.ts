/** How a stack samples. */
export interface Sampling {
    samplingMode: "head" | "tail";
    samplingRatio: number;
}

export interface Expected {
    least: number;
    most: number;
}

/**
 * How many of the traces that were sent must be found. With head sampling who starts a trace has decided, and all are kept.
 * With tail sampling the collector keeps a share of those that are neither errors nor slow; chance leaves it outside of these
 * bounds in one run of 15,000.
 */
export function expectedTraces({ samplingMode, samplingRatio }: Sampling, sent: number): Expected {
    if (samplingMode === "head") {
        return { least: sent, most: sent };
    }
    const noise = 4 * Math.sqrt(sent * samplingRatio * (1 - samplingRatio));
    return {
        least: Math.max(0, Math.floor(sent * samplingRatio - noise)),
        most: Math.min(sent, Math.ceil(sent * samplingRatio + noise)),
    };
}

/** "9.8 % of 1000 traces". */
export function shareOf(found: number, started: number): string {
    return `${Math.round((found / started) * 1000) / 10} % of ${started} traces`;
}

/** What is most likely wrong when a share of traces arrives that is not the one that was set. */
export function samplingCause({ samplingMode, samplingRatio }: Sampling, found: number, expected: Expected): string {
    if (found > expected.most) {
        return samplingMode === "tail"
            ? "the collector has no tail_sampling in its pipeline, or another ratio than the stack's settings"
            : "something sends traces twice";
    }
    return samplingMode === "head"
        ? `sampling happens twice: those who start traces send ${samplingRatio * 100} % already, and the collector drops more`
        : "the collector's tail_sampling has another ratio than the stack's settings, or traces are sampled before, too";
}
