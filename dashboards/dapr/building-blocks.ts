import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { daprNamespace, daprService, quantile, rate, sidecars } from "../lib/dapr";
import { lines } from "../lib/panels";
import { ofService, spans } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Rate, failures and duration of a building block, whose metrics are alike. */
function block(name: string, metric: string, by: string) {
    const legend = by
        .split(", ")
        .map((label) => `{{${label}}}`)
        .join(" ");
    return [
        lines(`${name}: operations`, {
            about: "What applications do with the components.",
            unit: unit.perSecond,
            stacked: true,
            show: { [legend]: rate(`${metric}_count`, by) },
        }),
        lines(`${name}: failures`, {
            about: "None is normal.",
            unit: unit.perSecond,
            show: { [`${legend} failed`]: rate(`${metric}_count`, by, ', success="false"') },
        }),
        lines(`${name}: duration, 95th percentile`, {
            about: "Time in the component behind, such as a broker or a database.",
            unit: unit.seconds,
            show: { [legend]: quantile(0.95, `${metric}_latencies`, by) },
        }),
    ];
}

/** What applications do with Dapr's building blocks. */
export default (): Dashboard =>
    board(
        {
            uid: "dapr-building-blocks",
            title: "Dapr building blocks",
            about: "Service invocation, publish and subscribe, state, bindings, secrets, actors, workflows and jobs: rate, failures, duration.",
            variables: [cluster(), daprNamespace(), daprService()],
            behind: {
                logs: `{${ofService}, container="daprd"}`,
                traces: spans(),
                profiles: 'service_name=~"$service"',
            },
        },
        row(
            "Which services invoke which, and does it work?",
            lines("Invocations sent", {
                about: "By caller and callee.",
                unit: unit.requestsPerSecond,
                show: {
                    "{{app_id}} → {{dst_app_id}}": rate(
                        "runtime_service_invocation_req_sent_total",
                        "app_id, dst_app_id",
                    ),
                },
            }),
            lines("Failed answers", {
                about: "Answers with a status of 5xx, or of gRPC other than 0.",
                unit: unit.requestsPerSecond,
                show: {
                    "{{app_id}} → {{src_app_id}} failed: {{status}}": rate(
                        "runtime_service_invocation_res_recv_total",
                        "app_id, src_app_id, status",
                        ', status=~"5..|[1-9]|1[0-6]"',
                    ),
                },
            }),
            lines("Duration, 95th percentile", {
                about: "From the request to the answer, as the caller's sidecar sees it.",
                unit: unit.seconds,
                show: {
                    "{{app_id}} → {{src_app_id}}": quantile(
                        0.95,
                        "runtime_service_invocation_res_recv_latency_ms",
                        "app_id, src_app_id",
                    ),
                },
            }),
        ),
        row(
            "Are events published and handled?",
            ...block("Publish", "component_pubsub_egress", "component, topic"),
            lines("Handle: events", {
                about: "Events that reach applications, by what became of them: success, retry, drop.",
                unit: unit.perSecond,
                stacked: true,
                show: {
                    "{{topic}} {{process_status}}": rate(
                        "component_pubsub_ingress_count",
                        "component, topic, process_status",
                    ),
                },
            }),
            lines("Handle: retried and dropped", {
                about: "Events that an application did not take. None is normal.",
                unit: unit.perSecond,
                show: {
                    "{{topic}} {{process_status}} of {{app_id}} (failed)": rate(
                        "component_pubsub_ingress_count",
                        "app_id, topic, process_status",
                        ', process_status!="success"',
                    ),
                },
            }),
            lines("Handle: duration, 95th percentile", {
                about: "Time in the application.",
                unit: unit.seconds,
                show: { "{{topic}}": quantile(0.95, "component_pubsub_ingress_latencies", "component, topic") },
            }),
        ),
        row("Does state work?", ...block("State", "component_state", "component, operation")),
        row(
            "Do bindings work?",
            ...block("Output bindings", "component_output_binding", "component, operation"),
            ...block("Input bindings", "component_input_binding", "component"),
        ),
        row("Do secrets work?", ...block("Secrets", "component_secret", "component, operation")),
        row(
            "Do actors work?",
            lines("Calls that wait", {
                about: "An actor does one thing at a time; others wait.",
                unit: unit.count,
                show: {
                    "{{app_id}} {{actor_type}}": `sum by (app_id, actor_type) (dapr_runtime_actor_pending_actor_calls{${sidecars}})`,
                },
            }),
            lines("Reminders and timers", {
                about: "That are set.",
                unit: unit.count,
                show: {
                    "{{actor_type}} reminders": `sum by (actor_type) (dapr_runtime_actor_reminders{${sidecars}})`,
                    "{{actor_type}} timers": `sum by (actor_type) (dapr_runtime_actor_timers{${sidecars}})`,
                },
            }),
            lines("Reminders and timers that failed", {
                about: "None is normal.",
                unit: unit.perSecond,
                show: {
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
            "Do workflows and jobs work?",
            lines("Workflows", {
                about: "By name and how they ended.",
                unit: unit.perSecond,
                show: {
                    "{{workflow_name}} {{status}}": rate("runtime_workflow_execution_count", "workflow_name, status"),
                },
            }),
            lines("Duration of workflows, 95th percentile", {
                about: "From start to end.",
                unit: unit.seconds,
                show: {
                    "{{workflow_name}}": quantile(0.95, "runtime_workflow_execution_latency", "workflow_name"),
                },
            }),
            lines("Jobs", {
                about: "That were triggered.",
                unit: unit.perSecond,
                show: {
                    "{{app_id}}": rate("component_job_success_count", "app_id"),
                    "{{app_id}} failed": rate("component_job_failure_count", "app_id"),
                },
            }),
        ),
    );
