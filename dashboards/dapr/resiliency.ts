import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { daprNamespace, daprService, rate, sidecars } from "../lib/dapr";
import { lines, number } from "../lib/panels";
import { ofService, spans } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

// There is a series for each state that a breaker may have; it is 1 for the one that it is in.
const breakers = (status: string) => `dapr_resiliency_cb_state{${sidecars}, status="${status}"}`;

/** What Dapr's resiliency policies do. */
export default (): Dashboard =>
    board(
        {
            uid: "dapr-resiliency",
            title: "Dapr resiliency",
            about: "Retries, timeouts and circuit breakers: what they hide, and what they cannot.",
            variables: [cluster(), daprNamespace(), daprService()],
            behind: { logs: `{${ofService}, container="daprd"}`, traces: spans("status = error") },
        },
        row(
            "Does a policy act now?",
            number("Policies", {
                about: "Loaded by all sidecars together.",
                unit: unit.count,
                show: { loaded: `sum(dapr_resiliency_loaded{${sidecars}})` },
            }),
            number("Open circuit breakers", {
                about: "Targets that are no longer asked, because they failed too often.",
                unit: unit.count,
                show: { open: `sum(${breakers("open")}) or 0 * sum(up{${sidecars}})` },
                badAbove: 1,
            }),
            lines("Activations", {
                about: "How often a policy had to act, after a failure or a change of state.",
                unit: unit.perSecond,
                show: {
                    "{{policy}} {{target}}": rate("resiliency_activations_total", "policy, target"),
                },
            }),
        ),
        row(
            "Which targets are retried, or too slow?",
            lines("Retries by target", {
                about: "Calls that were tried again. They hide failures, and multiply load.",
                unit: unit.perSecond,
                show: {
                    "{{app_id}} → {{target}}": rate(
                        "resiliency_activations_total",
                        "app_id, target",
                        ', policy="retry"',
                    ),
                },
            }),
            lines("Timeouts by target", {
                about: "Calls that took longer than they may.",
                unit: unit.perSecond,
                show: {
                    "{{app_id}} → {{target}}": rate(
                        "resiliency_activations_total",
                        "app_id, target",
                        ', policy="timeout"',
                    ),
                },
            }),
            lines("Circuit breakers that are not closed", {
                about: "open: the target is not asked. half-open: it is tried again.",
                unit: unit.count,
                show: {
                    "{{app_id}} → {{target}} open (failed)": `sum by (app_id, target) (${breakers("open")})`,
                    "{{app_id}} → {{target}} half-open": `sum by (app_id, target) (${breakers("half-open")})`,
                },
            }),
        ),
        row(
            "How often are policies applied?",
            lines("Applied by policy", {
                about: "Calls under a policy, whether it had to act or not.",
                unit: unit.perSecond,
                width: 12,
                stacked: true,
                show: { "{{name}} {{policy}}": rate("resiliency_count", "name, policy") },
            }),
            lines("Applied by direction", {
                about: "outbound: calls of the application. inbound: calls to it.",
                unit: unit.perSecond,
                width: 12,
                stacked: true,
                show: { "{{flow_direction}} {{target}}": rate("resiliency_count", "flow_direction, target") },
            }),
        ),
    );
