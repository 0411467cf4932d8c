import type { RuleFile } from "../define";
import { matchers } from "../expressions";

export default {
    group: "prometheus-rules",
    needs: ["alloyMetrics", "prometheusRules"],
    dashboard: "platform-prometheus-rules",
    description: "PrometheusRule objects, which Alloy writes to the second ruler of Mimir.",
    rules: ({ cluster, namespace }) => [
        {
            alert: "AlloyPrometheusRulesNotWritten",
            severity: "warning",
            for: "10m",
            summary:
                "{{ $labels.pod }}: changes of PrometheusRule objects have no effect, because Alloy cannot write their rules to Mimir",
            // Alloy tries again every 5 minutes.
            expr: () =>
                'sum by (cluster, namespace, job, pod) (increase(mimir_rules_events_failed_total{job="alloy-singleton"}[15m])) > 0',
        },
        {
            alert: "MimirObjectRulerMissing",
            severity: "critical",
            for: "15m",
            summary:
                "Mimir: no target of mimir-object-ruler exists, so that rules of PrometheusRule objects are not evaluated",
            expr: () => `absent(up{${matchers({ job: "mimir", cluster, namespace })}, pod=~"mimir-object-ruler-.+"})`,
        },
    ],
} satisfies RuleFile;
