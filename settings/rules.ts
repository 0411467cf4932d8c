import { collectorComponents } from "../components/otel-collector/config";
import { pipelineMistakes } from "../components/otel-collector/pipeline";
import { StoreMode } from "../components/mode";
import { collectFromMistake } from "../validation/collect-from";
import { replicasMistake, replicationMistake } from "../validation/replication";
import { defaultTail, slowerThanMistake } from "../validation/tail-sampling";
import { accessRules } from "./access";
import { alertingRules } from "./alerting";
import { availabilityRules } from "./availability";
import { centralRules } from "./central";
import { componentRules } from "./components";
import { ebpfRules } from "./ebpf";
import { filterRules } from "./filters";
import { loadMonitorRules } from "./load-monitor";
import { modeRules, tempoIngesters } from "./mode";
import { networkRules } from "./network";
import { objectStoreRules } from "./object-store";
import { originalPath, startsWith, valueAt } from "./paths";
import { policyRules } from "./policy";
import { pyroscopeModeRules } from "./pyroscope-mode";
import type { Context, Mistake, Path, Rule } from "./rule";
import type { CheckedSettings } from "./schema";
import { valuesRules } from "./values";
import { zoneRules } from "./zones";

/**
 * Checks the rules that cover several keys.
 *
 * @param settings the settings without invalid values. Those have their default, or are missing.
 * @param raw the configured settings.
 * @param wrong the keys that have a mistake of their own.
 * @returns the mistakes, and the configured keys that were not checked, because other keys of their rule are wrong.
 */
export function crossFieldMistakes(
    settings: CheckedSettings,
    raw: object,
    wrong: Path[],
): { mistakes: Mistake[]; unchecked: string[] } {
    const isWrong = (path: Path) => wrong.some((other) => startsWith(other, path) || startsWith(path, other));
    const isMissing = (key: string) => wrong.some((path) => startsWith(key.split("."), path));
    const isConfigured = (key: string) => valueAt(raw, key.split(".")) !== undefined;
    const skipped = rules.filter(({ reads }) => reads.some(isMissing));
    const original = (path: Path) => originalPath(raw, wrong, path);
    return {
        mistakes: rules
            .filter((rule) => !skipped.includes(rule))
            .flatMap(({ mistakes }) => mistakes(settings, { raw, isWrong }))
            .map((mistake) => ({
                ...mistake,
                path: original(mistake.path),
                ...(mistake.also && { also: original(mistake.also) }),
            })),
        unchecked: [
            ...new Set(
                skipped.flatMap(({ reads, conditions = [] }) => reads.filter((key) => !conditions.includes(key))),
            ),
        ].filter((key) => isConfigured(key) && !isMissing(key)),
    };
}

const collectorKinds = ["receivers", "processors", "exporters", "connectors", "extensions", "pipelines"];

const collectorConditions = [
    "profile",
    "tracing.samplingMode",
    "tracing.samplingRatio",
    "tracing.dropSpans",
    "replicas.collector",
    "autoscaling.collector",
    "redaction",
    "logs",
    "metrics",
];

const rules: Rule[] = [
    ...(["loki", "mimir", "tempo"] as const).map(replication),
    { reads: ["tracing.samplingMode"], mistakes: unusedTail },
    {
        reads: ["tracing.samplingMode", "tracing.tail.decisionWait", "tracing.tail.slowerThan"],
        conditions: ["tracing.samplingMode"],
        mistakes: slowTraces,
    },
    {
        conditions: collectorConditions,
        reads: [...collectorConditions, ...["jaeger", ...collectorKinds].map((key) => `collector.${key}`)],
        mistakes: collector,
    },
    ...objectStoreRules,
    { reads: ["namespace", "collectFrom"], conditions: ["namespace"], mistakes: collectFrom },
    { reads: ["grafana.existingSecret"], mistakes: grafanaLogin },
    { reads: ["dapr.enabled", "dapr.namespaces"], mistakes: dapr },
    { reads: ["tolerations"], mistakes: tolerations },
    ...filterRules,
    ...availabilityRules,
    ...zoneRules,
    ...accessRules,
    ...centralRules,
    ...componentRules,
    ...ebpfRules,
    ...alertingRules,
    ...loadMonitorRules,
    ...modeRules,
    ...pyroscopeModeRules,
    ...networkRules,
    ...valuesRules,
    ...policyRules,
];

type Replicated = "loki" | "mimir" | "tempo";

/** The number of replicas of which several store the same data. Undefined if there is one copy: the monolithic Tempo has one replica. */
function replicasWithCopies(backend: Replicated, settings: CheckedSettings): number | undefined {
    if (backend !== "tempo") {
        return settings.replicas[backend];
    }
    return settings.mode.tempo === StoreMode.Monolithic ? undefined : tempoIngesters(settings).replicas;
}

function replication(backend: Replicated): Rule {
    return {
        // The profile decides the default of the replicas.
        reads: ["profile", `replicas.${backend}`, `replicationFactor.${backend}`, "mode"],
        mistakes: (settings, { raw }) => {
            const { profile, replicationFactor } = settings;
            const count = replicasWithCopies(backend, settings);
            if (count === undefined) {
                return [];
            }
            const given = replicationFactor[backend];
            if (given !== undefined) {
                const isDefault = valueAt(raw, ["replicas", backend]) === undefined;
                const allowed = replicationMistake(count, given, `replicas.${backend}`);
                const origin =
                    allowed !== undefined && given > count && isDefault ? ` (default of profile ${profile})` : "";
                return allowed ? [{ path: ["replicationFactor", backend], message: allowed + origin }] : [];
            }
            const allowed = replicasMistake(count, `replicationFactor.${backend}`);
            return allowed === undefined ? [] : [{ path: ["replicas", backend], message: allowed }];
        },
    };
}

