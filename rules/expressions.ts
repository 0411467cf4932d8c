/** Pieces of PromQL that several groups share. */

/** Any of several signals: the same expression for each, with the label `signal` that says which. */
export function perSignal(signals: Record<string, string>): string {
    const each = Object.entries(signals).map(
        ([signal, expr]) => `label_replace(${expr}, "signal", "${signal}", "", "")`,
    );
    // A comparison behind it is meant for all.
    return `(${each.join(" or ")})`;
}

/** Each of several rates that is above 0; as a part of perSignal, whose comparison would see only the first series there is. */
export function anyOf(...rates: string[]): string {
    return `(${rates.map((rate) => `${rate} > 0`).join(" or ")})`;
}

/** Share of requests that a store answered with a server error, by its job and route. */
export function failedRequests(prefix: string, job: string, threshold: number): string {
    const requests = (more: string) =>
        `sum by (cluster, namespace, job, route) (rate(${prefix}_request_duration_seconds_count{job="${job}", route!="ready"${more}}[5m]))`;
    return `${requests(', status_code=~"5.."')} / ${requests("")} > ${threshold}`;
}

/** Number of ring members whose heartbeats have stopped, in one ring or in every ring. */
export function unhealthyMembers(prefix: string, job: string, ring?: string): string {
    const name = ring === undefined ? "" : `, name="${ring}"`;
    return `max by (cluster, namespace, job, name) (${prefix}_ring_members{job="${job}"${name}, state="Unhealthy"}) > 0`;
}

/**
 * Seconds since something last succeeded in any replica. The series is 0 until then, so a process that has just started counts
 * from its start.
 */
export function secondsSince(timestamp: string, job: string): string {
    return `time() - max by (cluster, namespace, job) (${timestamp}{job="${job}"} > 0 or process_start_time_seconds{job="${job}"})`;
}

/** Seconds by which a sender of remote write is behind what it has to send. */
export function remoteWriteLag(job: string): string {
    const newest = (metric: string) => `max by (cluster, namespace, job, pod) (${metric}{job="${job}"})`;
    return `${newest("prometheus_remote_storage_highest_timestamp_in_seconds")} - ${newest("prometheus_remote_storage_queue_highest_sent_timestamp_seconds")}`;
}
