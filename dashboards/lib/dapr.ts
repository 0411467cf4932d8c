import { inNamespace } from "./selectors";
import { multiValueVariable } from "./variables";

/** Metrics of Dapr sidecars. The labels namespace and service_name are those of the pod. */
export const sidecars = `${inNamespace}, job="dapr", service_name=~"$service"`;

export const daprNamespace = () =>
    multiValueVariable("namespace", "Namespace", 'label_values(up{cluster="$cluster", job="dapr"}, namespace)');
export const daprService = () =>
    multiValueVariable(
        "service",
        "Service",
        'label_values(up{cluster="$cluster", job="dapr", namespace=~"$namespace"}, service_name)',
    );

/** @param matchers Additional label matchers. They start with a comma. */
export function rate(metric: string, by: string, matchers = ""): string {
    return `sum by (${by}) (rate(dapr_${metric}{${sidecars}${matchers}}[$__rate_interval]))`;
}

/** A quantile in seconds. Dapr measures durations in milliseconds. */
export function quantile(q: number, metric: string, by: string): string {
    return `histogram_quantile(${q}, sum by (le, ${by}) (rate(dapr_${metric}_bucket{${sidecars}}[$__rate_interval]))) / 1000`;
}
