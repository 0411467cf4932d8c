import { type HelmValues, isMap, packagedValues } from "../../components/helm/values";
import { StoreMode } from "../../components/mode";
import type { Settings } from "../../settings/resolve";
import { type Load, scrapeIntervalSeconds, type Shape, SizeError } from "../../settings/sizing/load";
import { lokiNeed } from "../../settings/sizing/loki";
import { mimirDistributorNeed, mimirNeed } from "../../settings/sizing/mimir";
import { type Need, peakFactor } from "../../settings/sizing/need";
import { pyroscopeNeed } from "../../settings/sizing/pyroscope";
import {
    profileBytes,
    pyroscopeMaxProfilesPerSecond,
    spanBytes,
    tempoMaxBytesPerSecond,
} from "../../settings/sizing/rates";
import { configuredResources } from "../../settings/sizing/resources";
import { shapeOf } from "../../settings/sizing/stack";
import { tempoNeed } from "../../settings/sizing/tempo";
import { quantityValue } from "../../validation/quantities";
import { maxReplicas, smallestShape } from "../size/shape";
import { largestPods } from "../size/sizing";
import { cacheRequests } from "../up/requests";
import { loadOf, type ServiceLoad } from "./fleet";

export type Store = "mimir" | "loki" | "tempo" | "pyroscope";

/** A number of services up to which a monolithic store is enough in one respect. */
export interface Bound {
    store: Store;
    /** Number of services, with the range of its uncertainty. */
    services: Services;
    /** What ends there, and what to do. */
    reason: string;
    /** Whether no setting of the monolithic store moves the bound. */
    final: boolean;
}

interface Services {
    low: number;
    value: number;
    high: number;
}

/** Bytes of logs a day up to which the documentation of Loki recommends monolithic mode. */
const lokiMonolithicBytesPerDay = 20e9;

/** Profiles per second that were measured, see docs/sizing.md. */
const measuredProfilesPerSecond = 5;

const highestServices = 1e7;

/** The bounds of each store in monolithic mode, the lowest ones first. A store that the stack does not deploy has none. */
export function boundsOf(settings: Settings, average: ServiceLoad): Bound[] {
    const monolithic: Settings = {
        ...settings,
        mode: {
            loki: StoreMode.Monolithic,
            mimir: StoreMode.Monolithic,
            tempo: StoreMode.Monolithic,
            pyroscope: StoreMode.Monolithic,
        },
    };
    const all = { mimir: mimirBounds, loki: lokiBounds, tempo: tempoBounds, pyroscope: pyroscopeBounds };
    return (Object.keys(all) as Store[])
        .filter((store) => settings.components[store])
        .flatMap((store) =>
            all[store](monolithic, average).sort((one, other) => one.services.value - other.services.value),
        );
}

/** The point where the monolithic store stops being enough: the lowest bound that no setting moves. */
export function endOf(bounds: Bound[], store: Store): Bound | undefined {
    return bounds.find((bound) => bound.store === store && bound.final);
}

function mimirBounds(settings: Settings, average: ServiceLoad): Bound[] {
    const { metrics } = settings.limits;
    const shape = shapeOf(settings);
    return [
        ...asConfigured("mimir", settings, average, shape, mimirNeed, "raise replicas.mimir"),
        atLimit("mimir", "limits.metrics.maxSeries", metrics.maxSeries, average.series),
        atLimit(
            "mimir",
            "limits.metrics.samplesPerSecond",
            metrics.samplesPerSecond,
            average.series / scrapeIntervalSeconds,
        ),
        {
            store: "mimir",
            services: crossing(settings, average),
            reason: "above it, separate parts need less memory than more replicas, because each monolithic replica also runs a compactor",
            final: true,
        },
        {
            store: "mimir",
            services: withMostReplicas("mimir", settings, average, mimirNeed),
            reason: `${maxReplicas} replicas, or 20,000,000 series, where Mimir's guide splits compaction`,
            final: true,
        },
    ];
}

