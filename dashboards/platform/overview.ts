import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { lines, logLines, number, rows, traces } from "../lib/panels";
import { inCluster, inNamespace, spans } from "../lib/selectors";
import { callRate, errorRate, errorShare, latency, served } from "../lib/span-metrics";
import { unit } from "../lib/units";
import { cluster, namespace } from "../lib/variables";

const requests = served(inNamespace);
const perService = "namespace, service";

/** Where whoever is on call begins. */
export default (): Dashboard =>
    board(
        {
            uid: "platform-overview",
            title: "Platform overview",
            about: "What hurts now. The place to begin: from here to the service, its traces and its logs.",
            variables: [cluster(), namespace()],
            behind: {
                dashboards: { "platform-service-map": "Service map" },
                logs: `{${inNamespace}} | detected_level=~"error|fatal|critical"`,
                traces: spans("status = error", false),
            },
        },
        row(
            "Does anything hurt now?",
            number("Firing alerts", {
                about: "Alerts that fire, of any severity but info.",
                unit: unit.count,
                show: {
                    firing: `count(ALERTS{${inCluster}, alertstate="firing", severity=~"critical|warning"}) or vector(0)`,
                },
                warnAbove: 1,
                badAbove: 5,
                behind: { dashboards: { "platform-alerts": "Alerts" } },
            }),
            number("Requests", {
                about: "Requests that all services answer.",
                unit: unit.requestsPerSecond,
                show: { requests: callRate(requests) },
            }),
            number("Errors", {
                about: "Share of the requests that end with an error.",
                unit: unit.ratio,
                show: { errors: errorShare(requests) },
                warnAbove: 0.01,
                badAbove: 0.05,
            }),
            number("Duration, 95th percentile", {
                about: "19 of 20 requests are answered faster.",
                unit: unit.seconds,
                show: { "95 %": latency(0.95, requests) },
            }),
            number("Errors in logs", {
                about: "Entries of level error and above.",
                unit: unit.perSecond,
                showLogs: {
                    errors: `sum(rate({${inNamespace}} | detected_level=~"error|fatal|critical" [$__auto]))`,
                },
            }),
            number("Targets down", {
                about: "What should answer the scraper and does not.",
                unit: unit.count,
                show: { down: `sum(up{${inCluster}} == bool 0)` },
                badAbove: 1,
                behind: { metrics: `up{${inCluster}} == 0`, dashboards: { "stack-alloy": "Alloy" } },
            }),
        ),
        row(
            "Which services hurt?",
            rows("Services", {
                about: "Every service that answers requests, those with most errors first. A click shows the service.",
                width: 24,
                height: 10,
                sortBy: "Errors",
                columns: {
                    Requests: { show: callRate(requests, perService), unit: unit.requestsPerSecond },
                    Errors: {
                        show: errorShare(requests, perService),
                        unit: unit.ratio,
                        warnAbove: 0.01,
                        badAbove: 0.05,
                    },
                    "Duration, median": { show: latency(0.5, requests, perService), unit: unit.seconds },
                    "Duration, 95th percentile": { show: latency(0.95, requests, perService), unit: unit.seconds },
                },
                open: {
                    service: {
                        dashboard: "platform-service",
                        variables: { namespace: "namespace", service: "service" },
                    },
                    namespace: { dashboard: "kubernetes-namespace", variables: { namespace: "namespace" } },
                },
            }),
            lines("Requests by service", {
                about: "A line that drops to nothing is a service that is no longer asked, or no longer there.",
                unit: unit.requestsPerSecond,
                show: { "{{service}}": callRate(requests, "service") },
            }),
            lines("Errors by service", {
                about: "Failed requests.",
                unit: unit.requestsPerSecond,
                show: { "{{service}}": errorRate(requests, "service") },
            }),
            lines("Duration by service, 95th percentile", {
                about: "19 of 20 requests are answered faster. Points are traces.",
                unit: unit.seconds,
                show: { "{{service}}": latency(0.95, requests, "service") },
                exemplars: true,
            }),
        ),
        row(
            "What fails?",
            traces("Failed traces", {
                about: "The newest traces with an error in them.",
                show: spans("status = error", false),
            }),
            logLines("Errors in logs", {
                about: "The newest entries of level error and above.",
                width: 12,
                show: `{${inNamespace}} | detected_level=~"error|fatal|critical"`,
            }),
        ),
        row(
            "Has the platform room left?",
            lines("CPU of nodes", {
                about: "Share that is used. Near 100 % everything becomes slow.",
                unit: unit.ratio,
                max: 1,
                badAbove: 0.9,
                show: {
                    "{{node}}": `1 - avg by (node) (rate(node_cpu_seconds_total{${inCluster}, mode="idle"}[$__rate_interval]))`,
                },
                behind: { dashboards: { "kubernetes-node": "Node" } },
            }),
            lines("Memory of nodes", {
                about: "Share that is used. Near 100 % pods are killed.",
                unit: unit.ratio,
                max: 1,
                badAbove: 0.9,
                show: {
                    "{{node}}": `1 - max by (node) (node_memory_MemAvailable_bytes{${inCluster}}) / max by (node) (node_memory_MemTotal_bytes{${inCluster}})`,
                },
                behind: { dashboards: { "kubernetes-node": "Node" } },
            }),
            lines("Volumes, the fullest", {
                about: "Share that is used, of the five fullest.",
                unit: unit.ratio,
                max: 1,
                badAbove: 0.9,
                show: {
                    "{{namespace}} {{persistentvolumeclaim}}": `topk(5, max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes{${inCluster}} / kubelet_volume_stats_capacity_bytes{${inCluster}}))`,
                },
                behind: { dashboards: { "kubernetes-volumes": "Volumes" } },
            }),
        ),
    );
