import { isAlwaysKept, type Journey, journeyCount, type Run } from "./plan.ts";
import { edges, spansPerJourney } from "./shop.ts";
import { type Bucket, quantile, quantileRange } from "./histogram.ts";
import type { Config } from "./config.ts";

/** Bucket bounds of the metrics of the services, in seconds: those that the semantic conventions advise. */
export const serviceBoundsSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const quantiles = [0.5, 0.95, 0.99];

/** Everything that the stack reports about a run. Missing data is 0. */
export interface Reported {
    traces: number;
    spans: number;
    zipkinSpans: number;
    logs: number;
    samples: number;
    exemplars: number;
    /** The metrics of the front end. */
    service: Requests;
    /** The metrics that the stack generates from the spans of the front end. */
    fromSpans: Requests;
    /** Calls by client and server, such as "frontend auth". */
    edges: Record<string, number>;
    /** Iterations in the metrics that k6 sends. */
    iterations: number;
}

/** Requests of a service, and their durations. */
export interface Requests {
    count: number;
    errors: number;
    buckets: Bucket[];
}

/** The result of one comparison. */
export interface Comparison {
    /** Part of the name of a threshold, and value of the label `comparison`. */
    id: string;
    title: string;
    /** As text, because the sent value can be a range. */
    sent: string;
    found: string;
    deviation: number;
    /** Largest deviation that passes. */
    tolerance: number;
}

/** The names of all comparisons, for the thresholds. */
export const comparisonIds = [
    "traces",
    "spans",
    "zipkin-spans",
    "sampling-ratio",
    "log-records",
    "samples",
    "exemplars",
    "requests",
    "error-rate",
    ...quantiles.map((ratio) => `latency-p${ratio * 100}`),
    "span-requests",
    "span-error-rate",
    ...quantiles.map((ratio) => `span-latency-p${ratio * 100}`),
    ...edges.map(([client, server]) => `edge-${client}-${server}`),
    "k6-iterations",
];

/**
 * Compares what the services have sent with what the stack reports.
 *
 * @param all the journeys of the run.
 */
export function compare(config: Config, all: Journey[], reported: Reported): Comparison[] {
    const { tolerance, samplingTolerance, sampling, vus, seconds } = config;
    const sent = all.filter(({ sampled }) => sampled);
    const stored = storedTraces(config, sent);
    // With tail sampling, the number of stored traces is known only statistically.
    const storedTolerance = sampling.mode === "tail" ? tolerance + samplingTolerance : tolerance;
    // Every sampled span counts for as many requests as the sampling ratio says.
    const weight = sampling.mode === "head" ? 1 / sampling.ratio : 1;
    const count = (id: string, title: string, expected: number, found: number, allowed = tolerance): Comparison => ({
        id,
        title,
        sent: text(expected),
        found: text(found),
        deviation: relative(expected, found),
        tolerance: allowed,
    });
    const rate = (id: string, title: string, journeys: Journey[], { count: total, errors }: Requests): Comparison => {
        const expected = journeys.filter(({ failed }) => failed).length / journeys.length;
        const found = total === 0 ? NaN : errors / total;
        const deviation = Number.isNaN(found) ? 1 : Math.abs(found - expected);
        return { id, title, sent: percent(expected), found: percent(found), deviation, tolerance };
    };
    const latency = (prefix: string, title: string, journeys: Journey[], bounds: number[], { buckets }: Requests) => {
        const sorted = journeys.map(({ total }) => total / 1000).sort((one, other) => one - other);
        return quantiles.map((ratio): Comparison => {
            const { low, high } = quantileRange(sorted, bounds, ratio, tolerance);
            const found = quantile(buckets, ratio);
            const nearest = Math.min(high, Math.max(low, found));
            return {
                id: `${prefix}latency-p${ratio * 100}`,
                title: `${title}, ${ratio * 100} % of requests`,
                sent: `${text(low)} to ${text(high)} s`,
                found: Number.isNaN(found) ? "nothing" : `${text(found)} s`,
                // Rounding errors of the estimate.
                deviation: Number.isNaN(found) ? 1 : relative(nearest, found) < 1e-6 ? 0 : relative(nearest, found),
                tolerance: 0,
            };
        });
    };
    return [
        count("traces", "traces", stored, reported.traces, storedTolerance),
        count("spans", "spans", stored * spansPerJourney, reported.spans, storedTolerance),
        count("zipkin-spans", "spans over Zipkin", stored * 2, reported.zipkinSpans, storedTolerance),
        samplingRatio(config, all, reported.traces),
        count("log-records", "log records with a trace ID", all.length * 5, reported.logs),
        count("samples", "samples of a metric", vus * seconds * 4, reported.samples),
        {
            id: "exemplars",
            title: "exemplars of these traces",
            sent: sent.length > 0 ? "at least 1" : "none",
            found: text(reported.exemplars),
            deviation: sent.length > 0 && reported.exemplars === 0 ? 1 : 0,
            tolerance: 0,
        },
        count("requests", "requests, metrics of the service", all.length, reported.service.count),
        rate("error-rate", "error rate, metrics of the service", all, reported.service),
        ...latency("", "latency, metrics of the service", all, serviceBoundsSeconds, reported.service),
        count("span-requests", "requests, span metrics", sent.length * weight, reported.fromSpans.count),
        rate("span-error-rate", "error rate, span metrics", sent, reported.fromSpans),
        ...latency("span-", "latency, span metrics", sent, config.spanBoundsSeconds, reported.fromSpans),
        ...edges.map(([client, server]) =>
            count(
                `edge-${client}-${server}`,
                `service graph, ${client} to ${server}`,
                sent.length * weight,
                reported.edges[`${client} ${server}`] ?? 0,
            ),
        ),
        count("k6-iterations", "iterations, metrics of k6", vus * seconds, reported.iterations),
    ];
}

