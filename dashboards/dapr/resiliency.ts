import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { daprNamespace, daprService, rate, sidecars } from "../lib/dapr";
import { stat, timeSeries } from "../lib/panels";
import { ofService, spanSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

// Each circuit breaker has one series per state. The series of the current state is 1.
const circuitBreakers = (status: string) => `dapr_resiliency_cb_state{${sidecars}, status="${status}"}`;

/** Activations and state of the Dapr resiliency policies. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "dapr-resiliency",
            title: "Dapr resiliency",
            description: "Retries, timeouts and circuit breakers of the Dapr resiliency policies.",
            variables: [cluster(), daprNamespace(), daprService()],
            drilldown: { logs: `{${ofService}, container="daprd"}`, traces: spanSelector("status = error") },
        },
        row(
            "Resiliency status",
            stat("Resiliency policies", {
                description: "The number of policies that are loaded, summed over all sidecars.",
                unit: unit.count,
                queries: { loaded: `sum(dapr_resiliency_loaded{${sidecars}})` },
            }),
            stat("Open circuit breakers", {
                description:
                    "The number of circuit breakers that are open. Dapr rejects calls to their targets, because too many calls failed.",
                unit: unit.count,
                queries: { open: `sum(${circuitBreakers("open")}) or 0 * sum(up{${sidecars}})` },
                criticalAbove: 1,
            }),
            timeSeries("Policy activations", {
                description:
                    "Activations per second: how often a policy retried a call, stopped it after a timeout, or changed the state of a circuit breaker.",
                unit: unit.perSecond,
                queries: {
                    "{{policy}} {{target}}": rate("resiliency_activations_total", "policy, target"),
                },
            }),
        ),
        row(
            "Retries, timeouts and circuit breakers",
            timeSeries("Retries by target", {
                description: "Retries per second. Retries hide failures and increase the load of the target.",
                unit: unit.perSecond,
                queries: {
                    "{{app_id}} → {{target}}": rate(
                        "resiliency_activations_total",
                        "app_id, target",
                        ', policy="retry"',
                    ),
                },
            }),
            timeSeries("Timeouts by target", {
                description: "Calls per second that exceeded the timeout of their policy.",
                unit: unit.perSecond,
                queries: {
                    "{{app_id}} → {{target}}": rate(
                        "resiliency_activations_total",
                        "app_id, target",
                        ', policy="timeout"',
                    ),
                },
            }),
            timeSeries("Circuit breakers by state", {
                description:
                    "The number of circuit breakers that are not closed. open: Dapr rejects calls to the target. half-open: Dapr sends test calls to the target.",
                unit: unit.count,
                queries: {
                    "{{app_id}} → {{target}} open (calls rejected)": `sum by (app_id, target) (${circuitBreakers("open")})`,
                    "{{app_id}} → {{target}} half-open": `sum by (app_id, target) (${circuitBreakers("half-open")})`,
                },
            }),
        ),
        row(
            "Policy executions",
            timeSeries("Executions by policy", {
                description: "Calls per second that a policy covers, including calls for which it was not activated.",
                unit: unit.perSecond,
                width: 12,
                stacked: true,
                queries: { "{{name}} {{policy}}": rate("resiliency_count", "name, policy") },
            }),
            timeSeries("Executions by direction", {
                description:
                    "Calls per second that a policy covers. outbound: calls from the application. inbound: calls to the application.",
                unit: unit.perSecond,
                width: 12,
                stacked: true,
                queries: { "{{flow_direction}} {{target}}": rate("resiliency_count", "flow_direction, target") },
            }),
        ),
    );