function unusedTail({ tracing }: CheckedSettings, { raw }: Context): Mistake[] {
    return tracing.samplingMode === "head" && valueAt(raw, ["tracing", "tail"]) !== undefined
        ? [
              {
                  path: ["tracing", "tail"],
                  message: 'has no effect with tracing.samplingMode "head"; remove it or set the mode to "tail"',
                  sentence: true,
              },
          ]
        : [];
}

function slowTraces({ tracing: { samplingMode, tail } }: CheckedSettings): Mistake[] {
    const allowed = tail === undefined || samplingMode === "head" ? undefined : slowerThanMistake(tail);
    return allowed === undefined
        ? []
        : tail?.slowerThan === undefined
          ? [
                {
                    path: ["tracing", "tail", "decisionWait"],
                    message: `more than slowerThan, which is ${defaultTail.slowerThan} by default`,
                },
            ]
          : [{ path: ["tracing", "tail", "slowerThan"], message: allowed }];
}

function collector(
    {
        profile,
        namespace,
        cluster,
        tracing,
        replicas,
        autoscaling,
        redaction,
        logs,
        metrics,
        collector: given,
    }: CheckedSettings,
    { raw, isWrong }: Context,
): Mistake[] {
    const { jaeger, resourceAttributes, ...components } = given;
    const mistakes = pipelineMistakes(
        collectorComponents({
            profile,
            namespace,
            cluster,
            exportEndpoint: "http://receiver",
            replicas: replicas.collector,
            autoscaling: autoscaling.collector,
            ...(tracing.samplingMode === "tail"
                ? { tailSampling: { ratio: tracing.samplingRatio } }
                : { headSamplingRatio: tracing.samplingRatio }),
            jaeger,
            resourceAttributes,
            redaction,
            dropSpans: tracing.dropSpans,
            dropMetrics: metrics.dropNames,
            dropLogLines: logs.dropLines,
            minimumLogLevel: logs.minimumLevel,
            components,
        }),
    );
    // Which components are used is unknown if a pipeline is wrong.
    const wrong = Object.keys(valueAt(raw, ["collector", "pipelines"]) ?? {}).filter((id) =>
        isWrong(["collector", "pipelines", id]),
    );
    return mistakes.flatMap((sentence) => {
        const [, place = "", message = ""] = /^(\S+) (.*)$/s.exec(sentence) ?? [];
        const isKnown = /^pipelines\b/.test(place) && !wrong.some((id) => place.split(".")[1] === id);
        return wrong.length === 0 || isKnown ? [{ path: ["collector", place], message, sentence: true }] : [];
    });
}

function collectFrom({ namespace, collectFrom: given }: CheckedSettings): Mistake[] {
    const sentence = collectFromMistake(given, namespace);
    const [, place = "", message = ""] = /^(\S+) (.*)$/s.exec(sentence ?? "") ?? [];
    return sentence === undefined ? [] : [{ path: ["collectFrom", place], message, sentence: true }];
}

function grafanaLogin({ grafana }: CheckedSettings): Mistake[] {
    return (["adminUser", "adminPassword"] as const)
        .filter((key) => grafana[key] !== undefined && grafana.existingSecret !== undefined)
        .map((key) => ({
            path: ["grafana", key],
            message: `and grafana.existingSecret are both set; remove grafana.${key} to use the login in the Secret, or remove grafana.existingSecret`,
            sentence: true,
        }));
}

function dapr({ dapr: { enabled, namespaces } }: CheckedSettings, { isWrong }: Context): Mistake[] {
    const repeated = namespaces.flatMap((namespace, index): Mistake[] =>
        namespaces.indexOf(namespace) === index
            ? []
            : [{ path: ["dapr", "namespaces", index], message: "listed only once" }],
    );
    return enabled && namespaces.length === 0 && !isWrong(["dapr", "namespaces"])
        ? [
              {
                  path: ["dapr", "namespaces"],
                  message: "is empty; dapr.enabled needs at least one namespace with applications",
                  sentence: true,
              },
          ]
        : repeated;
}

// The API server would reject these tolerations only when it creates the first pod.
function tolerations({ tolerations: given }: CheckedSettings): Mistake[] {
    return given.flatMap(({ key, operator = "Equal", value = "", effect, tolerationSeconds }, index) => {
        const mistake = (part: string, message: string): Mistake => ({
            path: ["tolerations", index, part],
            message,
            sentence: true,
        });
        return [
            ...(key === undefined && operator !== "Exists"
                ? [
                      mistake(
                          "key",
                          'is missing; only operator "Exists" works without a key, and then tolerates every taint',
                      ),
                  ]
                : []),
            ...(operator === "Exists" && value !== ""
                ? [mistake("value", 'has no effect with operator "Exists"; remove it or set the operator to "Equal"')]
                : []),
            ...(tolerationSeconds !== undefined && effect !== "NoExecute"
                ? [
                      mistake(
                          "tolerationSeconds",
                          'has no effect without effect "NoExecute"; set effect to "NoExecute", or remove it',
                      ),
                  ]
                : []),
        ];
    });
}
