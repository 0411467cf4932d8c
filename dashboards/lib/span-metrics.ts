/** Queries of what is counted from spans. `by` is a list of labels. */

const calls = "traces_spanmetrics_calls_total";
const buckets = "traces_spanmetrics_latency_bucket";
const grouped = (by: string | undefined) => (by === undefined ? "sum" : `sum by (${by})`);

/** Of the spans that a selector names, those in which a service answers somebody. */
export function served(selector: string): string {
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

/** Share of the calls that fail: 0, and not nothing, where none does. */
export function errorShare(selector: string, by?: string): string {
    const all = callRate(selector, by);
    return `(${errorRate(selector, by)} or 0 * ${all}) / ${all}`;
}

/** The duration in seconds that a share of the calls stays below. */
export function latency(share: number, selector: string, by?: string): string {
    return `histogram_quantile(${share}, ${latencyBuckets(selector, by)})`;
}

export function latencyBuckets(selector: string, by?: string): string {
    return `${grouped(by === undefined ? "le" : `le, ${by}`)} (rate(${buckets}{${selector}}[$__rate_interval]))`;
}
