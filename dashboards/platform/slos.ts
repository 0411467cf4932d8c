import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { stat, table, timeSeries } from "../lib/panels";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster, multiValueVariable } from "../lib/variables";

// rules/mimir/slos.ts records these series. Only the measured series have the label "cluster".
const defined = 'slo=~"$slo"';
const measured = `${inCluster}, ${defined}`;
const slos = () => multiValueVariable("slo", "SLO", "label_values(slo:objective:ratio, slo)");

/** SLOs and their error budgets. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "platform-slos",
            title: "SLOs",
            description: "Objectives, error budgets and burn rates of the SLOs that the setting slos defines.",
            variables: [cluster(), slos()],
            drilldown: {
                dashboards: { "platform-overview": "Platform overview" },
                logs: `{${inCluster}} | detected_level=~"error|fatal|critical"`,
                traces: '{ resource.cluster = "$cluster" && status = error }',
            },
        },
        row(
            "SLO status",
            stat("SLOs", {
                description: "The number of SLOs that are defined.",
                unit: unit.count,
                queries: { defined: `count(slo:objective:ratio{${defined}})` },
            }),
            stat("Exhausted error budgets", {
                description: "The number of SLOs whose error budget is exhausted. Normal is 0.",
                unit: unit.count,
                queries: {
                    exhausted: `count(slo:error_budget_remaining:ratio{${measured}} < 0) or 0 * count(slo:objective:ratio{${defined}})`,
                },
                criticalAbove: 1,
            }),
            stat("Lowest error budget", {
                description: "The remaining percentage of the error budget of the SLO that has the least left.",
                unit: unit.ratio,
                queries: { remaining: `min(slo:error_budget_remaining:ratio{${measured}})` },
                criticalBelow: 0.1,
            }),
            stat("Highest burn rate", {
                description:
                    "The highest burn rate of the last hour. At 1 the error budget lasts exactly for the window of the SLO.",
                unit: unit.none,
                queries: { "burn rate": `max(slo:burn_rate:1h{${measured}})` },
                warnAbove: 1,
                criticalAbove: 14.4,
            }),
            table("SLOs", {
                description:
                    "Objective, measured ratio of good requests, remaining error budget and burn rates of each SLO. Click a service to open its dashboard.",
                width: 24,
                height: 10,
                sortBy: "Burn rate (1h)",
                columns: {
                    Objective: {
                        query: `max by (slo, service, sli) (slo:objective:ratio{${defined}})`,
                        unit: unit.ratio,
                    },
                    "Measured ratio": {
                        query: `1 - max by (slo, service, sli) (slo:error_ratio:window{${measured}})`,
                        unit: unit.ratio,
                    },
                    "Error budget left": {
                        query: `min by (slo, service, sli) (slo:error_budget_remaining:ratio{${measured}})`,
                        unit: unit.ratio,
                        criticalBelow: 0.1,
                    },
                    "Burn rate (1h)": {
                        query: `max by (slo, service, sli) (slo:burn_rate:1h{${measured}})`,
                        unit: unit.none,
                        warnAbove: 1,
                        criticalAbove: 14.4,
                    },
                    "Burn rate (1d)": {
                        query: `max by (slo, service, sli) (slo:burn_rate:1d{${measured}})`,
                        unit: unit.none,
                        warnAbove: 1,
                        criticalAbove: 3,
                    },
                },
                links: { service: { dashboard: "platform-service", variables: { service: "service" } } },
            }),
        ),
        row(
            "Error budget and burn rate",
            timeSeries("Remaining error budget", {
                description:
                    "The remaining percentage of the error budget of the window. Below 0 the objective is not met.",
                unit: unit.ratio,
                min: -1,
                queries: { "{{slo}}": `slo:error_budget_remaining:ratio{${measured}}` },
                criticalBelow: 0,
            }),
            timeSeries("Burn rate (1h)", {
                description: "The error ratio of the last hour divided by the error ratio that the objective allows.",
                unit: unit.none,
                queries: { "{{slo}}": `slo:burn_rate:1h{${measured}}` },
                warnAbove: 1,
            }),
            timeSeries("Burn rate (6h)", {
                description:
                    "The error ratio of the last six hours divided by the error ratio that the objective allows.",
                unit: unit.none,
                queries: { "{{slo}}": `slo:burn_rate:6h{${measured}}` },
                warnAbove: 1,
            }),
        ),
        row(
            "Requests",
            timeSeries("Request rate", {
                description:
                    "Requests per second that the SLO counts. With few requests, a single failure uses much of the error budget.",
                unit: unit.requestsPerSecond,
                width: 12,
                queries: { "{{slo}}": `slo:requests:rate5m{${measured}}` },
            }),
            timeSeries("Rate of failed or slow requests", {
                description:
                    "Requests per second that use the error budget: they failed, or they exceeded the latency threshold of a latency SLO.",
                unit: unit.requestsPerSecond,
                width: 12,
                queries: { "{{slo}}": `slo:errors:rate5m{${measured}}` },
            }),
        ),
    );
