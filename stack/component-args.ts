import type { AlloyArgs } from "../components/alloy/args";
import type { DaprTracingArgs } from "../components/dapr/args";
import type { GrafanaArgs, GrafanaIngressArgs } from "../components/grafana/args";
import type { DeploymentArgs } from "../components/helm/args";
import type { LokiArgs } from "../components/loki/args";
import type { MimirArgs } from "../components/mimir/args";
import type { ObjectStoreArgs } from "../components/object-store/args";
import type { OtelCollectorArgs, TailSamplingArgs } from "../components/otel-collector/args";
import type { PyroscopeArgs } from "../components/pyroscope/args";
import type { TempoArgs } from "../components/tempo/args";
import { ruleFiles, type RuleOptions } from "../rules";
import type { Settings } from "../settings/resolve";
import type { DataOwner } from "../settings/schema/data-owners";
import { ingressEnabled } from "../settings/rules";

// These functions map settings to the arguments of components. Arguments that come from another component are parameters.

function deploymentArgs(settings: Settings, owner?: DataOwner): DeploymentArgs {
    return {
        namespace: settings.namespace,
        profile: settings.profile,
        chartMirror: settings.charts.mirror,
        imageRegistry: settings.images.registry,
        imagePullSecrets: settings.images.pullSecrets,
        nodeSelector: settings.nodeSelector,
        tolerations: settings.tolerations,
        skipAwait: settings.skipAwait,
        protectData: settings.protectData && !(owner !== undefined && settings.allowDataLoss.includes(owner)),
    };
}

type Component = keyof Settings["values"];

function overrideArgs({ values, valuesUnchecked }: Settings, component: Component) {
    return { values: values[component], valuesUnchecked: valuesUnchecked[component] };
}

export function objectStoreArgs(settings: Settings): ObjectStoreArgs {
    const { objectStore, replicas, storage } = settings;
    return {
        ...deploymentArgs(settings, "objectStore"),
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
        ...overrideArgs(settings, "minio"),
    };
}

export function mimirArgs(settings: Settings, { bucket }: Pick<MimirArgs, "bucket">): MimirArgs {
    const { replicas, replicationFactor, retention, storage, tenant } = settings;
    return {
        ...deploymentArgs(settings, "mimir"),
        bucket,
        replicas: replicas.mimir,
        replicationFactor: replicationFactor.mimir,
        retention: retention.metrics,
        multitenancy: tenant !== undefined,
        size: storage.sizes.mimir,
        storageClass: storage.className,
        rules: ruleFiles(ruleOptions(settings)).mimir,
        tenant,
        alertmanager: settings.alerting,
        ...overrideArgs(settings, "mimir"),
    };
}

export function lokiArgs(
    settings: Settings,
    { bucket, alertmanagerUrl, metricsUrl }: Pick<LokiArgs, "bucket" | "alertmanagerUrl" | "metricsUrl">,
): LokiArgs {
    const { replicas, replicationFactor, retention, storage, tenant } = settings;
    return {
        ...deploymentArgs(settings, "loki"),
        bucket,
        replicas: replicas.loki,
        replicationFactor: replicationFactor.loki,
        retention: retention.logs,
        multitenancy: tenant !== undefined,
        size: storage.sizes.loki,
        storageClass: storage.className,
        rules: ruleFiles(ruleOptions(settings)).loki,
        tenant,
        alertmanagerUrl,
        metricsUrl,
        ...overrideArgs(settings, "loki"),
    };
}

export function tempoArgs(
    settings: Settings,
    { bucket, metricsUrl }: Pick<TempoArgs, "bucket" | "metricsUrl">,
): TempoArgs {
    const { retention, storage, tenant, tracing } = settings;
    return {
        ...deploymentArgs(settings, "tempo"),
        bucket,
        retention: retention.traces,
        multitenancy: tenant !== undefined,
        // With tail sampling, the collector generates span metrics before it drops traces.
        metricsUrl: tracing.samplingMode === "head" ? metricsUrl : undefined,
        latencyBoundsSeconds: latencyBoundsSeconds(settings),
        size: storage.sizes.tempo,
        storageClass: storage.className,
        ...overrideArgs(settings, "tempo"),
    };
}

export function pyroscopeArgs(settings: Settings, { bucket }: Pick<PyroscopeArgs, "bucket">): PyroscopeArgs {
    const { retention, storage, tenant } = settings;
    return {
        ...deploymentArgs(settings, "pyroscope"),
        bucket,
        retention: retention.profiles,
        multitenancy: tenant !== undefined,
        size: storage.sizes.pyroscope,
        storageClass: storage.className,
        ...overrideArgs(settings, "pyroscope"),
    };
}

