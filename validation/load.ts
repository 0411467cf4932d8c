import type { DurationRange } from "./durations";

/** Journeys that each virtual user of the load test plays every second. Each is one trace. */
export const journeysPerSecond = 10;

/** Defaults of a run. */
export const defaultLoad = { vus: 2, duration: "60s", tolerance: 0.01 };

/** Most virtual users of a run. */
export const maximumVus = 100;

/** Limits of the duration of a run. */
export const loadRange = {
    minimum: "10s",
    maximum: "1h",
    reason: "a shorter run has too few traces, and a longer one can have more than Tempo returns in one search",
    example: "60s",
} satisfies DurationRange;

/** Limits of the duration of a run of the load monitor. */
export const monitorRange = {
    minimum: "10s",
    maximum: "2m",
    reason: "a run must end before the next one starts",
    example: "60s",
} satisfies DurationRange;

/** How long a run waits for data that is not stored yet, in seconds. Span metrics need up to 60 seconds. */
export const loadWaitSeconds = 120;

/** How many minutes can be between two runs of the load monitor: the divisors of an hour, for a schedule of cron. */
export const loadIntervals = [5, 6, 10, 12, 15, 20, 30, 60];

/** Default number of minutes between two runs of the load monitor. */
export const defaultLoadInterval = 15;

/** Largest tolerance with which a comparison of sampled data says anything. */
export const largestUsefulTolerance = 0.5;

/** What the sampling error of a run depends on. */
export interface LoadSampling {
    samplingMode: "head" | "tail";
    samplingRatio: number;
    vus: number;
    seconds: number;
}

/** Most traces that a search of Tempo returns, by default. A run that stores more cannot count them. */
export const searchLimit = 262_144;

/** The ratio of the journeys that tail sampling samples. It keeps the others, which fail or are slow. */
const ordinaryRatio = 0.9;

/** The number of traces that a run samples. With tail sampling, the traces that are kept in any case do not count. */
function sampledOf({ samplingMode, vus, seconds }: LoadSampling): number {
    return vus * seconds * journeysPerSecond * (samplingMode === "tail" ? ordinaryRatio : 1);
}

/** The number of traces that one virtual user stores every second, on average. */
function storedEverySecond({ samplingMode, samplingRatio }: LoadSampling): number {
    return journeysPerSecond * (samplingMode === "tail" ? 1 - ordinaryRatio * (1 - samplingRatio) : samplingRatio);
}

/** What is wrong with a run that stores more traces than a search of Tempo returns. Undefined if it is valid. */
export function searchLimitMistake(run: LoadSampling): string | undefined {
    const { samplingMode, samplingRatio, vus, seconds } = run;
    const stored = storedEverySecond(run);
    if (vus * seconds * stored <= searchLimit) {
        return undefined;
    }
    const most = (other: number) => Math.floor(searchLimit / (other * stored));
    return `--vus ${vus} and --duration ${seconds}s store about ${Math.round(vus * seconds * stored)} traces with ${samplingMode} sampling and tracing.samplingRatio ${samplingRatio}, but a search of Tempo returns at most ${searchLimit}; set --vus to at most ${most(seconds)}, or --duration to at most ${most(vus)}s`;
}

/**
 * The relative error that sampling causes in the number of stored traces: 4 standard deviations, so that a correct stack fails in one of 15,000 runs.
 * Infinity with a ratio of 0.
 */
export function samplingError(sampling: LoadSampling): number {
    const { samplingRatio } = sampling;
    return samplingRatio >= 1 ? 0 : 4 * Math.sqrt((1 - samplingRatio) / (samplingRatio * sampledOf(sampling)));
}

/** The default of the sampling tolerance: the sampling error, rounded up to whole percents. */
export function defaultSamplingTolerance(sampling: LoadSampling): number {
    return Math.ceil(samplingError(sampling) * 100) / 100;
}

/**
 * Checks that a comparison of sampled traces can pass.
 *
 * @returns what the tolerance must be, or undefined if it is valid.
 */
export function samplingToleranceMistake(tolerance: number, sampling: LoadSampling): string | undefined {
    const least = defaultSamplingTolerance(sampling);
    return tolerance >= least ? undefined : `at least ${least}, because ${sampledText(sampling)}`;
}

/** How few traces a run samples, as a clause. */
export function sampledText(sampling: LoadSampling): string {
    const all = sampledOf(sampling);
    const sampled = Math.round(all * sampling.samplingRatio);
    return `tracing.samplingRatio ${sampling.samplingRatio} samples about ${sampled} of ${Math.round(all)} traces of a run, and 4 standard deviations of this number are ${Math.round(samplingError(sampling) * 1000) / 10} %`;
}
