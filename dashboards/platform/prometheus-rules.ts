import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { logs, stat, table, timeSeries } from "../lib/panels";
import { inCluster, jobSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** The rules of PrometheusRule objects: what the second ruler of Mimir evaluates, and what Alloy could not write to it. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const ruler = `${jobSelector(namespace, "mimir")}, pod=~"mimir-object-ruler-.+"`;
    const writer = jobSelector(namespace, "alloy-singleton");
    // The label ends with alloy%2FNAMESPACE%2FNAME%2FUID;GROUP.
    const path = '".*alloy%2F([^%]+)%2F([^%]+)%2F[^%;]+;(.+)"';
    const byGroup = (vector: string) =>
        `sum by (object, group) (label_replace(label_replace(${vector}, "object", "$1/$2", "rule_group", ${path}), "group", "$3", "rule_group", ${path}))`;
    const rules = byGroup(`cortex_prometheus_rule_group_rules{${ruler}}`);
    const failures = byGroup(`rate(cortex_prometheus_rule_evaluation_failures_total{${ruler}}[$__rate_interval])`);
    const missed = byGroup(`rate(cortex_prometheus_rule_group_iterations_missed_total{${ruler}}[$__rate_interval])`);
    const duration = byGroup(`cortex_prometheus_rule_group_last_duration_seconds{${ruler}}`);
    const alloyLogs = `{${inCluster}, namespace="${namespace}", pod=~"lgtm-alloy-singleton-.+"}`;
    return createDashboard(
        {
            uid: "platform-prometheus-rules",
            title: "PrometheusRules",
            description: "Rules of the PrometheusRule objects of the Prometheus operator.",
            variables: [cluster()],
            drilldown: { dashboards: { "platform-alerts": "Alerts" }, logs: alloyLogs },
        },
        row(
            "Rules",
            stat("Objects", {
                description: "PrometheusRule objects whose rules are evaluated.",
                unit: unit.count,
                queries: { objects: `count(count by (object) (${rules})) or vector(0)` },
            }),
            stat("Rules", {
                description: "Alerts and recording rules of all objects.",
                unit: unit.count,
                queries: { rules: `sum(${rules}) or vector(0)` },
            }),
            stat("Failed writes", {
                description:
                    "Changes of objects that Alloy could not write to the ruler in the selected time range. One invalid object is enough to stop the changes of all objects.",
                unit: unit.count,
                criticalAbove: 1,
                queries: {
                    failed: `sum(increase(mimir_rules_events_failed_total{${writer}}[$__range])) or vector(0)`,
                },
            }),
            table("Rules by group", {
                description: "Each rule group with its object as namespace/name.",
                width: 24,
                height: 10,
                sortBy: "Rules",
                columns: {
                    Rules: { query: rules, unit: unit.count },
                    "Last evaluation": { query: duration, unit: unit.seconds },
                    "Failures per second": { query: failures, unit: unit.perSecond },
                },
            }),
        ),
        row(
            "Problems",
            timeSeries("Rule evaluation failures", {
                description:
                    "Failed evaluations of rules per second, because of the expression or a limit. Normal is 0.",
                unit: unit.perSecond,
                width: 12,
                queries: { "{{object}} {{group}}": `${failures} > 0` },
            }),
            timeSeries("Missed evaluations", {
                description:
                    "Skipped evaluations per second, because the previous one took longer than the interval. Normal is 0.",
                unit: unit.perSecond,
                width: 12,
                queries: { "{{object}} {{group}}": `${missed} > 0` },
            }),
            logs("Objects that are not written", {
                description: "Errors of Alloy about PrometheusRule objects, with the group and the rule.",
                query: `${alloyLogs} |= "mimir.rules.kubernetes" |= "level=error"`,
            }),
        ),
    );
};
