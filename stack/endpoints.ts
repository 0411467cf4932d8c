/** URLs of a stack inside the cluster, by purpose. A component that the stack does not have has no URL. */
export interface StackEndpoints {
    /** Zipkin endpoint of the collector, for the spans of Dapr sidecars. */
    zipkin?: string;
    /** Endpoint of the collector for OTLP over gRPC. */
    otlpGrpc?: string;
    /** Endpoint of the collector for OTLP over HTTP. SDKs append /v1/traces, /v1/metrics and /v1/logs. */
    otlpHttp?: string;
    /** Health check of the collector. */
    collectorHealth?: string;
    /** Metrics of the collector itself, in the Prometheus format. */
    collectorMetrics?: string;
    /** User interface and API of Grafana. */
    grafana?: string;
    /** API of Loki, for queries and pushes. */
    loki?: string;
    /** API of Tempo, for queries. */
    tempo?: string;
    /** API of Mimir, for queries, remote write and OTLP. For an external store of metrics, its Prometheus API. */
    mimir?: string;
    /** API of Pyroscope, for queries and SDKs. In a stack that only collects: for SDKs. */
    pyroscope?: string;
}
