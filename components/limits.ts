import type { Profile } from "./profile";

/** Limits of Loki for each tenant. */
export interface LokiLimitsArgs {
    /** Rate at which logs are accepted, in MiB per second. Default: dev 4, which is Loki's default, prod 20. */
    ingestionMiBPerSecond?: number;
    /** Rate at which logs of one stream are accepted, in MiB per second. Default: dev 3, which is Loki's default, prod 8. */
    streamMiBPerSecond?: number;
    /** Number of active streams. Default: dev 5000, which is Loki's default, prod 20000. */
    maxStreams?: number;
    /** Length of a line in KiB. Longer lines are truncated. Default: 256, which is Loki's default. */
    maxLineKiB?: number;
    /** How much data one query reads, in GiB. Default: dev 10, prod 100. Loki has no limit by default. */
    maxQueryGiB?: number;
}

/** Limits of Mimir for each tenant. */
export interface MimirLimitsArgs {
    /** Rate at which samples are accepted, per second. Default: dev 10000, which is Mimir's default, prod 200000. */
    samplesPerSecond?: number;
    /** Number of active series. Default: dev 150000, which is Mimir's default, prod 3000000. */
    maxSeries?: number;
    /** Number of labels of a series. Default: 30, which is Mimir's default. */
    maxLabelsPerSeries?: number;
    /** Number of series that one query reads. Default: dev 200000, prod 3000000. Mimir has no limit by default. */
    maxSeriesPerQuery?: number;
}

/** Limits of Tempo for each tenant. */
export interface TempoLimitsArgs {
    /** Rate at which spans are accepted, in MiB per second. Default: dev 15, prod 30. Tempo's default is 15 MB. */
    ingestionMiBPerSecond?: number;
    /** Number of traces that receive spans at the same time. Default: dev 10000, which is Tempo's default, prod 100000. */
    maxTraces?: number;
    /** Size of a trace in MiB. Default: 5. Tempo's default is 5 MB. */
    maxTraceMiB?: number;
    /**
     * Number of active series that are generated from spans. Default: dev 75000, prod 1500000, which is half of the limit of Mimir. Otherwise a service
     * with a different name for each span could use the whole limit, and Mimir would reject new series of applications. Tempo has no limit by
     * default.
     */
    maxSpanMetricSeries?: number;
}

/** Limits of Pyroscope for each tenant. */
export interface PyroscopeLimitsArgs {
    /** Rate at which profiles are accepted, in MiB per second. Default: dev 4, which is Pyroscope's default, prod 20. */
    ingestionMiBPerSecond?: number;
}

const any = { maxLineKiB: 256, maxLabelsPerSeries: 30, maxTraceMiB: 5 };

/** The default limits. Those of prod are for about 100 services. */
export const defaultLimits = {
    dev: {
        logs: {
            ingestionMiBPerSecond: 4,
            streamMiBPerSecond: 3,
            maxStreams: 5000,
            maxLineKiB: any.maxLineKiB,
            maxQueryGiB: 10,
        },
        metrics: {
            samplesPerSecond: 10_000,
            maxSeries: 150_000,
            maxLabelsPerSeries: any.maxLabelsPerSeries,
            maxSeriesPerQuery: 200_000,
        },
        traces: {
            ingestionMiBPerSecond: 15,
            maxTraces: 10_000,
            maxTraceMiB: any.maxTraceMiB,
            maxSpanMetricSeries: 75_000,
        },
        profiles: { ingestionMiBPerSecond: 4 },
    },
    prod: {
        logs: {
            ingestionMiBPerSecond: 20,
            streamMiBPerSecond: 8,
            maxStreams: 20_000,
            maxLineKiB: any.maxLineKiB,
            maxQueryGiB: 100,
        },
        metrics: {
            samplesPerSecond: 200_000,
            maxSeries: 3_000_000,
            maxLabelsPerSeries: any.maxLabelsPerSeries,
            maxSeriesPerQuery: 3_000_000,
        },
        traces: {
            ingestionMiBPerSecond: 30,
            maxTraces: 100_000,
            maxTraceMiB: any.maxTraceMiB,
            maxSpanMetricSeries: 1_500_000,
        },
        profiles: { ingestionMiBPerSecond: 20 },
    },
} satisfies Record<
    Profile,
    {
        logs: Required<LokiLimitsArgs>;
        metrics: Required<MimirLimitsArgs>;
        traces: Required<TempoLimitsArgs>;
        profiles: Required<PyroscopeLimitsArgs>;
    }
>;

const bytesPerMiB = 1024 * 1024;

/** The limits in the configuration of Loki. A request or a short peak may exceed a rate. */
export function lokiLimits(limits: LokiLimitsArgs | undefined, profile: Profile): object {
    const all = { ...defaultLimits[profile].logs, ...defined(limits) };
    return {
        ingestion_rate_mb: all.ingestionMiBPerSecond,
        ingestion_burst_size_mb: 2 * all.ingestionMiBPerSecond,
        // Loki reads MB as MiB.
        per_stream_rate_limit: `${all.streamMiBPerSecond}MB`,
        per_stream_rate_limit_burst: `${Math.max(4 * all.streamMiBPerSecond, 15)}MB`,
        max_global_streams_per_user: all.maxStreams,
        max_line_size: `${all.maxLineKiB}KB`,
        max_query_bytes_read: `${all.maxQueryGiB}GB`,
    };
}

/** The limits in the configuration of Mimir. */
export function mimirLimits(limits: MimirLimitsArgs | undefined, profile: Profile): object {
    const all = { ...defaultLimits[profile].metrics, ...defined(limits) };
    return {
        ingestion_rate: all.samplesPerSecond,
        // Mimir's default is 200000. After an outage, scrapers send many samples at once.
        ingestion_burst_size: Math.max(2 * all.samplesPerSecond, 200_000),
        max_global_series_per_user: all.maxSeries,
        max_label_names_per_series: all.maxLabelsPerSeries,
        max_fetched_series_per_query: all.maxSeriesPerQuery,
    };
}

/** The limits in the configuration of Tempo. */
export function tempoLimits(limits: TempoLimitsArgs | undefined, profile: Profile): object {
    const all = { ...defaultLimits[profile].traces, ...defined(limits) };
    return {
        metrics_generator: { max_active_series: all.maxSpanMetricSeries },
        ingestion: {
            rate_limit_bytes: all.ingestionMiBPerSecond * bytesPerMiB,
            burst_size_bytes: 2 * all.ingestionMiBPerSecond * bytesPerMiB,
            max_traces_per_user: all.maxTraces,
        },
        global: { max_bytes_per_trace: all.maxTraceMiB * bytesPerMiB },
    };
}

/** The limits in the configuration of Pyroscope. */
export function pyroscopeLimits(limits: PyroscopeLimitsArgs | undefined, profile: Profile): object {
    const { ingestionMiBPerSecond } = { ...defaultLimits[profile].profiles, ...defined(limits) };
    return { ingestion_rate_mb: ingestionMiBPerSecond, ingestion_burst_size_mb: 2 * ingestionMiBPerSecond };
}

function defined<T extends object>(limits: T | undefined): Partial<T> {
    return Object.fromEntries(Object.entries(limits ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}
