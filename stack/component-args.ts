import type { AlloyArgs, AlloySingletonArgs, KafkaArgs } from "../components/alloy/args";
import { metricsRemoteWriteUrl } from "../components/alloy/values";
import type { AutoInstrumentationArgs } from "../components/auto-instrumentation/args";
import type { AuthScheme, BackendsAuthArgs } from "../components/backend-auth";
import { contract, serviceHost } from "../components/contract";
import type { DaprTracingArgs } from "../components/dapr/args";
import type { GrafanaArgs, GrafanaGatewayArgs, GrafanaIngressArgs, GrafanaOidcArgs } from "../components/grafana/args";
import type { DataSourceArgs } from "../components/grafana/datasources";
import { grafanaRootUrl } from "../components/grafana/values";
import type { GrafanaProvisioningArgs } from "../components/grafana-provisioning/args";
import type { DeploymentArgs } from "../components/helm/args";
import type { IngestionProxyArgs } from "../components/ingestion-proxy/args";
import type { KubeStateMetricsArgs } from "../components/kube-state-metrics/args";
import type { TenantLimitsArgs } from "../components/limits";
import type { LoadArgs, LoadMonitorArgs } from "../components/load-monitor/args";
import type { LokiArgs } from "../components/loki/args";
import type { MimirArgs } from "../components/mimir/args";
import { StoreMode } from "../components/mode";
import { tempoIngesters } from "../settings/mode";
import type { ObjectStoreArgs } from "../components/object-store/args";
import type { ExternalIngestionArgs, OtelCollectorArgs, TailSamplingArgs } from "../components/otel-collector/args";
import { clientsOf, credentialsSecretOf } from "../components/otel-collector/ingestion";
import type { PrometheusArgs } from "../components/prometheus/args";
import type { PyroscopeArgs } from "../components/pyroscope/args";
import type { RedpandaArgs } from "../components/redpanda/args";
import type { TempoArgs } from "../components/tempo/args";
import type { ZonesArgs } from "../components/zones";
import { ruleFiles, type RuleOptions } from "../rules";
import { gatewayEnabled, ingestionAccess, ingressEnabled, oidcEnabled } from "../settings/access";
import { isCollecting, receivesProfiles } from "../settings/central";
import {
    absentComponents,
    existingSources,
    hasBackend,
    needsKafkaExporter,
    needsProxy,
    needsSingleton,
} from "../settings/components";
import type { Settings } from "../settings/resolve";
import type { DataOwner } from "../settings/schema/data-owners";
import { optionalComponents } from "../validation/components";
import { redpandaName } from "../validation/kafka";
import { zonesArgs } from "../settings/zones";

// These functions map settings to the arguments of components. Arguments that come from another component are parameters.

