import type { RuleFile } from "../define";

export default {
    group: "alerting",
    needs: ["alloyMetrics"],
    dashboard: "platform-alerts",
    description: "Rulers of Mimir and Loki, the Alertmanager and its notifications.",
    rules: [
        {
            alert: "RulerRuleFailures",
            severity: "warning",
            for: "15m",
            summary:
                "{{ $labels.rule_group }} of {{ $labels.job }}: {{ $value | humanize }} rule evaluations per minute fail",
            expr: () => `
                60 * sum by (cluster, namespace, job, rule_group) (rate(cortex_prometheus_rule_evaluation_failures_total{job="mimir"}[5m])) > 0
                or 60 * sum by (cluster, namespace, job, rule_group) (rate(loki_prometheus_rule_evaluation_failures_total{job="loki"}[5m])) > 0`,
        },
        {
            alert: "RulerMissedEvaluations",
            severity: "warning",
            for: "15m",
            summary:
                "{{ $labels.rule_group }} of {{ $labels.job }}: evaluations are missed, because an evaluation takes longer than the interval",
            expr: () => `
                sum by (cluster, namespace, job, rule_group) (rate(cortex_prometheus_rule_group_iterations_missed_total{job="mimir"}[10m])) > 0
                or sum by (cluster, namespace, job, rule_group) (rate(loki_prometheus_rule_group_iterations_missed_total{job="loki"}[10m])) > 0`,
        },
        {
            alert: "RulerFailedReload",
            severity: "critical",
            for: "15m",
            summary: "{{ $labels.pod }}: the ruler could not load its rules and uses the previous ones",
            expr: () =>
                'cortex_ruler_config_last_reload_successful{job="mimir"} == 0 or loki_ruler_config_last_reload_successful{job="loki"} == 0',
        },
        {
            alert: "RulerErrorSendingAlerts",
            severity: "critical",
            for: "10m",
            summary: "{{ $labels.job }}: {{ $value | humanize }} alerts per second do not reach the Alertmanager",
            expr: () => `
                sum by (cluster, namespace, job) (rate(cortex_prometheus_notifications_errors_total{job="mimir"}[5m])) > 0
                or sum by (cluster, namespace, job) (rate(loki_prometheus_notifications_errors_total{job="loki"}[5m])) > 0`,
        },
        {
            alert: "AlertmanagerFailedReload",
            severity: "critical",
            for: "10m",
            summary: "{{ $labels.pod }}: the Alertmanager could not load its configuration",
            expr: () => 'cortex_alertmanager_config_last_reload_successful{job="mimir"} == 0',
        },
        {
            alert: "AlertmanagerFailedToSendAlerts",
            severity: "critical",
            for: "10m",
            threshold: { default: 0.01, unit: "ratio of failed notifications, from 0 to 1" },
            summary: "{{ $labels.integration }}: {{ $value | humanizePercentage }} of the notifications fail",
            expr: (share) => `
                sum by (cluster, namespace, job, integration) (rate(cortex_alertmanager_notifications_failed_total{job="mimir"}[15m]))
                / sum by (cluster, namespace, job, integration) (rate(cortex_alertmanager_notifications_total{job="mimir"}[15m])) > ${share}`,
        },
    ],
} satisfies RuleFile;
