import { type Cases, increasingCounter, remoteWriteBehind, shortBurst } from "../case";
import { seriesOf, stackLabels, value } from "../series";
import { discardedData, requestErrors, ringUnhealthy } from "../stores";

const tempoRateLimit = seriesOf("tempo_limits_overrides", {
    ...{ job: "tempo", pod: "tempo-0", limit_name: "ingestion_rate_limit_bytes", user: "*" },
});

export default {
    TempoRingMemberUnhealthy: ringUnhealthy("tempo", "tempo", "Tempo: 1 members of the ingester ring are unhealthy"),
    TempoRequestErrors: requestErrors("tempo", "tempo", "Tempo"),
    TempoSpansDiscarded: discardedData(
        "tempo_discarded_spans_total",
        { job: "tempo", tenant: "single-tenant" },
        "Tempo: 4 spans per second are discarded (rate_limited)",
    ),
    TempoVolumeAlmostFull: {
        after: "5m",
        fires: { [tempoRateLimit]: value(1) },
        labels: { ...stackLabels, job: "tempo" },
        summary: "Tempo refuses all spans, because a volume is almost full",
        silent: { [tempoRateLimit]: value(15_000_000) },
    },
    TempoIngesterFlushesFailing: increasingCounter(
        "tempo_ingester_failed_flushes_total",
        { job: "tempo", pod: "tempo-0" },
        ["job"],
        "Tempo: 60 block flushes to the object store failed in 10 minutes",
        shortBurst,
    ),
    TempoCompactionsFailing: increasingCounter(
        "tempodb_compaction_errors_total",
        { job: "tempo", pod: "tempo-0" },
        ["job"],
        "Tempo: 360 compactions failed in an hour",
    ),
    TempoRetentionFailing: increasingCounter(
        "tempodb_retention_errors_total",
        { job: "tempo", pod: "tempo-0" },
        ["job"],
        "Tempo: 360 deletions of expired traces failed in an hour",
    ),
    TempoMetricsGeneratorRemoteWriteBehind: remoteWriteBehind(
        "tempo",
        "Tempo: remote write of the metrics-generator is 5m 0s behind",
    ),
    TempoMetricsGeneratorSeriesLimited: increasingCounter(
        "tempo_metrics_generator_registry_series_limited_total",
        { job: "tempo", pod: "tempo-0" },
        ["job"],
        "Tempo: the metrics-generator drops 100m series per second, because the series limit is reached",
    ),
} satisfies Cases;
