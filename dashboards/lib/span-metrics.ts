/** Queries of span metrics. `by` is a list of labels. */

const calls = "traces_spanmetrics_calls_total";
const buckets = "traces_spanmetrics_latency_bucket";
const grouped = (by: string | undefined) => (by === undefined ? "sum" : `sum by (${by})`);

/** Limits a selector to the spans in which a service handles a request or a message. */
export function serverSpans(selector: string): string {
    return `${selector}, span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"`;
}

/** Calls per second. */
export function callRate(selector: string, by?: string): string {
    return `${grouped(by)} (rate(${calls}{${selector}}[$__rate_interval]))`;
}

/** Failed calls per second. */
export function errorRate(selector: string, by?: string): string {
    return callRate(`${selector}, status_code="STATUS_CODE_ERROR"`, by);
}

/** Share of the calls that fail. It is 0, not empty, if no call fails. */
export function errorRatio(selector: string, by?: string): string {
    const all = callRate(selector, by);
    return `(${errorRate(selector, by)} or 0 * ${all}) / ${all}`;
}

/** A quantile of the duration of calls, in seconds. */
export function latency(quantile: number, selector: string, by?: string): string {
    return `histogram_quantile(${quantile}, ${latencyBuckets(selector, by)})`;
}

export function latencyBuckets(selector: string, by?: string): string {
    return `${grouped(by === undefined ? "le" : `le, ${by}`)} (rate(${buckets}{${selector}}[$__rate_interval]))`;
}
