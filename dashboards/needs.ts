import type { StackComponent } from "../validation/components";

/** Components without which the dashboards of a folder, or a dashboard, show no data. */
const needs: Record<string, StackComponent[]> = {
    // The metrics scraper scrapes all of their metrics.
    cost: ["alloyMetrics"],
    dapr: ["alloyMetrics"],
    kubernetes: ["alloyMetrics"],
    stack: ["alloyMetrics"],
    stores: ["alloyMetrics"],
    "cost-logs": ["loki"],
    "cost-metrics": ["mimir"],
    "cost-namespaces": ["loki", "tempo", "mimir"],
    "cost-traces": ["tempo"],
    "stack-collector": ["otelCollector"],
    "stack-grafana": ["grafana"],
    "stack-minio": ["minio"],
    "stores-loki": ["loki"],
    "stores-mimir": ["mimir"],
    "stores-pyroscope": ["pyroscope"],
    "stores-tempo": ["tempo"],
};

/** Whether a dashboard has data in a stack without some components. Its uid starts with its folder. */
export function hasData(uid: string, absent: readonly StackComponent[]): boolean {
    const [folder = ""] = uid.split("-");
    return ![...(needs[folder] ?? []), ...(needs[uid] ?? [])].some((component) => absent.includes(component));
}
