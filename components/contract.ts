/**
 * Names and ports of all components. Applications and other programs depend on them. Services, exporters, data sources and stack
 * outputs use these values.
 */
export const contract = {
    otelCollector: {
        release: "otel-collector",
        service: "otel-collector-opentelemetry-collector",
        ports: { zipkin: 9411, otlpGrpc: 4317, otlpHttp: 4318, health: 13133, metrics: 8888 },
    },
    grafana: { release: "lgtm", service: "lgtm-grafana", ports: { http: 80 } },
    loki: { release: "loki", service: "loki", ports: { http: 3100 } },
    tempo: { release: "tempo", service: "tempo", ports: { http: 3200, otlpGrpc: 4317 } },
    mimir: { release: "mimir", service: "mimir", ports: { http: 9009 } },
    pyroscope: { release: "pyroscope", service: "pyroscope", ports: { http: 4040 } },
    alloyReceiver: {
        release: "lgtm-alloy-receiver",
        service: "lgtm-alloy-receiver",
        ports: { otlpGrpc: 4317, otlpHttp: 4318 },
    },
    alloyLogs: { release: "lgtm-alloy-logs" },
    alloyMetrics: { release: "lgtm-alloy-metrics" },
    kubeStateMetrics: { release: "kube-state-metrics", service: "kube-state-metrics", ports: { metrics: 8080 } },
    prometheus: { release: "prometheus", service: "prometheus", ports: { http: 9090 } },
    alloySingleton: { release: "lgtm-alloy-singleton" },
    alloyKafka: { release: "lgtm-alloy-kafka" },
    redpanda: { release: "redpanda", service: "redpanda", ports: { kafka: 9092, admin: 9644 } },
    alloyProfiles: { release: "lgtm-alloy-profiles" },
    autoInstrumentation: { release: "auto-instrumentation" },
    ingestionProxy: { release: "ingestion-proxy" },
    loadMonitor: { release: "load-monitor" },
    minio: { release: "minio", service: "minio", ports: { s3: 9000 } },
} as const;

/** Path of the collector's health check. */
export const collectorHealthPath = "/health";

/** Resource attribute with the head sampling ratio. Tempo divides the number of spans by it, to calculate the rate of all requests. */
export const samplingRatioAttribute = "sampling.ratio";

/**
 * Bucket bounds of the span duration histogram, in seconds: Tempo's defaults (powers of 2 milliseconds), and additional ones.
 * Tempo and the collector use the same bounds, so that queries work with both.
 */
export function spanLatencyBounds(additional: readonly number[] = []): number[] {
    const defaults = Array.from({ length: 14 }, (_, power) => 2 ** (power + 1) / 1000);
    return [...new Set([...defaults, ...additional])].sort((one, other) => one - other);
}

/** Default namespace of a stack. */
export const defaultNamespace = "monitoring";

/** Name of an object that belongs to the cluster. It contains the namespace, because each namespace of a cluster can have a stack. */
export function clusterObjectName(name: string, namespace: string): string {
    return `${name}-${namespace}`;
}

/** DNS domain of most clusters. */
export const defaultClusterDomain = "cluster.local";

/** Full host name of a Service in the cluster. */
export function serviceHost(service: string, namespace: string, clusterDomain = defaultClusterDomain): string {
    return `${service}.${namespace}.svc.${clusterDomain}`;
}

/** The tenants under which the stores keep data without multi-tenancy. */
export const defaultTenants = { loki: "fake", tempo: "single-tenant", mimir: "anonymous", pyroscope: "anonymous" };

/** URLs of the stack inside the cluster, by purpose. They are the same whether or not a component is deployed. */
export interface Endpoints {
    /** Zipkin endpoint of the collector, for the spans of Dapr sidecars. */
    zipkin: string;
    /** Endpoint of the collector for OTLP over gRPC. */
    otlpGrpc: string;
    /** Endpoint of the collector for OTLP over HTTP. SDKs append /v1/traces, /v1/metrics and /v1/logs. */
    otlpHttp: string;
    /** Health check of the collector. */
    collectorHealth: string;
    /** Metrics of the collector itself, in the Prometheus format. */
    collectorMetrics: string;
    /** User interface and API of Grafana. */
    grafana: string;
    /** API of Loki, for queries and pushes. */
    loki: string;
    /** API of Tempo, for queries. */
    tempo: string;
    /** API of Mimir, for queries, remote write and OTLP. */
    mimir: string;
    /** API of Pyroscope, for queries and SDKs. */
    pyroscope: string;
}

/**
 * URLs of the stack in a namespace.
 *
 * @param clusterDomain DNS domain of the cluster. Default: "cluster.local".
 */
export function endpoints(namespace: string, clusterDomain?: string): Endpoints {
    const { otelCollector, grafana, loki, tempo, mimir, pyroscope } = contract;
    const url = (service: string, port: number, path = "") =>
        `http://${serviceHost(service, namespace, clusterDomain)}${port === 80 ? "" : `:${port}`}${path}`;
    return {
        zipkin: url(otelCollector.service, otelCollector.ports.zipkin, "/api/v2/spans"),
        otlpGrpc: url(otelCollector.service, otelCollector.ports.otlpGrpc),
        otlpHttp: url(otelCollector.service, otelCollector.ports.otlpHttp),
        collectorHealth: url(otelCollector.service, otelCollector.ports.health, collectorHealthPath),
        collectorMetrics: url(otelCollector.service, otelCollector.ports.metrics, "/metrics"),
        grafana: url(grafana.service, grafana.ports.http),
        loki: url(loki.service, loki.ports.http),
        tempo: url(tempo.service, tempo.ports.http),
        mimir: url(mimir.service, mimir.ports.http),
        pyroscope: url(pyroscope.service, pyroscope.ports.http),
    };
}
