import * as pulumi from "@pulumi/pulumi";
import { defaultTail, slowerThanMistake } from "../../validation/tail-sampling";
import { checkDeployment, checkDuration, checkRatio, checkReplicas, checkSize, refuse } from "../checks";
import { contract, endpoints } from "../contract";
import { type ChartArgs, deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import { type CollectorComponentsArgs, pipelineMistakes } from "./pipeline";
import { otelCollectorValues } from "./values";
import { collectorComponents } from "./config";

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

/** The OpenTelemetry Collector as gateway: takes Zipkin spans and OTLP, adds what Kubernetes knows, and passes it on. */
export class OtelCollector extends pulumi.ComponentResource {
    /** Where Dapr sidecars send their spans. */
    readonly zipkinUrl: string;
    /** Where services send OTLP over gRPC. */
    readonly otlpGrpcUrl: string;
    /** Where services send OTLP over HTTP. */
    readonly otlpHttpUrl: string;

    /**
     * @throws ResourceError that names the argument that cannot be, or lists what is wrong with components and pipelines, each
     * with its place.
     */
    constructor(name: string, args: OtelCollectorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:OtelCollector", name, recorded(args), opts);
        checkDeployment(this, args);
        checkReplicas(this, "replicas", args.replicas);
        checkSize(this, "queueSize", args.queueSize);
        this.checkSampling(args);
        const mistakes = pipelineMistakes(collectorComponents(args));
        if (mistakes.length > 0) {
            throw new pulumi.ResourceError(
                `the collector cannot run so:\n${mistakes.map((m) => `  - ${m}`).join("\n")}`,
                this,
                true,
            );
        }
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

    private checkSampling({ headSamplingRatio, tailSampling }: OtelCollectorArgs): void {
        checkRatio(this, "headSamplingRatio", headSamplingRatio ?? 1);
        if (tailSampling !== undefined) {
            const { ratio, decisionWait, slowerThan = defaultTail.slowerThan } = tailSampling;
            checkRatio(this, "tailSampling.ratio", ratio);
            checkDuration(this, "tailSampling.decisionWait", decisionWait, "1s", "a trace's spans must be waited for");
            checkDuration(this, "tailSampling.slowerThan", slowerThan, "1s", "durations are compared in whole seconds");
            const allowed = slowerThanMistake(tailSampling);
            if (allowed !== undefined) {
                refuse(this, "tailSampling.slowerThan", slowerThan, allowed);
            }
        }
    }
}
