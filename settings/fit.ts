import { quantityValue } from "../validation/quantities";
import type { Settings } from "./resolve";
import { formatCount } from "./sizing/figure";
import { type Load, scrapeIntervalSeconds, type Shape } from "./sizing/load";
import { lokiNeed } from "./sizing/loki";
import { mimirMaxSeries, mimirNeed } from "./sizing/mimir";
import { peakFactor, type StoreNeed } from "./sizing/need";
import { minioCapacity } from "./sizing/object-store";
import { outageSeconds } from "./sizing/pipeline";
import {
    lokiRates,
    lokiTierBytesPerSecond,
    mimirRates,
    profileBytes,
    pyroscopeRates,
    spanBytes,
    tempoRates,
} from "./sizing/rates";
import { configuredResources, resourcePath } from "./sizing/resources";
import { shapeOf } from "./sizing/stack";

const MiB = 2 ** 20;
const none: Load = { series: 0, logBytesPerSecond: 0, spansPerSecond: 0, profilesPerSecond: 0, services: 0, nodes: 1 };

/** Seconds in which the volumes of MinIO must not become full, so that a person can react to an alert. */
const reactionSeconds = 86_400;

/**
 * Limits, replicas and volumes that do not fit each other: one sentence each. A limit allows a load for which a volume or a memory limit is too
 * small. All needs are the lowest ones that are known, see sizing/rates.ts, so that a warning is never about the uncertainty of an estimate.
 */
export function fitWarnings(settings: Settings): string[] {
    const shape = shapeOf(settings);
    return rules.flatMap((rule) => rule(settings, shape) ?? []);
}

type FitRule = (settings: Settings, shape: Shape) => string | undefined;

const rules: FitRule[] = [
    mimirMemory,
    mimirVolume,
    samplesOfSeries,
    lokiVolume,
    streamAboveTotal,
    tempoVolume,
    collectorVolume,
    minioVolume,
];

function mimirMemory(settings: Settings, shape: Shape): string | undefined {
    const { maxSeries } = settings.limits.metrics;
    const { memoryLimit } = configuredResources(settings, "mimir");
    const least = mimirAtLimit(maxSeries, shape).memory.low;
    return settings.components.mimir && memoryLimit !== undefined && least > memoryLimit
        ? `limits.metrics.maxSeries is ${maxSeries}: ${replicasText(shape.replicas.mimir)} of Mimir would need at least ${gibibytes(least)} of memory, but the memory limit is ${gibibytes(memoryLimit)}; lower the limit of series, or raise replicas.mimir or values.${resourcePath(settings.mode, "mimir", "limits", "memory").join(".")}`
        : undefined;
}

/** What Mimir needs at its limit of series. The formulas know no more than mimirMaxSeries, and a higher limit needs at least as much. */
function mimirAtLimit(maxSeries: number, shape: Shape): StoreNeed {
    return mimirNeed({ ...none, series: Math.min(maxSeries, mimirMaxSeries) }, shape);
}

function mimirVolume(settings: Settings, shape: Shape): string | undefined {
    const { maxSeries } = settings.limits.metrics;
    const size = bytesOf(settings.storage.sizes.mimir);
    const least = (mimirAtLimit(maxSeries, shape).volume?.low ?? 0) / peakFactor;
    return settings.components.mimir && least > size
        ? `limits.metrics.maxSeries is ${maxSeries}: the volume of ${replicasText(shape.replicas.mimir)} of Mimir would need at least ${gibibytes(least)}, but storage.sizes.mimir is ${settings.storage.sizes.mimir}; lower the limit of series, or raise the size or replicas.mimir`
        : undefined;
}

function samplesOfSeries({ components, limits: { metrics } }: Settings): string | undefined {
    const sent = metrics.maxSeries / scrapeIntervalSeconds;
    return components.mimir && metrics.samplesPerSecond < sent
        ? `limits.metrics.samplesPerSecond is ${metrics.samplesPerSecond}, but ${metrics.maxSeries} series (limits.metrics.maxSeries) send ${formatCount(sent)} samples per second with an interval of ${scrapeIntervalSeconds} s; raise samplesPerSecond or lower maxSeries`
        : undefined;
}

