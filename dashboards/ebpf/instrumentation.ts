import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { ofKinds } from "../../validation/auto-instrumentation";
import { componentDrilldown } from "../lib/component-panels";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { stat, table, timeSeries } from "../lib/panels";
import { inCluster, jobSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster, multiValueVariable } from "../lib/variables";

const served = `{${inCluster}, namespace=~"$namespace"}`;
const by = "by (namespace, service_name)";

/** Requests per second in a histogram of durations. */
const rate = (metric: string, matchers = served) => `sum ${by} (rate(${metric}_count${matchers}[$__rate_interval]))`;
const quantile = (metric: string) =>
    `histogram_quantile(0.95, sum by (namespace, service_name, le) (rate(${metric}_bucket${served}[$__rate_interval])))`;

const http = "http_server_request_duration_seconds";
const grpc = "rpc_server_call_duration_seconds";
const database = "db_client_operation_duration_seconds";
const failed = `{${inCluster}, namespace=~"$namespace", http_response_status_code=~"5.."}`;
const errorRatio = `${rate(http, failed)} / ${rate(http)}`;

/** Requests that eBPF has seen, and the programs that have seen them. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "auto-instrumentation");
    const containers = `${inCluster}, namespace="${namespace}", pod=~"auto-instrumentation-.+", container!=""`;
    const rateOf = (metric: string) =>
        ofKinds((prefix) => `sum(rate(${prefix}_${metric}{${selector}}[$__rate_interval]))`);
    return createDashboard(
        {
            uid: "ebpf-instrumentation",
            title: "Auto-instrumentation",
            description:
                "Requests to services from the metrics of eBPF or of an SDK, which count all requests, also of traces that are not sampled; and the state of the auto-instrumentation.",
            variables: [
                cluster(),
                multiValueVariable("namespace", "Namespace", `label_values(${http}_count{${inCluster}}, namespace)`),
            ],
            drilldown: componentDrilldown(namespace, "auto-instrumentation", {
                dashboards: { "platform-service": "Service" },
            }),
        },
        row(
            "Requests to services",
            timeSeries("HTTP requests", {
                description: "HTTP requests per second that each service receives.",
                unit: unit.requestsPerSecond,
                width: 12,
                queries: { "{{namespace}}/{{service_name}}": rate(http) },
            }),
            timeSeries("HTTP error ratio", {
                description:
                    "The percentage of the HTTP requests that a service answers with a status of 500 or above.",
                unit: unit.ratio,
                width: 12,
                max: 1,
                empty: "No errors",
                queries: { "{{namespace}}/{{service_name}}": errorRatio },
            }),
            timeSeries("p95 duration of HTTP requests", {
                description: "95 % of the HTTP requests are faster than this.",
                unit: unit.seconds,
                width: 12,
                queries: { "{{namespace}}/{{service_name}}": quantile(http) },
            }),
            timeSeries("p95 duration of gRPC calls", {
                description: "95 % of the gRPC calls to a service are faster than this.",
                unit: unit.seconds,
                width: 12,
                empty: "No gRPC calls",
                queries: { "{{namespace}}/{{service_name}}": quantile(grpc) },
            }),
            timeSeries("gRPC calls", {
                description: "Calls of gRPC per second that each service receives.",
                unit: unit.requestsPerSecond,
                width: 12,
                empty: "No gRPC calls",
                queries: { "{{namespace}}/{{service_name}}": rate(grpc) },
            }),
            timeSeries("p95 duration of database operations", {
                description: "95 % of the database operations of a service are faster than this.",
                unit: unit.seconds,
                width: 12,
                empty: "No database operations",
                queries: { "{{namespace}}/{{service_name}}": quantile(database) },
            }),
            table("Services", {
                description: "Each service with its HTTP requests.",
                width: 24,
                sortBy: "Requests",
                columns: {
                    Requests: { query: rate(http), unit: unit.requestsPerSecond },
                    "Error ratio": { query: errorRatio, unit: unit.ratio, warnAbove: 0.01, criticalAbove: 0.05 },
                    "p95 duration": { query: quantile(http), unit: unit.seconds },
                },
            }),
        ),
        row(
            "Auto-instrumentation",
            stat("Instrumented processes", {
                description: "The number of processes that are instrumented. 0 means that no process is selected.",
                unit: unit.count,
                queries: {
                    processes: ofKinds((prefix) => `sum(${prefix}_instrumented_processes{${selector}})`),
                },
            }),
            stat("Instrumenting nodes", {
                description: "The number of nodes whose processes are instrumented.",
                unit: unit.count,
                queries: { nodes: `sum(up{${selector}})` },
            }),
            stat("Failed exports", {
                description: "Exports of traces and metrics to the collector that fail, per second. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    traces: rateOf("otel_trace_export_errors_total"),
                    metrics: rateOf("otel_metric_export_errors_total"),
                },
                criticalAbove: 0.001,
            }),
            timeSeries("Instrumented processes by program", {
                description: "The number of instrumented processes by the name of their program.",
                unit: unit.count,
                width: 12,
                queries: {
                    "{{process_name}}": ofKinds(
                        (prefix) => `sum by (process_name) (${prefix}_instrumented_processes{${selector}})`,
                    ),
                },
            }),
            timeSeries("Services with an SDK", {
                description:
                    "Services that are not instrumented, because they export OTLP themselves. Each has one series for traces and one for metrics.",
                unit: unit.count,
                width: 12,
                empty: "No such services",
                queries: {
                    "{{exported_service_name}} {{telemetry_type}}": ofKinds(
                        (prefix) =>
                            `count by (exported_service_name, telemetry_type) (${prefix}_avoided_services{${selector}})`,
                    ),
                },
            }),
            timeSeries("Instrumentation errors", {
                description: "Processes per second that could not be instrumented. Normal is 0.",
                unit: unit.perSecond,
                width: 12,
                empty: "No errors",
                queries: {
                    "{{process_name}} {{error_type}}": ofKinds(
                        (prefix) =>
                            `sum by (process_name, error_type) (rate(${prefix}_instrumentation_errors_total{${selector}}[$__rate_interval]))`,
                    ),
                },
            }),
        ),
        row(
            "Resource usage",
            timeSeries("Memory usage", {
                description: "Memory of each pod of the auto-instrumentation, in bytes.",
                unit: unit.bytes,
                width: 12,
                queries: { "{{pod}}": `sum by (pod) (container_memory_working_set_bytes{${containers}})` },
            }),
            timeSeries("CPU usage", {
                description: "CPU cores that each pod of the auto-instrumentation uses.",
                unit: unit.cores,
                width: 12,
                queries: {
                    "{{pod}}": `sum by (pod) (rate(container_cpu_usage_seconds_total{${containers}}[$__rate_interval]))`,
                },
            }),
        ),
    );
};
