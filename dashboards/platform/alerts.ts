import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines, number, ranking, rows } from "../lib/panels";
import { inCluster, part } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

// An alert about something that is gone has no label of a cluster.
const alerts = 'cluster=~"$cluster|"';
const firing = `${alerts}, alertstate="firing"`;

/** What fires, what is about to, and whether alerts would come at all. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const mimir = part(namespace, "mimir");
    const loki = part(namespace, "loki");
    return board(
        {
            uid: "platform-alerts",
            title: "Alerts",
            about: "What fires, what fires often, and whether rules are evaluated and notifications sent.",
            variables: [cluster()],
            behind: {
                dashboards: { "platform-overview": "Platform overview" },
                logs: `{${inCluster}, namespace="${namespace}", service_name="mimir"} |~ "ruler|alertmanager"`,
            },
        },
        row(
            "What fires now?",
            ...(["critical", "warning", "info"] as const).map((severity) =>
                number(severity.charAt(0).toUpperCase() + severity.slice(1), {
                    about: `Alerts of severity ${severity} that fire.`,
                    unit: unit.count,
                    show: { firing: `count(ALERTS{${firing}, severity="${severity}"}) or vector(0)` },
                    ...(severity === "critical" ? { badAbove: 1 } : severity === "warning" ? { warnAbove: 1 } : {}),
                }),
            ),
            number("Pending", {
                about: "Alerts whose condition holds, but not yet for long enough.",
                unit: unit.count,
                show: { pending: `count(ALERTS{${alerts}, alertstate="pending"}) or vector(0)` },
            }),
            rows("Firing alerts", {
                about: "Each with what it is about. Its summary and runbook are in the notification, and in Grafana's list of alerts.",
                width: 24,
                height: 10,
                columns: {
                    "Firing or pending": {
                        show: `count by (alertname, severity, alertstate, namespace, service, job, pod) (ALERTS{${alerts}})`,
                        unit: unit.count,
                    },
                },
                open: { service: { dashboard: "platform-service", variables: { service: "service" } } },
            }),
        ),
        row(
            "Which alerts fire often?",
            lines("Firing alerts over time", {
                about: "By name.",
                unit: unit.count,
                width: 12,
                stacked: true,
                show: { "{{alertname}}": `count by (alertname) (ALERTS{${firing}})` },
            }),
            ranking("Time spent firing", {
                about: "Share of the time shown. What fires all the time is no longer read: mend it, or change its threshold.",
                unit: unit.ratio,
                width: 12,
                show: {
                    "{{alertname}}": `topk(10, max by (alertname) (count_over_time(ALERTS{${firing}}[$__range:1m])) / ($__range_s / 60))`,
                },
            }),
        ),
        row(
            "Would an alert come?",
            lines("Rules that fail", {
                about: "Evaluations that ended with an error. None is normal.",
                unit: unit.perSecond,
                show: {
                    "{{rule_group}} failed": `sum by (rule_group) (rate(cortex_prometheus_rule_evaluation_failures_total{${mimir}}[$__rate_interval]))`,
                    "{{rule_group}} of Loki failed": `sum by (rule_group) (rate(loki_prometheus_rule_evaluation_failures_total{${loki}}[$__rate_interval]))`,
                },
            }),
            lines("Evaluation, share of its interval", {
                about: "At 100 % a group takes as long as it may, and evaluations are missed.",
                unit: unit.ratio,
                badAbove: 0.9,
                show: {
                    "{{rule_group}}": `max by (rule_group) (cortex_prometheus_rule_group_last_duration_seconds{${mimir}} / cortex_prometheus_rule_group_interval_seconds{${mimir}})`,
                },
            }),
            lines("Notifications", {
                about: "Sent, and failed, by kind of receiver.",
                unit: unit.perSecond,
                show: {
                    "{{integration}}": `sum by (integration) (rate(cortex_alertmanager_notifications_total{${mimir}}[$__rate_interval]))`,
                    "{{integration}} failed": `sum by (integration) (rate(cortex_alertmanager_notifications_failed_total{${mimir}}[$__rate_interval]))`,
                },
            }),
        ),
    );
};
