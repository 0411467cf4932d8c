import { inNamespace } from "./selectors";
import { choices } from "./variables";

/** Metrics of Dapr's sidecars. Their namespace and service_name are those of the pod; Dapr's own labels say what it did. */
export const sidecars = `${inNamespace}, job="dapr", service_name=~"$service"`;

export const daprNamespace = () =>
    choices("namespace", "Namespace", 'label_values(up{cluster="$cluster", job="dapr"}, namespace)');
export const daprService = () =>
    choices(
        "service",
        "Service",
        'label_values(up{cluster="$cluster", job="dapr", namespace=~"$namespace"}, service_name)',
    );

export function rate(metric: string, by: string, more = ""): string {
    return `sum by (${by}) (rate(dapr_${metric}{${sidecars}${more}}[$__rate_interval]))`;
}

/** Dapr counts durations in milliseconds; this gives seconds. */
export function quantile(share: number, metric: string, by: string): string {
    return `histogram_quantile(${share}, sum by (le, ${by}) (rate(dapr_${metric}_bucket{${sidecars}}[$__rate_interval]))) / 1000`;
}
