import { StoreMode } from "../../components/mode";
import type { Settings } from "../../settings/resolve";
import type { Figure } from "../../settings/sizing/figure";
import { type Load, scrapeIntervalSeconds, type Shape } from "../../settings/sizing/load";
import { type Need, peakFactor } from "../../settings/sizing/need";
import { spanMegabytes } from "../../settings/sizing/pipeline";
import { profileBytes } from "../../settings/sizing/rates";
import { configuredResources, resourcePath } from "../../settings/sizing/resources";
import { shapeOf, type SizedComponent, sizedComponents, type StackNeed } from "../../settings/sizing/stack";
import { defaultReplicationFactor } from "../../validation/replication";
import { quantityValue } from "../../validation/quantities";
import { type ScaledComponent, scaledComponents } from "./shape";

export type Verdict = "too small" | "too large" | "fits";

/** A setting of the stack, compared with what the load needs. */
export interface Finding {
    component: SizedComponent | "collector" | "receiver";
    /** The key of the setting, without the prefix "observability:". */
    path: string[];
    unit: "replicas" | "cores" | "bytes" | "MiB per second" | "samples per second" | "count";
    /** Undefined if the setting is not set and has no default. */
    configured: number | undefined;
    needed: number;
    /** Where the need may lie. Undefined if it is exact. */
    range?: Pick<Figure, "low" | "high">;
    verdict: Verdict;
    /** The value to write, if the setting should change. */
    change?: string | number;
    /** Why a setting that does not fit is not changed. */
    note?: string;
}

/** More than this factor above the highest need is too large. */
const tooLargeFactor = 2;

/** The volumes of the components that have one. The key is that of storage.sizes. */
const volumes = {
    mimir: "mimir",
    loki: "loki",
    tempo: "tempo",
    pyroscope: "pyroscope",
    minio: "minio",
    otelCollector: "collector",
} as const;

/** Compares a stack as it is configured with what it needs. */
export function findings(settings: Settings, load: Load, shape: Shape, need: StackNeed): Finding[] {
    const present = sizedComponents.filter((component) => isSized(settings, load, component));
    return [
        ...replicaFindings(settings, load, shape),
        ...present.flatMap((component) => [
            // The need is that of all parts together, and it is not known how they share it.
            ...(component === "pyroscope" && shape.distributedPyroscope
                ? []
                : resourceFindings(settings, component, need.components[component])),
            ...volumeFindings(settings, component, need.components[component]),
        ]),
        ...limitFindings(settings, load, shape),
    ];
}

/** The load that decides the size of a component. MinIO stores all signals. */
const loads: Record<SizedComponent, (load: Load) => number> = {
    mimir: ({ series }) => series,
    mimirDistributor: ({ series }) => series,
    alloyMetrics: ({ series }) => series,
    loki: ({ logBytesPerSecond }) => logBytesPerSecond,
    alloyLogs: ({ logBytesPerSecond }) => logBytesPerSecond,
    tempo: ({ spansPerSecond }) => spansPerSecond,
    otelCollector: ({ spansPerSecond }) => spansPerSecond,
    alloyReceiver: ({ spansPerSecond }) => spansPerSecond,
    pyroscope: ({ profilesPerSecond }) => profilesPerSecond,
    minio: () => 1,
};

/** Components with a load that the formulas do not know: OTLP logs and metrics, and requests to MinIO. They are never too large. */
const partlyKnown: SizedComponent[] = ["otelCollector", "alloyReceiver", "minio"];

/** Components that never get fewer replicas. Two distributors are never too many, because one can then restart. */
const neverFewer: ScaledComponent[] = ["collector", "receiver", "mimirDistributor"];

/** Whether the stack deploys a component, and the load decides its size. */
export function isSized(settings: Settings, load: Load, component: SizedComponent): boolean {
    const isDeployed = isDeployedIn(settings, component);
    return isDeployed && loads[component](load) > 0;
}

function isDeployedIn({ components, mode, objectStore }: Settings, component: SizedComponent): boolean {
    switch (component) {
        case "minio":
            return objectStore.kind === "minio";
        case "mimirDistributor":
            return components.mimir && mode.mimir === StoreMode.Distributed;
        default:
            return components[component];
    }
}

/** The chart of each component, by its name in the settings `replicas` and `autoscaling`. */
export const charts = {
    mimir: "mimir",
    mimirDistributor: "mimirDistributor",
    loki: "loki",
    tempo: "tempo",
    collector: "otelCollector",
    receiver: "alloyReceiver",
} as const satisfies Record<(typeof scaledComponents)[number], SizedComponent>;

function replicaFindings(settings: Settings, load: Load, shape: Shape): Finding[] {
    const { autoscaling } = settings;
    return (
        scaledComponents
            // The monolithic Tempo has one replica.
            .filter((component) => component !== "tempo" || shape.distributedTempo)
            .filter((component) => isSized(settings, load, charts[component]))
            .flatMap((component): Finding[] => {
                const isStore = component === "mimir" || component === "loki" || component === "tempo";
                const scaler = isStore ? undefined : autoscaling[component];
                const needed = replicasIn(shape, component);
                const configured = scaler?.maxReplicas ?? replicasIn(shapeOf(settings), component);
                const path = scaler === undefined ? ["replicas", component] : ["autoscaling", component, "maxReplicas"];
                const verdict = needed > configured ? "too small" : needed < configured ? "too large" : "fits";
                const found: Finding = { component, path, unit: "replicas", configured, needed, verdict };
                if (verdict === "fits" || (verdict === "too large" && neverFewer.includes(component))) {
                    return [{ ...found, verdict: "fits" }];
                }
                const change: Finding = { ...found, change: needed };
                // The default of the replication factor follows the number of replicas. The size keeps the factor.
                const factor = isStore ? shape.replicationFactor[component] : undefined;
                return factor === undefined || factor === defaultReplicationFactor(needed)
                    ? [change]
                    : [
                          change,
                          {
                              component,
                              path: ["replicationFactor", component],
                              unit: "count",
                              configured: factor,
                              needed: factor,
                              verdict: "fits",
                              change: factor,
                          },
                      ];
            })
    );
}

