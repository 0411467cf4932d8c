import { z } from "zod";
import { defaultLimits, type TenantLimitsArgs } from "../../components/limits";
import { retentionRanges } from "../../validation/retention";
import { group, type PerProfile, setting, type SettingText } from "./setting";
import { duration, listOf, number, strict, tenantId, wholeNumber } from "./types";

const positive = () => number("a number above 0", (value) => value > 0);
const count = () => wholeNumber("a whole number of at least 1", (value) => value >= 1);
const queryRange = () => duration({ minimum: "1h", example: "30d", reason: "dashboards show at least the last hour" });

/** Declares a limit. Without a default, it is that of all tenants. */
function limit<T extends z.ZodType>(type: T, value: z.input<T> | undefined, text: SettingText): T {
    const declared =
        value === undefined
            ? setting(type.optional(), { ...text, computed: "that of all tenants" })
            : setting(type.default(value as never), text);
    // The entry of a tenant has a type of its own, in which each limit is optional.
    return declared as unknown as T;
}

/** Longest range of a query. */
const maxQueryRange = (store: string, computed: string) =>
    setting(queryRange().optional(), {
        description: `Longest time range of a query. ${store} rejects a query with a longer range.`,
        computed,
        example: "14d",
    });

type Defaults = (typeof defaultLimits)["dev"];

const logs = (defaults?: Defaults["logs"]) => ({
    ingestionMiBPerSecond: limit(positive(), defaults?.ingestionMiBPerSecond, {
        description:
            "Rate at which Loki accepts logs, in MiB per second. Peaks may have twice this rate. The collector and the log collector send rejected logs again.",
        example: 40,
    }),
    streamMiBPerSecond: limit(positive(), defaults?.streamMiBPerSecond, {
        description:
            "Rate at which Loki accepts logs of one stream, in MiB per second. A stream has the logs of one container.",
        example: 16,
    }),
    maxStreams: limit(count(), defaults?.maxStreams, {
        description: "Number of active streams in Loki. Logs of further streams are rejected.",
        example: 50_000,
    }),
    maxLineKiB: limit(count(), defaults?.maxLineKiB, {
        description: "Length of a log line in KiB. Loki truncates longer lines.",
        example: 64,
    }),
    maxQueryGiB: limit(count(), defaults?.maxQueryGiB, {
        description: "How much data one query of logs reads, in GiB. Loki rejects a query that would read more.",
        example: 500,
    }),
});

const metrics = (defaults?: Defaults["metrics"]) => ({
    samplesPerSecond: limit(count(), defaults?.samplesPerSecond, {
        description:
            "Rate at which Mimir accepts samples, per second. The metrics scraper and the collector send rejected samples again.",
        example: 500_000,
    }),
    maxSeries: limit(count(), defaults?.maxSeries, {
        description: "Number of active series in Mimir. New series above it are rejected.",
        example: 6_000_000,
    }),
    maxLabelsPerSeries: limit(count(), defaults?.maxLabelsPerSeries, {
        description: "Number of labels of a series. Mimir rejects series with more labels.",
        example: 40,
    }),
    maxSeriesPerQuery: limit(count(), defaults?.maxSeriesPerQuery, {
        description:
            "Number of series that one query of metrics reads. Mimir rejects a query that would read more. The dashboard Cost of metrics reads all series.",
        example: 1_000_000,
    }),
});

const traces = (defaults?: Defaults["traces"]) => ({
    ingestionMiBPerSecond: limit(positive(), defaults?.ingestionMiBPerSecond, {
        description: "Rate at which Tempo accepts spans, in MiB per second. Peaks may have twice this rate.",
        example: 60,
    }),
    maxTraces: limit(count(), defaults?.maxTraces, {
        description: "Number of traces in Tempo that receive spans at the same time. Further traces are rejected.",
        example: 200_000,
    }),
    maxTraceMiB: limit(count(), defaults?.maxTraceMiB, {
        description: "Size of a trace in MiB. Tempo rejects further spans of a larger trace.",
        example: 20,
    }),
    maxSpanMetricSeries: limit(count(), defaults?.maxSpanMetricSeries, {
        description:
            "Number of active series that Tempo generates from spans. Further series are dropped. At most limits.metrics.maxSeries.",
        example: 50_000,
    }),
});

