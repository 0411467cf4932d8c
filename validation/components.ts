/**
 * Components of a stack that can be left out. Each name is a key of the setting `components`, except "minio", "alloySingleton", "alloyProfiles",
 * "alloyKafka", "autoInstrumentation" and "ingestionProxy".
 */
export const stackComponents = [
    "otelCollector",
    "alloyReceiver",
    "alloyLogs",
    "alloyMetrics",
    "alloySingleton",
    "alloyProfiles",
    "loki",
    "tempo",
    "mimir",
    "pyroscope",
    "grafana",
    "kubeStateMetrics",
    "prometheus",
    "alloyKafka",
    "redpanda",
    "autoInstrumentation",
    "ingestionProxy",
    "minio",
] as const;
export type StackComponent = (typeof stackComponents)[number];

/** Sources of data that a stack does not have by default, with the component that each needs, if any. */
export const sourceComponents = {
    kubeStateMetrics: "kubeStateMetrics",
    prometheus: "prometheus",
    kafka: "alloyKafka",
    redpanda: "redpanda",
    kubernetesEvents: "alloySingleton",
    probes: "alloySingleton",
    otherClusters: "ingestionProxy",
    postgresql: "alloySingleton",
    mysql: "alloySingleton",
    mongodb: "alloySingleton",
    redis: "alloySingleton",
    prometheusOperator: "alloySingleton",
    prometheusRules: "alloySingleton",
    apiServer: "alloySingleton",
    coreDns: "alloySingleton",
    controllers: "alloySingleton",
    etcd: "alloySingleton",
    // A CronJob, which is no component.
    loadMonitor: undefined,
    autoInstrumentation: "autoInstrumentation",
    ebpfProfiles: "alloyProfiles",
} as const satisfies Record<string, StackComponent | undefined>;
export type OptionalSource = keyof typeof sourceComponents;
export const optionalSources = Object.keys(sourceComponents) as OptionalSource[];

/** Components that a stack deploys only for optional sources. */
export const optionalComponents: readonly StackComponent[] = [
    ...new Set(Object.values(sourceComponents).filter((component) => component !== undefined)),
];

/**
 * Everything that does not exist in a stack, and that dashboards and rules can need.
 *
 * @param absent components that do not exist, although a stack has them by default.
 * @param sources optional sources that exist.
 */
export function missingIn(
    absent: readonly StackComponent[] = [],
    sources: readonly OptionalSource[] = [],
): (StackComponent | OptionalSource)[] {
    const used = sources.map((source): StackComponent | undefined => sourceComponents[source]);
    return [
        ...new Set([
            ...absent,
            ...optionalSources.filter((source) => !sources.includes(source)),
            ...optionalComponents.filter((component) => !used.includes(component)),
        ]),
    ];
}

/** Data sources of Grafana that dashboards query. */
export const queriedSources = ["loki", "tempo", "mimir", "pyroscope"] as const;
export type QueriedSource = (typeof queriedSources)[number];
