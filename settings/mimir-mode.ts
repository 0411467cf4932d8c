import { StoreMode } from "../components/mode";
import { valueAt } from "./paths";
import type { Context, Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Helm values that have an effect in only one mode of Mimir. */
const ofParts = [
    ["values", "mimir", "parts"],
    ["values", "mimir", "caches"],
    ["values", "mimir", "memcached"],
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
        reads: ["mode.mimir", "values.mimir"],
        conditions: ["mode.mimir"],
        mistakes: withoutEffect,
    },
    { reads: ["mode.mimir", "values.mimir"], conditions: ["mode.mimir"], mistakes: replicasInValues },
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
        ...["gateway", "storeGateway", "compactor", "alertmanager"].flatMap((part) =>
            mistake(part, "autoscaling", "has no effect, because the chart has no autoscaler for this part; remove it"),
        ),
    ];
}
