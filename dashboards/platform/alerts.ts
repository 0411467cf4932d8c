import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { barGauge, stat, table, timeSeries } from "../lib/panels";
import { inCluster, jobSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

// Alerts about missing targets have no label "cluster".
// Watchdog always fires, to test the receivers.
const alerts = 'cluster=~"$cluster|", alertname!="Watchdog"';
const firing = `${alerts}, alertstate="firing"`;

/** Removes the path of the file from the label, because it hides the name of the group in legends. */
const groupName = (vector: string) => `label_replace(${vector}, "rule_group", "$1", "rule_group", ".*;(.+)")`;

/** Firing and pending alerts, and the health of alerting itself. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const mimir = jobSelector(namespace, "mimir");
    const loki = jobSelector(namespace, "loki");
    return createDashboard(
        {
            uid: "platform-alerts",
            title: "Alerts",
            description:
                "Firing alerts, how often alerts fire, and whether rules are evaluated and notifications are sent.",
            variables: [cluster()],
            drilldown: {
                dashboards: { "platform-overview": "Platform overview" },
                logs: `{${inCluster}, namespace="${namespace}", service_name="mimir"} |~ "ruler|alertmanager"`,
            },
        },
        row(
            "Firing alerts",
            ...(["critical", "warning", "info"] as const).map((severity) =>
                stat(severity.charAt(0).toUpperCase() + severity.slice(1), {
                    description: `The number of firing alerts with severity ${severity}.`,
                    unit: unit.count,
                    queries: { firing: `count(ALERTS{${firing}, severity="${severity}"}) or vector(0)` },
                    ...(severity === "critical"
                        ? { criticalAbove: 1 }
                        : severity === "warning"
                          ? { warnAbove: 1 }
                          : {}),
                }),
            ),
            stat("Pending", {
                description: "The number of alerts whose condition is true, but not yet for the required time.",
                unit: unit.count,
                queries: { pending: `count(ALERTS{${alerts}, alertstate="pending"}) or vector(0)` },
            }),
            table("Alerts", {
                description:
                    "Firing and pending alerts with their labels. The summary and the runbook are in the notification and in Grafana's list of alerts.",
                width: 24,
                height: 10,
                columns: {
                    Alerts: {
                        query: `count by (alertname, severity, alertstate, namespace, service, job, pod) (ALERTS{${alerts}})`,
                        unit: unit.count,
                    },
                },
                links: { service: { dashboard: "platform-service", variables: { service: "service" } } },
            }),
        ),
        row(
            "Alert history",
            timeSeries("Firing alerts by name", {
                description: "The number of firing alerts.",
                unit: unit.count,
                width: 12,
                stacked: true,
                queries: { "{{alertname}}": `count by (alertname) (ALERTS{${firing}})` },
            }),
            barGauge("Firing time ratio", {
                description:
                    "The percentage of the selected time range in which the alert fired. If an alert fires all the time, fix the cause, or change its threshold.",
                unit: unit.ratio,
                max: 1,
                width: 12,
                height: 8,
                queries: {
                    "{{alertname}}": `topk(10, max by (alertname) (count_over_time(ALERTS{${firing}}[$__range:1m])) / ($__range_s / 60))`,
                },
            }),
        ),
        row(
            "Rule evaluation and notifications",
            timeSeries("Rule evaluation failures", {
                description: "Failed rule evaluations per second. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    "{{rule_group}} failed": groupName(
                        `sum by (rule_group) (rate(cortex_prometheus_rule_evaluation_failures_total{${mimir}}[$__rate_interval]))`,
                    ),
                    "Loki {{rule_group}} failed": groupName(
                        `sum by (rule_group) (rate(loki_prometheus_rule_evaluation_failures_total{${loki}}[$__rate_interval]))`,
                    ),
                },
            }),
            timeSeries("Rule evaluation duration", {
                description:
                    "The duration of an evaluation divided by the interval of the rule group. Above 100 % evaluations are missed.",
                unit: unit.ratio,
                criticalAbove: 0.9,
                queries: {
                    "{{rule_group}}": groupName(
                        `max by (rule_group) (cortex_prometheus_rule_group_last_duration_seconds{${mimir}} / cortex_prometheus_rule_group_interval_seconds{${mimir}})`,
                    ),
                },
            }),
            timeSeries("Notifications", {
                description: "Notifications per second, sent and failed, by kind of receiver.",
                unit: unit.perSecond,
                empty: "No notifications",
                queries: {
                    "{{integration}}": `sum by (integration) (rate(cortex_alertmanager_notifications_total{${mimir}}[$__rate_interval]))`,
                    "{{integration}} failed": `sum by (integration) (rate(cortex_alertmanager_notifications_failed_total{${mimir}}[$__rate_interval]))`,
                },
            }),
        ),
    );
};
