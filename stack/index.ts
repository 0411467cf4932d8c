import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Alloy } from "../components/alloy";
import { type Endpoints, endpoints } from "../components/contract";
import { DaprTracing } from "../components/dapr";
import { Grafana } from "../components/grafana";
import { mirrorMistakes } from "../components/helm/source";
import { Loki } from "../components/loki";
import { Mimir } from "../components/mimir";
import { ObjectStore } from "../components/object-store";
import { OtelCollector } from "../components/otel-collector";
import { ownerAnnotation, ownerConfigMapName } from "../components/ownership";
import { Pyroscope } from "../components/pyroscope";
import { Tempo } from "../components/tempo";
import { resolveSettings, type Settings } from "../settings/resolve";
import type { ObservabilityStackArgs } from "./args";
import {
    alloyArgs,
    daprTracingArgs,
    grafanaArgs,
    headSamplingRatio,
    lokiArgs,
    mimirArgs,
    objectStoreArgs,
    otelCollectorArgs,
    pyroscopeArgs,
    tempoArgs,
} from "./component-args";
import { stackIdentity } from "./owner";

/** Deploys the whole observability stack, and connects its components with each other. */
export class ObservabilityStack extends pulumi.ComponentResource {
    /** URLs of the stack inside the cluster, by purpose. */
    readonly endpoints: Endpoints;
    /** Namespace of the stack. */
    readonly namespace: string;
    /** URL of Grafana for browsers: `grafana.rootUrl` or the URL of the ingress. Default: the URL of the Service. */
    readonly grafanaUrl: string;
    /** Sampling ratio that applications must use, from 0 to 1. */
    readonly samplingRatio: number;
    /** Names of the Secrets with credentials, by purpose. */
    readonly secretNames: { [purpose: string]: string };

    /**
     * @throws SettingsError with all mistakes in the arguments.
     * @throws ResourceError if the chart mirror is a folder without all charts. The message lists the missing charts.
     */
    constructor(name: string, args: ObservabilityStackArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:ObservabilityStack", name, {}, opts);
        const settings = resolveSettings(args);
        this.checkMirror(settings);
        const namespace = settings.createNamespace ? [this.createNamespace(name, settings)] : [];
        // It is created first, so that a namespace has objects of one stack only.
        const owner = this.claimNamespace(name, settings, namespace);
        const inNamespace = { parent: this, dependsOn: [...namespace, owner] };

        const store = new ObjectStore(`${name}-object-store`, objectStoreArgs(settings), inNamespace);
        const backend = { parent: this, dependsOn: store };
        const mimir = new Mimir(`${name}-mimir`, mimirArgs(settings, { bucket: store.buckets.mimir }), backend);
        const loki = new Loki(
            `${name}-loki`,
            lokiArgs(settings, {
                bucket: store.buckets.loki,
                alertmanagerUrl: mimir.alertmanagerUrl,
                metricsUrl: mimir.url,
            }),
            backend,
        );
        const tempo = new Tempo(
            `${name}-tempo`,
            tempoArgs(settings, { bucket: store.buckets.tempo, metricsUrl: mimir.url }),
            backend,
        );
        const pyroscope = new Pyroscope(
            `${name}-pyroscope`,
            pyroscopeArgs(settings, { bucket: store.buckets.pyroscope }),
            backend,
        );

        const grafana = new Grafana(
            `${name}-grafana`,
            grafanaArgs(settings, {
                lokiUrl: loki.url,
                tempoUrl: tempo.url,
                mimirUrl: mimir.url,
                pyroscopeUrl: pyroscope.url,
                alertmanagerUrl: mimir.url,
            }),
            inNamespace,
        );
        const alloy = new Alloy(
            `${name}-alloy`,
            alloyArgs(settings, {
                lokiUrl: loki.url,
                tempoOtlpGrpcEndpoint: tempo.otlpGrpcEndpoint,
                mimirUrl: mimir.url,
                pyroscopeUrl: pyroscope.url,
            }),
            inNamespace,
        );
        const collector = new OtelCollector(
            `${name}-otel-collector`,
            otelCollectorArgs(settings, { exportEndpoint: alloy.otlpHttpEndpoint }),
            inNamespace,
        );
        if (settings.dapr.enabled) {
            const tracing = daprTracingArgs(settings, { zipkinUrl: collector.zipkinUrl });
            new DaprTracing(`${name}-dapr-tracing`, tracing, { parent: this });
        }

        this.endpoints = endpoints(settings.namespace);
        this.namespace = settings.namespace;
        this.grafanaUrl = grafana.url;
        this.samplingRatio = headSamplingRatio(settings);
        this.secretNames = { grafana: grafana.secretName, ...store.secretNames };
        this.registerOutputs({
            endpoints: this.endpoints,
            namespace: this.namespace,
            grafanaUrl: this.grafanaUrl,
            samplingRatio: this.samplingRatio,
            secretNames: this.secretNames,
        });
    }

    private checkMirror({ charts }: Settings): void {
        const missing = mirrorMistakes(charts.mirror);
        if (missing.length > 0) {
            throw new pulumi.ResourceError(
                missing.map((sentence) => `charts.mirror: ${sentence}`).join("\n"),
                this,
                true,
            );
        }
    }

    private createNamespace(name: string, { namespace, protectData }: Settings): k8s.core.v1.Namespace {
        return new k8s.core.v1.Namespace(
            `${name}-namespace`,
            {
                metadata: {
                    name: namespace,
                    // The log collector and the metrics scraper mount folders of their node.
                    labels: { "pod-security.kubernetes.io/enforce": "privileged" },
                    annotations: { [ownerAnnotation]: stackIdentity() },
                },
            },
            // The volumes are deleted with their namespace. `npm run down` deletes it.
            { parent: this, retainOnDelete: protectData },
        );
    }
    /** Writes the identity of the Pulumi stack into the namespace. */
    private claimNamespace(name: string, { namespace }: Settings, dependsOn: pulumi.Resource[]): k8s.core.v1.ConfigMap {
        return new k8s.core.v1.ConfigMap(
            `${name}-owner`,
            { metadata: { name: ownerConfigMapName, namespace }, data: { stack: stackIdentity() } },
            { parent: this, dependsOn },
        );
    }
}
