import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ruleFiles, type RuleOptions } from "../rules";
import { resolveSettings, type Settings } from "../settings/resolve";
import { ingressEnabled } from "../settings/rules";
import { Alloy } from "../components/alloy";
import { type Endpoints, endpoints } from "../components/contract";
import { DaprTracing } from "../components/dapr";
import { Grafana } from "../components/grafana";
import { mirrorMistakes } from "../components/helm/source";
import { Loki } from "../components/loki";
import { Mimir } from "../components/mimir";
import { ObjectStore } from "../components/object-store";
import { OtelCollector } from "../components/otel-collector";
import { Pyroscope } from "../components/pyroscope";
import type { ObservabilityStackArgs } from "./args";
import { Tempo } from "../components/tempo";
import type { GrafanaIngressArgs } from "../components/grafana/args";
import type { DeploymentArgs } from "../components/helm/args";
import type { ObjectStoreArgs } from "../components/object-store/args";
import type { TailSamplingArgs } from "../components/otel-collector/args";

/** The whole stack: every component, wired. The only place where components meet. */
export class ObservabilityStack extends pulumi.ComponentResource {
    /** Where the parts answer, by what one does there: the contract with other platforms. */
    readonly endpoints: Endpoints;
    readonly namespace: string;
    /** Where browsers reach Grafana, as far as it is known; the Service's URL otherwise. */
    readonly grafanaUrl: string;
    /** The share of traces that applications should start and send, from 0 to 1. */
    readonly samplingRatio: number;
    /** Names of the Secrets that hold credentials, by what for. */
    readonly secretNames: { [purpose: string]: string };

    /** @throws SettingsError that lists every mistake in the arguments. */
    constructor(name: string, args: ObservabilityStackArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:ObservabilityStack", name, {}, opts);
        const settings = resolveSettings(args);
        this.refuseIncompleteMirror(settings);
        this.samplingRatio = clientSamplingRatio(settings);
        const at = deployment(settings);
        const namespace = settings.createNamespace ? [this.makeNamespace(name, settings)] : [];

        const store = new ObjectStore(`${name}-object-store`, objectStoreArgs(settings), {
            parent: this,
            dependsOn: namespace,
        });
        const backend = { parent: this, dependsOn: store };
        const { retention, replicas, replicationFactor, storage, values, valuesUnchecked } = settings;
        const storageClass = storage.className;
        const multitenancy = settings.tenant !== undefined;
        const rules = ruleFiles(ruleOptions(settings));
        const mimir = new Mimir(
            `${name}-mimir`,
            {
                ...at,
                bucket: store.buckets.mimir,
                replicas: replicas.mimir,
                replicationFactor: replicationFactor.mimir,
                retention: retention.metrics,
                multitenancy,
                size: storage.sizes.mimir,
                storageClass,
                rules: rules.mimir,
                tenant: settings.tenant,
                alertmanager: settings.alerting,
                values: values.mimir,
                valuesUnchecked: valuesUnchecked.mimir,
            },
            backend,
        );
        const loki = new Loki(
            `${name}-loki`,
            {
                ...at,
                bucket: store.buckets.loki,
                replicas: replicas.loki,
                replicationFactor: replicationFactor.loki,
                retention: retention.logs,
                multitenancy,
                size: storage.sizes.loki,
                storageClass,
                rules: rules.loki,
                tenant: settings.tenant,
                alertmanagerUrl: mimir.alertmanagerUrl,
                metricsUrl: mimir.url,
                values: values.loki,
                valuesUnchecked: valuesUnchecked.loki,
            },
            backend,
        );
        const tempo = new Tempo(
            `${name}-tempo`,
            {
                ...at,
                bucket: store.buckets.tempo,
                retention: retention.traces,
                multitenancy,
                // With tail sampling the collector counts, before it drops.
                metricsUrl: settings.tracing.samplingMode === "head" ? mimir.url : undefined,
                latencyBoundsSeconds: latencyBounds(settings),
                size: storage.sizes.tempo,
                storageClass,
                values: values.tempo,
                valuesUnchecked: valuesUnchecked.tempo,
            },
            backend,
        );
        const pyroscope = new Pyroscope(
            `${name}-pyroscope`,
            {
                ...at,
                bucket: store.buckets.pyroscope,
                retention: retention.profiles,
                multitenancy,
                size: storage.sizes.pyroscope,
                storageClass,
                values: values.pyroscope,
                valuesUnchecked: valuesUnchecked.pyroscope,
            },
            backend,
        );

        const grafana = new Grafana(
            `${name}-grafana`,
            {
                ...at,
                ...grafanaArgs(settings),
                lokiUrl: loki.url,
                tempoUrl: tempo.url,
                mimirUrl: mimir.url,
                pyroscopeUrl: pyroscope.url,
                alertmanagerUrl: mimir.url,
                dashboards: settings.dashboards,
                tenant: settings.tenant,
            },
            { parent: this, dependsOn: namespace },
        );
        const alloy = new Alloy(
            `${name}-alloy`,
            {
                ...at,
                cluster: settings.cluster,
                lokiUrl: loki.url,
                tempoOtlpGrpcEndpoint: tempo.otlpGrpcEndpoint,
                mimirUrl: mimir.url,
                pyroscopeUrl: settings.profiling.scrape ? pyroscope.url : undefined,
                tenant: settings.tenant,
                receiver: {
                    replicas: replicas.receiver,
                    values: values.alloyReceiver,
                    valuesUnchecked: valuesUnchecked.alloyReceiver,
                },
                logs: { ...settings.logs, values: values.alloyLogs, valuesUnchecked: valuesUnchecked.alloyLogs },
                metrics: { values: values.alloyMetrics, valuesUnchecked: valuesUnchecked.alloyMetrics },
            },
            { parent: this, dependsOn: namespace },
        );
        const { jaeger, resourceAttributes, ...components } = settings.collector;
        const collector = new OtelCollector(
            `${name}-otel-collector`,
            {
                ...at,
                cluster: settings.cluster,
                exportEndpoint: alloy.otlpHttpEndpoint,
                replicas: replicas.collector,
                headSamplingRatio: this.samplingRatio,
                tailSampling: tailSampling(settings),
                latencyBoundsSeconds: latencyBounds(settings),
                jaeger,
                resourceAttributes,
                components,
                queueSize: storage.sizes.collector,
                storageClass,
                values: values.otelCollector,
                valuesUnchecked: valuesUnchecked.otelCollector,
            },
            { parent: this, dependsOn: namespace },
        );
        if (settings.dapr.enabled) {
            new DaprTracing(
                `${name}-dapr-tracing`,
                {
                    configurationName: settings.dapr.configurationName,
                    namespaces: settings.dapr.namespaces,
                    samplingRatio: this.samplingRatio,
                    zipkinUrl: collector.zipkinUrl,
                },
                { parent: this },
            );
        }

        this.endpoints = endpoints(settings.namespace);
        this.namespace = settings.namespace;
        this.grafanaUrl = grafana.url;
        this.secretNames = { grafana: grafana.secretName, ...store.secretNames };
        this.registerOutputs({
            endpoints: this.endpoints,
            namespace: this.namespace,
            grafanaUrl: this.grafanaUrl,
            samplingRatio: this.samplingRatio,
            secretNames: this.secretNames,
        });
    }