function lokiVolume(settings: Settings, shape: Shape): string | undefined {
    const { ingestionMiBPerSecond } = settings.limits.logs;
    const size = bytesOf(settings.storage.sizes.loki);
    const logBytesPerSecond = Math.min(ingestionMiBPerSecond * MiB, lokiTierBytesPerSecond);
    const least = (lokiNeed({ ...none, logBytesPerSecond }, shape).volume?.low ?? 0) / peakFactor;
    return settings.components.loki && least > size
        ? `limits.logs.ingestionMiBPerSecond is ${ingestionMiBPerSecond}: the WAL of ${replicasText(shape.replicas.loki)} of Loki would need at least ${gibibytes(least)}, but storage.sizes.loki is ${settings.storage.sizes.loki}; lower the limit, or raise the size or replicas.loki`
        : undefined;
}

function streamAboveTotal({ components, limits: { logs } }: Settings): string | undefined {
    return components.loki && logs.streamMiBPerSecond > logs.ingestionMiBPerSecond
        ? `limits.logs.streamMiBPerSecond is ${logs.streamMiBPerSecond}, more than limits.logs.ingestionMiBPerSecond (${logs.ingestionMiBPerSecond}): one stream can use the whole rate of all logs; lower it`
        : undefined;
}

function tempoVolume(settings: Settings, { distributedTempo, replicas, replicationFactor }: Shape): string | undefined {
    const { ingestionMiBPerSecond } = settings.limits.traces;
    const size = bytesOf(settings.storage.sizes.tempo);
    const copies = distributedTempo ? replicationFactor.tempo / replicas.tempo : 1;
    const least = ((ingestionMiBPerSecond * MiB) / 1e6) * copies * tempoRates.volumePerMegabyte.low;
    return settings.components.tempo && least > size
        ? `limits.traces.ingestionMiBPerSecond is ${ingestionMiBPerSecond}: the WAL of Tempo would need at least ${gibibytes(least)}, but storage.sizes.tempo is ${settings.storage.sizes.tempo}; lower the limit or raise the size`
        : undefined;
}

/** In dev, the queues are in an emptyDir. */
function collectorVolume(
    { profile, components, storage, limits, external }: Settings,
    { replicas, storedSpanRatio }: Shape,
): string | undefined {
    const traces = components.tempo || external.tempo.url !== undefined ? limits.traces.ingestionMiBPerSecond : 0;
    const least = (traces * storedSpanRatio * MiB * outageSeconds) / replicas.collector;
    return profile === "prod" && components.otelCollector && least > bytesOf(storage.sizes.collector)
        ? `storage.sizes.collector is ${storage.sizes.collector}: at limits.traces.ingestionMiBPerSecond (${limits.traces.ingestionMiBPerSecond}), the queue of each replica of the collector would need ${gibibytes(least)} to survive an outage of ${outageSeconds / 60} minutes; raise the size or lower the limit`
        : undefined;
}

/** In dev, the volume is small on purpose. */
function minioVolume({
    profile,
    components,
    storage,
    limits,
    retention,
    objectStore,
    replicas,
}: Settings): string | undefined {
    const rates: [boolean, number][] = [
        [components.mimir, (limits.metrics.maxSeries / scrapeIntervalSeconds) * mimirRates.storedPerSample.low],
        [components.loki, limits.logs.ingestionMiBPerSecond * MiB * lokiRates.storedPerByte.low],
        [
            components.tempo,
            ((limits.traces.ingestionMiBPerSecond * MiB) / spanBytes.value) * tempoRates.storedPerSpan.low,
        ],
        [
            components.pyroscope,
            ((limits.profiles.ingestionMiBPerSecond * MiB) / profileBytes.value) * pyroscopeRates.storedPerProfile.low,
        ],
    ];
    const perSecond = rates.reduce((sum, [stored, rate]) => sum + (stored ? rate : 0), 0);
    const capacity = minioCapacity(replicas.minio, bytesOf(storage.sizes.minio));
    const seconds = capacity / perSecond;
    return profile === "prod" && objectStore.kind === "minio" && perSecond > 0 && seconds < reactionSeconds
        ? `storage.sizes.minio is ${storage.sizes.minio} with replicas.minio ${replicas.minio}, which is enough for ${gibibytes(capacity)} of data: if all senders reach their limits, it is full after ${formatCount(seconds / 3600)} hours, although logs are kept for ${retention.logs}; raise the size, or lower limits. "npm run size" computes the size for a load`
        : undefined;
}

function bytesOf(size: string): number {
    return quantityValue(size) ?? 0;
}

function gibibytes(bytes: number): string {
    return `${formatCount(bytes / 2 ** 30)} GiB`;
}

function replicasText(count: number): string {
    return count === 1 ? "the replica" : `each of the ${count} replicas`;
}
