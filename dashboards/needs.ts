import type { OptionalSource, StackComponent } from "../validation/components";

/** Components and optional sources without which the dashboards of a folder, or a dashboard, show no data. */
const needs: Record<string, (StackComponent | OptionalSource)[]> = {
    // The metrics scraper scrapes all of their metrics.
    cost: ["alloyMetrics"],
    dapr: ["alloyMetrics"],
    kubernetes: ["alloyMetrics"],
    stack: ["alloyMetrics"],
    stores: ["alloyMetrics"],
    "databases-mongodb": ["mongodb"],
    "databases-mysql": ["mysql"],
    "databases-postgresql": ["postgresql"],
    "databases-redis": ["redis"],
    "kafka-consumers": ["kafka"],
    "kafka-redpanda": ["redpanda", "alloyMetrics"],
    "control-plane-api-server": ["apiServer"],
    "control-plane-controllers": ["controllers"],
    "control-plane-coredns": ["coreDns"],
    "control-plane-etcd": ["etcd"],
    "ebpf-instrumentation": ["alloyMetrics", "autoInstrumentation"],
    "ebpf-profiles": ["alloyMetrics", "ebpfProfiles"],
    "kubernetes-objects": ["kubeStateMetrics"],
    "platform-events": ["kubernetesEvents"],
    "platform-monitors": ["alloyMetrics", "prometheusOperator"],
    "platform-probes": ["probes"],
    "platform-prometheus-rules": ["alloyMetrics", "prometheusRules"],
    "cost-logs": ["loki"],
    "cost-metrics": ["mimir"],
    "cost-namespaces": ["loki", "tempo", "mimir"],
    "cost-traces": ["tempo"],
    "stack-collector": ["otelCollector"],
    "stack-grafana": ["grafana"],
    "stack-minio": ["minio"],
    "stack-prometheus": ["prometheus"],
    "stores-loki": ["loki"],
    "stores-mimir": ["mimir"],
    "stores-pyroscope": ["pyroscope"],
    "stores-tempo": ["tempo"],
};

/** Whether a dashboard has data in a stack without some components and sources. Its uid starts with its folder. */
export function hasData(uid: string, missing: readonly (StackComponent | OptionalSource)[]): boolean {
    const [folder = ""] = uid.split("-");
    return ![...(needs[folder] ?? []), ...(needs[uid] ?? [])].some((need) => missing.includes(need));
}
