import { certificateAuthority } from "../certificate-authority";
import { authEnv, AuthScheme, type BackendsAuthArgs } from "../backend-auth";
import { contract, defaultNamespace, defaultTenants } from "../contract";
import type { AutoscalingArgs } from "../helm/args";
import { autoscalerValues, pullSecrets, scheduling } from "../helm/chart";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { AlloyArgs } from "./args";
import { withClusterRole } from "./cluster-role";
import { type Collects, collectsAnnotation, collectsFrom, collectsOf, namespaceSelectors } from "./collect-from";
import { type AlloyFile, alloyConfig } from "./config";
import { levelStages, redactionStages } from "./log-stages";
import { controlPlaneFiles, controlPlanePermissions, controlPlaneSections } from "./control-plane";
import { kafkaEnv, kafkaExporters } from "./kafka";
import { monitorNamespaces, monitorPermissions, prometheusRulePermissions, ruleNamespaces } from "./monitors";
import { databaseEnv, databaseExporters } from "./databases";
import { probeTargets } from "./probe-targets";

/** The tenant of all requests. Stores without multi-tenancy accept any. */
function tenantOf({ tenant = defaultTenants.mimir }: AlloyArgs): string {
    return tenant;
}

/** Backends to which the receiver exports. */
const receiverBackends = ["tempo", "loki", "mimir"] as const;

/** Helm values of the receiver. */
export function alloyReceiverValues(args: AlloyArgs): HelmValues {
    return withCa(
        mergeValues(
            packagedValues("alloy-receiver", args.profile ?? "dev"),
            args.receiver?.profiles ? profileReceiver(args) : otlpReceiver(args),
            {
                controller: {
                    replicas: args.receiver?.replicas ?? 1,
                    autoscaling: receiverAutoscaling(args.receiver?.autoscaling),
                    ...scheduling(args),
                },
            },
            args.receiver?.values,
        ),
        args,
    );
}

/** Helm values of the receiver of profiles. Its Service has the name of the one of Pyroscope, which SDKs use. */
function profileReceiver(args: AlloyArgs): HelmValues {
    const { release } = contract.alloyReceiver;
    const { service, ports } = contract.pyroscope;
    const config = alloyConfig(
        ["receiver-profiles", "write-pyroscope"],
        // The component rejects a receiver of profiles without it.
        { pyroscopeUrl: args.pyroscopeUrl ?? "", cluster: args.cluster, tenant: tenantOf(args) },
        authSections(args.auth),
    );
    const port = { name: "profiles", port: ports.http, targetPort: ports.http, protocol: "TCP" };
    const { alloy } = packagedValues("alloy-receiver", args.profile ?? "dev");
    return mergeValues(commonValues(args, config, ["pyroscope"]), {
        // The Service of the receiver keeps its ports.
        alloy: { extraPorts: [...(alloy.extraPorts as object[]), port] },
        extraObjects: [
            {
                apiVersion: "v1",
                kind: "Service",
                metadata: { name: service, namespace: args.namespace },
                spec: {
                    selector: { "app.kubernetes.io/name": "alloy", "app.kubernetes.io/instance": release },
                    ports: [{ ...port, targetPort: port.name }],
                },
            },
        ],
    });
}

