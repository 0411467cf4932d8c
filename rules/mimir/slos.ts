import type { Recording, RuleFile, Slo } from "../define";
import { durationSeconds } from "../../validation/durations";

const serverSpans = 'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"';

/** Windows of burn rates. A long window shows that the errors are significant, a short one that they continue. */
const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];

/**
 * A burn rate that uses more than `budgetShare` of the error budget within the long window, as in chapter 5 of Google's "Site
 * Reliability Workbook".
 *
 * @param minimum no lower burn rate fires. At the default 1, the error budget lasts exactly for the window of the SLO.
 */
function burnRateAbove(long: string, short: string, budgetShare: number, minimum = 1): string {
    const allowed = `on (slo) group_left clamp_min(${budgetShare} * slo:window:seconds / ${durationSeconds(long)}, ${minimum})`;
    // At least 5 failed requests, so that one error at low traffic does not fire. Rates are recorded once a minute.
    const enoughErrors = `and on (slo, cluster, namespace) sum_over_time(slo:errors:rate5m[${long}]) * 60 > 5`;
    return `(slo:burn_rate:${long} > ${allowed} and slo:burn_rate:${short} > ${allowed} ${enoughErrors})`;
}

const sharedRecordings: Recording[] = [
    ...windows.map((window) => ({
        record: `slo:burn_rate:${window}`,
        // A ratio of sums weights each minute by its requests; an average of ratios would not.
        expr: `
            sum_over_time(slo:errors:rate5m[${window}])
            / (sum_over_time(slo:requests:rate5m[${window}]) > 0)
            / on (slo) group_left () (1 - slo:objective:ratio)`,
    })),
    {
        record: "slo:error_budget_remaining:ratio",
        expr: "1 - slo:error_ratio:window / on (slo) group_left () (1 - slo:objective:ratio)",
    },
];

/** Name of an SLO in rules, alerts and dashboards. */
export function sloName({ name, service, kind }: Slo): string {
    return name ?? `${service}-${kind}`;
}

/** Recording rules of one SLO: requests, errors, objective, window and error ratio of the window. */
function recordings(slo: Slo): Recording[] {
    const name = sloName(slo);
    const labels = {
        slo: name,
        service: slo.service,
        sli: slo.kind,
        ...(slo.namespace && { namespace: slo.namespace }),
    };
    const selector = `service="${slo.service}", ${slo.namespace === undefined ? "" : `namespace="${slo.namespace}", `}${serverSpans}`;
    const rate = (metric: string, matchers = "") =>
        `sum by (cluster, namespace) (rate(${metric}{${selector}${matchers}}[5m]))`;
    const total = rate("traces_spanmetrics_calls_total");
    const bad =
        slo.kind === "availability"
            ? `(${rate("traces_spanmetrics_calls_total", ', status_code="STATUS_CODE_ERROR"')} or 0 * ${total})`
            : `${rate("traces_spanmetrics_latency_count")} - ${rate("traces_spanmetrics_latency_bucket", `, le=~"${bucketBound(slo)}"`)}`;
    return [
        { record: "slo:requests:rate5m", expr: total, labels },
        { record: "slo:errors:rate5m", expr: bad, labels },
        { record: "slo:objective:ratio", expr: `vector(${slo.objective})`, labels },
        { record: "slo:window:seconds", expr: `vector(${durationSeconds(slo.window)})`, labels },
        {
            record: "slo:error_ratio:window",
            expr: `
                sum_over_time(slo:errors:rate5m{slo="${name}"}[${slo.window}])
                / (sum_over_time(slo:requests:rate5m{slo="${name}"}[${slo.window}]) > 0)`,
            labels,
        },
    ];
}

/** Regular expression for the bucket label: senders write 1 s as "1" or as "1.0". */
function bucketBound({ thresholdMs = 0 }: Slo): string {
    const seconds = String(thresholdMs / 1000);
    return seconds.includes(".") ? seconds.replace(".", "[.]") : `${seconds}([.]0)?`;
}

export default {
    group: "slos",
    dashboard: "platform-slos",
    description: "Error budgets of the SLOs that the stack defines.",
    rules: ({ slos = [] }) =>
        slos.length === 0
            ? []
            : [
                  ...slos.flatMap(recordings),
                  ...sharedRecordings,
                  {
                      alert: "SLOErrorBudgetBurnFast",
                      severity: "critical",
                      for: "2m",
                      summary:
                          "{{ $labels.slo }}: the error budget is used {{ $value | humanize }} times as fast as the objective allows",
                      expr: () => `${burnRateAbove("1h", "5m", 0.02, 2)} or ${burnRateAbove("6h", "30m", 0.05, 2)}`,
                  },
                  {
                      alert: "SLOErrorBudgetBurnSlow",
                      severity: "warning",
                      for: "15m",
                      summary:
                          "{{ $labels.slo }}: the error budget is used {{ $value | humanize }} times as fast as the objective allows",
                      expr: () => `${burnRateAbove("1d", "2h", 0.1)} or ${burnRateAbove("3d", "6h", 0.1)}`,
                  },
                  {
                      alert: "SLOErrorBudgetExhausted",
                      severity: "warning",
                      for: "15m",
                      summary:
                          "{{ $labels.slo }}: {{ $value | humanizePercentage }} of the requests in the window failed, and the error budget is exhausted",
                      expr: () =>
                          "slo:error_ratio:window and on (slo, cluster, namespace) slo:error_budget_remaining:ratio < 0",
                  },
                  {
                      alert: "SLOMetricAbsent",
                      severity: "warning",
                      for: "1h",
                      summary: "{{ $labels.slo }}: no request to {{ $labels.service }} was measured for a day",
                      expr: () =>
                          "slo:objective:ratio unless on (slo) (max by (slo) (max_over_time(slo:requests:rate5m[1d])) > 0)",
                  },
              ],
} satisfies RuleFile;
