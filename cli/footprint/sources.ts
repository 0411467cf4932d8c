import { contract } from "../../components/contract";
import { objectRulerName } from "../../components/mimir";
import { controlPlaneParts } from "../../validation/control-plane";

/** An optional source of data. */
export interface Source {
    title: string;
    /** The setting that adds it. */
    setting: string;
    settings: object;
    /** Helm release, or CronJob, of its pods. Sources with the same release share the pods. Undefined if the source adds no pods. */
    release?: string;
    /** Name of its pods, if the release also has pods without the source. */
    pods?: string;
}

const singleton = contract.alloySingleton.release;
const external = { enabled: true, clients: ["edge"] };

export const sources: readonly Source[] = [
    {
        title: "kube-state-metrics",
        setting: "components.kubeStateMetrics",
        settings: { components: { kubeStateMetrics: true } },
        release: contract.kubeStateMetrics.release,
    },
    {
        title: "Events of Kubernetes",
        setting: "logs.kubernetesEvents",
        settings: { logs: { kubernetesEvents: true } },
        release: singleton,
    },
    {
        title: "Probes",
        setting: "probes",
        settings: { probes: [{ name: "shop", url: "https://shop.example.com" }] },
        release: singleton,
    },
    {
        title: "Databases",
        setting: "databases",
        settings: { databases: [{ name: "cache", kind: "redis", address: "cache.shop.svc.cluster.local:6379" }] },
        release: singleton,
    },
    {
        title: "Monitors of the Prometheus operator",
        setting: "metrics.prometheusOperator",
        settings: { metrics: { prometheusOperator: true } },
        release: singleton,
    },
    {
        title: "PrometheusRules, with the pods of the row above",
        setting: "metrics.prometheusRules",
        settings: { metrics: { prometheusRules: true } },
        release: contract.mimir.release,
        pods: objectRulerName,
    },
    {
        title: "Control plane",
        setting: "metrics.controlPlane",
        settings: { metrics: { controlPlane: [...controlPlaneParts] } },
        release: singleton,
    },
    {
        title: "Prometheus",
        setting: "components.prometheus",
        settings: { components: { prometheus: true } },
        release: contract.prometheus.release,
    },
    {
        title: "Kafka: metrics and lag",
        setting: "kafka",
        settings: { kafka: [{ name: "orders", brokers: ["kafka.shop.svc.cluster.local:9092"] }] },
        release: contract.alloyKafka.release,
    },
    {
        title: "Redpanda, with the pods of the row above",
        setting: "components.redpanda",
        settings: { components: { redpanda: true } },
        release: contract.redpanda.release,
    },
    {
        title: "Auto-instrumentation, of either kind",
        setting: "autoInstrumentation.enabled",
        settings: { autoInstrumentation: { enabled: true } },
        release: contract.autoInstrumentation.release,
    },
    {
        title: "Profiles with eBPF",
        setting: "profiling.ebpf",
        settings: { profiling: { ebpf: true } },
        release: contract.alloyProfiles.release,
    },
    {
        title: "Scraped profiles, by the metrics scraper",
        setting: "profiling.scrape",
        settings: { profiling: { scrape: true } },
    },
    {
        title: "Recurring load test, during each run",
        setting: "loadMonitor.enabled",
        settings: { loadMonitor: { enabled: true } },
        release: contract.loadMonitor.release,
    },
    {
        title: "OTLP from outside, by the collector",
        setting: "ingestion.external.enabled",
        settings: { ingestion: { external } },
    },
    {
        title: "Signals of other clusters",
        setting: "ingestion.external.otherClusters",
        settings: { ingestion: { external: { ...external, otherClusters: true } } },
        release: contract.ingestionProxy.release,
    },
];

/** The settings of a stack with all optional sources. */
export const everySource: object = sources
    .map(({ settings }) => settings)
    .reduce((all, settings) => mergeSettings(all, settings), {});

/** Two settings of different sources. No key has different values. */
function mergeSettings(all: Record<string, any>, added: Record<string, any>): Record<string, any> {
    const isMap = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
    const merged = Object.entries(added).map(([key, value]) => [
        key,
        isMap(all[key]) && isMap(value) ? mergeSettings(all[key], value) : value,
    ]);
    return { ...all, ...Object.fromEntries(merged) };
}
