/** The signals that a pipeline can have. */
export const signals = ["traces", "metrics", "logs"];

// Components that do not support all signals. Components that are not listed are not checked.
const limited: Record<string, string[]> = {
    "receivers zipkin": ["traces"],
    "receivers jaeger": ["traces"],
    "receivers prometheus": ["metrics"],
    "processors tail_sampling": ["traces"],
    "processors groupbytrace": ["traces"],
    "processors span": ["traces"],
    "processors probabilistic_sampler": ["traces", "logs"],
    "processors cumulative_to_delta": ["metrics"],
    "processors delta_to_cumulative": ["metrics"],
    "processors delta_to_rate": ["metrics"],
    "processors interval": ["metrics"],
    "processors metrics_transform": ["metrics"],
    "exporters zipkin": ["traces"],
    "exporters prometheus": ["metrics"],
    "exporters prometheus_remote_write": ["metrics"],
    // A connector is an exporter of one pipeline and a receiver of another.
    "exporters span_metrics": ["traces"],
    "receivers span_metrics": ["metrics"],
    "exporters service_graph": ["traces"],
    "receivers service_graph": ["metrics"],
    "receivers count": ["metrics"],
};

/** The signals that a type of component supports. */
export function supportedSignals(kind: "receivers" | "processors" | "exporters", type: string): string[] {
    return limited[`${kind} ${type}`] ?? signals;
}
