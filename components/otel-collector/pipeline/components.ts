import type { CollectorComponentsArgs } from "../args";

/** Components of the collector, with a map for each kind. */
export type CollectorComponents = Required<CollectorComponentsArgs>;

/** The type of a component, or the signal of a pipeline: the part of its name before the slash. */
export function typeOf(id: string): string {
    return id.split("/")[0] ?? id;
}

// The collector still accepts these former names of components as aliases.
const currentNames: Record<string, string> = {
    k8sattributes: "k8s_attributes",
    spanmetrics: "span_metrics",
    servicegraph: "service_graph",
    cumulativetodelta: "cumulative_to_delta",
    deltatocumulative: "delta_to_cumulative",
    deltatorate: "delta_to_rate",
    metricstransform: "metrics_transform",
    prometheusremotewrite: "prometheus_remote_write",
};

/** The type of a component under its current name. */
export function currentTypeOf(id: string): string {
    const type = typeOf(id);
    return currentNames[type] ?? type;
}

/** The values in a tree that are not maps or lists, each with its path. */
export function leaves(node: unknown, path: string): { path: string; value: unknown }[] {
    return typeof node === "object" && node !== null
        ? Object.entries(node).flatMap(([key, value]) => leaves(value, `${path}.${key}`))
        : [{ path, value: node }];
}
