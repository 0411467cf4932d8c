import type { Cases } from "../case";
import { node, series, seriesOf, stackLabels, value } from "../series";

const allJobs = [
    "otel-collector",
    "alloy-receiver",
    "alloy-logs",
    "alloy-metrics",
    "alloy-singleton",
    "alloy-profiles",
    "loki",
    "tempo",
    "mimir",
    "pyroscope",
    "grafana",
    "kube-state-metrics",
    "prometheus",
    "alloy-kafka",
    "redpanda",
    "auto-instrumentation",
    "ingestion-proxy",
    "minio",
];

const upSeries = (jobs: string[]) =>
    Object.fromEntries(jobs.map((job) => [seriesOf("up", { job, pod: `${job}-0` }), value(1)]));

export default {
    TargetDown: {
        after: "30m",
        fires: {
            [seriesOf("up", { job: "shop", pod: "a" })]: value(0),
            [seriesOf("up", { job: "shop", pod: "b" })]: value(1),
        },
        labels: { ...stackLabels, job: "shop" },
        summary: "monitoring/shop: 50% of the targets are down",
        silent: { [seriesOf("up", { job: "shop", pod: "a" })]: "1x10 0x8 1x100" },
    },
    StackComponentMissing: {
        after: "30m",
        fires: upSeries(allJobs.filter((job) => job !== "tempo")),
        labels: { job: "tempo" },
        summary: "tempo: no target exists, because the component or the metrics scraper is missing",
        silent: upSeries(allJobs),
    },
    NodeTargetDown: {
        after: "30m",
        fires: { [series("up", { ...node, job: "kubelet", instance: "i" })]: value(0) },
        labels: { ...node, job: "kubelet", instance: "i" },
        summary: "n: the kubelet target is down",
        silent: { [series("up", { ...node, job: "kubelet", instance: "i" })]: "1x5 0x10 1x100" },
    },
    AlloyDaemonSetPodsMissing: {
        after: "30m",
        fires: {
            [seriesOf("up", { job: "alloy-logs", pod: "a" })]: value(1),
            [seriesOf("up", { job: "alloy-logs", pod: "b" })]: value(1),
            [seriesOf("up", { job: "alloy-metrics", pod: "c" })]: value(1),
        },
        labels: stackLabels,
        summary: "Alloy: the number of log collectors differs from the number of metrics scrapers by 1",
        silent: {
            [seriesOf("up", { job: "alloy-logs", pod: "a" })]: value(1),
            [seriesOf("up", { job: "alloy-metrics", pod: "c" })]: value(1),
        },
    },
} satisfies Cases;