type DataSourceUrls = Pick<GrafanaArgs, "lokiUrl" | "tempoUrl" | "mimirUrl" | "pyroscopeUrl" | "alertmanagerUrl">;

export function grafanaArgs(settings: Settings, urls: DataSourceUrls): GrafanaArgs {
    const { grafana, storage } = settings;
    const { host, tlsSecret, className, annotations } = grafana.ingress;
    const ingress: GrafanaIngressArgs | undefined =
        ingressEnabled(grafana.ingress) && host !== undefined ? { host, tlsSecret, className, annotations } : undefined;
    return {
        ...deploymentArgs(settings, "grafana"),
        adminUser: grafana.adminUser,
        adminPassword: grafana.adminPassword,
        existingSecret: grafana.existingSecret,
        persistence: grafana.persistence,
        size: storage.sizes.grafana,
        storageClass: storage.className,
        rootUrl: grafana.rootUrl,
        ingress,
        ...urls,
        dashboards: settings.dashboards,
        nodeMetrics: settings.collectFrom.nodes,
        tenant: settings.tenant,
        ...overrideArgs(settings, "grafana"),
    };
}

type AlloyEndpoints = Pick<AlloyArgs, "lokiUrl" | "tempoOtlpGrpcEndpoint" | "mimirUrl" | "pyroscopeUrl">;

export function alloyArgs(settings: Settings, { pyroscopeUrl, ...endpoints }: AlloyEndpoints): AlloyArgs {
    return {
        ...deploymentArgs(settings),
        cluster: settings.cluster,
        ...endpoints,
        pyroscopeUrl: settings.profiling.scrape ? pyroscopeUrl : undefined,
        tenant: settings.tenant,
        collectFrom: settings.collectFrom,
        receiver: {
            replicas: settings.replicas.receiver,
            ...overrideArgs(settings, "alloyReceiver"),
        },
        logs: { ...settings.logs, ...overrideArgs(settings, "alloyLogs") },
        metrics: overrideArgs(settings, "alloyMetrics"),
    };
}

export function otelCollectorArgs(
    settings: Settings,
    { exportEndpoint }: Pick<OtelCollectorArgs, "exportEndpoint">,
): OtelCollectorArgs {
    const { jaeger, resourceAttributes, ...components } = settings.collector;
    return {
        ...deploymentArgs(settings, "collector"),
        cluster: settings.cluster,
        exportEndpoint,
        replicas: settings.replicas.collector,
        headSamplingRatio: headSamplingRatio(settings),
        tailSampling: tailSamplingArgs(settings),
        latencyBoundsSeconds: latencyBoundsSeconds(settings),
        jaeger,
        resourceAttributes,
        components,
        queueSize: settings.storage.sizes.collector,
        storageClass: settings.storage.className,
        ...overrideArgs(settings, "otelCollector"),
    };
}

export function daprTracingArgs(
    settings: Settings,
    { zipkinUrl }: Pick<DaprTracingArgs, "zipkinUrl">,
): DaprTracingArgs {
    const { configurationName, namespaces } = settings.dapr;
    return { configurationName, namespaces, samplingRatio: headSamplingRatio(settings), zipkinUrl };
}

/** Sampling ratio that applications must use. With tail sampling it is 1, because the collector decides which traces are kept. */
export function headSamplingRatio({ tracing }: Settings): number {
    return tracing.samplingMode === "tail" ? 1 : tracing.samplingRatio;
}

function tailSamplingArgs({ tracing }: Settings): TailSamplingArgs | undefined {
    return tracing.samplingMode === "tail" ? { ratio: tracing.samplingRatio, ...tracing.tail } : undefined;
}

/** The thresholds of latency SLOs in seconds. The histogram of span durations needs them as bucket bounds. */
function latencyBoundsSeconds({ slos }: Settings): number[] {
    return slos.flatMap(({ thresholdMs }) => (thresholdMs === undefined ? [] : [thresholdMs / 1000]));
}

/** Options of the rule files. */
export function ruleOptions({ namespace, slos, alerts, objectStore, collectFrom }: Settings): RuleOptions {
    return { ...alerts, namespace, slos, nodes: collectFrom.nodes, minio: objectStore.kind === "minio" };
}
