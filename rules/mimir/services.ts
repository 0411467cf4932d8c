import type { RuleFile } from "../define";

const by = "by (cluster, namespace, service)";
/** Selects requests that a service handles, not requests that it sends. */
const serverSpans = 'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"';
const rate = (metric: string, matchers = "") => `sum ${by} (rate(${metric}{${serverSpans}${matchers}}[5m]))`;
const quantile = (q: number) =>
    `histogram_quantile(${q}, sum by (cluster, namespace, service, le) (rate(traces_spanmetrics_latency_bucket{${serverSpans}}[5m])))`;

export default {
    group: "services",
    dashboard: "platform-overview",
    description: "Rate, errors and duration (RED) of each service, from its server and consumer spans.",
    rules: [
        { record: "service:requests:rate5m", expr: rate("traces_spanmetrics_calls_total") },
        {
            record: "service:errors:rate5m",
            // 0 for a service without errors, which has no error series.
            expr: `${rate("traces_spanmetrics_calls_total", ', status_code="STATUS_CODE_ERROR"')} or 0 * service:requests:rate5m`,
        },
        {
            record: "service:error_ratio:rate5m",
            expr: "service:errors:rate5m / (service:requests:rate5m > 0)",
        },
        { record: "service:latency_seconds:p50_5m", expr: quantile(0.5) },
        { record: "service:latency_seconds:p95_5m", expr: quantile(0.95) },
        { record: "service:latency_seconds:p99_5m", expr: quantile(0.99) },
        {
            alert: "ServiceRequestErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.1, unit: "ratio of failed requests, from 0 to 1" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.service }}: {{ $value | humanizePercentage }} of the requests fail",
            // Ignores services with few requests, where a single error is a large ratio.
            expr: (share) => `service:error_ratio:rate5m > ${share} and service:requests:rate5m > 0.1`,
        },
    ],
} satisfies RuleFile;
