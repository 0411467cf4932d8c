import { StoreMode } from "../components/mode";
import { defaultReplicationFactor } from "../validation/replication";
import { partReplicas, tempoIngesters } from "./mode";
import { valueAt } from "./paths";
import type { Context, Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

const autoscaled = [
    "collector",
    "receiver",
    "lokiDistributor",
    "lokiQuerier",
    "mimirDistributor",
    "mimirQuerier",
    "tempoDistributor",
    "tempoQuerier",
    "pyroscopeDistributor",
    "pyroscopeSegmentWriter",
    "pyroscopeQueryBackend",
] as const;

/** Rules about replicas, disruptions and limits. */
export const availabilityRules: Rule[] = [
    { reads: ["autoscaling"], mistakes: minimumAboveMaximum },
    {
        reads: ["profile", "values", "replicas", "autoscaling", "mode"],
        conditions: ["profile", "replicas", "autoscaling", "mode"],
        mistakes: blockedDrains,
    },
    {
        reads: ["profile", "values", "replicas", "replicationFactor", "autoscaling", "mode"],
        conditions: ["profile", "replicas", "replicationFactor", "autoscaling", "mode"],
        mistakes: evictedQuorum,
    },
    { reads: ["profile", "limits"], mistakes: spanMetricSeries },
    { reads: ["tenant", "limits.tenants"], conditions: ["tenant"], mistakes: tenantLimits },
];

function minimumAboveMaximum({ autoscaling }: CheckedSettings): Mistake[] {
    return autoscaled.flatMap((component): Mistake[] => {
        const { minReplicas = 0, maxReplicas = 0 } = autoscaling[component] ?? {};
        return minReplicas > maxReplicas
            ? [
                  {
                      path: ["autoscaling", component, "minReplicas"],
                      message: `at most maxReplicas, which is ${maxReplicas}`,
                  },
              ]
            : [];
    });
}

/** A PodDisruptionBudget: where the chart has it, its replicas, and how many of them store the same data. */
interface Budget {
    path: string[];
    replicas: number;
    copies?: number;
}

/** The PodDisruptionBudgets of the charts. */
function budgets(settings: CheckedSettings): Budget[] {
    const { replicas, replicationFactor, autoscaling, mode } = settings;
    const copies = (store: "loki" | "mimir") => ({
        replicas: replicas[store],
        copies: replicationFactor[store] ?? defaultReplicationFactor(replicas[store]),
    });
    return [
        {
            path: ["otelCollector", "podDisruptionBudget"],
            replicas: autoscaling.collector?.minReplicas ?? replicas.collector,
        },
        {
            path: ["alloyReceiver", "controller", "podDisruptionBudget"],
            replicas: autoscaling.receiver?.minReplicas ?? replicas.receiver,
        },
        ...(mode.loki === StoreMode.Distributed
            ? [
                  { path: ["loki", "ingester", "podDisruptionBudget"], ...copies("loki") },
                  {
                      path: ["loki", "distributor", "podDisruptionBudget"],
                      replicas: partReplicas(settings, "lokiDistributor"),
                  },
                  {
                      path: ["loki", "querier", "podDisruptionBudget"],
                      replicas: partReplicas(settings, "lokiQuerier"),
                  },
              ]
            : [{ path: ["loki", "singleBinary", "podDisruptionBudget"], ...copies("loki") }]),
        { path: ["mimir", "podDisruptionBudget"], ...copies("mimir") },
        // The chart has the number beside the budget.
        ...(mode.tempo === StoreMode.Distributed
            ? [
                  { path: ["tempo", "ingester"], ...tempoIngesters(settings) },
                  { path: ["tempo", "distributor"], replicas: partReplicas(settings, "tempoDistributor") },
                  { path: ["tempo", "querier"], replicas: partReplicas(settings, "tempoQuerier") },
              ]
            : []),
        { path: ["minio", "podDisruptionBudget"], replicas: replicas.minio },
        { path: ["grafana", "podDisruptionBudget"], replicas: 1 },
        ...(mode.pyroscope === StoreMode.Distributed
            ? pyroscopeBudgets(settings)
            : [{ path: ["pyroscope", "pyroscope", "podDisruptionBudget"], replicas: 1 }]),
    ];
}

function pyroscopeBudgets(settings: CheckedSettings): Budget[] {
    const budget = (name: string, replicas: number, copies?: number): Budget => ({
        path: ["pyroscope", "pyroscope", "components", name, "podDisruptionBudget"],
        replicas,
        ...(copies !== undefined && { copies }),
    });
    const metastores = partReplicas(settings, "pyroscopeMetastore");
    return [
        budget("metastore", metastores, metastores),
        budget("distributor", partReplicas(settings, "pyroscopeDistributor")),
        budget("segment-writer", partReplicas(settings, "pyroscopeSegmentWriter")),
        budget("query-frontend", partReplicas(settings, "pyroscopeQueryFrontend")),
        budget("query-backend", partReplicas(settings, "pyroscopeQueryBackend")),
        budget("compaction-worker", partReplicas(settings, "pyroscopeCompactionWorker")),
    ];
}

/** Budgets that allow no pod to be evicted, so that a node could never be drained. */
function blockedDrains(settings: CheckedSettings): Mistake[] {
    return budgets(settings).flatMap(({ path, replicas }): Mistake[] => {
        const budget = valueAt(settings.values, path) as { enabled?: boolean } & Record<string, unknown>;
        if (typeof budget !== "object" || budget === null || budget.enabled === false) {
            return [];
        }
        const wrong = (key: string): Mistake => ({
            path: ["values", ...path, key],
            message: `${JSON.stringify(budget[key])} with ${replicas === 1 ? "one replica" : `${replicas} replicas`}, so that no pod can be evicted and no node can be drained; set maxUnavailable to 1`,
            sentence: true,
        });
        return [
            ...(amount(budget["maxUnavailable"], replicas) === 0 ? [wrong("maxUnavailable")] : []),
            ...((amount(budget["minAvailable"], replicas) ?? 0) >= replicas ? [wrong("minAvailable")] : []),
        ].map((mistake) => ({ ...mistake, message: `is ${mistake.message}` }));
    });
}

/** Budgets with which a drain could stop writes, because fewer copies than a quorum are left. */
function evictedQuorum(settings: CheckedSettings): Mistake[] {
    return budgets(settings).flatMap(({ path, replicas, copies = 1 }): Mistake[] => {
        const spare = Math.floor(copies / 2);
        const budget = valueAt(settings.values, path) as Record<string, unknown> | undefined;
        const evicted = amount(budget?.["maxUnavailable"], replicas);
        return spare > 0 && budget?.["enabled"] !== false && evicted !== undefined && evicted > spare
            ? [
                  {
                      path: ["values", ...path, "maxUnavailable"],
                      message: `at most ${spare}, because ${copies - spare} of the ${copies} replicas with the same data must be ready for writes`,
                  },
              ]
            : [];
    });
}

/** The number of pods that a value of a PodDisruptionBudget stands for. Kubernetes rounds percentages up. */
function amount(value: unknown, replicas: number): number | undefined {
    const [, percent] = /^(\d+)%$/.exec(String(value)) ?? [];
    return percent !== undefined
        ? Math.ceil((Number(percent) / 100) * replicas)
        : /^\d+$/.test(String(value))
          ? Number(value)
          : undefined;
}

function spanMetricSeries({ limits: { traces, metrics } }: CheckedSettings, { raw }: Context): Mistake[] {
    const fromSpans = ["limits", "traces", "maxSpanMetricSeries"];
    const reason = "because Mimir stores these series";
    return traces.maxSpanMetricSeries <= metrics.maxSeries
        ? []
        : valueAt(raw, fromSpans) !== undefined
          ? [{ path: fromSpans, message: `at most limits.metrics.maxSeries, which is ${metrics.maxSeries}, ${reason}` }]
          : [
                {
                    path: ["limits", "metrics", "maxSeries"],
                    message: `at least ${fromSpans.join(".")}, which is ${traces.maxSpanMetricSeries} by default, ${reason}`,
                },
            ];
}

function tenantLimits({ tenant, limits: { tenants } }: CheckedSettings): Mistake[] {
    if (tenants.length > 0 && tenant === undefined) {
        return [
            {
                path: ["limits", "tenants"],
                message:
                    "has no effect without the setting tenant, because the stack then has one tenant; remove it, or set tenant",
                sentence: true,
            },
        ];
    }
    const names = tenants.map((entry) => entry.tenant);
    return names.flatMap((name, index): Mistake[] =>
        names.indexOf(name) === index
            ? []
            : [{ path: ["limits", "tenants", index, "tenant"], message: "listed only once" }],
    );
}
