/** PromQL expressions that several groups share. */

/** Union of one expression per signal, each with the name of the signal in the label `signal`. */
export function perSignal(signals: Record<string, string>): string {
    const each = Object.entries(signals).map(
        ([signal, expr]) => `label_replace(${expr}, "signal", "${signal}", "", "")`,
    );
    // With the parentheses, a comparison after the union applies to every signal.
    return `(${each.join(" or ")})`;
}

/** Union of the rates that are above 0. Each is compared before the union, because `or` keeps only the first series with the same labels. */
export function anyOf(...rates: string[]): string {
    return `(${rates.map((rate) => `${rate} > 0`).join(" or ")})`;
}

/** Ratio of requests that a backend answered with a server error, by job and route. */
export function failedRequests(prefix: string, job: string, threshold: number): string {
    const requests = (matchers: string) =>
        `sum by (cluster, namespace, job, route) (rate(${prefix}_request_duration_seconds_count{job="${job}", route!="ready"${matchers}}[5m]))`;
    return `${requests(', status_code=~"5.."')} / ${requests("")} > ${threshold}`;
}

/** Number of ring members whose heartbeats have stopped, in one ring or in every ring. */
export function unhealthyMembers(prefix: string, job: string, ring?: string): string {
    const name = ring === undefined ? "" : `, name="${ring}"`;
    return `max by (cluster, namespace, job, name) (${prefix}_ring_members{job="${job}"${name}, state="Unhealthy"}) > 0`;
}

/**
 * Seconds since the last success in any replica. The timestamp is 0 until the first success, so a new process counts from its
 * start time. Processes without the timestamp do not run the task, such as the queriers of distributed Loki.
 */
export function secondsSince(timestamp: string, job: string): string {
    const started = `process_start_time_seconds{job="${job}"} and on (cluster, namespace, pod) ${timestamp}{job="${job}"}`;
    return `time() - max by (cluster, namespace, job) (${timestamp}{job="${job}"} > 0 or ${started})`;
}

/** Seconds by which remote write is behind the newest sample. */
export function remoteWriteLag(job: string): string {
    const newest = (metric: string) => `max by (cluster, namespace, job, pod) (${metric}{job="${job}"})`;
    return `${newest("prometheus_remote_storage_highest_timestamp_in_seconds")} - ${newest("prometheus_remote_storage_queue_highest_sent_timestamp_seconds")}`;
}

/** The matchers of a selector. A label without a value is left out. */
export function matchers(labels: Record<string, string | undefined>): string {
    return Object.entries(labels)
        .flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`]))
        .join(", ");
}

/**
 * Number of Linux nodes on which a DaemonSet does not run. The metrics scraper runs on all of them. Both have a target for each pod, which is down while the
 * pod restarts. A DaemonSet without any pod has no target. Only the own stack is known to have the DaemonSet.
 */
export function nodesWithout(job: string, { cluster, namespace }: { cluster?: string; namespace?: string }): string {
    const own = matchers({ job: "alloy-metrics", cluster, namespace });
    const by = "by (cluster, namespace)";
    return `sum ${by} (up{job="alloy-metrics"}) - (sum ${by} (up{job="${job}"}) or 0 * count ${by} (up{${own}}))`;
}
