import type { HelmValues } from "../helm/values";
import type { AutoInstrumentationArgs } from "./args";

/** Annotation of a pod. With the value "false", its processes are not instrumented. */
export const optOutAnnotation = "observability.mathtrail/auto-instrumentation";

/** Port of the program's own metrics. With context propagation, it is a port of the node. */
export const metricsPort = 12346;

/** The configuration of both programs, which have the same keys. */
export function instrumentationConfig(args: AutoInstrumentationArgs): HelmValues {
    const { otlpEndpoint, contextPropagation = false, samplingRatio = 1 } = args;
    const base = otlpEndpoint.replace(/\/$/, "");
    return {
        // Without a capability that it needs, the program would run and instrument nothing.
        enforce_sys_caps: true,
        discovery: discovery(args),
        ebpf: { context_propagation: contextPropagation ? "headers" : "disabled" },
        attributes: {
            kubernetes: {
                enable: true,
                cluster_name: args.cluster,
                // The name of a service is the same as in logs and metrics of Alloy. The defaults would prefer app.kubernetes.io/instance.
                resource_labels: { "service.name": ["app.kubernetes.io/name", "app"] },
            },
        },
        // Paths with identifiers would create series and span names without a limit.
        routes: { unmatched: "heuristic" },
        otel_traces_export: {
            endpoint: `${base}/v1/traces`,
            protocol: "http/protobuf",
            sampler:
                samplingRatio === 1
                    ? { name: "parentbased_always_on" }
                    : { name: "parentbased_traceidratio", arg: String(samplingRatio) },
        },
        // The interval of scrapes, so that the time ranges of dashboards have enough samples.
        otel_metrics_export: { endpoint: `${base}/v1/metrics`, protocol: "http/protobuf", interval: "30s" },
        // Tempo or the collector computes span metrics and the service graph from the traces. The program's own would count each request twice.
        metrics: { features: ["application"] },
        internal_metrics: { exporter: "prometheus", prometheus: { port: metricsPort, path: "/metrics" } },
    };
}

/** Which processes are instrumented. A process must match an entry of `instrument`, and none of `exclude_instrument`. */
function discovery({ namespace, namespaces, excludeNamespaces = [], podLabels = {} }: AutoInstrumentationArgs) {
    const labels = Object.keys(podLabels).length > 0 ? { k8s_pod_labels: podLabels } : {};
    const excluded = [...new Set([namespace, ...excludeNamespaces])].sort();
    return {
        instrument: (namespaces ?? ["*"]).map((name) => ({ k8s_namespace: name, ...labels })),
        exclude_instrument: [
            ...excluded.map((name) => ({ k8s_namespace: name })),
            // Dapr sidecars already send a span for each request of their application.
            { k8s_container_name: "daprd" },
            { k8s_pod_annotations: { "dapr.io/enabled": "true" } },
            { k8s_pod_annotations: { [optOutAnnotation]: "false" } },
        ],
        // A process that exports OTLP has an SDK, whose data would exist twice.
        exclude_otel_instrumented_services: true,
    };
}
