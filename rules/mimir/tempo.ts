import type { RuleFile } from "../define";
import { failedRequests, remoteWriteLag, unhealthyMembers } from "../expressions";

const increase = (metric: string, over: string) =>
    `sum by (cluster, namespace, job) (increase(${metric}{job="tempo"}[${over}]))`;

export default {
    group: "tempo",
    about: "Tempo, the store of traces.",
    rules: [
        {
            alert: "TempoRingMemberUnhealthy",
            severity: "critical",
            for: "15m",
            summary: "{{ $value }} members of Tempo's ring {{ $labels.name }} have stopped to report",
            expr: () => unhealthyMembers("tempo", "tempo"),
        },
        {
            alert: "TempoRequestErrors",
            severity: "critical",
            for: "10m",
            threshold: { default: 0.05, unit: "share of requests, from 0 to 1" },
            summary:
                "Tempo answers {{ $value | humanizePercentage }} of the requests to {{ $labels.route }} with an error",
            expr: (share) => failedRequests("tempo", "tempo", share),
        },
        {
            alert: "TempoSpansDiscarded",
            severity: "warning",
            for: "10m",
            summary: "Tempo throws away {{ $value | humanize }} spans a second: {{ $labels.reason }}",
            expr: () =>
                'sum by (cluster, namespace, job, tenant, reason) (rate(tempo_discarded_spans_total{job="tempo"}[5m])) > 0',
        },
        {
            alert: "TempoIngesterFlushesFailing",
            severity: "critical",
            for: "15m",
            summary: "Tempo failed {{ $value | humanize }} times in ten minutes to bring a block to the object store",
            expr: () => `${increase("tempo_ingester_failed_flushes_total", "10m")} > 0`,
        },
        {
            alert: "TempoCompactionsFailing",
            severity: "warning",
            for: "15m",
            summary: "Tempo's compactor failed {{ $value | humanize }} times in an hour",
            expr: () => `${increase("tempodb_compaction_errors_total", "1h")} > 1`,
        },
        {
            alert: "TempoRetentionFailing",
            severity: "warning",
            for: "15m",
            summary: "Tempo failed {{ $value | humanize }} times in an hour to delete expired traces",
            expr: () => `${increase("tempodb_retention_errors_total", "1h")} > 1`,
        },
        {
            alert: "TempoMetricsGeneratorRemoteWriteBehind",
            severity: "warning",
            for: "15m",
            threshold: { default: 120, unit: "seconds" },
            summary:
                "Tempo is {{ $value | humanizeDuration }} behind with sending the metrics that it makes from spans",
            expr: (seconds) => `${remoteWriteLag("tempo")} > ${seconds}`,
        },
        {
            alert: "TempoMetricsGeneratorSeriesLimited",
            severity: "warning",
            for: "10m",
            summary: "Tempo leaves out {{ $value | humanize }} series a second of the metrics that it makes from spans",
            expr: () =>
                'sum by (cluster, namespace, job) (rate(tempo_metrics_generator_registry_series_limited_total{job="tempo"}[5m])) > 0',
        },
    ],
} satisfies RuleFile;
