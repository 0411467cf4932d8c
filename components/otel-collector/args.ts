import type { ChartArgs } from "../helm/args";

/** How traces are sampled. */
export const SamplingMode = { Head: "head", Tail: "tail" } as const;
export type SamplingMode = (typeof SamplingMode)[keyof typeof SamplingMode];

/** Which traces the collector keeps, where it decides: those with errors, slow ones, and a ratio of the rest. */
export interface TailSamplingArgs {
    /** Share of the other traces that is kept, from 0 to 1. */
    ratio: number;
    /** How long it waits for a trace's spans before it decides, with them in memory; at most "5m". Default "10s". */
    decisionWait?: string;
    /** Traces slower than this are all kept; less than `decisionWait`, as a trace must have ended by then. Default "2s". */
    slowerThan?: string;
}

export interface OtelCollectorArgs extends ChartArgs {
    /** Label value that tells this cluster from others, in every signal. */
    cluster: string;
    /** Where everything goes on to as OTLP over gRPC: host and port, or a gRPC target such as "dns:///host:port". */
    exportEndpoint: string;
    /** Default 1. */
    replicas?: number;
    /**
     * Share of the traces that senders start and send, from 0 to 1, where they sample. It is stamped on spans, so that rates
     * made from them can be multiplied back. Default 1.
     */
    headSamplingRatio?: number;
    /** Default: none, every trace that arrives is kept. */
    tailSampling?: TailSamplingArgs;
    /** Tail sampling: durations of spans between which it counts, too, in seconds. Default: powers of 2 milliseconds. */
    latencyBoundsSeconds?: number[];
    /** Take Jaeger's protocols too: gRPC at 14250, Thrift over HTTP at 14268, compact Thrift over UDP at 6831. Default false. */
    jaeger?: boolean;
    /** Attributes of every resource, such as "deployment.environment.name". Default: none. */
    resourceAttributes?: { [key: string]: string };
    /** Components and pipelines to add, to change, or to take away. */
    components?: CollectorComponentsArgs;
    /** Keep queues on a volume of each replica's own, which survives the pod. Default: with profile "prod". */
    persistence?: boolean;
    /** Size of the queues on disk, together. Default: dev 1Gi, prod 10Gi. */
    queueSize?: string;
    /** Class of the volumes. Default: the cluster's own. */
    storageClass?: string;
}

/** A pipeline of the collector: names of components, each of which is defined once. */
export interface CollectorPipelineArgs {
    receivers: string[];
    /** In this order. */
    processors?: string[];
    exporters: string[];
}

/**
 * Components of the collector by their names, which are `TYPE` or `TYPE/NAME`, and the pipelines between them. Laid over what
 * the collector has: maps merge, lists replace, null takes a component or a pipeline away.
 */
export interface CollectorComponentsArgs {
    receivers?: { [id: string]: any };
    processors?: { [id: string]: any };
    exporters?: { [id: string]: any };
    connectors?: { [id: string]: any };
    extensions?: { [id: string]: any };
    /** By `SIGNAL` or `SIGNAL/NAME`, the signal being traces, metrics or logs. */
    pipelines?: { [id: string]: CollectorPipelineArgs };
}
