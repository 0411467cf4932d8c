import { type Cases, increasingCounter } from "../case";
import { constant, perSecond, seriesOf, stackLabels, value } from "../series";

export default {
    RulerRuleFailures: increasingCounter(
        "loki_prometheus_rule_evaluation_failures_total",
        { job: "loki", rule_group: "logs", reason: "user" },
        ["job", "rule_group"],
        "logs of loki: 6 rule evaluations per minute fail",
    ),
    RulerMissedEvaluations: increasingCounter(
        "cortex_prometheus_rule_group_iterations_missed_total",
        { job: "mimir", rule_group: "slos" },
        ["job", "rule_group"],
        "slos of mimir: evaluations are missed, because an evaluation takes longer than the interval",
    ),
    RulerFailedReload: {
        after: "30m",
        fires: {
            [seriesOf("cortex_ruler_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]: value(0),
        },
        labels: { ...stackLabels, job: "mimir", pod: "mimir-0" },
        summary: "mimir-0: the ruler could not load its rules and uses the previous ones",
        silent: {
            [seriesOf("cortex_ruler_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]: value(1),
            [seriesOf("loki_ruler_config_last_reload_successful", { job: "loki", pod: "loki-0" })]: "0x5 1x100",
        },
    },
    RulerErrorSendingAlerts: increasingCounter(
        "cortex_prometheus_notifications_errors_total",
        { job: "mimir", pod: "mimir-0" },
        ["job"],
        "mimir: 100m alerts per second do not reach the Alertmanager",
    ),
    AlertmanagerFailedReload: {
        after: "30m",
        fires: {
            [seriesOf("cortex_alertmanager_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]: value(0),
        },
        labels: { ...stackLabels, job: "mimir", pod: "mimir-0" },
        summary: "mimir-0: the Alertmanager could not load its configuration",
        silent: {
            [seriesOf("cortex_alertmanager_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]: value(1),
        },
    },
    AlertmanagerFailedToSendAlerts: {
        after: "1h",
        fires: {
            [seriesOf("cortex_alertmanager_notifications_failed_total", { job: "mimir", integration: "slack" })]:
                perSecond(0.1),
            [seriesOf("cortex_alertmanager_notifications_total", { job: "mimir", integration: "slack" })]:
                perSecond(0.2),
        },
        labels: { ...stackLabels, job: "mimir", integration: "slack" },
        summary: "slack: 50% of the notifications fail",
        silent: {
            [seriesOf("cortex_alertmanager_notifications_failed_total", { job: "mimir", integration: "slack" })]:
                constant,
            [seriesOf("cortex_alertmanager_notifications_total", { job: "mimir", integration: "slack" })]:
                perSecond(0.2),
        },
    },
} satisfies Cases;
