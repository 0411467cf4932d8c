/** The programs of a live stack, by the name of their workload in the cluster. */
export const programs = {
    minio: "minio",
    loki: "loki",
    tempo: "tempo",
    mimir: "mimir",
    pyroscope: "pyroscope",
    "lgtm-alloy-receiver": "alloy",
    "lgtm-alloy-logs": "alloy",
    "lgtm-alloy-metrics": "alloy",
    "lgtm-alloy-singleton": "alloy",
    "otel-collector-opentelemetry-collector": "otelcol-contrib",
    "lgtm-grafana": "grafana",
    "ingestion-proxy": "haproxy",
    // More replicas.
    "lgtm-alloy-singleton-1": "alloy",
    "lgtm-alloy-singleton-2": "alloy",
    "otel-collector-opentelemetry-collector-1": "otelcol-contrib",
    "otel-collector-opentelemetry-collector-2": "otelcol-contrib",
    "loki-1": "loki",
    "loki-2": "loki",
    "mimir-1": "mimir",
    "mimir-2": "mimir",
    // Distributed Loki.
    "loki-gateway": "nginx",
    "loki-distributor": "loki",
    "loki-ingester": "loki",
    "loki-ingester-1": "loki",
    "loki-ingester-2": "loki",
    "loki-querier": "loki",
    "loki-query-frontend": "loki",
    "loki-query-scheduler": "loki",
    "loki-index-gateway": "loki",
    "loki-compactor": "loki",
    "loki-ruler": "loki",
    "loki-chunks-cache": "memcached",
    "loki-results-cache": "memcached",
    // Distributed Mimir.
    "mimir-gateway": "nginx",
    "mimir-distributor": "mimir",
    "mimir-ingester": "mimir",
    "mimir-ingester-1": "mimir",
    "mimir-ingester-2": "mimir",
    "mimir-querier": "mimir",
    "mimir-query-frontend": "mimir",
    "mimir-query-scheduler": "mimir",
    "mimir-store-gateway": "mimir",
    "mimir-compactor": "mimir",
    "mimir-ruler": "mimir",
    "mimir-alertmanager": "mimir",
    "mimir-chunks-cache": "memcached",
    "mimir-index-cache": "memcached",
    "mimir-results-cache": "memcached",
    // The ruler for PrometheusRule objects, in both modes.
    "mimir-object-ruler": "mimir",
    "mimir-object-ruler-1": "mimir",
    // Distributed Tempo.
    "tempo-gateway": "nginx",
    "tempo-distributor": "tempo",
    "tempo-ingester": "tempo",
    "tempo-ingester-1": "tempo",
    "tempo-ingester-2": "tempo",
    "tempo-querier": "tempo",
    "tempo-query-frontend": "tempo",
    "tempo-compactor": "tempo",
    "tempo-metrics-generator": "tempo",
    "tempo-metrics-generator-1": "tempo",
    "tempo-memcached": "memcached",
    // Two replicas in each of three zones.
    "loki-3": "loki",
    "loki-4": "loki",
    "loki-5": "loki",
    "mimir-3": "mimir",
    "mimir-4": "mimir",
    "mimir-5": "mimir",
    "tempo-ingester-3": "tempo",
    "tempo-ingester-4": "tempo",
    "tempo-ingester-5": "tempo",
    // Distributed Pyroscope. The first replica of its metastore has the name and the volume of the monolithic Pyroscope.
    "pyroscope-1": "pyroscope",
    "pyroscope-2": "pyroscope",
    "pyroscope-gateway": "nginx",
    "pyroscope-distributor": "pyroscope",
    "pyroscope-segment-writer": "pyroscope",
    "pyroscope-segment-writer-1": "pyroscope",
    "pyroscope-segment-writer-2": "pyroscope",
    "pyroscope-query-frontend": "pyroscope",
    "pyroscope-query-backend": "pyroscope",
    "pyroscope-compaction-worker": "pyroscope",
    "pyroscope-tenant-settings": "pyroscope",
    "pyroscope-ad-hoc-profiles": "pyroscope",
    "pyroscope-admin": "pyroscope",
} as const;
export type Part = keyof typeof programs;

/** The programs of the stack `dev`. */
export const devParts: Part[] = [
    "minio",
    "loki",
    "tempo",
    "mimir",
    "pyroscope",
    "lgtm-alloy-receiver",
    "lgtm-alloy-logs",
    "lgtm-alloy-metrics",
    "otel-collector-opentelemetry-collector",
    "lgtm-grafana",
];

/** All programs. */
export const parts = Object.keys(programs) as Part[];

export const collector = "otel-collector-opentelemetry-collector" as const;
export const secondCollector = "otel-collector-opentelemetry-collector-1";
export const thirdCollector = "otel-collector-opentelemetry-collector-2";

/** The name of the first replica. */
export function firstOf(part: Part): Part {
    return part.replace(/-\d$/, "") as Part;
}

const readyPaths: Partial<Record<Part, string>> = {
    minio: "9000/minio/health/live",
    loki: "3100/ready",
    tempo: "3200/ready",
    mimir: "9009/ready",
    "mimir-gateway": "9009/gateway/ready",
    "tempo-gateway": "8080/ready",
    "pyroscope-gateway": "4040/gateway/ready",
    "lgtm-alloy-receiver": "12345/-/ready",
    "lgtm-alloy-logs": "12345/-/ready",
    "lgtm-alloy-metrics": "12345/-/ready",
    "lgtm-alloy-singleton": "12345/-/ready",
    [collector]: "13133/health",
    "lgtm-grafana": "3000/api/health",
    "ingestion-proxy": "8405/ready",
};

export function readyUrl(part: Part, address: string): string {
    const defaults: Partial<Record<string, string>> = {
        ...{ loki: "3100/ready", nginx: "3100/ready", mimir: "9009/ready", tempo: "3200/ready" },
        pyroscope: "4040/ready",
    };
    return programs[part] === "memcached"
        ? `tcp://${address}:11211`
        : `http://${address}:${readyPaths[firstOf(part)] ?? defaults[programs[part]]}`;
}

/** The zone of a replica. There are three zones, and the replicas are in them in turn. */
export function zoneOf(part: Part): string {
    return `zone-${Number(/\d$/.exec(part)?.[0] ?? 0) % 3}`;
}
