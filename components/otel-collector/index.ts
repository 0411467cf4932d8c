import * as pulumi from "@pulumi/pulumi";
import { oneOfText } from "../../validation/nearest";
import { defaultTail, slowerThanMistake, tailRanges } from "../../validation/tail-sampling";
import {
    checkAutoscaling,
    checkDeployment,
    checkDuration,
    checkExpressions,
    checkLogLevels,
    checkRatio,
    checkRedaction,
    checkReplicas,
    checkSize,
    rejectArgument,
} from "../checks";
import { contract, endpoints } from "../contract";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import type { OtelCollectorArgs } from "./args";
import { collectorComponents } from "./config";
import { pipelineMistakes } from "./pipeline";
import { signals } from "./pipeline/signals";
import { otelCollectorValues, queueClaims } from "./values";

/**
 * Deploys the OpenTelemetry Collector as a gateway. It accepts OTLP and Zipkin spans, adds Kubernetes attributes, and exports
 * all signals as OTLP.
 */
export class OtelCollector extends pulumi.ComponentResource {
    /** Zipkin URL for the spans of Dapr sidecars. */
    readonly zipkinUrl: string;
    /** URL for OTLP over gRPC. */
    readonly otlpGrpcUrl: string;
    /** URL for OTLP over HTTP, without the path of a signal. */
    readonly otlpHttpUrl: string;

    /** @throws ResourceError if an argument is invalid. The message names the argument, or lists all mistakes in pipelines. */
    constructor(name: string, args: OtelCollectorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:OtelCollector", name, stateInputs(args), opts);
        checkDeployment(this, args);
        checkReplicas(this, "replicas", args.replicas);
        checkAutoscaling(this, "autoscaling", args.autoscaling);
        checkSize(this, "queueSize", args.queueSize);
        const unknown = args.droppedSignals?.find((signal) => !signals.includes(signal));
        if (unknown !== undefined) {
            rejectArgument(this, "droppedSignals", unknown, oneOfText(unknown, signals));
        }
        checkRedaction(this, "redaction", args.redaction);
        checkExpressions(this, "dropMetrics", args.dropMetrics);
        checkExpressions(this, "dropLogLines", args.dropLogLines);
        checkLogLevels(this, "minimumLogLevel", args.minimumLogLevel);
        this.checkSampling(args);
        const mistakes = pipelineMistakes(collectorComponents(args));
        if (mistakes.length > 0) {
            throw new pulumi.ResourceError(
                `the configuration of the collector is invalid:\n${mistakes.map((m) => `  - ${m}`).join("\n")}`,
                this,
                true,
            );
        }
        const values = otelCollectorValues(args);
        deployChart(
            `${name}-chart`,
            {
                pin: pins.otelCollector,
                release: contract.otelCollector.release,
                values,
                overrides: args,
                claims: queueClaims(values),
            },
            args,
            { parent: this },
        );
        const { zipkin, otlpGrpc, otlpHttp } = endpoints(args.namespace, args.clusterDomain);
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
            checkDuration(this, "tailSampling.decisionWait", decisionWait, tailRanges.decisionWait);
            checkDuration(this, "tailSampling.slowerThan", slowerThan, tailRanges.slowerThan);
            const allowed = slowerThanMistake(tailSampling);
            if (allowed !== undefined) {
                rejectArgument(this, "tailSampling.slowerThan", slowerThan, allowed);
            }
        }
    }
}