function deploymentArgs(settings: Settings, owner?: DataOwner): DeploymentArgs {
    return {
        namespace: settings.namespace,
        clusterDomain: settings.clusterDomain,
        profile: settings.profile,
        chartMirror: settings.charts.mirror,
        imageRegistry: settings.images.registry,
        imagePullSecrets: settings.images.pullSecrets,
        nodeSelector: settings.nodeSelector,
        tolerations: settings.tolerations,
        priorityClassName: settings.priorityClassNames.services,
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
            ...(!objectStore.createSecrets && { createSecrets: false }),
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
    const { external, replicas, replicationFactor, retention, storage, tenant } = settings;
    return {
        ...deploymentArgs(settings, "mimir"),
        bucket,
        ...mimirParts(settings),
        replicas: replicas.mimir,
        replicationFactor: replicationFactor.mimir,
        ...zonesFor(settings),
        retention: retention.metrics,
        limits: settings.limits.metrics,
        ...tenantLimits(settings, "metrics"),
        multitenancy: tenant !== undefined,
        size: storage.sizes.mimir,
        storageClass: storage.className,
        rules: ruleFiles(ruleOptions(settings)).mimir,
        ...(settings.metrics.prometheusRules && { objectRuler: true }),
        tenant,
        ...(external.alertmanager.url === undefined
            ? { alertmanager: settings.alerting }
            : { alertmanagerUrl: external.alertmanager.url, auth: alertmanagerAuth(settings) }),
        ...overrideArgs(settings, "mimir"),
    };
}

/** Without zones, the arguments in the state stay as they are. */
function zonesFor(settings: Settings): { zones?: ZonesArgs } {
    const zones = zonesArgs(settings);
    return zones === undefined ? {} : { zones };
}

function mimirParts({
    mode,
    replicas,
    autoscaling,
}: Settings): Pick<MimirArgs, "mode" | "distributor" | "querier" | "storeGatewayReplicas"> {
    return mode.mimir === StoreMode.Monolithic
        ? {}
        : {
              mode: mode.mimir,
              distributor: { replicas: replicas.mimirDistributor, autoscaling: autoscaling.mimirDistributor },
              querier: { replicas: replicas.mimirQuerier, autoscaling: autoscaling.mimirQuerier },
              storeGatewayReplicas: replicas.mimirStoreGateway,
          };
}

export function lokiArgs(
    settings: Settings,
    { bucket, alertmanagerUrl, metricsUrl }: Pick<LokiArgs, "bucket" | "alertmanagerUrl" | "metricsUrl">,
): LokiArgs {
    const { external, replicas, replicationFactor, retention, storage, tenant, mode, autoscaling } = settings;
    return {
        ...deploymentArgs(settings, "loki"),
        bucket,
        ...(mode.loki === StoreMode.Distributed && {
            mode: mode.loki,
            distributor: { replicas: replicas.lokiDistributor, autoscaling: autoscaling.lokiDistributor },
            querier: { replicas: replicas.lokiQuerier, autoscaling: autoscaling.lokiQuerier },
        }),
        replicas: replicas.loki,
        replicationFactor: replicationFactor.loki,
        ...zonesFor(settings),
        retention: retention.logs,
        limits: settings.limits.logs,
        ...(Object.keys(settings.logs.retentionByNamespace).length > 0 && {
            namespaceRetention: settings.logs.retentionByNamespace,
        }),
        ...tenantLimits(settings, "logs"),
        multitenancy: tenant !== undefined,
        size: storage.sizes.loki,
        storageClass: storage.className,
        // Without both, nothing receives the results of the rules.
        rules:
            (alertmanagerUrl ?? metricsUrl ?? external.mimir.remoteWriteUrl)
                ? ruleFiles(ruleOptions(settings)).loki
                : undefined,
        tenant,
        alertmanagerUrl,
        metricsUrl,
        ...lokiRemotes(settings),
        ...overrideArgs(settings, "loki"),
    };
}

function tempoParts(settings: Settings): Partial<TempoArgs> {
    const { mode, replicas, autoscaling } = settings;
    const ingesters = tempoIngesters(settings);
    return mode.tempo === StoreMode.Monolithic
        ? {}
        : {
              mode: mode.tempo,
              replicas: ingesters.replicas,
              replicationFactor: ingesters.copies,
              ...zonesFor(settings),
              distributor: { replicas: replicas.tempoDistributor, autoscaling: autoscaling.tempoDistributor },
              querier: { replicas: replicas.tempoQuerier, autoscaling: autoscaling.tempoQuerier },
              metricsGeneratorReplicas: replicas.tempoMetricsGenerator,
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
        ...tempoParts(settings),
        retention: retention.traces,
        limits: settings.limits.traces,
        ...tenantLimits(settings, "traces"),
        multitenancy: tenant !== undefined,
        // With tail sampling, the collector generates span metrics before it drops traces.
        ...(tracing.samplingMode === "head" && { metricsUrl, ...externalMetrics(settings) }),
        latencyBoundsSeconds: latencyBoundsSeconds(settings),
        size: storage.sizes.tempo,
        storageClass: storage.className,
        ...overrideArgs(settings, "tempo"),
    };
}

function pyroscopeParts({ mode, replicas, autoscaling }: Settings): Partial<PyroscopeArgs> {
    return mode.pyroscope === StoreMode.Monolithic
        ? {}
        : {
              mode: mode.pyroscope,
              distributor: { replicas: replicas.pyroscopeDistributor, autoscaling: autoscaling.pyroscopeDistributor },
              segmentWriter: {
                  replicas: replicas.pyroscopeSegmentWriter,
                  autoscaling: autoscaling.pyroscopeSegmentWriter,
              },
              queryBackend: {
                  replicas: replicas.pyroscopeQueryBackend,
                  autoscaling: autoscaling.pyroscopeQueryBackend,
              },
              queryFrontendReplicas: replicas.pyroscopeQueryFrontend,
              compactionWorkerReplicas: replicas.pyroscopeCompactionWorker,
              metastoreReplicas: replicas.pyroscopeMetastore,
          };
}

export function pyroscopeArgs(settings: Settings, { bucket }: Pick<PyroscopeArgs, "bucket">): PyroscopeArgs {
    const { retention, storage, tenant } = settings;
    return {
        ...deploymentArgs(settings, "pyroscope"),
        bucket,
        ...pyroscopeParts(settings),
        retention: retention.profiles,
        limits: settings.limits.profiles,
        ...tenantLimits(settings, "profiles"),
        multitenancy: tenant !== undefined,
        size: storage.sizes.pyroscope,
        serverId: storage.pyroscopeServerId,
        storageClass: storage.className,
        ...overrideArgs(settings, "pyroscope"),
    };
}

/** The limits of single tenants, without those of all tenants. */
function tenantLimits<S extends "logs" | "metrics" | "traces" | "profiles">(
    { limits }: Settings,
    signal: S,
): { tenantLimits?: { [tenant: string]: NonNullable<TenantLimitsArgs[S]> } } {
    const entries = limits.tenants.flatMap(({ tenant, [signal]: own }) => (own === undefined ? [] : [[tenant, own]]));
    return entries.length === 0 ? {} : { tenantLimits: Object.fromEntries(entries) as never };
}

/** Remote write to a store of metrics outside of the stack. */
function externalMetrics({ external: { mimir } }: Settings): Pick<TempoArgs, "metricsRemoteWriteUrl" | "auth"> {
    return mimir.url === undefined
        ? {}
        : { metricsRemoteWriteUrl: mimir.remoteWriteUrl, auth: { mimir: authOf(mimir) } };
}

/** The store of metrics and the Alertmanager outside of the stack, for the ruler of Loki. */
function lokiRemotes(settings: Settings): Pick<LokiArgs, "metricsRemoteWriteUrl" | "auth"> {
    const metrics = externalMetrics(settings);
    const auth = { ...metrics.auth, ...alertmanagerAuth(settings) };
    return { ...metrics, ...(Object.keys(auth).length > 0 && { auth }) };
}

function alertmanagerAuth({ external: { alertmanager } }: Settings): BackendsAuthArgs | undefined {
    const auth = authOf({ existingSecret: alertmanager.existingSecret });
    return auth && { alertmanager: auth };
}

function authOf({ scheme, existingSecret }: { scheme?: AuthScheme; existingSecret?: string }) {
    return existingSecret === undefined ? undefined : { scheme, existingSecret };
}

/** The authentication at all backends outside of the stack. Undefined if none has credentials. */
function backendsAuth(settings: Settings): BackendsAuthArgs | undefined {
    const { loki, tempo, mimir, pyroscope } = settings.external;
    const auth = {
        loki: authOf(loki),
        tempo: authOf(tempo),
        mimir: authOf(mimir),
        pyroscope: authOf(pyroscope),
        ...alertmanagerAuth(settings),
    };
    return Object.values(auth).some((each) => each !== undefined) ? auth : undefined;
}

/** URLs of the backends of the stack. A backend that it does not deploy has none. */
export type BackendUrls = Pick<
    GrafanaArgs,
    "lokiUrl" | "tempoUrl" | "mimirUrl" | "localPrometheusUrl" | "rulerUrl" | "pyroscopeUrl" | "alertmanagerUrl"
>;

/** The backends in the stack and outside of it, for data sources. */
function dataSourceArgs(settings: Settings, urls: BackendUrls): DataSourceArgs {
    const { loki, tempo, mimir, pyroscope, alertmanager } = settings.external;
    return {
        lokiUrl: urls.lokiUrl ?? loki.url,
        tempoUrl: urls.tempoUrl ?? tempo.url,
        mimirUrl: urls.mimirUrl,
        prometheusUrl: mimir.url,
        localPrometheusUrl: urls.localPrometheusUrl,
        rulerUrl: urls.rulerUrl,
        pyroscopeUrl: urls.pyroscopeUrl ?? pyroscope.url,
        alertmanagerUrl: alertmanager.url ?? urls.alertmanagerUrl,
        // Also for the one of the stack: with "mimir", Grafana would read its configuration, which contains the Secrets of receivers.
        alertmanagerKind: alertmanager.kind ?? "prometheus",
        auth: backendsAuth(settings),
        tenant: settings.tenant,
    };
}

export function grafanaArgs(settings: Settings, urls: BackendUrls): GrafanaArgs {
    const { grafana, storage } = settings;
    return {
        ...deploymentArgs(settings, "grafana"),
        adminUser: grafana.adminUser,
        adminPassword: grafana.adminPassword,
        existingSecret: grafana.existingSecret,
        persistence: grafana.persistence,
        size: storage.sizes.grafana,
        storageClass: storage.className,
        rootUrl: grafana.rootUrl,
        ...grafanaAccess(settings),
        ...dataSourceArgs(settings, urls),
        dashboards: settings.dashboards,
        nodeMetrics: settings.collectFrom.nodes,
        ...componentNames(settings),
        ...overrideArgs(settings, "grafana"),
    };
}

/** How users reach Grafana, and how they log in. */
export function grafanaAccess({
    grafana: { ingress, gateway, oidc, passwordLogin },
}: Settings): Pick<GrafanaArgs, "ingress" | "gateway" | "oidc" | "passwordLogin"> {
    const { enabled, ...ingressArgs } = ingress;
    // The rules of the settings check that the required keys exist.
    return {
        ...(ingressEnabled({ enabled, ...ingressArgs }) && { ingress: ingressArgs as GrafanaIngressArgs }),
        ...(gatewayEnabled(gateway) && { gateway: gateway as GrafanaGatewayArgs }),
        ...(oidcEnabled(oidc) && { oidc: oidc as GrafanaOidcArgs }),
        ...(!passwordLogin && { passwordLogin }),
    };
}

/** Which components and sources exist, for dashboards. */
function componentNames(settings: Settings): Pick<GrafanaArgs, "absentComponents" | "optionalSources"> {
    const absent = absentComponents(settings).filter((component) => !optionalComponents.includes(component));
    const sources = existingSources(settings);
    return {
        ...(absent.length > 0 && { absentComponents: absent }),
        ...(sources.length > 0 && { optionalSources: sources }),
    };
}

export function grafanaProvisioningArgs(settings: Settings, urls: BackendUrls): GrafanaProvisioningArgs {
    const { namespace, dataSourceLabels, dashboardLabels } = settings.external.grafana;
    return {
        namespace: namespace ?? settings.namespace,
        stackNamespace: settings.namespace,
        dataSourceLabels,
        dashboardLabels,
        ...dataSourceArgs(settings, urls),
        dashboards: settings.dashboards,
        nodeMetrics: settings.collectFrom.nodes,
        ...componentNames(settings),
    };
}

type AlloyEndpoints = Pick<AlloyArgs, "lokiUrl" | "tempoOtlpGrpcEndpoint" | "mimirUrl" | "pyroscopeUrl"> &
    Pick<AlloySingletonArgs, "rulerUrl">;

export function alloyArgs(settings: Settings, urls: AlloyEndpoints): AlloyArgs {
    const { components, external } = settings;
    const { kubernetesEvents, ...logs } = settings.logs;
    const { prometheusOperator, prometheusRules, controlPlane, ...metrics } = settings.metrics;
    return {
        ...deploymentArgs(settings),
        cluster: settings.cluster,
        lokiUrl: urls.lokiUrl ?? external.loki.url,
        tempoOtlpGrpcEndpoint: urls.tempoOtlpGrpcEndpoint ?? external.tempo.otlpEndpoint,
        mimirUrl: urls.mimirUrl,
        metricsRemoteWriteUrl: external.mimir.remoteWriteUrl,
        metricsOtlpUrl: external.mimir.otlpUrl,
        pyroscopeUrl:
            settings.profiling.scrape || settings.profiling.ebpf || receivesProfiles(settings)
                ? (urls.pyroscopeUrl ?? external.pyroscope.url)
                : undefined,
        auth: backendsAuth(settings),
        caSecret: settings.central.caSecret,
        tenant: settings.tenant,
        collectFrom: settings.collectFrom,
        nodePriorityClassName: settings.priorityClassNames.nodeAgents,
        receiver: {
            ...disabled(components.alloyReceiver),
            ...(receivesProfiles(settings) && { profiles: true }),
            replicas: settings.replicas.receiver,
            autoscaling: settings.autoscaling.receiver,
            ...overrideArgs(settings, "alloyReceiver"),
        },
        logs: {
            ...disabled(components.alloyLogs),
            ...logs,
            redaction: settings.redaction,
            ...overrideArgs(settings, "alloyLogs"),
        },
        metrics: {
            ...disabled(components.alloyMetrics),
            ...metrics,
            ...(components.prometheus ? { scrape: false } : components.kubeStateMetrics && { kubeStateMetrics: true }),
            ...((receivesProfiles(settings) || settings.profiling.ebpf) &&
                !settings.profiling.scrape && { profiles: false }),
            ...overrideArgs(settings, "alloyMetrics"),
        },
        ...(needsSingleton(settings) && {
            singleton: {
                kubernetesEvents,
                probes: settings.probes,
                ...(settings.databases.length > 0 && { databases: settings.databases }),
                ...(prometheusOperator && { prometheusOperator }),
                ...(prometheusRules && {
                    rulerUrl: urls.rulerUrl,
                    ...(needsProxy(settings) && { otherClusters: true }),
                }),
                ...(controlPlane.length > 0 && { controlPlane }),
                ...(settings.replicas.singleton > 1 && { replicas: settings.replicas.singleton }),
                redaction: settings.redaction,
                ...overrideArgs(settings, "alloySingleton"),
            },
        }),
        ...(needsKafkaExporter(settings) && {
            kafka: { clusters: kafkaClusters(settings), ...overrideArgs(settings, "alloyKafka") },
        }),
        ...(settings.profiling.ebpf && { profiler: { enabled: true, ...overrideArgs(settings, "alloyProfiles") } }),
    };
}

export function redpandaArgs(settings: Settings): RedpandaArgs {
    const { replicas, size, console } = settings.redpanda;
    return {
        ...deploymentArgs(settings, "redpanda"),
        replicas,
        size,
        storageClass: settings.storage.className,
        console,
        ...overrideArgs(settings, "redpanda"),
    };
}

/** The Kafka clusters whose metrics are read, with the Redpanda of the stack. */
function kafkaClusters({ components, kafka, namespace, clusterDomain }: Settings): KafkaArgs[] {
    const { service, ports } = contract.redpanda;
    return [
        ...(components.redpanda
            ? [{ name: redpandaName, brokers: [`${serviceHost(service, namespace, clusterDomain)}:${ports.kafka}`] }]
            : []),
        ...kafka,
    ];
}

export function prometheusArgs(settings: Settings, { mimirUrl }: Pick<BackendUrls, "mimirUrl">): PrometheusArgs {
    const { components, external, storage } = settings;
    return {
        ...deploymentArgs(settings),
        // Mimir has the samples too.
        protectData: false,
        cluster: settings.cluster,
        // The rules of the settings require a store of metrics.
        remoteWriteUrl: metricsRemoteWriteUrl({ mimirUrl, metricsRemoteWriteUrl: external.mimir.remoteWriteUrl }) ?? "",
        tenant: settings.tenant,
        auth: authOf(external.mimir),
        caSecret: settings.central.caSecret,
        retention: settings.prometheus.retention,
        size: settings.prometheus.size,
        storageClass: storage.className,
        collectFrom: settings.collectFrom,
        dropNames: settings.metrics.dropNames,
        ...(components.kubeStateMetrics && { kubeStateMetrics: true }),
        ...overrideArgs(settings, "prometheus"),
    };
}

/** Arguments of the auto-instrumentation. Undefined if it is disabled. */
export function autoInstrumentationArgs(
    settings: Settings,
    { otlpHttpUrl }: { otlpHttpUrl: string },
): AutoInstrumentationArgs | undefined {
    const { autoInstrumentation, collectFrom, namespace } = settings;
    const { enabled, namespaces, ...args } = autoInstrumentation;
    const excludeNamespaces = [...new Set([...args.excludeNamespaces, ...collectFrom.excludeNamespaces])];
    const collected = collectFrom.namespaces?.filter((name) => name !== namespace && !excludeNamespaces.includes(name));
    return enabled
        ? {
              ...deploymentArgs(settings),
              ...args,
              cluster: settings.cluster,
              otlpEndpoint: otlpHttpUrl,
              namespaces: namespaces ?? collected,
              excludeNamespaces,
              samplingRatio: headSamplingRatio(settings),
              nodePriorityClassName: settings.priorityClassNames.nodeAgents,
              ...overrideArgs(settings, "autoInstrumentation"),
          }
        : undefined;
}

export function kubeStateMetricsArgs(settings: Settings): KubeStateMetricsArgs {
    return {
        ...deploymentArgs(settings),
        collectFrom: settings.collectFrom,
        ...overrideArgs(settings, "kubeStateMetrics"),
    };
}

/** What a run of the load test expects of a stack. */
export function loadArgs(settings: Settings): LoadArgs {
    const { cluster, tracing, tenant } = settings;
    return {
        cluster,
        samplingMode: tracing.samplingMode,
        samplingRatio: tracing.samplingRatio,
        slowerThan: tracing.tail?.slowerThan,
        latencyBoundsSeconds: latencyBoundsSeconds(settings),
        tenant,
    };
}

export function loadMonitorArgs(settings: Settings): LoadMonitorArgs {
    const { intervalMinutes, vus, duration, tolerance, samplingTolerance } = settings.loadMonitor;
    const run = { intervalMinutes, vus, duration, tolerance, samplingTolerance };
    return { ...deploymentArgs(settings), ...loadArgs(settings), ...run };
}

/** Arguments of the proxy for other clusters. */
export function ingestionProxyArgs(
    settings: Settings,
    urls: Pick<BackendUrls, "lokiUrl" | "mimirUrl" | "pyroscopeUrl">,
): IngestionProxyArgs | undefined {
    const { otherClusters } = settings.ingestion.external;
    const external = externalIngestion(settings);
    if (external === undefined || !otherClusters) {
        return undefined;
    }
    const { scheme, tlsSecret, loadBalancer, serviceAnnotations, host, ingress, gateway } = external;
    return {
        ...deploymentArgs(settings),
        lokiUrl: urls.lokiUrl,
        mimirUrl: urls.mimirUrl,
        pyroscopeUrl: urls.pyroscopeUrl,
        tenant: settings.tenant,
        clients: clientsOf(external),
        credentialsSecret: credentialsSecretOf(external),
        scheme,
        tlsSecret,
        loadBalancer,
        serviceAnnotations,
        host,
        ...(ingress && { ingress }),
        ...(gateway && { gateway }),
        ...overrideArgs(settings, "ingestionProxy"),
    };
}

function disabled(deployed: boolean): { enabled?: boolean } {
    return deployed ? {} : { enabled: false };
}

export function otelCollectorArgs(
    settings: Settings,
    { exportEndpoint }: Pick<OtelCollectorArgs, "exportEndpoint">,
): OtelCollectorArgs {
    const { jaeger, resourceAttributes, shutdownDelay, ...components } = settings.collector;
    return {
        ...deploymentArgs(settings, "collector"),
        cluster: settings.cluster,
        exportEndpoint,
        exportAuth: authOf(settings.external.otlp),
        ...(isCollecting(settings) && { toCollector: true, caSecret: settings.central.caSecret }),
        droppedSignals: droppedSignals(settings),
        replicas: settings.replicas.collector,
        autoscaling: settings.autoscaling.collector,
        headSamplingRatio: headSamplingRatio(settings),
        tailSampling: tailSamplingArgs(settings),
        latencyBoundsSeconds: latencyBoundsSeconds(settings),
        jaeger,
        shutdownDelay,
        external: externalIngestion(settings),
        resourceAttributes,
        redaction: settings.redaction,
        dropSpans: settings.tracing.dropSpans,
        dropMetrics: settings.metrics.dropNames,
        dropLogLines: settings.logs.dropLines,
        minimumLogLevel: settings.logs.minimumLevel,
        components,
        queueSize: settings.storage.sizes.collector,
        storageClass: settings.storage.className,
        ...overrideArgs(settings, "otelCollector"),
    };
}

/** OTLP from outside of the cluster. Undefined if it is disabled. */
export function externalIngestion({ ingestion: { external } }: Settings): ExternalIngestionArgs | undefined {
    const { enabled, ingress, gateway, credentials, otherClusters, ...args } = external;
    const access = ingestionAccess(external);
    return enabled
        ? {
              ...args,
              ...(otherClusters && { otherClusters }),
              ...(Object.keys(credentials).length > 0 && { credentials }),
              ...(access.ingress && { ingress }),
              ...(access.gateway && { gateway: gateway as ExternalIngestionArgs["gateway"] }),
          }
        : undefined;
}

/** Signals for which there is no backend. */
function droppedSignals(settings: Settings): string[] | undefined {
    const stores = { traces: "tempo", metrics: "mimir", logs: "loki" } as const;
    const dropped = Object.entries(stores)
        .filter(([, store]) => settings.external.otlp.url === undefined && !hasBackend(store, settings))
        .map(([signal]) => signal);
    return dropped.length > 0 ? dropped : undefined;
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
export function ruleOptions(settings: Settings): RuleOptions {
    const { cluster, namespace, slos, alerts, collectFrom, tracing, grafana, external, loadMonitor } = settings;
    return {
        ...alerts,
        grafanaUrl: grafanaRootUrl({ rootUrl: grafana.rootUrl, ...grafanaAccess(settings) }) ?? external.grafana.url,
        cluster,
        namespace,
        slos,
        nodes: collectFrom.nodes,
        tailSampling: tracing.samplingMode === "tail",
        absent: absentComponents(settings),
        optionalSources: existingSources(settings),
        loadMonitorInterval: loadMonitor.intervalMinutes,
    };
}
