import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { logs, stat, table, timeSeries, traces } from "../lib/panels";
import { inCluster, inNamespace, spanSelector } from "../lib/selectors";
import { callRate, errorRate, errorRatio, latency, serverSpans } from "../lib/span-metrics";
import { unit } from "../lib/units";
import { cluster, namespace } from "../lib/variables";

const requests = serverSpans(inNamespace);
const perService = "namespace, service";

/** The start page for on-call engineers. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "platform-overview",
            title: "Platform overview",
            description:
                "The start page for on-call engineers: alerts, services with errors, failed traces, error logs and node capacity.",
            variables: [cluster(), namespace()],
            drilldown: {
                dashboards: { "platform-service-map": "Service map" },
                logs: `{${inNamespace}} | detected_level=~"error|fatal|critical"`,
                traces: spanSelector("status = error", false),
            },
        },
        row(
            "Current status",
            stat("Firing alerts", {
                description: "The number of firing alerts with severity critical or warning.",
                unit: unit.count,
                queries: {
                    firing: `count(ALERTS{${inCluster}, alertstate="firing", severity=~"critical|warning"}) or vector(0)`,
                },
                warnAbove: 1,
                criticalAbove: 5,
                drilldown: { dashboards: { "platform-alerts": "Alerts" } },
            }),
            stat("Request rate", {
                description: "Requests per second that all services receive.",
                unit: unit.requestsPerSecond,
                queries: { requests: callRate(requests) },
            }),
            stat("Error ratio", {
                description: "The percentage of the requests that end with an error.",
                unit: unit.ratio,
                queries: { errors: errorRatio(requests) },
                warnAbove: 0.01,
                criticalAbove: 0.05,
            }),
            stat("p95 latency", {
                description: "95 % of the requests are faster than this.",
                unit: unit.seconds,
                queries: { p95: latency(0.95, requests) },
            }),
            stat("Error log rate", {
                description: "Log entries per second of level error or higher.",
                unit: unit.perSecond,
                logQueries: {
                    errors: `sum(rate({${inNamespace}} | detected_level=~"error|fatal|critical" [$__auto])) or vector(0)`,
                },
            }),
            stat("Targets down", {
                description: "The number of scrape targets that are down. Normal is 0.",
                unit: unit.count,
                queries: { down: `sum(up{${inCluster}} == bool 0)` },
                criticalAbove: 1,
                drilldown: { metrics: `up{${inCluster}} == 0`, dashboards: { "stack-alloy": "Alloy" } },
            }),
        ),
        row(
            "Services",
            table("Services", {
                description:
                    "Request rate, error ratio and latency of each service. Services with the most errors are at the top. Click a service to open its dashboard.",
                width: 24,
                height: 10,
                sortBy: "Error ratio",
                columns: {
                    "Request rate": { query: callRate(requests, perService), unit: unit.requestsPerSecond },
                    "Error ratio": {
                        query: errorRatio(requests, perService),
                        unit: unit.ratio,
                        warnAbove: 0.01,
                        criticalAbove: 0.05,
                    },
                    "p50 latency": { query: latency(0.5, requests, perService), unit: unit.seconds },
                    "p95 latency": { query: latency(0.95, requests, perService), unit: unit.seconds },
                },
                links: {
                    service: {
                        dashboard: "platform-service",
                        variables: { namespace: "namespace", service: "service" },
                    },
                    namespace: { dashboard: "kubernetes-namespace", variables: { namespace: "namespace" } },
                },
            }),
            timeSeries("Request rate by service", {
                description: "Requests per second. If the rate falls to 0, the service has no callers or is down.",
                unit: unit.requestsPerSecond,
                queries: { "{{service}}": callRate(requests, "service") },
            }),
            timeSeries("Error rate by service", {
                description: "Failed requests per second.",
                unit: unit.requestsPerSecond,
                queries: { "{{service}}": errorRate(requests, "service") },
            }),
            timeSeries("p95 latency by service", {
                description:
                    "95 % of the requests are faster than this. Each point is an exemplar: click it to open its trace.",
                unit: unit.seconds,
                queries: { "{{service}}": latency(0.95, requests, "service") },
                exemplars: true,
            }),
        ),
        row(
            "Errors",
            traces("Failed traces", {
                description: "The newest traces that contain an error.",
                query: spanSelector("status = error", false),
            }),
            logs("Error logs", {
                description: "The newest log entries of level error or higher.",
                width: 12,
                query: `{${inNamespace}} | detected_level=~"error|fatal|critical"`,
            }),
        ),
        row(
            "Node and volume capacity",
            timeSeries("CPU utilization by node", {
                description: "The used percentage of the CPU cores. Near 100 % all pods of the node become slow.",
                unit: unit.ratio,
                max: 1,
                criticalAbove: 0.9,
                queries: {
                    "{{node}}": `1 - avg by (node) (rate(node_cpu_seconds_total{${inCluster}, mode="idle"}[$__rate_interval]))`,
                },
                drilldown: { dashboards: { "kubernetes-node": "Node" } },
            }),
            timeSeries("Memory utilization by node", {
                description: "The used percentage of the memory. Near 100 % the kernel kills containers.",
                unit: unit.ratio,
                max: 1,
                criticalAbove: 0.9,
                queries: {
                    "{{node}}": `1 - max by (node) (node_memory_MemAvailable_bytes{${inCluster}}) / max by (node) (node_memory_MemTotal_bytes{${inCluster}})`,
                },
                drilldown: { dashboards: { "kubernetes-node": "Node" } },
            }),
            timeSeries("Volume usage", {
                description: "The used percentage of the five fullest volumes.",
                unit: unit.ratio,
                max: 1,
                criticalAbove: 0.9,
                queries: {
                    "{{namespace}} {{persistentvolumeclaim}}": `topk(5, max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes{${inCluster}} / kubelet_volume_stats_capacity_bytes{${inCluster}}))`,
                },
                drilldown: { dashboards: { "kubernetes-volumes": "Volumes" } },
            }),
        ),
    );
