import { type HelmValues, isMap, mergeValues, packagedValues } from "../../components/helm/values";
import { StoreMode } from "../../components/mode";
import { quantityValue } from "../../validation/quantities";
import type { Settings } from "../resolve";
import type { SizedComponent } from "./stack";

/** The files in values/ of the components, and where their Helm values contain the resources of the container. */
const places: Record<SizedComponent, { file: string; path: string[] }> = {
    mimir: { file: "mimir", path: ["resources"] },
    mimirDistributor: { file: "mimir-distributed", path: ["parts", "distributor", "resources"] },
    loki: { file: "loki", path: ["singleBinary", "resources"] },
    tempo: { file: "tempo", path: ["tempo", "resources"] },
    pyroscope: { file: "pyroscope", path: ["pyroscope", "resources"] },
    otelCollector: { file: "otel-collector", path: ["resources"] },
    alloyReceiver: { file: "alloy-receiver", path: ["alloy", "resources"] },
    alloyLogs: { file: "alloy-logs", path: ["alloy", "resources"] },
    alloyMetrics: { file: "alloy-metrics", path: ["alloy", "resources"] },
    minio: { file: "minio", path: ["resources"] },
};

/** In distributed mode, the replicas of Loki, Mimir and Tempo are their ingesters. */
const distributed: Partial<Record<SizedComponent, { file: string; path: string[] }>> = {
    loki: { file: "loki-distributed", path: ["ingester", "resources"] },
    mimir: { file: "mimir-distributed", path: ["parts", "ingester", "resources"] },
    tempo: { file: "tempo-distributed", path: ["ingester", "resources"] },
};

/** The chart of a component, which is the key of its Helm values. */
function chartOf(component: SizedComponent) {
    return component === "mimirDistributor" ? "mimir" : component;
}

function placeOf(mode: Settings["mode"], component: SizedComponent) {
    const isDistributed = mode[component as keyof typeof mode] === StoreMode.Distributed;
    return (isDistributed ? distributed[component] : undefined) ?? places[component];
}

/** The resources of a container. Undefined means that they are not set. */
export interface Resources {
    /** Cores. */
    cpuRequest?: number;
    cpuLimit?: number;
    /** Bytes. */
    memoryRequest?: number;
    memoryLimit?: number;
}

/** The resources of the container of a component, from the profile and the Helm values of the stack. */
export function configuredResources(
    { profile, values, mode }: Pick<Settings, "profile" | "values" | "mode">,
    component: SizedComponent,
): Resources {
    const { file, path } = placeOf(mode, component);
    const merged: HelmValues = mergeValues(packagedValues(file, profile), values[chartOf(component)]);
    const resources = path.reduce<unknown>((node, key) => (isMap(node) ? node[key] : undefined), merged);
    const quantity = (kind: "requests" | "limits", key: "cpu" | "memory") => {
        const group: unknown = isMap(resources) ? resources[kind] : undefined;
        const value: unknown = isMap(group) ? group[key] : undefined;
        return typeof value === "string" || typeof value === "number" ? quantityValue(String(value)) : undefined;
    };
    return {
        cpuRequest: quantity("requests", "cpu"),
        cpuLimit: quantity("limits", "cpu"),
        memoryRequest: quantity("requests", "memory"),
        memoryLimit: quantity("limits", "memory"),
    };
}

/** The path of a resource in the setting `values`, such as ["loki", "singleBinary", "resources", "requests", "cpu"]. */
export function resourcePath(
    mode: Settings["mode"],
    component: SizedComponent,
    kind: "requests" | "limits",
    key: "cpu" | "memory",
): string[] {
    return [chartOf(component), ...placeOf(mode, component).path, kind, key];
}