    private refuseIncompleteMirror({ charts }: Settings): void {
        const missing = mirrorMistakes(charts.mirror);
        if (missing.length > 0) {
            throw new pulumi.ResourceError(missing.join("\n"), this, true);
        }
    }

    private makeNamespace(name: string, { namespace }: Settings): k8s.core.v1.Namespace {
        return new k8s.core.v1.Namespace(
            `${name}-namespace`,
            {
                metadata: {
                    name: namespace,
                    // The reader of pod logs and the scraper of node metrics mount folders of their node.
                    labels: { "pod-security.kubernetes.io/enforce": "privileged" },
                },
            },
            { parent: this },
        );
    }
}

/** What every component is told about where and how it is deployed. */
function deployment(settings: Settings): DeploymentArgs {
    return {
        namespace: settings.namespace,
        profile: settings.profile,
        chartMirror: settings.charts.mirror,
        imageRegistry: settings.images.registry,
        imagePullSecrets: settings.images.pullSecrets,
        nodeSelector: settings.nodeSelector,
        tolerations: settings.tolerations,
        skipAwait: settings.skipAwait,
    };
}

function objectStoreArgs(settings: Settings): ObjectStoreArgs {
    const { objectStore, replicas, storage, values, valuesUnchecked } = settings;
    return {
        ...deployment(settings),
        kind: objectStore.kind,
        bucketPrefix: objectStore.bucketPrefix,
        buckets: objectStore.buckets,
        ...(objectStore.kind === "minio" && {
            replicas: replicas.minio,
            size: storage.sizes.minio,
            storageClass: storage.className,
        }),
        endpoint: objectStore.endpoint,
        region: objectStore.region,
        pathStyle: objectStore.pathStyle,
        existingSecret: objectStore.existingSecret,
        accessKeyId: objectStore.accessKeyId,
        secretAccessKey: objectStore.secretAccessKey,
        serviceAccountAnnotations: objectStore.serviceAccountAnnotations,
        values: values.minio,
        valuesUnchecked: valuesUnchecked.minio,
    };
}

function grafanaArgs({ grafana, storage, values, valuesUnchecked }: Settings) {
    const { host, tlsSecret, className, annotations } = grafana.ingress;
    const ingress: GrafanaIngressArgs | undefined =
        ingressEnabled(grafana.ingress) && host !== undefined ? { host, tlsSecret, className, annotations } : undefined;
    return {
        adminUser: grafana.adminUser,
        adminPassword: grafana.adminPassword,
        existingSecret: grafana.existingSecret,
        persistence: grafana.persistence,
        size: storage.sizes.grafana,
        storageClass: storage.className,
        rootUrl: grafana.rootUrl,
        ingress,
        values: values.grafana,
        valuesUnchecked: valuesUnchecked.grafana,
    };
}

/** The share of traces that those who start them send: all of them where the collector decides. */
function clientSamplingRatio({ tracing }: Settings): number {
    return tracing.samplingMode === "tail" ? 1 : tracing.samplingRatio;
}

function tailSampling({ tracing }: Settings): TailSamplingArgs | undefined {
    return tracing.samplingMode === "tail" ? { ratio: tracing.samplingRatio, ...tracing.tail } : undefined;
}

/** What a stack's rules depend on. */
export function ruleOptions({ namespace, slos, alerts, objectStore }: Settings): RuleOptions {
    return { ...alerts, namespace, slos, minio: objectStore.kind === "minio" };
}

/** What promises compare durations with has to be a bound that spans are counted by. */
function latencyBounds({ slos }: Settings): number[] {
    return slos.flatMap(({ thresholdMs }) => (thresholdMs === undefined ? [] : [thresholdMs / 1000]));
}
