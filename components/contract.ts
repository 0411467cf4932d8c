/**
 * The names and ports that other platforms depend on, and the few that only this stack uses. Services, exporters, data
 * sources and stack outputs all read them here, so they cannot disagree.
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
    minio: { release: "minio", service: "minio", ports: { s3: 9000 } },
} as const;

/** The path that answers health checks of the collector. */
export const collectorHealthPath = "/health";

/** Resource attribute with the share of traces that were sent at all, from which rates are multiplied back. */
export const samplingRatioAttribute = "sampling.ratio";

/**
 * Durations of spans between which they are counted, in seconds: those of Tempo, powers of 2 milliseconds, and more. Whoever
 * counts spans counts so, and a query does not care who it was.
 */
export function spanLatencyBounds(more: readonly number[] = []): number[] {
    const usual = Array.from({ length: 14 }, (_, power) => 2 ** (power + 1) / 1000);
    return [...new Set([...usual, ...more])].sort((one, other) => one - other);
}

/** Host name of a Service from anywhere in the cluster. */
export function serviceHost(service: string, namespace: string): string {
    return `${service}.${namespace}.svc.cluster.local`;
}

/** Where the parts of the stack answer, by what one does there. Whether each is deployed is up to the program. */
export interface Endpoints {
    /** Zipkin spans, as Dapr sidecars send them. */
    zipkin: string;
    /** OTLP over gRPC. */
    otlpGrpc: string;
    /** OTLP over HTTP; SDKs append /v1/traces, /v1/metrics and /v1/logs. */
    otlpHttp: string;
    collectorHealth: string;
    /** The collector's own metrics, in Prometheus format. */
    collectorMetrics: string;
    grafana: string;
    loki: string;
    tempo: string;
    mimir: string;
    /** Pyroscope, for its SDKs and for queries. */
    pyroscope: string;
}

/** The contract as URLs, for a namespace. */
export function endpoints(namespace: string): Endpoints {
    const { otelCollector, grafana, loki, tempo, mimir, pyroscope } = contract;
    const url = (service: string, port: number, path = "") =>
        `http://${serviceHost(service, namespace)}${port === 80 ? "" : `:${port}`}${path}`;
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
