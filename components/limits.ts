import { goDuration } from "../validation/durations";
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
    /** Longest time range of a query, as a duration such as "30d". Default: Loki's default, 721h. */
    maxQueryRange?: string;
}

/** Limits of Loki for one tenant. Default of each limit: that of all tenants. */
export interface LokiTenantLimitsArgs extends LokiLimitsArgs {
    /** How long the logs of the tenant are kept, as a duration such as "14d". At least "24h". Default: the retention of all tenants. */
    retention?: string;
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
    /** Longest time range of a query, as a duration such as "30d". Default: no limit, as in Mimir. */
    maxQueryRange?: string;
}

/** Limits of Mimir for one tenant. Default of each limit: that of all tenants. */
export interface MimirTenantLimitsArgs extends MimirLimitsArgs {
    /** How long the metrics of the tenant are kept, as a duration such as "14d". At least "24h". Default: the retention of all tenants. */
    retention?: string;
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
    /** Longest time range of a search, as a duration such as "7d". Default: the retention of all tenants. */
    maxQueryRange?: string;
}

/** Limits of Tempo for one tenant. Default of each limit: that of all tenants. */
export interface TempoTenantLimitsArgs extends TempoLimitsArgs {
    /** How long the traces of the tenant are kept, as a duration such as "14d". At least "1h". Default: the retention of all tenants. */
    retention?: string;
}

/** Limits of Pyroscope for each tenant. */
export interface PyroscopeLimitsArgs {
    /** Rate at which profiles are accepted, in MiB per second. Default: dev 4, which is Pyroscope's default, prod 20. */
    ingestionMiBPerSecond?: number;
    /** Longest time range of a query, as a duration such as "7d". Default: Pyroscope's default, 1d. */
    maxQueryRange?: string;
}

/** Limits of Pyroscope for one tenant. Default of each limit: that of all tenants. */
export interface PyroscopeTenantLimitsArgs extends PyroscopeLimitsArgs {
    /** How long the profiles of the tenant are kept, as a duration such as "7d". At least "12h". Default: the retention of all tenants. */
    retention?: string;
}

/** Limits of one tenant. */
export interface TenantLimitsArgs {
    /** Id of the tenant, as in the header X-Scope-OrgID. */
    tenant: string;
    /** Limits of Loki for the tenant. Default: those of all tenants. */
    logs?: LokiTenantLimitsArgs;
    /** Limits of Mimir for the tenant. Default: those of all tenants. */
    metrics?: MimirTenantLimitsArgs;
    /** Limits of Tempo for the tenant. Default: those of all tenants. */
    traces?: TempoTenantLimitsArgs;
    /** Limits of Pyroscope for the tenant. Default: those of all tenants. */
    profiles?: PyroscopeTenantLimitsArgs;
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
        logs: Required<Omit<LokiLimitsArgs, "maxQueryRange">>;
        metrics: Required<Omit<MimirLimitsArgs, "maxQueryRange">>;
        traces: Required<Omit<TempoLimitsArgs, "maxQueryRange">>;
        profiles: Required<Omit<PyroscopeLimitsArgs, "maxQueryRange">>;
    }
>;

const bytesPerMiB = 1024 * 1024;

/** The limits in the configuration of Loki. A request or a short peak may exceed a rate. */
export function lokiLimits(limits: LokiLimitsArgs | undefined, profile: Profile): object {
    return lokiOverrides({ ...defaultLimits[profile].logs, ...defined(limits) });
}

/** The given limits in the configuration of Loki. */
export function lokiOverrides(limits: LokiTenantLimitsArgs): object {
    const { ingestionMiBPerSecond: rate, streamMiBPerSecond: streamRate } = limits;
    return defined({
        ingestion_rate_mb: rate,
        ingestion_burst_size_mb: given(rate, (value) => 2 * value),
        // Loki reads MB as MiB.
        per_stream_rate_limit: given(streamRate, (value) => `${value}MB`),
        per_stream_rate_limit_burst: given(streamRate, (value) => `${Math.max(4 * value, 15)}MB`),
        max_global_streams_per_user: limits.maxStreams,
        max_line_size: given(limits.maxLineKiB, (value) => `${value}KB`),
        max_query_bytes_read: given(limits.maxQueryGiB, (value) => `${value}GB`),
        max_query_length: given(limits.maxQueryRange, goDuration),
        retention_period: given(limits.retention, goDuration),
    });
}