function lokiBounds(settings: Settings, average: ServiceLoad): Bound[] {
    const { logs } = settings.limits;
    const shape = shapeOf(settings);
    const recommended = servicesAt(lokiMonolithicBytesPerDay / 86_400, average.logBytesPerSecond);
    const most = withMostReplicas("loki", settings, average, lokiNeed);
    return [
        ...asConfigured("loki", settings, average, shape, lokiNeed, "raise replicas.loki"),
        atLimit("loki", "limits.logs.maxStreams", logs.maxStreams, average.pods),
        atLimit(
            "loki",
            "limits.logs.ingestionMiBPerSecond",
            logs.ingestionMiBPerSecond * 2 ** 20,
            average.logBytesPerSecond,
        ),
        {
            store: "loki",
            // Writing continues to work, so that the uncertainty goes up to the load that more replicas can write.
            services: { low: recommended, value: recommended, high: Math.max(recommended, most.high) },
            reason: "20 GB of logs a day, up to which Loki's documentation recommends monolithic mode; above it, queries over long ranges become slow, but writing continues to work",
            final: true,
        },
        {
            store: "loki",
            services: most,
            reason: `${maxReplicas} replicas, or 3 TB of logs a day, the end of the smallest tier of Loki's guide`,
            final: true,
        },
    ];
}

function tempoBounds(settings: Settings, average: ServiceLoad): Bound[] {
    const shape = shapeOf(settings);
    const stored = average.spansPerSecond * shape.storedSpanRatio * spanBytes.value;
    const guide = (bytesPerSecond: number) => servicesAt(bytesPerSecond, stored);
    return [
        ...asConfigured(
            "tempo",
            settings,
            average,
            shape,
            tempoNeed,
            "raise the resources of Tempo, which has one replica",
        ),
        atLimit(
            "tempo",
            "limits.traces.ingestionMiBPerSecond",
            settings.limits.traces.ingestionMiBPerSecond * 2 ** 20,
            stored,
        ),
        {
            store: "tempo",
            services: {
                low: guide(3e6),
                value: guide(tempoMaxBytesPerSecond),
                high: guide(tempoMaxBytesPerSecond),
            },
            reason: "3 to 5 MB of stored spans per second, which Tempo's guide plans for one ingester; the monolithic Tempo has one replica; lower tracing.samplingRatio",
            final: true,
        },
    ];
}

function pyroscopeBounds(settings: Settings, average: ServiceLoad): Bound[] {
    const { ingestionMiBPerSecond } = settings.limits.profiles;
    return [
        ...asConfigured(
            "pyroscope",
            settings,
            average,
            shapeOf(settings),
            pyroscopeNeed,
            "raise the resources of Pyroscope, which has one replica",
        ),
        atLimit(
            "pyroscope",
            "limits.profiles.ingestionMiBPerSecond",
            ingestionMiBPerSecond * 2 ** 20,
            average.profilesPerSecond * profileBytes.value,
        ),
        {
            store: "pyroscope",
            services: {
                low: servicesAt(measuredProfilesPerSecond, average.profilesPerSecond),
                value: servicesAt(pyroscopeMaxProfilesPerSecond, average.profilesPerSecond),
                high: servicesAt(pyroscopeMaxProfilesPerSecond, average.profilesPerSecond),
            },
            reason: `${pyroscopeMaxProfilesPerSecond} profiles per second, where the formulas end: about ${measuredProfilesPerSecond} were measured, and Pyroscope has no guide. It may be enough for more`,
            final: true,
        },
    ];
}

type Side = keyof Services;
type NeedOf = (load: Load, shape: Shape) => Need;

function servicesAt(amount: number, perService: number): number {
    return perService > 0 ? Math.floor(Math.min(highestServices, amount / perService)) : highestServices;
}

/** The services at which a limit of the tenant is reached. */
function atLimit(store: Store, key: string, limit: number, perService: number): Bound {
    const services = servicesAt(limit, perService);
    return {
        store,
        services: { low: services, value: services, high: services },
        reason: `${key} is reached; raise it`,
        final: false,
    };
}

/** The services that the replicas, limits and volumes of the stack as configured carry. */
function asConfigured(
    store: Store,
    settings: Settings,
    average: ServiceLoad,
    shape: Shape,
    need: NeedOf,
    action: string,
): Bound[] {
    const services = fitting(store, settings, average, shape, need);
    const [resource] = exceeded(store, settings, loadOf(services.value + 1, average), shape, need, "value");
    // Where the formulas end, another bound says so.
    return resource === undefined || resource === formulasEnd
        ? []
        : [{ store, services, reason: `${resource} as configured; ${action}`, final: false }];
}

const formulasEnd = "the formulas end";

/** The services that pods with the limits of the stack carry. */
function fitting(store: Store, settings: Settings, average: ServiceLoad, shape: Shape, need: NeedOf): Services {
    const largest = (side: Side) =>
        largestServices(
            (services) => exceeded(store, settings, loadOf(services, average), shape, need, side).length === 0,
        );
    // The highest need is the lowest number of services.
    return { low: largest("high"), value: largest("value"), high: largest("low") };
}

