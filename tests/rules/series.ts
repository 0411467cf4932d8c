/** Series and their values, in the notation of promtool. */
export type Series = Record<string, string>;

/** Labels of the components of the stack. */
export const stackLabels = { cluster: "c", namespace: "monitoring" };

export const collector = { job: "otel-collector", pod: "otel-0" };
export const alloy = { job: "alloy-receiver", pod: "alloy-0" };
export const node = { cluster: "c", node: "n" };

/** A series in the notation of promtool. */
export function series(metric: string, labels: Record<string, string>): string {
    const matchers = Object.entries(labels).map(([name, labelValue]) => `${name}="${labelValue}"`);
    return `${metric}{${matchers.join(", ")}}`;
}

/** A series of a component of the stack. */
export function seriesOf(metric: string, labels: Record<string, string>): string {
    return series(metric, { ...stackLabels, ...labels });
}

/** A counter that increases by `rate` per second. */
export const perSecond = (rate: number, minutes = 300) => `0+${rate * 60}x${minutes}`;

/** A counter that does not increase. */
export const constant = "5+0x300";

/** A gauge that does not change. */
export const value = (number: number | string) => `${number}x300`;

/** The buckets of a histogram: requests per second that take less than the bounds. */
export function buckets(metric: string, labels: Record<string, string>, rates: Record<string, number>): Series {
    return Object.fromEntries(
        Object.entries(rates).map(([le, rate]) => [series(`${metric}_bucket`, { ...labels, le }), perSecond(rate)]),
    );
}

/** Counters of the successful and of the failed requests to a service with an SLO. */
export function sloRequests(successes: string, failures: string, namespace = "mathtrail"): Series {
    const calls = (status: string) =>
        `traces_spanmetrics_calls_total{cluster="c", namespace="${namespace}", service="mentor-api", span_kind="SPAN_KIND_SERVER", status_code="${status}"}`;
    return { [calls("STATUS_CODE_UNSET")]: successes, [calls("STATUS_CODE_ERROR")]: failures };
}
