import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { daprNamespace, daprService, quantile, rate, sidecars } from "../lib/dapr";
import { lines, number } from "../lib/panels";
import { ofService, spans } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const container = 'cluster="$cluster", namespace=~"$namespace", container="daprd"';

/** Dapr's sidecars: what passes through them, and how they are. */
export default (): Dashboard =>
    board(
        {
            uid: "dapr-sidecars",
            title: "Dapr sidecars",
            about: "What passes through Dapr's sidecars, and how they are.",
            variables: [cluster(), daprNamespace(), daprService()],
            behind: {
                logs: `{${ofService}, container="daprd"}`,
                traces: spans(),
                profiles: 'service_name=~"$service"',
            },
        },
        row(
            "Do all sidecars run, with their components?",
            number("Sidecars up", {
                about: "Sidecars that answer the scraper.",
                unit: unit.count,
                show: { up: `sum(up{${sidecars}})` },
            }),
            number("Sidecars down", {
                about: "None is normal.",
                unit: unit.count,
                show: { down: `sum(up{${sidecars}} == bool 0)` },
                badAbove: 1,
            }),
            number("Components", {
                about: "Loaded by all sidecars together.",
                unit: unit.count,
                show: { loaded: `sum(dapr_runtime_component_loaded{${sidecars}})` },
            }),
            number("Components that failed", {
                about: "Components that a sidecar could not start since it runs. None is normal.",
                unit: unit.count,
                show: {
                    failed: `sum(dapr_runtime_component_init_fail_total{${sidecars}}) or 0 * sum(up{${sidecars}})`,
                },
                badAbove: 1,
            }),
            number("Certificates that failed", {
                about: "Sidecars that got no certificate for mutual TLS. None is normal.",
                unit: unit.count,
                show: {
                    failed: `sum(dapr_runtime_mtls_init_fail_total{${sidecars}}) or 0 * sum(up{${sidecars}})`,
                },
                badAbove: 1,
            }),
        ),
        row(
            "What do applications ask their sidecars, over HTTP?",
            lines("Requests", {
                about: "By application and status.",
                unit: unit.requestsPerSecond,
                stacked: true,
                show: { "{{app_id}} {{status}}": rate("http_server_request_count", "app_id, status") },
            }),
            lines("Failed requests", {
                about: "Answered with a server error.",
                unit: unit.requestsPerSecond,
                show: {
                    "{{app_id}} {{status}} failed": rate(
                        "http_server_request_count",
                        "app_id, status",
                        ', status=~"5.."',
                    ),
                },
            }),
            lines("Duration, 95th percentile", {
                about: "With what the sidecar waits for.",
                unit: unit.seconds,
                show: { "{{app_id}}": quantile(0.95, "http_server_latency", "app_id") },
            }),
        ),
        row(
            "And over gRPC?",
            lines("Calls", {
                about: "By application and status.",
                unit: unit.requestsPerSecond,
                stacked: true,
                show: {
                    "{{app_id}} {{grpc_server_status}}": rate(
                        "grpc_io_server_completed_rpcs",
                        "app_id, grpc_server_status",
                    ),
                },
            }),
            lines("Failed calls", {
                about: "With any status but OK.",
                unit: unit.requestsPerSecond,
                show: {
                    "{{app_id}} {{grpc_server_status}} failed": rate(
                        "grpc_io_server_completed_rpcs",
                        "app_id, grpc_server_status",
                        ', grpc_server_status!="OK"',
                    ),
                },
            }),
            lines("Duration, 95th percentile", {
                about: "With what the sidecar waits for.",
                unit: unit.seconds,
                show: { "{{app_id}}": quantile(0.95, "grpc_io_server_server_latency", "app_id") },
            }),
        ),
        row(
            "Do applications answer their sidecars?",
            lines("Health probes", {
                about: "Of the application, where Dapr is told to make them.",
                unit: unit.perSecond,
                show: { "{{app_id}} {{status}}": rate("http_healthprobes_completed_count", "app_id, status") },
            }),
            lines("Calls to applications", {
                about: "What sidecars hand to their application, by status.",
                unit: unit.requestsPerSecond,
                stacked: true,
                show: { "{{app_id}} {{status}}": rate("http_client_completed_count", "app_id, status") },
            }),
            lines("Duration in applications, 95th percentile", {
                about: "What is left of the duration above is Dapr's.",
                unit: unit.seconds,
                show: { "{{app_id}}": quantile(0.95, "http_client_roundtrip_latency", "app_id") },
            }),
        ),
        row(
            "What do sidecars cost?",
            lines("Memory", {
                about: "Of each sidecar.",
                unit: unit.bytes,
                width: 12,
                show: { "{{pod}}": `sum by (pod) (container_memory_working_set_bytes{${container}})` },
            }),
            lines("CPU", {
                about: "Cores of each sidecar.",
                unit: unit.cores,
                width: 12,
                show: {
                    "{{pod}}": `sum by (pod) (rate(container_cpu_usage_seconds_total{${container}}[$__rate_interval]))`,
                },
            }),
        ),
    );