function replicasIn({ replicas, mimirParts }: Shape, component: ScaledComponent): number {
    return component === "mimirDistributor" ? (mimirParts?.distributors ?? 0) : replicas[component];
}

function resourceFindings(settings: Settings, component: SizedComponent, { cpu, memory }: Need): Finding[] {
    const configured = configuredResources(settings, component);
    const finding = (
        kind: "requests" | "limits",
        key: "cpu" | "memory",
        given: number | undefined,
        need: Figure,
        factor = 1,
    ): Finding => {
        const needed = need.value * factor;
        // A limit that is higher than necessary costs nothing.
        const canBeTooLarge = kind === "requests" && !partlyKnown.includes(component);
        const verdict =
            given === undefined || given < needed
                ? "too small"
                : canBeTooLarge && given > need.high * tooLargeFactor
                  ? "too large"
                  : "fits";
        return {
            component,
            path: ["values", ...resourcePath(settings.mode, component, kind, key)],
            unit: key === "cpu" ? "cores" : "bytes",
            configured: given,
            needed,
            range: { low: need.low * factor, high: need.high * factor },
            verdict,
            ...(verdict !== "fits" && { change: key === "cpu" ? cpuQuantity(needed) : memoryQuantity(needed) }),
        };
    };
    return [
        finding("requests", "cpu", configured.cpuRequest, cpu),
        finding("requests", "memory", configured.memoryRequest, memory),
        ...(configured.cpuLimit === undefined ? [] : [finding("limits", "cpu", configured.cpuLimit, cpu)]),
        ...(configured.memoryLimit === undefined
            ? []
            : [finding("limits", "memory", configured.memoryLimit, memory, peakFactor)]),
    ];
}

function volumeFindings({ storage }: Settings, component: SizedComponent, { volume }: Need): Finding[] {
    const key = component in volumes ? volumes[component as keyof typeof volumes] : undefined;
    if (volume === undefined || key === undefined || volume.high === 0) {
        return [];
    }
    const configured = quantityValue(storage.sizes[key]) ?? 0;
    const verdict =
        configured < volume.value
            ? "too small"
            : configured > volume.high * tooLargeFactor && !partlyKnown.includes(component)
              ? "too large"
              : "fits";
    return [
        {
            component,
            path: ["storage", "sizes", key],
            unit: "bytes",
            configured,
            needed: volume.value,
            range: volume,
            verdict,
            ...(verdict === "too small" && { change: `${Math.ceil(volume.value / 2 ** 30)}Gi` }),
            ...(verdict === "too large" && { note: "a volume cannot be reduced" }),
        },
    ];
}

/** Limits that the load would exceed. A limit above the load is no mistake. */
function limitFindings({ limits, components }: Settings, load: Load, shape: Shape): Finding[] {
    const limit = (
        component: SizedComponent,
        path: string[],
        unit: Finding["unit"],
        configured: number,
        needed: number,
    ): Finding[] =>
        !components[component as "loki"] || needed === 0
            ? []
            : [
                  {
                      component,
                      path: ["limits", ...path],
                      unit,
                      configured,
                      needed,
                      verdict: configured < needed ? "too small" : "fits",
                      ...(configured < needed && { change: roundedUp(needed) }),
                  },
              ];
    const mebibytes = (bytes: number) => bytes / 2 ** 20;
    return [
        // The alert MimirTenantReachingSeriesLimit fires at 80 %.
        ...limit("mimir", ["metrics", "maxSeries"], "count", limits.metrics.maxSeries, load.series / 0.8),
        ...limit(
            "mimir",
            ["metrics", "samplesPerSecond"],
            "samples per second",
            limits.metrics.samplesPerSecond,
            load.series / scrapeIntervalSeconds,
        ),
        ...limit(
            "loki",
            ["logs", "ingestionMiBPerSecond"],
            "MiB per second",
            limits.logs.ingestionMiBPerSecond,
            mebibytes(load.logBytesPerSecond),
        ),
        ...limit(
            "loki",
            ["logs", "maxStreams"],
            "count",
            limits.logs.maxStreams,
            load.logBytesPerSecond > 0 ? load.services : 0,
        ),
        ...limit(
            "tempo",
            ["traces", "ingestionMiBPerSecond"],
            "MiB per second",
            limits.traces.ingestionMiBPerSecond,
            mebibytes(spanMegabytes(load.spansPerSecond * shape.storedSpanRatio) * 1e6),
        ),
        ...limit(
            "pyroscope",
            ["profiles", "ingestionMiBPerSecond"],
            "MiB per second",
            limits.profiles.ingestionMiBPerSecond,
            mebibytes(load.profilesPerSecond * profileBytes.value),
        ),
    ];
}

/** Rounds up to two significant digits, so that a limit is easy to read. */
function roundedUp(value: number): number {
    const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
    return Math.ceil(value / unit) * unit;
}

/** Cores as a Kubernetes quantity: at least 10m, in steps of 10m. */
export function cpuQuantity(cores: number): string {
    return `${Math.max(10, Math.ceil(cores * 100) * 10)}m`;
}

/** Bytes as a Kubernetes quantity, in MiB. */
export function memoryQuantity(bytes: number): string {
    return `${Math.ceil(bytes / 2 ** 20)}Mi`;
}
