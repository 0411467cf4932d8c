/** A chart with a fixed version. */
export interface ChartPin {
    name: string;
    version: string;
    /** URL of the Helm repository. undefined for a chart in charts/ of this package. */
    repository?: string;
}

const grafanaCommunity = "https://grafana-community.github.io/helm-charts";
const grafana = "https://grafana.github.io/helm-charts";

/** The charts of all components, with their versions. */
export const pins = {
    otelCollector: {
        name: "opentelemetry-collector",
        version: "0.170.0",
        repository: "https://open-telemetry.github.io/opentelemetry-helm-charts",
    },
    alloy: { name: "alloy", version: "1.11.1", repository: grafana },
    loki: { name: "loki", version: "18.11.0", repository: grafanaCommunity },
    tempo: { name: "tempo", version: "2.2.4", repository: grafanaCommunity },
    // The newest version before Tempo 3, whose distributed mode needs Kafka.
    tempoDistributed: { name: "tempo-distributed", version: "2.26.2", repository: grafanaCommunity },
    pyroscope: { name: "pyroscope", version: "2.2.1", repository: grafana },
    grafana: { name: "grafana", version: "12.11.1", repository: grafanaCommunity },
    kubeStateMetrics: {
        name: "kube-state-metrics",
        version: "8.4.0",
        repository: "https://prometheus-community.github.io/helm-charts",
    },
    prometheus: {
        name: "prometheus",
        version: "29.27.0",
        repository: "https://prometheus-community.github.io/helm-charts",
    },
    beyla: { name: "beyla", version: "1.16.11", repository: grafana },
    openTelemetryEbpf: {
        name: "opentelemetry-ebpf-instrumentation",
        version: "0.12.0",
        repository: "https://open-telemetry.github.io/opentelemetry-helm-charts",
    },
    mimir: { name: "mimir", version: "0.1.0" },
    ingestionProxy: { name: "ingestion-proxy", version: "0.1.0" },
    redpanda: { name: "redpanda", version: "0.1.0" },
    minio: { name: "minio", version: "0.1.0" },
} satisfies Record<string, ChartPin>;
