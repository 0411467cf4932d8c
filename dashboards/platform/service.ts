import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { flameGraph, heatmap, logs, stat, timeSeries, traces } from "../lib/panels";
import { inNamespace, spanSelector } from "../lib/selectors";
import { callRate, errorRate, errorRatio, latency, latencyBuckets, serverSpans } from "../lib/span-metrics";
import { unit } from "../lib/units";
import { cluster, namespace, service } from "../lib/variables";

const selector = `${inNamespace}, service="$service"`;
const signals = `${inNamespace}, service_name="$service"`;
const container = `${inNamespace}, pod=~"$service-.*", container!=""`;
const profiles = 'service_name="$service"';

/** All signals of one service. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "platform-service",
            title: "Service",
            description: "Requests, resource usage, traces, logs and profiles of one service.",
            variables: [cluster(), namespace(), service()],
            drilldown: { logs: `{${signals}}`, traces: spanSelector(), profiles },
        },
        row(
            "Current status",
            stat("Request rate", {
                description: "Requests per second that the service receives.",
                unit: unit.requestsPerSecond,
                queries: { requests: callRate(serverSpans(selector)) },
            }),
            stat("Error ratio", {
                description: "The percentage of the requests that end with an error.",
                unit: unit.ratio,
                queries: { errors: errorRatio(serverSpans(selector)) },
                warnAbove: 0.01,
                criticalAbove: 0.05,
                drilldown: { logs: `{${signals}} |~ "(?i)error"`, traces: spanSelector("status = error"), profiles },
            }),
            stat("p95 latency", {
                description: "95 % of the requests are faster than this.",
                unit: unit.seconds,
                queries: { p95: latency(0.95, serverSpans(selector)) },
            }),
            stat("Log rate", {
                description: "Log entries per second that the service writes.",
                unit: unit.perSecond,
                logQueries: { entries: `sum(rate({${signals}}[$__auto])) or vector(0)` },
            }),
            stat("CPU usage", {
                description: "CPU cores that the containers of the service use.",
                unit: unit.cores,
                queries: { cores: `sum(rate(container_cpu_usage_seconds_total{${container}}[$__rate_interval]))` },
            }),
            stat("Memory usage", {
                description: "Working set memory of the containers, in bytes. The kernel cannot reclaim this memory.",
                unit: unit.bytes,
                queries: { memory: `sum(container_memory_working_set_bytes{${container}})` },
            }),
        ),
        row(
            "Operations",
            timeSeries("Request rate by operation", {
                description: "Requests per second that the service receives, by span name.",
                unit: unit.requestsPerSecond,
                queries: { "{{span_name}}": callRate(serverSpans(selector), "span_name") },
                stacked: true,
            }),
            timeSeries("Error rate by operation", {
                description:
                    "Requests per second that end with an error. A small constant rate can be caused by invalid requests of callers.",
                unit: unit.requestsPerSecond,
                queries: { "{{span_name}}": errorRate(serverSpans(selector), "span_name") },
                drilldown: { logs: `{${signals}} |~ "(?i)error"`, traces: spanSelector("status = error"), profiles },
            }),
            timeSeries("p95 latency by operation", {
                description:
                    "95 % of the requests are faster than this. Each point is an exemplar: click it to open its trace.",
                unit: unit.seconds,
                queries: { "{{span_name}}": latency(0.95, serverSpans(selector), "span_name") },
                exemplars: true,
            }),
            heatmap("Latency distribution", {
                description:
                    "A heatmap of the latency in seconds. Two bands mean two kinds of requests, such as requests with and without a cache hit.",
                unit: unit.seconds,
                query: latencyBuckets(serverSpans(selector)),
            }),
            timeSeries("p95 latency of outgoing calls", {
                description:
                    "Seconds until another service responds, by span name. A slow dependency makes this service slow.",
                unit: unit.seconds,
                width: 12,
                height: 10,
                queries: { "{{span_name}}": latency(0.95, `${selector}, span_kind="SPAN_KIND_CLIENT"`, "span_name") },
            }),
        ),
        row(
            "Resource usage",
            timeSeries("CPU usage by pod", {
                description:
                    "CPU cores that each pod uses. The panel shows the pods whose name begins with the name of the service.",
                unit: unit.cores,
                queries: {
                    "{{pod}}": `sum by (pod) (rate(container_cpu_usage_seconds_total{${container}}[$__rate_interval]))`,
                },
            }),
            timeSeries("CPU throttling by pod", {
                description:
                    "The percentage of CPU periods in which a container was throttled because it had used its limit.",
                unit: unit.ratio,
                empty: "No CPU limit",
                max: 1,
                queries: {
                    "{{pod}}": `sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{${container}}[$__rate_interval])) / sum by (pod) (rate(container_cpu_cfs_periods_total{${container}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Memory limit usage by container", {
                description: "Memory usage divided by the memory limit. At 100 % the kernel kills the container.",
                unit: unit.ratio,
                empty: "No memory limit",
                criticalAbove: 0.9,
                queries: {
                    "{{pod}} {{container}}": `sum by (pod, container) (container_memory_working_set_bytes{${container}}) / (sum by (pod, container) (container_spec_memory_limit_bytes{${container}}) > 0)`,
                },
            }),
        ),
        row(
            "Slow and failed traces",
            traces("Slow traces", {
                description: "Traces in which a span of the service took longer than 500 ms.",
                query: spanSelector("duration > 500ms"),
            }),
            traces("Failed traces", {
                description: "Traces in which a span of the service failed.",
                query: spanSelector("status = error"),
            }),
        ),
        row(
            "Logs",
            timeSeries("Log rate by level", {
                description: "Log entries per second. Loki detects the level from the entry.",
                unit: unit.perSecond,
                width: 24,
                height: 6,
                stacked: true,
                logQueries: { "{{detected_level}}": `sum by (detected_level) (rate({${signals}}[$__auto]))` },
            }),
            logs("Logs", { description: "The newest log entries of the service.", query: `{${signals}}` }),
        ),
        row(
            "CPU profile",
            flameGraph("CPU flame graph", {
                description: "CPU time by function. The panel is empty for services that send no profiles.",
                query: profiles,
            }),
        ),
    );
