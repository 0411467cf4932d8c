import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { daprNamespace, daprService, quantile, rate, sidecars } from "../lib/dapr";
import { timeSeries } from "../lib/panels";
import { ofService, spanSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Rate, failures and latency of a building block. All building blocks have the same metrics. */
function buildingBlock(name: string, metric: string, by: string) {
    const legend = by
        .split(", ")
        .map((label) => `{{${label}}}`)
        .join(" ");
    return [
        timeSeries(`${name}: operations`, {
            description: "Operations of applications on the components, per second.",
            unit: unit.perSecond,
            stacked: true,
            queries: { [legend]: rate(`${metric}_count`, by) },
        }),
        timeSeries(`${name}: failures`, {
            description: "Failed operations per second. Normal is 0.",
            unit: unit.perSecond,
            queries: { [`${legend} failed`]: rate(`${metric}_count`, by, ', success="false"') },
        }),
        timeSeries(`${name}: p95 latency`, {
            description: "Duration of an operation in the component, such as a broker or a database, in seconds.",
            unit: unit.seconds,
            queries: { [legend]: quantile(0.95, `${metric}_latencies`, by) },
        }),
    ];
}

/** Operations of applications on the building blocks of Dapr. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "dapr-building-blocks",
            title: "Dapr building blocks",
            description:
                "Rate, failures and latency of service invocation, pub/sub, state, bindings, secrets, actors, workflows and jobs.",
            variables: [cluster(), daprNamespace(), daprService()],
            drilldown: {
                logs: `{${ofService}, container="daprd"}`,
                traces: spanSelector(),
                profiles: 'service_name=~"$service"',
            },
        },
        row(
            "Service invocation",
            timeSeries("Service invocation requests", {
                description: "Requests per second from the calling application to the called application.",
                unit: unit.requestsPerSecond,
                queries: {
                    "{{app_id}} → {{dst_app_id}}": rate(
                        "runtime_service_invocation_req_sent_total",
                        "app_id, dst_app_id",
                    ),
                },
            }),
            timeSeries("Service invocation errors", {
                description: "Responses per second with an HTTP status of 5xx or a gRPC status other than 0.",
                unit: unit.requestsPerSecond,
                queries: {
                    "{{app_id}} → {{src_app_id}} failed: {{status}}": rate(
                        "runtime_service_invocation_res_recv_total",
                        "app_id, src_app_id, status",
                        ', status=~"5..|[1-9]|1[0-6]"',
                    ),
                },
            }),
            timeSeries("Service invocation p95 latency", {
                description: "Seconds from the request to the response, measured by the sidecar of the caller.",
                unit: unit.seconds,
                queries: {
                    "{{app_id}} → {{src_app_id}}": quantile(
                        0.95,
                        "runtime_service_invocation_res_recv_latency_ms",
                        "app_id, src_app_id",
                    ),
                },
            }),
        ),
        row(
            "Pub/sub",
            ...buildingBlock("Publish", "component_pubsub_egress", "component, topic"),
            timeSeries("Subscribe: events", {
                description:
                    "Events per second that sidecars deliver to applications, by result: success, retry or drop.",
                unit: unit.perSecond,
                stacked: true,
                queries: {
                    "{{topic}} {{process_status}}": rate(
                        "component_pubsub_ingress_count",
                        "component, topic, process_status",
                    ),
                },
            }),
            timeSeries("Subscribe: failed events", {
                description:
                    "Events per second that the application did not process, so that Dapr retries or drops them. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    "{{app_id}} {{topic}} failed: {{process_status}}": rate(
                        "component_pubsub_ingress_count",
                        "app_id, topic, process_status",
                        ', process_status!="success"',
                    ),
                },
            }),
            timeSeries("Subscribe: p95 latency", {
                description: "Seconds that the application needs to process an event.",
                unit: unit.seconds,
                queries: { "{{topic}}": quantile(0.95, "component_pubsub_ingress_latencies", "component, topic") },
            }),
        ),
        row("State", ...buildingBlock("State", "component_state", "component, operation")),
        row(
            "Bindings",
            ...buildingBlock("Output bindings", "component_output_binding", "component, operation"),
            ...buildingBlock("Input bindings", "component_input_binding", "component"),
        ),
        row("Secrets", ...buildingBlock("Secrets", "component_secret", "component, operation")),
        row(
            "Actors",
            timeSeries("Pending actor calls", {
                description: "The number of calls that wait for an actor. An actor processes one call at a time.",
                unit: unit.count,
                queries: {
                    "{{app_id}} {{actor_type}}": `sum by (app_id, actor_type) (dapr_runtime_actor_pending_actor_calls{${sidecars}})`,
                },
            }),
            timeSeries("Actor reminders and timers", {
                description: "The number of reminders and timers that are registered.",
                unit: unit.count,
                queries: {
                    "{{actor_type}} reminders": `sum by (actor_type) (dapr_runtime_actor_reminders{${sidecars}})`,
                    "{{actor_type}} timers": `sum by (actor_type) (dapr_runtime_actor_timers{${sidecars}})`,
                },
            }),
            timeSeries("Failed actor reminders and timers", {
                description: "Reminders and timers per second that failed when Dapr invoked the actor. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    "{{actor_type}} reminders failed": rate(
                        "runtime_actor_reminders_fired_total",
                        "actor_type",
                        ', success="false"',
                    ),
                    "{{actor_type}} timers failed": rate(
                        "runtime_actor_timers_fired_total",
                        "actor_type",
                        ', success="false"',
                    ),
                },
            }),
        ),
        row(
            "Workflows and jobs",
            timeSeries("Workflow executions", {
                description: "Executions per second, by workflow and final status.",
                unit: unit.perSecond,
                queries: {
                    "{{workflow_name}} {{status}}": rate("runtime_workflow_execution_count", "workflow_name, status"),
                },
            }),
            timeSeries("Workflow p95 duration", {
                description: "Seconds from the start to the end of a workflow.",
                unit: unit.seconds,
                queries: {
                    "{{workflow_name}}": quantile(0.95, "runtime_workflow_execution_latency", "workflow_name"),
                },
            }),
            timeSeries("Job executions", {
                description: "Successful and failed job executions per second, by application.",
                unit: unit.perSecond,
                queries: {
                    "{{app_id}}": rate("component_job_success_count", "app_id"),
                    "{{app_id}} failed": rate("component_job_failure_count", "app_id"),
                },
            }),
        ),
    );
