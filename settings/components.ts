import {
    type OptionalSource,
    optionalSources,
    sourceComponents,
    stackComponents,
    type StackComponent,
} from "../validation/components";
import { packagedValues } from "../components/helm/values";
import { isCollecting } from "./central";
import { controlPlaneParts } from "../validation/control-plane";
import { databaseKinds, databaseMistakes } from "../validation/databases";
import { kafkaMistakes, redpandaName } from "../validation/kafka";
import { probeMistakes } from "../validation/probes";
import type { Context, Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** The components that the stack deploys, by name. MinIO, the components for optional sources, and Dapr's Configuration have settings of their own. */
export type DeployedComponents = {
    [
        component in Exclude<
            StackComponent,
            "minio" | "alloySingleton" | "alloyProfiles" | "alloyKafka" | "autoInstrumentation" | "ingestionProxy"
        >
    ]: boolean;
};

type Sources = Pick<
    CheckedSettings,
    | "components"
    | "logs"
    | "metrics"
    | "probes"
    | "databases"
    | "kafka"
    | "ingestion"
    | "loadMonitor"
    | "autoInstrumentation"
    | "profiling"
>;

const stores = ["loki", "tempo", "mimir", "pyroscope"] as const;
type Store = (typeof stores)[number];

/** The components that the stack deploys. An external backend replaces a component. */
export function deployedComponents({
    components,
    external,
}: Pick<CheckedSettings, "components" | "external">): DeployedComponents {
    const isDeployed = (component: Store | "grafana") => components[component] ?? external[component].url === undefined;
    return {
        otelCollector: components.otelCollector ?? true,
        alloyReceiver: components.alloyReceiver ?? true,
        alloyLogs: components.alloyLogs ?? true,
        alloyMetrics: components.alloyMetrics ?? true,
        loki: isDeployed("loki"),
        tempo: isDeployed("tempo"),
        mimir: isDeployed("mimir"),
        pyroscope: isDeployed("pyroscope"),
        grafana: isDeployed("grafana"),
        kubeStateMetrics: components.kubeStateMetrics,
        prometheus: components.prometheus,
        redpanda: components.redpanda,
    };
}

/** Whether a component of the stack stores data in the object store. */
export function needsObjectStore(settings: Pick<CheckedSettings, "components" | "external">): boolean {
    const deployed = deployedComponents(settings);
    return stores.some((store) => deployed[store]);
}

/** The components that the stack does not deploy. */
export function absentComponents(
    settings: Sources & Pick<CheckedSettings, "external" | "objectStore">,
): StackComponent[] {
    const deployed = {
        ...deployedComponents(settings),
        ...sourceDeployments(settings),
        minio: settings.objectStore.kind === "minio" && needsObjectStore(settings),
    };
    return stackComponents.filter((component) => !deployed[component]);
}

/** Whether the stack deploys the components that have no setting in `components`. */
function sourceDeployments(settings: Sources) {
    return {
        alloySingleton: needsSingleton(settings),
        alloyProfiles: settings.profiling.ebpf,
        alloyKafka: needsKafkaExporter(settings),
        autoInstrumentation: settings.autoInstrumentation.enabled,
        ingestionProxy: needsProxy(settings),
    };
}

/** The optional sources of data that the stack has. */
export function existingSources({
    components,
    logs,
    metrics,
    probes,
    databases,
    kafka,
    ingestion,
    loadMonitor,
    autoInstrumentation,
    profiling: { ebpf },
}: Sources): OptionalSource[] {
    const hasKind = databaseKinds.map((kind) => [kind, databases.some((database) => database.kind === kind)] as const);
    const exists: Record<OptionalSource, boolean> = {
        kubeStateMetrics: components.kubeStateMetrics,
        prometheus: components.prometheus,
        kafka: needsKafkaExporter({ components, kafka }),
        // Alloy scrapes the brokers.
        redpanda: components.redpanda && components.alloyMetrics !== false,
        kubernetesEvents: logs.kubernetesEvents,
        probes: probes.length > 0,
        otherClusters: ingestion.external.otherClusters,
        prometheusOperator: metrics.prometheusOperator,
        prometheusRules: metrics.prometheusRules,
        ...(Object.fromEntries(controlPlaneParts.map((part) => [part, metrics.controlPlane.includes(part)])) as Record<
            (typeof controlPlaneParts)[number],
            boolean
        >),
        loadMonitor: loadMonitor.enabled,
        autoInstrumentation: autoInstrumentation.enabled,
        ebpfProfiles: ebpf,
        ...(Object.fromEntries(hasKind) as Record<(typeof databaseKinds)[number], boolean>),
    };
    return optionalSources.filter((source) => exists[source]);
}

/** Whether the stack deploys Alloy for the sources that are read once for the whole cluster. */
export function needsSingleton(settings: Sources): boolean {
    return existingSources(settings).some((source) => sourceComponents[source] === "alloySingleton");
}

/** Whether the stack deploys the Alloy that reads metrics of Kafka. The Redpanda of the stack is one of the clusters. */
export function needsKafkaExporter({ components, kafka }: Pick<CheckedSettings, "components" | "kafka">): boolean {
    return components.redpanda || kafka.length > 0;
}

/** Whether the stack deploys the ingestion proxy. */
export function needsProxy({ ingestion }: Pick<CheckedSettings, "ingestion">): boolean {
    return ingestion.external.enabled && ingestion.external.otherClusters;
}

/** Whether the Alloy for optional sources writes metrics. */
export function singletonWritesMetrics({
    metrics,
    probes,
    databases,
}: Pick<CheckedSettings, "metrics" | "probes" | "databases">): boolean {
    return metrics.prometheusOperator || metrics.controlPlane.length + probes.length + databases.length > 0;
}

/** Whether a backend exists, in the stack or outside of it. */
export function hasBackend(store: Store, settings: Pick<CheckedSettings, "components" | "external">): boolean {
    return deployedComponents(settings)[store] || settings.external[store].url !== undefined;
}

const titles: Record<Store, string> = {
    loki: "store of logs",
    tempo: "store of traces",
    mimir: "store of metrics",
    pyroscope: "store of profiles",
};

/** Rules about the components of a stack. */
export const componentRules: Rule[] = [
    { reads: ["components", "external"], mistakes: replacedComponents },
    {
        reads: [
            "components",
            "external",
            "logs.kubernetesEvents",
            "metrics.prometheusOperator",
            "metrics.prometheusRules",
            "metrics.controlPlane",
            "probes",
            "databases",
            "kafka",
            "profiling.ebpf",
        ],
        mistakes: emptyStack,
    },
    { reads: ["components", "external", "central"], mistakes: exportsToNothing },
    {
        reads: [
            "components",
            "external",
            "metrics.prometheusOperator",
            "metrics.controlPlane",
            "probes",
            "databases",
            "kafka",
        ],
        mistakes: missingEndpoints,
    },
    { reads: ["external"], mistakes: incompleteExternals },
    { reads: ["components", "external", "profiling"], mistakes: profiling },
    { reads: ["components", "external"], mistakes: unscraped },
    { reads: ["components", "values"], mistakes: scrapedTwice },
    { reads: ["components", "external", "values"], mistakes: prometheus },
    { reads: ["components", "external", "kafka"], mistakes: kafka },
    { reads: ["components", "external", "tracing.samplingMode"], mistakes: tailSampling },
    { reads: ["components", "external", "dapr.enabled"], mistakes: dapr },
    { reads: ["components", "external", "slos", "alerting.receivers"], mistakes: withoutRuler },
    {
        reads: [
            "components",
            "external",
            "values",
            "logs.kubernetesEvents",
            "metrics.prometheusOperator",
            "metrics.prometheusRules",
            "metrics.controlPlane",
            "probes",
            "databases",
            "kafka",
            "ingestion.external",
            "autoInstrumentation.enabled",
            "profiling.ebpf",
        ],
        mistakes: unusedValues,
    },
    { reads: ["components", "external", "logs.kubernetesEvents"], mistakes: events },
    { reads: ["components", "external", "probes"], mistakes: probes },
    { reads: ["components", "external", "databases"], mistakes: databases },
    { reads: ["components", "external", "metrics.prometheusOperator"], mistakes: monitors },
    { reads: ["components", "external", "central", "metrics.prometheusRules"], mistakes: prometheusRules },
    { reads: ["components", "external", "collectFrom.nodes", "metrics.controlPlane"], mistakes: controlPlane },
];

function wrong(path: string, message: string): Mistake {
    return { path: path.split("."), message, sentence: true };
}

function replacedComponents({ components, external }: CheckedSettings): Mistake[] {
    return ([...stores, "grafana"] as const)
        .filter((name) => components[name] === true && external[name].url !== undefined)
        .map((name) =>
            wrong(
                `components.${name}`,
                `is true, and external.${name}.url replaces this component; remove one of them`,
            ),
        );
}

function emptyStack(settings: CheckedSettings): Mistake[] {
    const { alloySingleton, alloyProfiles, alloyKafka } = sourceDeployments(settings);
    return [...Object.values(deployedComponents(settings)), alloySingleton, alloyProfiles, alloyKafka].includes(true)
        ? []
        : [wrong("components", "are all false; a stack deploys at least one component")];
}

function exportsToNothing(settings: CheckedSettings): Mistake[] {
    const { otelCollector, alloyReceiver, alloyLogs, alloyMetrics, grafana } = deployedComponents(settings);
    const exists = (store: Store) => hasBackend(store, settings);
    const hasAlertmanager = settings.external.alertmanager.url !== undefined;
    const needs = (component: string, store: Store) =>
        wrong(
            `components.${component}`,
            `is true, but there is no ${titles[store]}; set external.${store}.url, or set components.${component} to false`,
        );
    return [
        ...(otelCollector && !alloyReceiver && settings.external.otlp.url === undefined
            ? [
                  wrong(
                      "components.alloyReceiver",
                      "is false, but the collector exports to it; set external.otlp.url, or set components.otelCollector to false",
                  ),
              ]
            : []),
        // In a collecting stack, Alloy as the receiver accepts profiles.
        ...(otelCollector && alloyReceiver && settings.external.otlp.url !== undefined && !isCollecting(settings)
            ? [
                  wrong(
                      "external.otlp.url",
                      "is set, so that nothing sends data to Alloy as the OTLP receiver; set components.alloyReceiver to false, or remove external.otlp.url",
                  ),
              ]
            : []),
        ...(!otelCollector && settings.external.otlp.url !== undefined
            ? [wrong("external.otlp.url", "has no effect, because components.otelCollector is false")]
            : []),
        ...(alloyReceiver && !exists("loki") && !exists("tempo") && !exists("mimir")
            ? [
                  wrong(
                      "components.alloyReceiver",
                      "is true, but there is no store of logs, traces or metrics; set external.loki.url, external.tempo.url or external.mimir.url, or set components.alloyReceiver to false",
                  ),
              ]
            : []),
        ...(alloyLogs && !exists("loki") ? [needs("alloyLogs", "loki")] : []),
        ...(alloyMetrics && !exists("mimir") ? [needs("alloyMetrics", "mimir")] : []),
        ...(grafana && !hasAlertmanager && !stores.some(exists)
            ? [
                  wrong(
                      "components.grafana",
                      "is true, but there is no store to query; set the URL of one in external, or set components.grafana to false",
                  ),
              ]
            : []),
    ];
}

function missingEndpoints(settings: CheckedSettings, { isWrong }: Context): Mistake[] {
    const { external } = settings;
    const deployed = deployedComponents(settings);
    const generatesMetrics = (deployed.tempo && settings.tracing.samplingMode === "head") || deployed.loki;
    const users = {
        "tempo.otlpEndpoint": deployed.alloyReceiver && "Alloy as the OTLP receiver",
        "mimir.otlpUrl": deployed.alloyReceiver && "Alloy as the OTLP receiver",
        "mimir.remoteWriteUrl": deployed.alloyMetrics
            ? "Alloy as the metrics scraper"
            : (generatesMetrics || singletonWritesMetrics(settings)) && "the stack",
    };
    const given = {
        "tempo.otlpEndpoint": external.tempo.otlpEndpoint,
        "mimir.otlpUrl": external.mimir.otlpUrl,
        "mimir.remoteWriteUrl": external.mimir.remoteWriteUrl,
    };
    return (Object.keys(users) as (keyof typeof users)[])
        .filter((key) => users[key] !== false && given[key] === undefined)
        .filter((key) => external[key.startsWith("tempo") ? "tempo" : "mimir"].url !== undefined)
        .filter((key) => !isWrong(["external", ...key.split(".")]))
        .map((key) => wrong(`external.${key}`, `is missing; ${users[key]} needs it`));
}

function incompleteExternals({ external }: CheckedSettings, { isWrong }: Context): Mistake[] {
    return Object.entries(external).flatMap(([name, { url, ...others }]) => {
        const [key] = Object.keys(others).filter((other) => others[other as keyof typeof others] !== undefined);
        const { scheme, existingSecret } = others as { scheme?: string; existingSecret?: string };
        return [
            ...(url === undefined && key !== undefined && !isWrong(["external", name, "url"])
                ? [wrong(`external.${name}.url`, `is missing; external.${name}.${key} is set`)]
                : []),
            ...(scheme !== undefined && existingSecret === undefined
                ? [wrong(`external.${name}.scheme`, `has no effect without external.${name}.existingSecret`)]
                : []),
        ];
    });
}

function profiling(settings: CheckedSettings): Mistake[] {
    const { alloyMetrics } = deployedComponents(settings);
    if (!settings.profiling.scrape || (alloyMetrics && hasBackend("pyroscope", settings))) {
        return [];
    }
    const reason = alloyMetrics ? "there is no store of profiles" : "components.alloyMetrics is false";
    return [wrong("profiling.scrape", `is true, but ${reason}; set it to false`)];
}

function unscraped(settings: CheckedSettings): Mistake[] {
    const { kubeStateMetrics, alloyMetrics } = deployedComponents(settings);
    return kubeStateMetrics && !alloyMetrics
        ? [
              wrong(
                  "components.kubeStateMetrics",
                  "is true, but components.alloyMetrics is false, so that nothing scrapes its metrics; set components.kubeStateMetrics to false",
              ),
          ]
        : [];
}

/** The metrics scraper scrapes kube-state-metrics in any case, and annotated pods. */
function scrapedTwice({ values }: CheckedSettings): Mistake[] {
    const annotation = "prometheus.io/scrape";
    const scraped = ["podAnnotations", "podLabels", "customLabels"].filter(
        (key) => String((values.kubeStateMetrics[key] as Record<string, unknown> | undefined)?.[annotation]) === "true",
    );
    return scraped.map((key) => ({
        path: ["values", "kubeStateMetrics", key, annotation],
        message: "is true, so that the same metrics would be scraped twice, with the labels of the pod; remove it",
        sentence: true,
    }));
}

/** The jobs of the chart of Prometheus, which the stack replaces by its own. */
const chartJobs = Object.keys(packagedValues("prometheus", "dev")["scrapeConfigs"] as object);

function prometheus(settings: CheckedSettings): Mistake[] {
    const deployed = deployedComponents(settings);
    if (!deployed.prometheus) {
        return [];
    }
    const { scrapeConfigs = {} } = settings.values.prometheus as { scrapeConfigs?: Record<string, unknown> };
    const twice = chartJobs.filter((job) => (scrapeConfigs[job] ?? null) !== null);
    return [
        ...(hasBackend("mimir", settings)
            ? []
            : [
                  wrong(
                      "components.prometheus",
                      "is true, but there is no store of metrics that it can write to; set external.mimir.url, or set components.prometheus to false",
                  ),
              ]),
        ...(deployed.alloyMetrics
            ? []
            : [
                  wrong(
                      "components.prometheus",
                      "is true, but components.alloyMetrics is false, so that nothing reads the metrics of the nodes; set components.alloyMetrics to true. It does not scrape what Prometheus scrapes",
                  ),
              ]),
        ...twice.map((job) => ({
            path: ["values", "prometheus", "scrapeConfigs", job],
            message:
                "is a job of the chart that scrapes targets of the stack again, with other labels; use another name for a job of your own, and remove this one",
            sentence: true,
        })),
    ];
}

function events(settings: CheckedSettings): Mistake[] {
    return settings.logs.kubernetesEvents && !hasBackend("loki", settings)
        ? [wrong("logs.kubernetesEvents", "is true, but there is no store of logs; set it to false")]
        : [];
}

function probes(settings: CheckedSettings): Mistake[] {
    const { probes: list } = settings;
    const withoutStore =
        list.length > 0 && !hasBackend("mimir", settings)
            ? [wrong("probes", "have no effect, because there is no store of metrics; remove them")]
            : [];
    return [
        ...withoutStore,
        ...probeMistakes(list).map(({ path, message }) => ({ path: ["probes", ...path], message, sentence: true })),
    ];
}

function databases(settings: CheckedSettings): Mistake[] {
    const { databases: list } = settings;
    const withoutStore =
        list.length > 0 && !hasBackend("mimir", settings)
            ? [wrong("databases", "have no effect, because there is no store of metrics; remove them")]
            : [];
    return [
        ...withoutStore,
        ...databaseMistakes(list).map(({ path, message }) => ({
            path: ["databases", ...path],
            message,
            sentence: true,
        })),
    ];
}

function kafka(settings: CheckedSettings): Mistake[] {
    const { kafka: list, components } = settings;
    const hasStore = hasBackend("mimir", settings);
    return [
        ...(list.length > 0 && !hasStore
            ? [wrong("kafka", "has no effect, because there is no store of metrics; remove it")]
            : []),
        ...(components.redpanda && !hasStore
            ? [
                  wrong(
                      "components.redpanda",
                      "is true, but there is no store for its metrics; set external.mimir.url, or set components.redpanda to false",
                  ),
              ]
            : []),
        ...kafkaMistakes(list).map(({ path, message }) => ({ path: ["kafka", ...path], message, sentence: true })),
        ...list.flatMap(({ name }, index): Mistake[] => {
            const message = `is "${name}", which is the name of the Redpanda of the stack; choose another name`;
            return name === redpandaName ? [{ path: ["kafka", index, "name"], message, sentence: true }] : [];
        }),
    ];
}

function monitors(settings: CheckedSettings): Mistake[] {
    return settings.metrics.prometheusOperator && !hasBackend("mimir", settings)
        ? [wrong("metrics.prometheusOperator", "is true, but there is no store of metrics; set it to false")]
        : [];
}

/** Another Mimir may read its rules from files, and its tenant may have rules that Alloy would delete. */
function prometheusRules(settings: CheckedSettings): Mistake[] {
    if (!settings.metrics.prometheusRules || deployedComponents(settings).mimir) {
        return [];
    }
    const reason = isCollecting(settings)
        ? "the Mimir is in the central stack"
        : settings.external.mimir.url === undefined
          ? "the stack has no Mimir"
          : "external.mimir.url replaces the Mimir of the stack";
    return [
        wrong(
            "metrics.prometheusRules",
            `is true, but ${reason}, whose second ruler evaluates the PrometheusRules; set it to false`,
        ),
    ];
}

function controlPlane(settings: CheckedSettings): Mistake[] {
    const { collectFrom, metrics } = settings;
    const { controlPlane: parts } = metrics;
    const key = "metrics.controlPlane";
    const second = parts.find((part, index) => parts.indexOf(part) < index);
    return [
        ...(parts.length > 0 && !hasBackend("mimir", settings)
            ? [wrong(key, "has no effect, because there is no store of metrics; remove it")]
            : []),
        ...(parts.length > 0 && !collectFrom.nodes
            ? [
                  wrong(
                      key,
                      "is set, but collectFrom.nodes is false; the stack that collects from the nodes also scrapes the control plane. Remove it here, and set it there",
                  ),
              ]
            : []),
        ...(second === undefined ? [] : [wrong(key, `contains ${JSON.stringify(second)} twice; remove one of them`)]),
    ];
}

function tailSampling(settings: CheckedSettings): Mistake[] {
    const { otelCollector } = deployedComponents(settings);
    if (settings.tracing.samplingMode === "head" || (otelCollector && hasTraces(settings))) {
        return [];
    }
    const reason = otelCollector ? "there is no store of traces" : "components.otelCollector is false";
    return [wrong("tracing.samplingMode", `is "tail", but ${reason}; set it to "head"`)];
}

/** Whether the collector exports traces. Nothing is known about the signals of an external receiver of OTLP. */
function hasTraces(settings: CheckedSettings): boolean {
    return settings.external.otlp.url !== undefined || hasBackend("tempo", settings);
}

function dapr(settings: CheckedSettings): Mistake[] {
    return settings.dapr.enabled && !deployedComponents(settings).otelCollector
        ? [
              wrong(
                  "dapr.enabled",
                  "is true, but Dapr sidecars send their spans to the collector, and components.otelCollector is false; set dapr.enabled to false",
              ),
          ]
        : [];
}

function withoutRuler(settings: CheckedSettings): Mistake[] {
    const { mimir } = deployedComponents(settings);
    const { slos, alerting, external } = settings;
    const reason = external.alertmanager.url !== undefined ? "external.alertmanager.url" : undefined;
    return [
        ...(slos.length > 0 && !mimir
            ? [wrong("slos", "have no effect, because the stack does not deploy Mimir, which evaluates their rules")]
            : []),
        ...(alerting.receivers.length > 0 && (!mimir || reason !== undefined)
            ? [
                  wrong(
                      "alerting.receivers",
                      reason === undefined
                          ? "have no effect, because the stack does not deploy Mimir, whose Alertmanager notifies them"
                          : `have no effect, because ${reason} replaces the Alertmanager of the stack`,
                  ),
              ]
            : []),
        ...(reason !== undefined &&
        !mimir &&
        !deployedComponents(settings).loki &&
        !deployedComponents(settings).grafana
            ? [wrong("external.alertmanager.url", "has no effect, because no component uses it")]
            : []),
    ];
}

function unusedValues(settings: CheckedSettings): Mistake[] {
    const deployed = { ...deployedComponents(settings), ...sourceDeployments(settings) };
    return (Object.keys(deployed) as (keyof typeof deployed)[])
        .filter((component) => !deployed[component] && Object.keys(settings.values[component]).length > 0)
        .map((component) =>
            wrong(`values.${component}`, `has no effect, because the stack does not deploy this component; remove it`),
        );
}
