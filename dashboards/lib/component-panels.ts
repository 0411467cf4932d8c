import type { Drilldown } from "./links";
import { stat, timeSeries } from "./panels";
import type { SizedPanel } from "./layout";
import { inCluster } from "./selectors";
import { unit } from "./units";

/** Panels that the dashboards of several components of the stack share. */

/** Links to the logs of a component. Components of the stack send no traces. */
export function componentDrilldown(namespace: string, serviceName: string, more: Drilldown = {}): Drilldown {
    return { logs: `{${inCluster}, namespace="${namespace}", service_name="${serviceName}"}`, ...more };
}

/** Resource usage of a program that is written in Go. */
export function processPanels(selector: string): SizedPanel[] {
    return [
        timeSeries("Memory usage", {
            description: "Resident memory of each replica, in bytes.",
            unit: unit.bytes,
            queries: { "{{pod}}": `sum by (pod) (process_resident_memory_bytes{${selector}})` },
        }),
        timeSeries("CPU usage", {
            description: "CPU cores that each replica uses.",
            unit: unit.cores,
            queries: { "{{pod}}": `sum by (pod) (rate(process_cpu_seconds_total{${selector}}[$__rate_interval]))` },
        }),
        timeSeries("Goroutines", {
            description: "The number of goroutines. Steady growth means a leak.",
            unit: unit.count,
            queries: { "{{pod}}": `sum by (pod) (go_goroutines{${selector}})` },
        }),
    ];
}

/** Number of replicas that are up. */
export function replicasUp(selector: string): SizedPanel {
    return stat("Replicas up", {
        description: "The number of replicas that can be scraped.",
        unit: unit.count,
        queries: { up: `sum(up{${selector}})` },
        criticalBelow: 1,
    });
}

/** Rate, errors and latency of the requests of a backend. The names of its metrics start with `prefix`. */
export function requestPanels(prefix: string, selector: string): SizedPanel[] {
    const duration = `${prefix}_request_duration_seconds`;
    const withoutProbes = `${selector}, route!~"ready|metrics"`;
    return [
        timeSeries("Request rate by route", {
            description: "Requests per second, including internal requests between the parts of the backend.",
            unit: unit.requestsPerSecond,
            stacked: true,
            queries: { "{{route}}": `sum by (route) (rate(${duration}_count{${withoutProbes}}[$__rate_interval]))` },
        }),
        timeSeries("Failed requests by route", {
            description: "Requests per second that ended with a server error. Normal is 0.",
            unit: unit.requestsPerSecond,
            empty: "No failed requests",
            queries: {
                "{{route}} {{status_code}}": `sum by (route, status_code) (rate(${duration}_count{${withoutProbes}, status_code=~"5..|error"}[$__rate_interval]))`,
            },
        }),
        timeSeries("p99 latency by route", {
            description: "99 % of the requests are faster than this.",
            unit: unit.seconds,
            queries: {
                "{{route}}": `histogram_quantile(0.99, sum by (le, route) (rate(${duration}_bucket{${withoutProbes}}[$__rate_interval])))`,
            },
        }),
    ];
}

/** Members of the hash rings by state. */
export function ringMembers(prefix: string, selector: string): SizedPanel {
    return timeSeries("Ring members by state", {
        description:
            "The number of members of each hash ring. All members are ACTIVE, except for a few seconds during a restart.",
        unit: unit.count,
        queries: { "{{name}} {{state}}": `max by (name, state) (${prefix}_ring_members{${selector}}) > 0` },
    });
}

/** Operations on the object store, for programs that use the client library of Thanos. */
export function objectStorePanels(prefix: string, selector: string): SizedPanel[] {
    return [
        timeSeries("Object store operation rate", {
            description: "Operations per second on the bucket.",
            unit: unit.perSecond,
            stacked: true,
            queries: {
                "{{operation}}": `sum by (operation) (rate(${prefix}objstore_bucket_operations_total{${selector}}[$__rate_interval]))`,
            },
        }),
        timeSeries("Object store failures", {
            description: "Failed operations per second. Normal is 0.",
            unit: unit.perSecond,
            queries: {
                "{{operation}}": `sum by (operation) (rate(${prefix}objstore_bucket_operation_failures_total{${selector}}[$__rate_interval]))`,
            },
        }),
        timeSeries("Object store p99 latency", {
            description: "Seconds for an operation. Queries and flushes wait for it.",
            unit: unit.seconds,
            queries: {
                "{{operation}}": `histogram_quantile(0.99, sum by (le, operation) (rate(${prefix}objstore_bucket_operation_duration_seconds_bucket{${selector}}[$__rate_interval])))`,
            },
        }),
    ];
}
