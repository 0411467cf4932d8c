import { refusingRateBytes } from "../../validation/refusing-rate";
import type { RuleFile } from "../define";
import { failedRequests, remoteWriteLag, unhealthyMembers } from "../expressions";

const increase = (metric: string, over: string) =>
    `sum by (cluster, namespace, job) (increase(${metric}{job="tempo"}[${over}]))`;

export default {
    group: "tempo",
    needs: ["alloyMetrics", "tempo"],
    dashboard: "stores-tempo",
    description: "Tempo, the trace backend.",
    rules: [
        {
            alert: "TempoRingMemberUnhealthy",
            severity: "critical",
            for: "15m",
            summary: "Tempo: {{ $value }} members of the {{ $labels.name }} ring are unhealthy",
            expr: () => unhealthyMembers("tempo", "tempo"),
        },
        {
            alert: "TempoRequestErrors",
            severity: "critical",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of failed requests, from 0 to 1" },
            summary:
                "Tempo: {{ $value | humanizePercentage }} of the requests to {{ $labels.route }} fail with a server error",
            expr: (share) => failedRequests("tempo", "tempo", share),
        },
        {
            alert: "TempoSpansDiscarded",
            severity: "warning",
            for: "10m",
            summary: "Tempo: {{ $value | humanize }} spans per second are discarded ({{ $labels.reason }})",
            expr: () =>
                'sum by (cluster, namespace, job, tenant, reason) (rate(tempo_discarded_spans_total{job="tempo"}[5m])) > 0',
        },
        {
            alert: "TempoVolumeAlmostFull",
            severity: "critical",
            for: "1m",
            summary: "Tempo refuses all spans, because a volume is almost full",
            expr: () =>
                `min by (cluster, namespace, job) (tempo_limits_overrides{job="tempo", limit_name="ingestion_rate_limit_bytes"}) == ${refusingRateBytes}`,
        },
        {
            alert: "TempoIngesterFlushesFailing",
            severity: "critical",
            for: "15m",
            summary: "Tempo: {{ $value | humanize }} block flushes to the object store failed in 10 minutes",
            expr: () => `${increase("tempo_ingester_failed_flushes_total", "10m")} > 0`,
        },
        {
            alert: "TempoCompactionsFailing",
            severity: "warning",
            for: "15m",
            summary: "Tempo: {{ $value | humanize }} compactions failed in an hour",
            expr: () => `${increase("tempodb_compaction_errors_total", "1h")} > 1`,
        },
        {
            alert: "TempoRetentionFailing",
            severity: "warning",
            for: "15m",
            summary: "Tempo: {{ $value | humanize }} deletions of expired traces failed in an hour",
            expr: () => `${increase("tempodb_retention_errors_total", "1h")} > 1`,
        },
        {
            alert: "TempoMetricsGeneratorRemoteWriteBehind",
            severity: "warning",
            for: "15m",
            threshold: { default: 120, unit: "seconds" },
            summary: "Tempo: remote write of the metrics-generator is {{ $value | humanizeDuration }} behind",
            expr: (seconds) => `${remoteWriteLag("tempo")} > ${seconds}`,
        },
        {
            alert: "TempoMetricsGeneratorSeriesLimited",
            severity: "warning",
            for: "10m",
            summary:
                "Tempo: the metrics-generator drops {{ $value | humanize }} series per second, because the series limit is reached",
            expr: () =>
                'sum by (cluster, namespace, job) (rate(tempo_metrics_generator_registry_series_limited_total{job="tempo"}[5m])) > 0',
        },
    ],
} satisfies RuleFile;
