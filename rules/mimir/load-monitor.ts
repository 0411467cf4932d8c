import { defaultLoadInterval } from "../../validation/load";
import type { RuleFile } from "../define";
import { matchers } from "../expressions";

const newest = (metric: string) =>
    `max by (cluster, comparison) (last_over_time(${metric}{namespace="load-monitor"}[2h]))`;

export default {
    group: "load-monitor",
    needs: ["loadMonitor"],
    dashboard: "stack-pipeline",
    description: "Comparisons of the load monitor.",
    rules: ({ cluster, loadMonitorInterval = defaultLoadInterval }) => [
        {
            alert: "LoadMonitorComparisonFailed",
            severity: "warning",
            // The next run has failed too. It can end a few minutes later than the interval.
            for: `${loadMonitorInterval + 5}m`,
            summary:
                "{{ $labels.comparison }}: what the stack reports deviates by {{ $value | humanizePercentage }} from what the load monitor has sent",
            expr: () => `${newest("k6_comparison_deviation")} and ${newest("k6_comparison_failed")} > 0`,
        },
        {
            alert: "LoadMonitorResultsMissing",
            severity: "warning",
            for: "1h",
            summary: "load-monitor: no run has reported a result in the last hour",
            expr: () =>
                `absent_over_time(k6_comparison_failed{${matchers({ namespace: "load-monitor", cluster })}}[1h])`,
        },
    ],
} satisfies RuleFile;
