import type { Alert } from "./define";

/** Labels of a server in the metrics of its exporter. A host outside of the cluster has no namespace. */
export const byServer = "by (cluster, namespace, service_name, instance)";

/**
 * An alert about a server that Alloy cannot reach.
 *
 * @param kind value of the label job.
 * @param up metric of the exporter that is 1 if it is connected.
 */
export function serverDown(alert: string, title: string, kind: string, up: string): Alert {
    return {
        alert,
        severity: "critical",
        for: "3m",
        summary: `{{ $labels.service_name }}: Alloy cannot connect to the ${title} server {{ $labels.instance }}`,
        // A scrape fails if the server does not answer in time.
        expr: () => `max ${byServer} (${up}{job="${kind}"}) == 0 or max ${byServer} (up{job="${kind}"}) == 0`,
    };
}

/** An alert about connections near the maximum. @param ratio PromQL: the ratio of used connections of each server. */
export function tooManyConnections(alert: string, title: string, ratio: string): Alert {
    return {
        alert,
        severity: "warning",
        for: "10m",
        threshold: { default: 0.8, unit: "ratio from 0 to 1" },
        summary: `{{ $labels.service_name }}: {{ $value | humanizePercentage }} of the connections of the ${title} server {{ $labels.instance }} are in use`,
        expr: (used) => `${ratio} > ${used}`,
    };
}

/** An alert about a replica that is behind. @param lag PromQL: the lag of each replica in seconds. */
export function replicationLag(alert: string, replica: string, seconds: number, lag: string): Alert {
    return {
        alert,
        severity: "warning",
        for: "10m",
        threshold: { default: seconds, unit: "seconds" },
        summary: `{{ $labels.service_name }}: ${replica} is {{ $value | humanizeDuration }} behind`,
        expr: (maximum) => `${lag} > ${maximum}`,
    };
}
