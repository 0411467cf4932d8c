import * as pulumi from "@pulumi/pulumi";
import { contract, endpoints } from "../contract";
import { type ChartArgs, deployChart } from "../helm/chart";
import { pins } from "../helm/pins";
import { otelCollectorValues } from "./values";

/** Which traces the collector keeps, where it decides: those with errors, slow ones, and a ratio of the rest. */
export interface TailSamplingArgs {
    /** Share of the other traces that is kept, from 0 to 1. */
    ratio: number;
    /** How long it waits for a trace's spans before it decides. Default "10s". */
    decisionWait?: string;
    /** Traces slower than this are all kept. Default "2s". */
    slowerThan?: string;
}

export interface OtelCollectorArgs extends ChartArgs {
    /** Label value that tells this cluster from others, in every signal. */
    cluster: string;
    /** Where everything goes on to as OTLP over gRPC: host and port, or a gRPC target such as "dns:///host:port". */
    exportEndpoint: string;
    /** Default 1. */
    replicas?: number;
    /** Default: none, every trace that arrives is kept. */
    tailSampling?: TailSamplingArgs;
}

/** The OpenTelemetry Collector as gateway: takes Zipkin spans and OTLP, adds what Kubernetes knows, and passes it on. */
export class OtelCollector extends pulumi.ComponentResource {
    /** Where Dapr sidecars send their spans. */
    readonly zipkinUrl: string;
    /** Where services send OTLP over gRPC. */
    readonly otlpGrpcUrl: string;
    /** Where services send OTLP over HTTP. */
    readonly otlpHttpUrl: string;

    constructor(name: string, args: OtelCollectorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:OtelCollector", name, args, opts);
        deployChart(
            `${name}-chart`,
            { pin: pins.otelCollector, release: contract.otelCollector.release, values: otelCollectorValues(args) },
            args,
            { parent: this },
        );
        const { zipkin, otlpGrpc, otlpHttp } = endpoints(args.namespace);
        this.zipkinUrl = zipkin;
        this.otlpGrpcUrl = otlpGrpc;
        this.otlpHttpUrl = otlpHttp;
        this.registerOutputs({ zipkinUrl: zipkin, otlpGrpcUrl: otlpGrpc, otlpHttpUrl: otlpHttp });
    }
}