/** The resources that are too small for a load, with the value of the needs on one side of the uncertainty. */
function exceeded(store: Store, settings: Settings, load: Load, shape: Shape, need: NeedOf, side: Side): string[] {
    const { cpuLimit = Infinity, memoryLimit = Infinity } = configuredResources(settings, store);
    try {
        const { cpu, memory, volume } = need(load, shape);
        return [
            ...(cpu[side] > cpuLimit ? ["the CPU limit of a pod is reached"] : []),
            ...(memory[side] * peakFactor > memoryLimit ? ["the memory limit of a pod is reached"] : []),
            ...((volume?.[side] ?? 0) > (quantityValue(settings.storage.sizes[store]) ?? 0)
                ? ["the volume of a pod is full"]
                : []),
        ];
    } catch (error) {
        if (error instanceof SizeError) {
            return [formulasEnd];
        }
        throw error;
    }
}

/** The highest whole number for which a condition is true. The condition must be false for all numbers above it. */
export function largestServices(fits: (services: number) => boolean): number {
    let [low, high] = [0, highestServices];
    while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (fits(middle)) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/** The services that the highest number of replicas carries, if the volumes are large enough. */
function withMostReplicas(store: "mimir" | "loki", settings: Settings, average: ServiceLoad, need: NeedOf): Services {
    const shape = shapeOf(settings);
    const most = { ...shape, replicas: { ...shape.replicas, [store]: maxReplicas } };
    const withoutVolume: NeedOf = (load, given) => {
        const { cpu, memory } = need(load, given);
        return { cpu, memory };
    };
    return fitting(store, settings, average, most, withoutVolume);
}

/** Steps between which the point is searched where separate parts of Mimir need less memory. */
const crossingSteps = 200;

/** The highest number of services for which the monolithic Mimir needs at most the memory of separate parts. */
function crossing(settings: Settings, average: ServiceLoad): Services {
    const end = withMostReplicas("mimir", settings, average, mimirNeed);
    const partsNeedLess = memoryComparison(settings);
    const search = (side: Side, limit: number) => {
        const steps = Array.from({ length: crossingSteps }, (_, step) =>
            Math.ceil((limit * (step + 1)) / crossingSteps),
        );
        // The number of replicas is whole, so that the difference has small steps back. The last step counts.
        const smaller = steps.filter((services) => !partsNeedLess(loadOf(services, average), side));
        return smaller.at(-1) ?? 0;
    };
    const sides = [search("high", end.value), search("value", end.value), search("low", end.value)];
    return { low: Math.min(...sides), value: sides[1] ?? 0, high: Math.max(...sides) };
}

/** Returns a function: whether all separate parts of Mimir together need less memory than the replicas of the monolithic Mimir. */
function memoryComparison(settings: Settings): (load: Load, side: Side) => boolean {
    const distributed: Settings = { ...settings, mode: { ...settings.mode, mimir: StoreMode.Distributed } };
    const [monolithic, separate] = [settings, distributed].map((mode) => {
        const [shape, largest] = [shapeOf(mode), largestPods(mode)];
        return (load: Load) => smallestShape(load, shape, largest);
    }) as [(load: Load) => Shape, (load: Load) => Shape];
    const otherMemory = otherPartsMemory(settings);
    return (load, side) => {
        try {
            const [one, parts] = [monolithic(load), separate(load)];
            const ofParts =
                parts.replicas.mimir * mimirNeed(load, parts).memory[side] +
                (parts.mimirParts?.distributors ?? 0) * mimirDistributorNeed(load, parts).memory[side] +
                otherMemory;
            return ofParts < one.replicas.mimir * mimirNeed(load, one).memory[side];
        } catch (error) {
            if (error instanceof SizeError) {
                return true;
            }
            throw error;
        }
    };
}

/** The memory that the parts of Mimir request which do not depend on the number of series. */
function otherPartsMemory({ profile }: Settings): number {
    const { parts, caches } = packagedValues("mimir-distributed", profile);
    const sizes = Object.entries(isMap(parts) ? parts : {})
        .filter(([part]) => part !== "ingester" && part !== "distributor")
        .map(([, part]) => {
            const { replicas = 1, resources } = part as {
                replicas?: number;
                resources?: { requests?: { memory?: string } };
            };
            return replicas * (quantityValue(resources?.requests?.memory ?? "") ?? 0);
        });
    const cacheSizes = Object.values((caches ?? {}) as Record<string, HelmValues>).map(
        (cache) => Number(cache["replicas"]) * cacheRequests(cache).memory,
    );
    return [...sizes, ...cacheSizes].reduce((sum, size) => sum + size, 0);
}