const profiles = (defaults?: Defaults["profiles"]) => ({
    ingestionMiBPerSecond: limit(positive(), defaults?.ingestionMiBPerSecond, {
        description: "Rate at which Pyroscope accepts profiles, in MiB per second. Peaks may have twice this rate.",
        example: 40,
    }),
});

/** The limits that only a single tenant has in this place, with the key of all tenants that they replace. */
const ofTenant = (signal: keyof typeof retentionRanges, store: string) => ({
    maxQueryRange: maxQueryRange(store, "that of all tenants"),
    retention: setting(duration(retentionRanges[signal]).optional(), {
        description: `How long ${store} keeps the ${signal} of the tenant. The minimum is ${retentionRanges[signal].minimum}.`,
        computed: `retention.${signal}`,
        example: "14d",
    }),
});

const tenant = strict({
    tenant: setting(tenantId(), {
        description: "Id of the tenant, as in the header X-Scope-OrgID.",
        example: "shop",
    }),
    logs: setting(strict({ ...logs(), ...ofTenant("logs", "Loki") }).optional(), {
        description: "Limits of Loki for the tenant.",
        computed: "those of all tenants",
        type: "LokiTenantLimitsArgs",
    }),
    metrics: setting(strict({ ...metrics(), ...ofTenant("metrics", "Mimir") }).optional(), {
        description: "Limits of Mimir for the tenant.",
        computed: "those of all tenants",
        type: "MimirTenantLimitsArgs",
    }),
    traces: setting(strict({ ...traces(), ...ofTenant("traces", "Tempo") }).optional(), {
        description: "Limits of Tempo for the tenant.",
        computed: "those of all tenants",
        type: "TempoTenantLimitsArgs",
    }),
    profiles: setting(strict({ ...profiles(), ...ofTenant("profiles", "Pyroscope") }).optional(), {
        description: "Limits of Pyroscope for the tenant.",
        computed: "those of all tenants",
        type: "PyroscopeTenantLimitsArgs",
    }),
}) as unknown as z.ZodType<TenantLimitsArgs, TenantLimitsArgs>;

/** Limits of the stores for each tenant. */
export const limits = (per: PerProfile) => {
    const defaults = per(defaultLimits);
    return group(
        {
            logs: group(
                { ...logs(defaults.logs), maxQueryRange: maxQueryRange("Loki", "721h, which is Loki's default") },
                { description: "Limits of Loki.", type: "LokiLimitsArgs" },
            ),
            metrics: group(
                { ...metrics(defaults.metrics), maxQueryRange: maxQueryRange("Mimir", "no limit, as in Mimir") },
                { description: "Limits of Mimir.", type: "MimirLimitsArgs" },
            ),
            traces: group(
                { ...traces(defaults.traces), maxQueryRange: maxQueryRange("Tempo", "retention.traces") },
                { description: "Limits of Tempo.", type: "TempoLimitsArgs" },
            ),
            profiles: group(
                {
                    ...profiles(defaults.profiles),
                    maxQueryRange: maxQueryRange("Pyroscope", "1d, which is Pyroscope's default"),
                },
                { description: "Limits of Pyroscope.", type: "PyroscopeLimitsArgs" },
            ),
            tenants: setting(listOf(tenant, "maps with the keys tenant, logs, metrics, traces, profiles").default([]), {
                description:
                    "Limits of single tenants, which replace those of all tenants. Only with the setting tenant, because a stack without it has one tenant.",
                type: "TenantLimitsArgs[]",
                example: [{ tenant: "shop", logs: { ingestionMiBPerSecond: 2 }, metrics: { maxSeries: 100_000 } }],
                needs: { tenant: "acme" },
            }),
        },
        {
            description:
                "Limits of the stores for each tenant. A stack without the setting tenant has one tenant. Alerts fire when a limit rejects data.",
            interface: "LimitsArgs",
        },
    );
};
