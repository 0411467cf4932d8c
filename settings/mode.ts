import { packagedValues } from "../components/helm/values";
import { StoreMode } from "../components/mode";
import { deployedComponents } from "./components";
import { lokiModeRules } from "./loki-mode";
import { mimirModeRules } from "./mimir-mode";
import { valueAt } from "./paths";
import type { Context, Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Names of the stores that can run as separate parts. */
const titles = { loki: "Loki", mimir: "Mimir" };
type Store = keyof typeof titles;

/** Parts whose replicas are settings: the path of the part in the Helm values, and what fails without it. */
const parts = {
    lokiDistributor: { store: "loki", path: ["distributor"], fails: "no log lines are accepted" },
    lokiQuerier: { store: "loki", path: ["querier"], fails: "log queries fail" },
    mimirDistributor: { store: "mimir", path: ["parts", "distributor"], fails: "no samples are accepted" },
    mimirQuerier: { store: "mimir", path: ["parts", "querier"], fails: "metric queries fail" },
    mimirStoreGateway: { store: "mimir", path: ["parts", "storeGateway"], fails: "queries of old samples fail" },
} as const satisfies Record<string, { store: Store; path: readonly string[]; fails: string }>;
type Part = keyof typeof parts;
const partNames = Object.keys(parts) as Part[];

/** Rules about stores that run as separate parts. */
export const modeRules: Rule[] = [
    { reads: ["mode", "components", "external"], conditions: ["components", "external"], mistakes: absentStores },
    { reads: ["mode", "replicas", "autoscaling"], conditions: ["mode"], mistakes: unusedParts },
    ...lokiModeRules,
    ...mimirModeRules,
];

function absentStores(settings: CheckedSettings): Mistake[] {
    const deployed = deployedComponents(settings);
    return (Object.keys(titles) as Store[])
        .filter((store) => settings.mode[store] === StoreMode.Distributed && !deployed[store])
        .map((store) => ({
            path: ["mode", store],
            message: `is "distributed", but the stack does not deploy ${titles[store]}; remove it`,
            sentence: true,
        }));
}

function unusedParts({ mode }: CheckedSettings, { raw }: Context): Mistake[] {
    return partNames
        .filter((part) => mode[parts[part].store] === StoreMode.Monolithic)
        .flatMap((part) => [
            { path: ["replicas", part], store: parts[part].store },
            { path: ["autoscaling", part], store: parts[part].store },
        ])
        .filter(({ path }) => valueAt(raw, path) !== undefined)
        .map(({ path, store }) => ({
            path,
            message: `has no effect with mode.${store} "monolithic"; remove it, or set mode.${store} to "distributed"`,
            sentence: true,
        }));
}

type PartSettings = Pick<CheckedSettings, "profile" | "replicas" | "autoscaling">;

function scalerOf({ autoscaling }: PartSettings, part: Part) {
    // The store-gateways have volumes, so they have no autoscaler.
    return part === "mimirStoreGateway" ? undefined : autoscaling[part];
}

/** The lowest number of replicas of a part of a distributed store. */
export function partReplicas(settings: PartSettings, part: Part): number {
    const { store, path } = parts[part];
    const packaged = packagedValues(`${store}-distributed`, settings.profile);
    return (
        scalerOf(settings, part)?.minReplicas ??
        settings.replicas[part] ??
        (valueAt(packaged, [...path, "replicas"]) as number)
    );
}

/** Valid settings of stores in distributed mode that can have unwanted effects. */
export function modeWarnings(settings: PartSettings & Pick<CheckedSettings, "mode">): string[] {
    const { profile, mode } = settings;
    return partNames
        .filter((part) => profile === "prod" && mode[parts[part].store] === StoreMode.Distributed)
        .filter((part) => partReplicas(settings, part) === 1)
        .map((part) => {
            const isScaled = scalerOf(settings, part) !== undefined;
            const key = isScaled ? `autoscaling.${part}.minReplicas` : `replicas.${part}`;
            return `${key} is 1: while its node is down, ${parts[part].fails}`;
        });
}