/** The limits in the configuration of Mimir. */
export function mimirLimits(limits: MimirLimitsArgs | undefined, profile: Profile): object {
    return mimirOverrides({ ...defaultLimits[profile].metrics, ...defined(limits) });
}

/** The given limits in the configuration of Mimir. */
export function mimirOverrides(limits: MimirTenantLimitsArgs): object {
    return defined({
        ingestion_rate: limits.samplesPerSecond,
        // Mimir's default is 200000. After an outage, scrapers send many samples at once.
        ingestion_burst_size: given(limits.samplesPerSecond, (value) => Math.max(2 * value, 200_000)),
        max_global_series_per_user: limits.maxSeries,
        max_label_names_per_series: limits.maxLabelsPerSeries,
        max_fetched_series_per_query: limits.maxSeriesPerQuery,
        max_total_query_length: given(limits.maxQueryRange, goDuration),
        compactor_blocks_retention_period: given(limits.retention, goDuration),
    });
}

/** The limits in the configuration of Tempo. */
export function tempoLimits(limits: TempoLimitsArgs | undefined, profile: Profile): object {
    return tempoOverrides({ ...defaultLimits[profile].traces, ...defined(limits) });
}

/** The given limits in the configuration of Tempo. */
export function tempoOverrides(limits: TempoTenantLimitsArgs): object {
    const bytes = (mebibytes: number | undefined, factor = 1) =>
        given(mebibytes, (value) => factor * value * bytesPerMiB);
    return definedGroups({
        metrics_generator: { max_active_series: limits.maxSpanMetricSeries },
        ingestion: {
            rate_limit_bytes: bytes(limits.ingestionMiBPerSecond),
            burst_size_bytes: bytes(limits.ingestionMiBPerSecond, 2),
            max_traces_per_user: limits.maxTraces,
        },
        global: { max_bytes_per_trace: bytes(limits.maxTraceMiB) },
        // The query-frontend searches as far back as the retention of all tenants, unless there is a limit.
        read: { max_search_duration: given(limits.maxQueryRange ?? limits.retention, goDuration) },
        compaction: { block_retention: given(limits.retention, goDuration) },
    });
}

/** The limits in the configuration of Pyroscope. */
export function pyroscopeLimits(limits: PyroscopeLimitsArgs | undefined, profile: Profile): object {
    return pyroscopeOverrides({ ...defaultLimits[profile].profiles, ...defined(limits) });
}

/** The given limits in the configuration of Pyroscope. */
export function pyroscopeOverrides(limits: PyroscopeTenantLimitsArgs): object {
    return defined({
        ingestion_rate_mb: limits.ingestionMiBPerSecond,
        ingestion_burst_size_mb: given(limits.ingestionMiBPerSecond, (value) => 2 * value),
        max_query_length: given(limits.maxQueryRange, goDuration),
        retention_period: given(limits.retention, goDuration),
    });
}

/** The limits of each tenant, converted for a configuration. */
export function perTenant<T>(
    limits: { [tenant: string]: T } | undefined,
    convert: (limits: T) => object,
): Record<string, object> {
    return Object.fromEntries(Object.entries(limits ?? {}).map(([tenant, own]) => [tenant, convert(own)]));
}

function given<T, R>(value: T | undefined, convert: (value: T) => R): R | undefined {
    return value === undefined ? undefined : convert(value);
}

function defined<T extends object>(limits: T | undefined): Partial<T> {
    return Object.fromEntries(Object.entries(limits ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Groups of values without those that are not defined, and without empty groups. */
function definedGroups(groups: Record<string, object>): object {
    const entries = Object.entries(groups).map(([key, group]): [string, object] => [key, defined(group)]);
    return Object.fromEntries(entries.filter(([, group]) => Object.keys(group).length > 0));
}
