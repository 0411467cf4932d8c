import { type HelmValues, packagedValues } from "../components/helm/values";
import { StoreMode } from "../components/mode";
import { defaultReplicationFactor } from "../validation/replication";
import { valueAt } from "./paths";
import type { Context, Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Settings that have an effect in only one mode of Mimir. */
const ofParts = [
    ["replicas", "mimirDistributor"],
    ["replicas", "mimirQuerier"],
    ["replicas", "mimirStoreGateway"],
    ["autoscaling", "mimirDistributor"],
    ["autoscaling", "mimirQuerier"],
    ["values", "mimir", "parts"],
    ["values", "mimir", "spreadOver"],
    ["values", "mimir", "shutdownDelay"],
];
const ofProcesses = [
    ["values", "mimir", "replicas"],
    ["values", "mimir", "resources"],
    ["values", "mimir", "topologySpreadConstraints"],
    ["values", "mimir", "persistence", "size"],
];

/** The settings for values of `values.mimir.parts`. Checks and the size of volumes depend on these settings. */
const settingsOfParts: Record<string, string> = {
    ingester: "replicas.mimir",
    distributor: "replicas.mimirDistributor",
    querier: "replicas.mimirQuerier",
    storeGateway: "replicas.mimirStoreGateway",
};

/** Rules about the mode of Mimir. */
export const mimirModeRules: Rule[] = [
    {
        reads: ["mode.mimir", "replicas", "autoscaling", "values.mimir"],
        conditions: ["mode.mimir"],
        mistakes: withoutEffect,
    },
    { reads: ["mode.mimir", "values.mimir"], conditions: ["mode.mimir"], mistakes: replicasInValues },
    {
        reads: ["mode.mimir", "replicas.mimir", "replicationFactor.mimir", "values.mimir"],
        conditions: ["mode.mimir", "replicas.mimir", "replicationFactor.mimir"],
        mistakes: evictedQuorum,
    },
];

function withoutEffect({ mode }: CheckedSettings, { raw }: Context): Mistake[] {
    const isDistributed = mode.mimir === StoreMode.Distributed;
    const instead = isDistributed ? "use values.mimir.parts" : 'set mode.mimir to "distributed"';
    return (isDistributed ? ofProcesses : ofParts)
        .filter((path) => valueAt(raw, path) !== undefined)
        .map((path) => ({
            path,
            message: `has no effect with mode.mimir "${mode.mimir}"; remove it, or ${instead}`,
            sentence: true,
        }));
}

function replicasInValues({ mode, values }: CheckedSettings): Mistake[] {
    const given = (part: string, key: string) =>
        mode.mimir === StoreMode.Distributed && valueAt(values.mimir, ["parts", part, key]) !== undefined;
    const mistake = (part: string, key: string, message: string): Mistake[] =>
        given(part, key) ? [{ path: ["values", "mimir", "parts", part, key], message, sentence: true }] : [];
    return [
        ...Object.entries(settingsOfParts).flatMap(([part, setting]) =>
            mistake(part, "replicas", `has a setting of its own; remove it, and set ${setting}`),
        ),
        // With too few of them, a quorum of the copies would be missing.
        ...mistake("ingester", "autoscaling", "is not possible, because ingesters hold data; set replicas.mimir"),
    ];
}

/** A PodDisruptionBudget with which a drain could stop writes, because fewer ingesters than a quorum are left. */
function evictedQuorum({ mode, values, replicas, replicationFactor }: CheckedSettings): Mistake[] {
    const path = ["values", "mimir", "podDisruptionBudget", "maxUnavailable"];
    const factor = replicationFactor.mimir ?? defaultReplicationFactor(replicas.mimir);
    const spare = Math.floor(factor / 2);
    return mode.mimir === StoreMode.Distributed &&
        replicas.mimir > 1 &&
        Number(valueAt({ values }, path)) > Math.max(spare, 1)
        ? [
              {
                  path,
                  message: `at most ${Math.max(spare, 1)}, because ${factor - spare} of the ${factor} ingesters of a series must be ready for writes`,
              },
          ]
        : [];
}

/** Parts of distributed Mimir whose replicas are settings, by their key in the Helm values. */
const chartKeys = { mimirDistributor: "distributor", mimirQuerier: "querier", mimirStoreGateway: "storeGateway" };
type MimirPart = keyof typeof chartKeys;
type PartSettings = Pick<CheckedSettings, "profile" | "replicas" | "autoscaling">;

/** Valid settings of distributed Mimir that can have unwanted effects. */
export function mimirModeWarnings(settings: PartSettings & Pick<CheckedSettings, "mode">): string[] {
    const effects: Record<MimirPart, string> = {
        mimirDistributor: "while its node is down, no samples are accepted",
        mimirQuerier: "while its node is down, metric queries fail",
        mimirStoreGateway: "while its node is down, queries of old samples fail",
    };
    return settings.profile !== "prod" || settings.mode.mimir !== StoreMode.Distributed
        ? []
        : (Object.keys(effects) as MimirPart[])
              .filter((part) => mimirPartReplicas(settings, part) === 1)
              .map((part) => {
                  const isScaled = scalerOf(settings, part) !== undefined;
                  return `${isScaled ? `autoscaling.${part}.minReplicas` : `replicas.${part}`} is 1: ${effects[part]}`;
              });
}

function scalerOf({ autoscaling }: PartSettings, part: MimirPart) {
    return part === "mimirStoreGateway" ? undefined : autoscaling[part];
}

/** The lowest number of replicas of a part of distributed Mimir. */
export function mimirPartReplicas(settings: PartSettings, part: MimirPart): number {
    const packaged = packagedValues("mimir-distributed", settings.profile)["parts"] as HelmValues;
    return (
        scalerOf(settings, part)?.minReplicas ??
        settings.replicas[part] ??
        (packaged[chartKeys[part]]?.replicas as number)
    );
}
