import type { Case } from "./case";
import { constant, perSecond, type Series, seriesOf, stackLabels, value } from "./series";

/** Requests of a backend, of which the share `failed` fails. */
function requests(prefix: string, job: string, failed: number): Series {
    const metric = `${prefix}_request_duration_seconds_count`;
    return {
        [seriesOf(metric, { job, route: "push", status_code: "200" })]: perSecond(1 - failed),
        [seriesOf(metric, { job, route: "push", status_code: "500" })]: perSecond(failed),
        // The readiness route answers 503 at every start, which is not an error.
        [seriesOf(metric, { job, route: "ready", status_code: "503" })]: perSecond(10),
    };
}

/** Requests of a backend, a quarter of which fails. */
export function requestErrors(prefix: string, job: string, name: string): Case {
    return {
        after: "30m",
        fires: requests(prefix, job, 0.25),
        labels: { ...stackLabels, job, route: "push" },
        summary: `${name}: 25% of the requests to push fail with a server error`,
        silent: requests(prefix, job, 0.01),
    };
}

/** An unhealthy member of the ingester ring. `silent` are series of other rings for which the alert is silent. */
export function ringUnhealthy(prefix: string, job: string, summary: string, silent: Series = {}): Case {
    const ring = (state: string) => seriesOf(`${prefix}_ring_members`, { job, name: "ingester", state });
    return {
        after: "30m",
        fires: { [ring("Unhealthy")]: value(1), [ring("ACTIVE")]: value(2) },
        labels: { ...stackLabels, job, name: "ingester" },
        summary,
        // A member that was unhealthy for ten minutes, as during a restart.
        silent: { [ring("Unhealthy")]: "1x9 0x50", [ring("ACTIVE")]: "2x9 3x50", ...silent },
    };
}

/** As ringUnhealthy, for a backend whose other rings remove lost members. */
export function ingesterUnhealthy(prefix: string, job: string, name: string): Case {
    const lostMember = seriesOf(`${prefix}_ring_members`, { job, name: "compactor", state: "Unhealthy" });
    return ringUnhealthy(prefix, job, `${name}: 1 ingesters are unhealthy in the ring`, { [lostMember]: value(1) });
}

/** Data that a backend discards because of a rate limit. */
export function discardedData(metric: string, labels: Record<string, string>, summary: string): Case {
    return {
        after: "30m",
        fires: { [seriesOf(metric, { ...labels, reason: "rate_limited", pod: "p" })]: perSecond(4) },
        labels: { ...stackLabels, ...labels, reason: "rate_limited" },
        summary,
        silent: { [seriesOf(metric, { ...labels, reason: "rate_limited", pod: "p" })]: constant },
    };
}

/** The timestamp of the last success does not change. The clock of promtool starts at 0. */
export function outdatedSuccess(metric: string, job: string, hours: number, summary: string): Case {
    const labels = { job, pod: `${job}-0` };
    return {
        after: `${hours + 1}h`,
        interval: "5m",
        fires: {
            [seriesOf(metric, labels)]: "60x600",
            [seriesOf("process_start_time_seconds", labels)]: "30x600",
            // A part that does not run the task, and restarts often.
            [seriesOf("process_start_time_seconds", { job, pod: `${job}-querier-0` })]: "0+300x600",
        },
        labels: { ...stackLabels, job },
        summary,
        // Two replicas: one runs the task, the other never did.
        silent: {
            [seriesOf(metric, labels)]: "0+300x600",
            [seriesOf(metric, { job, pod: `${job}-1` })]: "0x600",
            [seriesOf("process_start_time_seconds", labels)]: "30x600",
        },
    };
}
