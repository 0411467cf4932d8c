import type { Recording, RuleFile, Slo } from "../define";
import { durationSeconds } from "../../validation/durations";

const served = 'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"';

/** Windows over which burning is looked at. A long one tells that it matters, a short one that it still goes on. */
const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];

/**
 * Burning that takes more than a share of the budget of the whole window within a part of it: the shares and windows of
 * Google's "Site Reliability Workbook", chapter 5. A rate of 1 is what the objective allows, so that less never matters.
 */
function burning(long: string, short: string, budgetShare: number, least = 1): string {
    const allowed = `on (slo) group_left clamp_min(${budgetShare} * slo:window:seconds / ${durationSeconds(long)}, ${least})`;
    // One failed request of two at night is no news; rates are recorded once a minute.
    const several = `and on (slo, cluster, namespace) sum_over_time(slo:errors:rate5m[${long}]) * 60 > 5`;
    return `(slo:burn_rate:${long} > ${allowed} and slo:burn_rate:${short} > ${allowed} ${several})`;
}

const shared: Recording[] = [
    ...windows.map((window) => ({
        record: `slo:burn_rate:${window}`,
        // Sums of rates weigh each minute by its requests; a mean of ratios would not.
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

/** The name by which rules, alerts and dashboards call an SLO. */
export function sloName({ name, service, kind }: Slo): string {
    return name ?? `${service}-${kind}`;
}

/** What one SLO adds: its requests, the bad ones, what it promises and how it kept that over its window. */
function recordings(slo: Slo): Recording[] {
    const name = sloName(slo);
    const labels = {
        slo: name,
        service: slo.service,
        sli: slo.kind,
        ...(slo.namespace && { namespace: slo.namespace }),
    };
    const of = `service="${slo.service}", ${slo.namespace === undefined ? "" : `namespace="${slo.namespace}", `}${served}`;
    const rate = (metric: string, more = "") => `sum by (cluster, namespace) (rate(${metric}{${of}${more}}[5m]))`;
    const total = rate("traces_spanmetrics_calls_total");
    const bad =
        slo.kind === "availability"
            ? `(${rate("traces_spanmetrics_calls_total", ', status_code="STATUS_CODE_ERROR"')} or 0 * ${total})`
            : `${rate("traces_spanmetrics_latency_count")} - ${rate("traces_spanmetrics_latency_bucket", `, le=~"${bound(slo)}"`)}`;
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

/** Some who count write 1 s as "1", some as "1.0". */
function bound({ thresholdMs = 0 }: Slo): string {
    const seconds = String(thresholdMs / 1000);
    return seconds.includes(".") ? seconds.replace(".", "[.]") : `${seconds}([.]0)?`;
}

export default {
    group: "slos",
    about: "What services promise, and how fast they use up what they may fail.",
    rules: ({ slos = [] }) =>
        slos.length === 0
            ? []
            : [
                  ...slos.flatMap(recordings),
                  ...shared,
                  {
                      alert: "SLOErrorBudgetBurnFast",
                      severity: "critical",
                      for: "2m",
                      summary:
                          "{{ $labels.slo }} uses up what it may fail {{ $value | humanize }} times as fast as its objective allows",
                      expr: () => `${burning("1h", "5m", 0.02, 2)} or ${burning("6h", "30m", 0.05, 2)}`,
                  },
                  {
                      alert: "SLOErrorBudgetBurnSlow",
                      severity: "warning",
                      for: "15m",
                      summary:
                          "{{ $labels.slo }} uses up what it may fail {{ $value | humanize }} times as fast as its objective allows",
                      expr: () => `${burning("1d", "2h", 0.1)} or ${burning("3d", "6h", 0.1)}`,
                  },
                  {
                      alert: "SLOErrorBudgetExhausted",
                      severity: "warning",
                      for: "15m",
                      summary:
                          "{{ $labels.slo }} failed in {{ $value | humanizePercentage }} of the requests of its window: more than it promises",
                      expr: () =>
                          "slo:error_ratio:window and on (slo, cluster, namespace) slo:error_budget_remaining:ratio < 0",
                  },
                  {
                      alert: "SLOMetricAbsent",
                      severity: "warning",
                      for: "1h",
                      summary:
                          "Nobody has asked {{ $labels.service }} anything for a day, or it is called otherwise: {{ $labels.slo }} says nothing",
                      expr: () =>
                          "slo:objective:ratio unless on (slo) (max by (slo) (max_over_time(slo:requests:rate5m[1d])) > 0)",
                  },
              ],
} satisfies RuleFile;
