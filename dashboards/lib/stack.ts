import type { Behind } from "./links";
import { lines, number } from "./panels";
import type { Placed } from "./board";
import { inCluster } from "./selectors";
import { unit } from "./units";

/** The stack's own programs: what all of them show of themselves. */

/** What a program's dashboard has its panels lead to: it sends no traces, so its logs. */
export function behindProgram(namespace: string, serviceName: string, more: Behind = {}): Behind {
    return { logs: `{${inCluster}, namespace="${namespace}", service_name="${serviceName}"}`, ...more };
}

/** What says how a program does, wherever it was made with Go. */
export function process(selector: string): Placed[] {
    return [
        lines("Memory", {
            about: "Resident memory of each replica.",
            unit: unit.bytes,
            show: { "{{pod}}": `sum by (pod) (process_resident_memory_bytes{${selector}})` },
        }),
        lines("CPU", {
            about: "Cores that each replica uses.",
            unit: unit.cores,
            show: { "{{pod}}": `sum by (pod) (rate(process_cpu_seconds_total{${selector}}[$__rate_interval]))` },
        }),
        lines("Goroutines", {
            about: "A number that only grows is a leak.",
            unit: unit.count,
            show: { "{{pod}}": `sum by (pod) (go_goroutines{${selector}})` },
        }),
    ];
}

/** Whether a program runs at all. */
export function running(selector: string): Placed {
    return number("Replicas up", {
        about: "Replicas that answer the scraper.",
        unit: unit.count,
        show: { up: `sum(up{${selector}})` },
        badBelow: 1,
    });
}

/** Requests as the stores count them, whose metrics have a prefix each. */
export function requests(prefix: string, selector: string): Placed[] {
    const duration = `${prefix}_request_duration_seconds`;
    const of = `${selector}, route!~"ready|metrics"`;
    return [
        lines("Requests by route", {
            about: "All requests, those between its own parts included.",
            unit: unit.requestsPerSecond,
            stacked: true,
            show: { "{{route}}": `sum by (route) (rate(${duration}_count{${of}}[$__rate_interval]))` },
        }),
        lines("Failed requests by route", {
            about: "Requests answered with a server error. None is normal.",
            unit: unit.requestsPerSecond,
            show: {
                "{{route}} {{status_code}}": `sum by (route, status_code) (rate(${duration}_count{${of}, status_code=~"5..|error"}[$__rate_interval]))`,
            },
        }),
        lines("Duration by route, 99th percentile", {
            about: "99 of 100 requests are answered faster.",
            unit: unit.seconds,
            show: {
                "{{route}}": `histogram_quantile(0.99, sum by (le, route) (rate(${duration}_bucket{${of}}[$__rate_interval])))`,
            },
        }),
    ];
}

/** Members of the rings through which replicas know each other. */
export function ring(prefix: string, selector: string): Placed {
    return lines("Ring members by state", {
        about: "All are ACTIVE, but for the seconds of a restart.",
        unit: unit.count,
        show: { "{{name}} {{state}}": `max by (name, state) (${prefix}_ring_members{${selector}})` },
    });
}

/** Operations on the object store, for programs that share its client. */
export function objectStore(prefix: string, selector: string): Placed[] {
    return [
        lines("Object store: operations", {
            about: "Reads and writes of the bucket.",
            unit: unit.perSecond,
            stacked: true,
            show: {
                "{{operation}}": `sum by (operation) (rate(${prefix}objstore_bucket_operations_total{${selector}}[$__rate_interval]))`,
            },
        }),
        lines("Object store: failures", {
            about: "Operations that failed. None is normal.",
            unit: unit.perSecond,
            show: {
                "{{operation}}": `sum by (operation) (rate(${prefix}objstore_bucket_operation_failures_total{${selector}}[$__rate_interval]))`,
            },
        }),
        lines("Object store: duration, 99th percentile", {
            about: "Queries and flushes wait for it.",
            unit: unit.seconds,
            show: {
                "{{operation}}": `histogram_quantile(0.99, sum by (le, operation) (rate(${prefix}objstore_bucket_operation_duration_seconds_bucket{${selector}}[$__rate_interval])))`,
            },
        }),
    ];
}
