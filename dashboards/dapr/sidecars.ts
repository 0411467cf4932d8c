import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { daprNamespace, daprService, quantile, rate, sidecars } from "../lib/dapr";
import { stat, timeSeries } from "../lib/panels";
import { ofService, spanSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const container = 'cluster="$cluster", namespace=~"$namespace", container="daprd"';

/** Traffic and health of the Dapr sidecars. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "dapr-sidecars",
            title: "Dapr sidecars",
            description: "Requests, components and resource usage of the Dapr sidecars.",
            variables: [cluster(), daprNamespace(), daprService()],
            drilldown: {
                logs: `{${ofService}, container="daprd"}`,
                traces: spanSelector(),
                profiles: 'service_name=~"$service"',
            },
        },
        row(
            "Sidecar status",
            stat("Sidecars up", {
                description: "The number of sidecars that can be scraped.",
                unit: unit.count,
                queries: { up: `sum(up{${sidecars}})` },
            }),
            stat("Sidecars down", {
                description: "The number of sidecars that cannot be scraped. Normal is 0.",
                unit: unit.count,
                queries: { down: `sum(up{${sidecars}} == bool 0)` },
                criticalAbove: 1,
            }),
            stat("Components loaded", {
                description: "The number of Dapr components that are loaded, summed over all sidecars.",
                unit: unit.count,
                queries: { loaded: `sum(dapr_runtime_component_loaded{${sidecars}})` },
            }),
            stat("Component init failures", {
                description: "The number of components that a running sidecar could not initialize. Normal is 0.",
                unit: unit.count,
                queries: {
                    failed: `sum(dapr_runtime_component_init_fail_total{${sidecars}}) or 0 * sum(up{${sidecars}})`,
                },
                criticalAbove: 1,
            }),
            stat("mTLS init failures", {
                description: "The number of sidecars that received no certificate for mutual TLS. Normal is 0.",
                unit: unit.count,
                queries: {
                    failed: `sum(dapr_runtime_mtls_init_fail_total{${sidecars}}) or 0 * sum(up{${sidecars}})`,
                },
                criticalAbove: 1,
            }),
        ),
        row(
            "HTTP requests from applications",
            timeSeries("HTTP request rate", {
                description: "Requests per second from applications to their sidecars, by application and status.",
                unit: unit.requestsPerSecond,
                stacked: true,
                queries: { "{{app_id}} {{status}}": rate("http_server_request_count", "app_id, status") },
            }),
            timeSeries("HTTP errors", {
                description: "Requests per second that the sidecar answered with a server error (5xx).",
                unit: unit.requestsPerSecond,
                queries: {
                    "{{app_id}} {{status}} failed": rate(
                        "http_server_request_count",
                        "app_id, status",
                        ', status=~"5.."',
                    ),
                },
            }),
            timeSeries("HTTP p95 latency", {
                description:
                    "Seconds until the sidecar responds. This includes the time of the component or service that the sidecar calls.",
                unit: unit.seconds,
                queries: { "{{app_id}}": quantile(0.95, "http_server_latency", "app_id") },
            }),
        ),
        row(
            "gRPC requests from applications",
            timeSeries("gRPC request rate", {
                description: "Requests per second from applications to their sidecars, by application and status.",
                unit: unit.requestsPerSecond,
                stacked: true,
                queries: {
                    "{{app_id}} {{grpc_server_status}}": rate(
                        "grpc_io_server_completed_rpcs",
                        "app_id, grpc_server_status",
                    ),
                },
            }),
            timeSeries("gRPC errors", {
                description: "Requests per second with a status other than OK.",
                unit: unit.requestsPerSecond,
                queries: {
                    "{{app_id}} {{grpc_server_status}} failed": rate(
                        "grpc_io_server_completed_rpcs",
                        "app_id, grpc_server_status",
                        ', grpc_server_status!="OK"',
                    ),
                },
            }),
            timeSeries("gRPC p95 latency", {
                description:
                    "Seconds until the sidecar responds. This includes the time of the component or service that the sidecar calls.",
                unit: unit.seconds,
                queries: { "{{app_id}}": quantile(0.95, "grpc_io_server_server_latency", "app_id") },
            }),
        ),
        row(
            "Requests to applications",
            timeSeries("Application health probes", {
                description:
                    "Health probes per second from the sidecar to the application. Dapr sends them only if they are enabled for the application.",
                unit: unit.perSecond,
                queries: { "{{app_id}} {{status}}": rate("http_healthprobes_completed_count", "app_id, status") },
            }),
            timeSeries("Requests to applications", {
                description: "Requests per second from sidecars to their applications, by status.",
                unit: unit.requestsPerSecond,
                stacked: true,
                queries: { "{{app_id}} {{status}}": rate("http_client_completed_count", "app_id, status") },
            }),
            timeSeries("Application p95 latency", {
                description:
                    "Seconds until the application responds. The rest of the sidecar's latency is the time of Dapr itself.",
                unit: unit.seconds,
                queries: { "{{app_id}}": quantile(0.95, "http_client_roundtrip_latency", "app_id") },
            }),
        ),
        row(
            "Resource usage",
            timeSeries("Memory usage", {
                description: "Working set memory of each sidecar, in bytes.",
                unit: unit.bytes,
                width: 12,
                queries: { "{{pod}}": `sum by (pod) (container_memory_working_set_bytes{${container}})` },
            }),
            timeSeries("CPU usage", {
                description: "CPU cores that each sidecar uses.",
                unit: unit.cores,
                width: 12,
                queries: {
                    "{{pod}}": `sum by (pod) (rate(container_cpu_usage_seconds_total{${container}}[$__rate_interval]))`,
                },
            }),
        ),
    );