/** How many of the sent traces the stack must store. */
function storedTraces({ sampling }: Config, sent: Journey[]): number {
    const always = sent.filter(isAlwaysKept).length;
    return sampling.mode === "head" ? sent.length : always + (sent.length - always) * sampling.ratio;
}

/** Compares the ratio of the stored traces with the setting. With tail sampling, traces that are kept in any case do not count. */
function samplingRatio({ sampling, tolerance, samplingTolerance }: Config, all: Journey[], traces: number): Comparison {
    const always = sampling.mode === "tail" ? all.filter(isAlwaysKept).length : 0;
    const found = Math.max(0, traces - always) / (all.length - always);
    return {
        id: "sampling-ratio",
        title: `sampling ratio, ${sampling.mode} sampling`,
        sent: percent(sampling.ratio),
        found: percent(found),
        deviation: relative(sampling.ratio, found),
        tolerance: tolerance + samplingTolerance,
    };
}

/** The table of the results, with the failed ones at the end. */
export function table(config: Config, run: Run, comparisons: Comparison[]): string {
    const failed = comparisons.filter((comparison) => !passes(comparison));
    const lines = [...comparisons.filter(passes), ...failed].map((comparison) => {
        const { title, sent, found, deviation, tolerance } = comparison;
        const state = passes(comparison) ? "passed" : "FAILED";
        const result = deviation === 0 ? "" : `, deviation ${percent(deviation)}, allowed ${percent(tolerance)}`;
        return `${state}  ${title.padEnd(46)} sent ${sent}, found ${found}${result}`;
    });
    return [
        `Run ${run.id}, seed ${run.seed}: ${journeyCount(config)} journeys`,
        ...lines,
        failed.length === 0
            ? `All ${comparisons.length} comparisons passed.`
            : `${failed.length} of ${comparisons.length} comparisons failed.`,
    ].join("\n");
}

export function passes({ deviation, tolerance }: Comparison): boolean {
    return deviation <= tolerance;
}

function relative(expected: number, found: number): number {
    return expected === found ? 0 : expected === 0 ? 1 : Math.abs(found - expected) / expected;
}

function text(value: number): string {
    return String(Math.round(value * 1000) / 1000);
}

function percent(ratio: number): string {
    return Number.isNaN(ratio) ? "nothing" : `${Math.round(ratio * 10_000) / 100} %`;
}
