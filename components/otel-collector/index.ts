import * as pulumi from "@pulumi/pulumi";
import { defaultTail, slowerThanMistake } from "../../validation/tail-sampling";
import { checkDeployment, checkDuration, checkRatio, checkReplicas, checkSize, refuse } from "../checks";
import { contract, endpoints } from "../contract";
import { deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import { pipelineMistakes } from "./pipeline";
import { otelCollectorValues } from "./values";
import { collectorComponents } from "./config";
import type { OtelCollectorArgs } from "./args";

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
            {
                pin: pins.otelCollector,
                release: contract.otelCollector.release,
                values: otelCollectorValues(args),
                overrides: args,
            },
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
