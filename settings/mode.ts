import { StoreMode } from "../components/mode";
import { deployedComponents } from "./components";
import { lokiModeRules, lokiModeWarnings } from "./loki-mode";
import { mimirModeRules, mimirModeWarnings } from "./mimir-mode";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Names of the stores that can run as separate parts. */
const titles = { loki: "Loki", mimir: "Mimir" };

/** Rules about stores that run as separate parts. */
export const modeRules: Rule[] = [
    { reads: ["mode", "components", "external"], conditions: ["components", "external"], mistakes: absentStores },
    ...lokiModeRules,
    ...mimirModeRules,
];

function absentStores(settings: CheckedSettings): Mistake[] {
    const deployed = deployedComponents(settings);
    return (["loki", "mimir"] as const)
        .filter((store) => settings.mode[store] === StoreMode.Distributed && !deployed[store])
        .map((store) => ({
            path: ["mode", store],
            message: `is "distributed", but the stack does not deploy ${titles[store]}; remove it`,
            sentence: true,
        }));
}

/** Valid settings of stores in distributed mode that can have unwanted effects. */
export function modeWarnings(
    settings: Parameters<typeof lokiModeWarnings>[0] & Parameters<typeof mimirModeWarnings>[0],
): string[] {
    return [...lokiModeWarnings(settings), ...mimirModeWarnings(settings)];
}
