import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { hostForm, isHost, isLabel, labelForm } from "../../validation/names";
import { oneOfText } from "../../validation/nearest";
import { shutdownDelayRange } from "../../validation/shutdown-delay";
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
import { requireGatewayApi } from "../gateway";
import type { CollectorAutoscalingArgs } from "../helm/args";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import type { ExternalIngestionArgs, OtelCollectorArgs } from "./args";
import { collectorComponents } from "./config";
import { clientsOf, credentialsSecretOf, ingestionName } from "./ingestion";
import { pipelineMistakes } from "./pipeline";
import { signals } from "./pipeline/signals";
import { otelCollectorValues, queueClaims } from "./values";

// For the commands in cli/.
export { queueCapacity } from "./queue";

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
    /** Name of the Secret with the credentials of clients outside of the cluster. undefined without `external`. */
    readonly clientsSecretName: string | undefined;

    /** @throws ResourceError if an argument is invalid. The message names the argument, or lists all mistakes in pipelines. */
    constructor(name: string, args: OtelCollectorArgs, opts?: pulumi.ComponentResourceOptions) {
        const external = args.external && withSecrets(args.external);
        super("observability:index:OtelCollector", name, stateInputs({ ...args, external }), opts);
        const withoutSecrets = { ...args, external: { ...args.external, credentials: undefined } };
        checkDeployment(this, withoutSecrets);
        checkReplicas(this, "replicas", args.replicas);
        checkAutoscaling(this, "autoscaling", args.autoscaling);
        checkQueueTarget(this, args.autoscaling);
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
        checkDuration(this, "shutdownDelay", args.shutdownDelay, shutdownDelayRange);
        this.checkExternal(args.external);
        const mistakes = pipelineMistakes(collectorComponents(args));
        if (mistakes.length > 0) {
            throw new pulumi.ResourceError(
                `the configuration of the collector is invalid:\n${mistakes.map((m) => `  - ${m}`).join("\n")}`,
                this,
                true,
            );
        }
        const secret = external && this.clientsSecret(name, args, external);
        const crds =
            external?.gateway === undefined ? [] : [requireGatewayApi(name, "ingestion.external.gateway", this)];
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
            { parent: this, dependsOn: [...(secret === undefined ? [] : [secret]), ...crds] },
        );
        this.clientsSecretName = external && credentialsSecretOf(external);
        const { zipkin, otlpGrpc, otlpHttp } = endpoints(args.namespace, args.clusterDomain);
        this.zipkinUrl = zipkin;
        this.otlpGrpcUrl = otlpGrpc;
        this.otlpHttpUrl = otlpHttp;
        this.registerOutputs({
            zipkinUrl: zipkin,
            otlpGrpcUrl: otlpGrpc,
            otlpHttpUrl: otlpHttp,
            clientsSecretName: this.clientsSecretName,
        });
    }

    /** The Secret with a credential for each client. undefined with an existing Secret. */
    private clientsSecret(
        name: string,
        args: OtelCollectorArgs,
        { clients = [], credentials = {}, existingSecret }: ExternalIngestionArgs,
    ): k8s.core.v1.Secret | undefined {
        if (existingSecret !== undefined) {
            return undefined;
        }
        const generated = clients
            .filter((client) => !(client in credentials))
            .map((client) => [client, this.credential(`${name}-client-${client}`)] as const);
        return new k8s.core.v1.Secret(
            `${name}-clients`,
            {
                metadata: { name: ingestionName, namespace: args.namespace },
                stringData: { ...Object.fromEntries(generated), ...credentials },
            },
            { parent: this },
        );
    }

    private credential(name: string): pulumi.Output<string> {
        // Only letters and digits: the collector replaces "$" in environment variables. It is not protected, so that a client can be removed.
        return new random.RandomPassword(name, { length: 40, special: false }, { parent: this }).result;
    }

    private checkExternal(external: ExternalIngestionArgs | undefined): void {
        if (external === undefined) {
            return;
        }
        const { host, credentials, existingSecret, ingress, gateway, loadBalancer, tlsSecret } = external;
        const clients = clientsOf(external);
        const reject = (message: string): never => {
            throw new pulumi.ResourceError(message, this, true);
        };
        if (clients.length === 0) {
            rejectArgument(this, "external.clients", "[]", "a list of at least one client");
        }
        const invalid = clients.find((client) => !isLabel(client));
        if (invalid !== undefined) {
            rejectArgument(this, "external.clients", invalid, labelForm);
        }
        if (credentials !== undefined && existingSecret !== undefined) {
            reject("external.credentials and external.existingSecret are both set; remove one");
        }
        if (ingress !== undefined && gateway !== undefined) {
            reject("external.ingress and external.gateway are both set; remove one");
        }
        if ((ingress ?? gateway) !== undefined && !isHost(host ?? "")) {
            rejectArgument(this, "external.host", host, hostForm);
        }
        if (loadBalancer && tlsSecret === undefined) {
            reject("external.loadBalancer needs external.tlsSecret, because credentials would be sent in clear text");
        }
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

// Pulumi stores the arguments of a component in the state.
function withSecrets(external: ExternalIngestionArgs): ExternalIngestionArgs {
    const { credentials, ...others } = external;
    return credentials === undefined
        ? others
        : {
              ...others,
              credentials: Object.fromEntries(
                  Object.entries(credentials).map(([client, credential]) => [client, pulumi.secret(credential)]),
              ),
          };
}

function checkQueueTarget(component: OtelCollector, autoscaling?: CollectorAutoscalingArgs): void {
    const { targetQueueMiB } = autoscaling ?? {};
    if (targetQueueMiB !== undefined && !(Number.isInteger(targetQueueMiB) && targetQueueMiB > 0)) {
        rejectArgument(component, "autoscaling.targetQueueMiB", targetQueueMiB, "a whole number above 0");
    }
}