function otlpReceiver(args: AlloyArgs): HelmValues {
    const { tempoOtlpGrpcEndpoint: tempo, lokiUrl: loki, auth } = args;
    const mimir = metricsOtlpUrl(args);
    const present = { tempo: tempo !== undefined, loki: loki !== undefined, mimir: mimir !== undefined };
    const backends = receiverBackends.filter((backend) => present[backend]);
    const config = alloyConfig(
        ["receiver", ...backends.map((backend) => `receiver-${backend}` as const)],
        {
            ...(tempo !== undefined && { tempoOtlpGrpcEndpoint: tempo.replace(/^https?:\/\//, "") }),
            ...(loki !== undefined && { lokiUrl: loki }),
            ...(mimir !== undefined && { metricsOtlpUrl: mimir }),
            tenant: tenantOf(args),
        },
        { ...present, tempoPlaintext: !tempo?.startsWith("https://"), ...authSections(auth) },
    );
    return commonValues(args, config, backends);
}

/** Adds the certificate authority of the arguments to those that Alloy trusts. */
function withCa(values: HelmValues, { caSecret }: AlloyArgs): HelmValues {
    if (caSecret === undefined) {
        return values;
    }
    const { controller, alloy } = values;
    const { variables, mounts, volumes } = certificateAuthority(caSecret);
    return {
        ...values,
        controller: { ...controller, volumes: { extra: [...controller.volumes.extra, ...volumes] } },
        alloy: {
            ...alloy,
            extraEnv: [...(alloy.extraEnv ?? []), ...variables],
            mounts: { ...alloy.mounts, extra: [...alloy.mounts.extra, ...mounts] },
        },
    };
}

function receiverAutoscaling(autoscaling: AutoscalingArgs | undefined): HelmValues | undefined {
    // The chart's default of 80 scales by memory.
    return autoscaling && { horizontal: { ...autoscalerValues(autoscaling), targetMemoryUtilizationPercentage: 0 } };
}

/** Helm values of the log collector. */
export function alloyLogsValues(args: AlloyArgs): HelmValues {
    const { dropLines = [], excludeNamespaces = [], minimumLevel, redaction, values } = args.logs ?? {};
    const { collectedNamespaces, excludedNamespaces } = namespaceSelectors(args.collectFrom, args.namespace);
    const collects = collectsOf(args.collectFrom, args.namespace, { excludeNamespaces, nodes: false });
    const config = alloyConfig(
        ["pods", "logs", "write-loki"],
        {
            // The component rejects a log collector without it.
            lokiUrl: args.lokiUrl ?? "",
            cluster: args.cluster,
            tenant: tenantOf(args),
            droppedEntries: ["^$", ...dropLines].map((expression) => `(?:${expression})`).join("|"),
            collectedNamespaces,
            excludedNamespaces,
            excludedLogNamespaces: excludeNamespaces.join("|"),
        },
        authSections(args.auth),
        { levels: levelStages(minimumLevel), redaction: redactionStages(redaction) },
    );
    return withClusterRole(
        withCa(
            mergeValues(
                packagedValues("alloy-logs", args.profile ?? "dev"),
                commonValues(args, config, ["loki"]),
                {
                    controller: {
                        volumes: { extra: [positions(args)] },
                        priorityClassName: args.nodePriorityClassName,
                        ...annotated(collects),
                    },
                },
                values,
            ),
            args,
        ),
        contract.alloyLogs.release,
        args.namespace,
    );
}

/** The folder of the read positions. It is on the node, so that a new pod continues where the old one stopped. */
function positions({ namespace }: AlloyArgs): HelmValues {
    // Log collectors of two namespaces on a node must not share positions. The folder of the default namespace has the name that it had
    // before a cluster could have several stacks: in a new folder, the log collector would read all files of the node again.
    const suffix = namespace === defaultNamespace ? "" : `-${namespace}`;
    return { name: "data", hostPath: { path: `/var/lib/lgtm-alloy-logs${suffix}`, type: "DirectoryOrCreate" } };
}

function annotated(collects: Collects): HelmValues {
    return { extraAnnotations: { [collectsAnnotation]: JSON.stringify(collects) } };
}

/** Helm values of the metrics scraper. With `pyroscopeUrl`, it also scrapes profiles. */
export function alloyMetricsValues(args: AlloyArgs): HelmValues {
    const { collectFrom, namespace } = args;
    const { collectedNamespaces, excludedNamespaces, keptNamespaces } = namespaceSelectors(collectFrom, namespace);
    const { dropNames = [], scrape = true, profiles = true } = args.metrics ?? {};
    const kubeStateMetrics = scrape && (args.metrics?.kubeStateMetrics ?? false);
    const pyroscopeUrl = profiles ? args.pyroscopeUrl : undefined;
    const files: AlloyFile[] = [
        "pods",
        ...(scrape ? ["metrics" as const] : []),
        "write-mimir",
        ...((collectFrom?.nodes ?? true) ? ["node" as const] : []),
        ...(kubeStateMetrics ? ["kube-state-metrics" as const] : []),
        ...(pyroscopeUrl === undefined ? [] : (["profiles", "write-pyroscope"] as const)),
    ];
    const config = alloyConfig(
        files,
        {
            collectedNamespaces,
            excludedNamespaces,
            ...(scrape && { keptNamespaces }),
            // The component rejects a metrics scraper without it.
            metricsRemoteWriteUrl: metricsRemoteWriteUrl(args) ?? "",
            cluster: args.cluster,
            tenant: tenantOf(args),
            ...(pyroscopeUrl === undefined ? {} : { pyroscopeUrl }),
            ...(kubeStateMetrics && {
                ownNamespace: namespace,
                kubeStateMetricsRelease: contract.kubeStateMetrics.release,
            }),
            ...(dropNames.length > 0 && { droppedMetrics: dropNames.join("|") }),
        },
        { ...authSections(args.auth), droppedMetrics: dropNames.length > 0 },
    );
    return withClusterRole(
        withCa(
            mergeValues(
                packagedValues("alloy-metrics", args.profile ?? "dev"),
                commonValues(args, config, pyroscopeUrl === undefined ? ["mimir"] : ["mimir", "pyroscope"]),
                {
                    controller: {
                        priorityClassName: args.nodePriorityClassName,
                        ...annotated(collectsOf(collectFrom, namespace)),
                    },
                },
                args.metrics?.values,
            ),
            args,
        ),
        contract.alloyMetrics.release,
        args.namespace,
    );
}

// The replicas distribute the targets among each other. A block of each scrape.
const clusteringBlock = "clustering {\n\tenabled = true\n}\n";

/** Helm values of several replicas that form a cluster. */
function clustered(replicas: number): HelmValues {
    const { release } = contract.alloySingleton;
    const labelSelector = {
        matchLabels: { "app.kubernetes.io/name": "alloy", "app.kubernetes.io/instance": release },
    };
    const spread = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"];
    return {
        alloy: { clustering: { enabled: true, name: release } },
        controller: {
            replicas,
            // The other replicas take over the targets of the one that restarts.
            updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
            podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
            topologySpreadConstraints: spread.map((topologyKey) => ({
                maxSkew: 1,
                topologyKey,
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector,
            })),
        },
    };
}

/** Helm values of the profiler. It profiles no pods whose CPU profiles the metrics scraper already scrapes. */
export function alloyProfilerValues(args: AlloyArgs): HelmValues {
    const { collectFrom, namespace, metrics = {} } = args;
    const { collectedNamespaces, excludedNamespaces } = namespaceSelectors(collectFrom, namespace);
    const config = alloyConfig(
        ["pods", "ebpf", "write-pyroscope"],
        {
            collectedNamespaces,
            excludedNamespaces,
            cluster: args.cluster,
            tenant: tenantOf(args),
            // The component rejects a profiler without it.
            pyroscopeUrl: args.pyroscopeUrl ?? "",
        },
        {
            ...authSections(args.auth),
            scrapesProfiles: (metrics.enabled ?? true) && (metrics.profiles ?? true),
        },
    );
    return withClusterRole(
        withCa(
            mergeValues(
                packagedValues("alloy-profiles", args.profile ?? "dev"),
                commonValues(args, config, ["pyroscope"]),
                {
                    controller: {
                        priorityClassName: args.nodePriorityClassName,
                        ...annotated(collectsOf(collectFrom, namespace, { nodes: false })),
                    },
                },
                args.profiler?.values,
            ),
            args,
        ),
        contract.alloyProfiles.release,
        namespace,
    );
}

/** Helm values of the role for the sources that are read once for the whole cluster. */
export function alloySingletonValues(args: AlloyArgs): HelmValues {
    const { collectFrom, namespace } = args;
    const {
        kubernetesEvents = false,
        probes = [],
        databases = [],
        prometheusOperator = false,
        rulerUrl,
        otherClusters = false,
        controlPlane = [],
        redaction,
        replicas = 1,
        values,
    } = args.singleton ?? {};
    const { keptNamespaces, excludedNamespaces, collectedNamespaces } = namespaceSelectors(collectFrom, namespace);
    const { dropNames = [] } = args.metrics ?? {};
    const metricsScraper = args.metrics?.enabled ?? true;
    const hasMetrics = probes.length + databases.length + controlPlane.length > 0 || prometheusOperator;
    const clustering = replicas > 1 ? clusteringBlock : "";
    const readsObjects = prometheusOperator || rulerUrl !== undefined;
    const readsApi = kubernetesEvents || readsObjects || controlPlane.length > 0;
    const config = alloyConfig(
        [
            "singleton",
            ...(kubernetesEvents ? (["events", "write-loki"] as const) : []),
            ...(probes.length > 0 ? (["probes"] as const) : []),
            ...(databases.length > 0 ? (["databases"] as const) : []),
            ...(prometheusOperator ? (["monitors"] as const) : []),
            ...(rulerUrl === undefined ? [] : (["prometheus-rules"] as const)),
            ...controlPlaneFiles(controlPlane),
            ...(hasMetrics ? (["write-mimir"] as const) : []),
        ],
        {
            tenant: tenantOf(args),
            ...((readsApi || probes.length > 0) && { cluster: args.cluster }),
            // The component rejects a source without its backend.
            ...(kubernetesEvents && { lokiUrl: args.lokiUrl ?? "", keptNamespaces, excludedNamespaces }),
            ...(prometheusOperator && { collectedNamespaces, excludedNamespaces }),
            ...(prometheusOperator &&
                metricsScraper && {
                    ownNamespace: namespace,
                    kubeStateMetricsRelease: contract.kubeStateMetrics.release,
                }),
            ...(rulerUrl !== undefined && { rulerUrl }),
            ...(hasMetrics && { metricsRemoteWriteUrl: metricsRemoteWriteUrl(args) ?? "" }),
            ...(hasMetrics && dropNames.length > 0 && { droppedMetrics: dropNames.join("|") }),
        },
        {
            ...authSections(args.auth),
            ...controlPlaneSections(controlPlane),
            droppedMetrics: dropNames.length > 0,
            otherClusters,
            metricsScraper,
            scrapesSystemPods: metricsScraper && collectsFrom("kube-system", collectFrom),
        },
        {
            redaction: redactionStages(redaction),
            targets: probeTargets(probes),
            databases: databaseExporters(databases, args.cluster, namespace, clustering),
            clustering,
            monitorNamespaces: monitorNamespaces(collectFrom?.namespaces, namespace),
            ruleNamespaces: ruleNamespaces(collectFrom, namespace),
        },
    );
    const packaged = packagedValues("alloy-singleton", args.profile ?? "dev");
    const merged = mergeValues(
        packaged,
        commonValues(args, config, [
            ...(kubernetesEvents ? ["loki" as const] : []),
            ...(hasMetrics ? ["mimir" as const] : []),
        ]),
        replicas > 1 ? clustered(replicas) : undefined,
        { controller: scheduling(args), ...(!readsApi && withoutApi) },
        prometheusOperator
            ? { controller: annotated(collectsOf(collectFrom, namespace, { nodes: false })) }
            : undefined,
        readsObjects || controlPlane.length > 0
            ? {
                  rbac: {
                      rules: [
                          ...(kubernetesEvents ? packaged["rbac"].rules : []),
                          ...(prometheusOperator ? monitorPermissions : []),
                          ...(rulerUrl === undefined ? [] : prometheusRulePermissions),
                          ...(controlPlane.length > 0 ? controlPlanePermissions(controlPlane) : []),
                      ],
                  },
              }
            : undefined,
        values,
        // A list of the caller would replace the logins.
        databases.length > 0
            ? { alloy: { extraEnv: [...databaseEnv(databases), ...(values?.alloy?.extraEnv ?? [])] } }
            : undefined,
    );
    return withClusterRole(withCa(merged, args), contract.alloySingleton.release, namespace);
}

/** Helm values of the role that reads the metrics of Kafka. */
export function alloyKafkaValues(args: AlloyArgs): HelmValues {
    const { clusters = [], values } = args.kafka ?? {};
    const { dropNames = [] } = args.metrics ?? {};
    const config = alloyConfig(
        ["singleton", "kafka", "write-mimir"],
        {
            // The component rejects Kafka clusters without it.
            metricsRemoteWriteUrl: metricsRemoteWriteUrl(args) ?? "",
            tenant: tenantOf(args),
            ...(dropNames.length > 0 && { droppedMetrics: dropNames.join("|") }),
        },
        { ...authSections(args.auth), droppedMetrics: dropNames.length > 0 },
        { kafka: kafkaExporters(clusters, args.cluster, args.namespace) },
    );
    return withCa(
        mergeValues(
            packagedValues("alloy-kafka", args.profile ?? "dev"),
            commonValues(args, config, ["mimir"]),
            { controller: scheduling(args) },
            values,
            // A list of the caller would replace the logins.
            {
                alloy: {
                    extraEnv: [...kafkaEnv(clusters), ...((values?.["alloy"]?.extraEnv as object[] | undefined) ?? [])],
                },
            },
        ),
        args,
    );
}

/** Probes and databases do not need the API of Kubernetes. */
const withoutApi = { rbac: { create: false }, serviceAccount: { automountServiceAccountToken: false } };

/** URL for remote write. Undefined without a store of metrics. */
export function metricsRemoteWriteUrl({
    metricsRemoteWriteUrl: url,
    mimirUrl,
}: Pick<AlloyArgs, "metricsRemoteWriteUrl" | "mimirUrl">): string | undefined {
    return url ?? (mimirUrl && `${mimirUrl}/api/v1/push`);
}

/** URL for OTLP metrics. Undefined without a store of metrics. */
export function metricsOtlpUrl({ metricsOtlpUrl: url, mimirUrl }: AlloyArgs): string | undefined {
    return url ?? (mimirUrl && `${mimirUrl}/otlp`);
}

/** The sections of the configuration files for the authentication at each backend. */
function authSections(auth: BackendsAuthArgs = {}): Record<string, boolean> {
    const backends = ["tempo", "loki", "mimir", "pyroscope"] as const;
    return Object.fromEntries(
        backends.flatMap((backend) => {
            const scheme = auth[backend] && (auth[backend].scheme ?? AuthScheme.Basic);
            return [
                [`${backend}Basic`, scheme === AuthScheme.Basic],
                [`${backend}Bearer`, scheme === AuthScheme.Bearer],
            ];
        }),
    );
}

function commonValues(args: AlloyArgs, config: string, backends: (keyof BackendsAuthArgs)[]): HelmValues {
    const envFrom = authEnv(args.auth, backends);
    return {
        global: { image: { registry: args.imageRegistry, pullSecrets: pullSecrets(args) } },
        alloy: { configMap: { content: escapeTemplate(config) }, envFrom: envFrom.length > 0 ? envFrom : undefined },
    };
}
