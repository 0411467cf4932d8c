import type { ChartArgs } from "../helm/args";

/** Program that instruments processes with eBPF. */
export const InstrumentationKind = {
    /** Grafana Beyla. */
    Beyla: "beyla",
    /** OpenTelemetry eBPF Instrumentation (OBI), on which Beyla is based. */
    OpenTelemetry: "opentelemetry",
} as const;
export type InstrumentationKind = (typeof InstrumentationKind)[keyof typeof InstrumentationKind];

/** Arguments of the auto-instrumentation. */
export interface AutoInstrumentationArgs extends ChartArgs {
    /** Program. Default: "beyla". */
    kind?: InstrumentationKind;
    /** Base URL of the OTLP receiver over HTTP, which receives traces and metrics. SDK paths such as /v1/traces follow it. */
    otlpEndpoint: string;
    /** Value of the label `cluster`. The collector adds it to all data. It prevents the program from guessing the name. */
    cluster: string;
    /** Namespaces whose processes are instrumented. Default: all, except the own one and those of Kubernetes. */
    namespaces?: string[];
    /** Namespaces whose processes are not instrumented, in addition to the own one. Default: none. */
    excludeNamespaces?: string[];
    /** Labels of the pods whose processes are instrumented. The values are globs such as "shop-*". A pod must have all of them. Default: all pods. */
    podLabels?: { [key: string]: string };
    /**
     * Whether the trace context is added to outgoing requests, so that the spans of several services belong to one trace. The pods then use the network of
     * the node. Default: false; then each trace ends at the service, unless it forwards the context itself.
     */
    contextPropagation?: boolean;
    /** Ratio of traces that are kept if the caller has not decided, from 0 to 1. Metrics count all requests. Default: 1. */
    samplingRatio?: number;
    /** PriorityClass of the pods. Default: the default of the cluster. */
    nodePriorityClassName?: string;
}
