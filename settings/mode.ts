import { packagedValues } from "../components/helm/values";
import { StoreMode } from "../components/mode";
import { defaultReplicationFactor } from "../validation/replication";
import { deployedComponents } from "./components";
import { lokiModeRules } from "./loki-mode";
import { mimirModeRules } from "./mimir-mode";
import { tempoModeRules } from "./tempo-mode";
import { valueAt } from "./paths";
import type { Context, Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Names of the stores that can run as separate parts. */
const titles = { loki: "Loki", mimir: "Mimir", tempo: "Tempo", pyroscope: "Pyroscope" };
type Store = keyof typeof titles;

const partOfPyroscope = (name: string) => ["pyroscope", "components", name] as const;

/** Parts whose replicas are settings: the path of the part in the Helm values, and what fails without it. */
const parts = {
    lokiDistributor: { store: "loki", path: ["distributor"], fails: "no log lines are accepted" },
    lokiQuerier: { store: "loki", path: ["querier"], fails: "log queries fail" },
    mimirDistributor: { store: "mimir", path: ["parts", "distributor"], fails: "no samples are accepted" },
    mimirQuerier: { store: "mimir", path: ["parts", "querier"], fails: "metric queries fail" },
    mimirStoreGateway: { store: "mimir", path: ["parts", "storeGateway"], fails: "queries of old samples fail" },
    tempo: { store: "tempo", path: ["ingester"], fails: "no spans are accepted" },
    tempoDistributor: { store: "tempo", path: ["distributor"], fails: "no spans are accepted" },
    tempoQuerier: { store: "tempo", path: ["querier"], fails: "trace queries fail" },
    tempoMetricsGenerator: { store: "tempo", path: ["metricsGenerator"], fails: "no metrics are computed from spans" },
    pyroscopeMetastore: {
        store: "pyroscope",
        path: partOfPyroscope("metastore"),
        fails: "no profiles are found",
    },
    pyroscopeDistributor: {
        store: "pyroscope",
        path: partOfPyroscope("distributor"),
        fails: "no profiles are accepted",
    },
    pyroscopeSegmentWriter: {
        store: "pyroscope",
        path: partOfPyroscope("segment-writer"),
        fails: "no profiles are accepted",
    },
    pyroscopeQueryFrontend: {
        store: "pyroscope",
        path: partOfPyroscope("query-frontend"),
        fails: "profile queries fail",
    },
    pyroscopeQueryBackend: {
        store: "pyroscope",
        path: partOfPyroscope("query-backend"),
        fails: "profile queries fail",
    },
    pyroscopeCompactionWorker: {
        store: "pyroscope",
        path: partOfPyroscope("compaction-worker"),
        fails: "profiles are not compacted, which slows queries down",
    },
} as const satisfies Record<string, { store: Store; path: readonly string[]; fails: string }>;
type Part = keyof typeof parts;
const partNames = Object.keys(parts) as Part[];

/** Rules about stores that run as separate parts. */
export const modeRules: Rule[] = [
    { reads: ["mode", "components", "external"], conditions: ["components", "external"], mistakes: absentStores },
    { reads: ["mode", "replicas", "replicationFactor", "autoscaling"], conditions: ["mode"], mistakes: unusedParts },
    ...lokiModeRules,
    ...mimirModeRules,
    ...tempoModeRules,
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
    const ofParts = partNames.flatMap((part) => [
        { path: ["replicas", part], store: parts[part].store },
        { path: ["autoscaling", part], store: parts[part].store },
    ]);
    return [...ofParts, { path: ["replicationFactor", "tempo"], store: "tempo" as const }]
        .filter(({ path, store }) => mode[store] === StoreMode.Monolithic && valueAt(raw, path) !== undefined)
        .map(({ path, store }) => ({
            path,
            message: `has no effect with mode.${store} "monolithic"; remove it, or set mode.${store} to "distributed"`,
            sentence: true,
        }));
}

/**
 * Parts without an autoscaler: store-gateways, ingesters and metastores have volumes, and each metrics-generator has series of its own. The query-frontend
 * and the compaction-worker are not in the path of writes, and do little for queries.
 */
const unscaled = [
    "mimirStoreGateway",
    "tempo",
    "tempoMetricsGenerator",
    "pyroscopeMetastore",
    "pyroscopeQueryFrontend",
    "pyroscopeCompactionWorker",
] as const;

/** The key of the number of replicas in the Helm values. */
const replicasKey = { loki: "replicas", mimir: "replicas", tempo: "replicas", pyroscope: "replicaCount" };

type PartSettings = Pick<CheckedSettings, "profile" | "replicas" | "autoscaling">;

function scalerOf({ autoscaling }: PartSettings, part: Part) {
    return isUnscaled(part) ? undefined : autoscaling[part];
}

function isUnscaled(part: Part): part is (typeof unscaled)[number] {
    return unscaled.some((name) => name === part);
}

/** The lowest number of replicas of a part of a distributed store. */
export function partReplicas(settings: PartSettings, part: Part): number {
    const { store, path } = parts[part];
    const packaged = packagedValues(`${store}-distributed`, settings.profile);
    return (
        scalerOf(settings, part)?.minReplicas ??
        settings.replicas[part] ??
        (valueAt(packaged, [...path, replicasKey[store]]) as number)
    );
}

/** The number of replicas that have the index of Pyroscope. In monolithic mode, only its process has it. */
export function metastoreReplicas(settings: PartSettings & Pick<CheckedSettings, "mode">): number {
    return settings.mode.pyroscope === StoreMode.Distributed ? partReplicas(settings, "pyroscopeMetastore") : 1;
}

/** The number of ingesters of distributed Tempo, and how many of them store each trace. */
export function tempoIngesters(settings: PartSettings & { replicationFactor: { tempo?: number | undefined } }): {
    replicas: number;
    copies: number;
} {
    const replicas = partReplicas(settings, "tempo");
    return { replicas, copies: settings.replicationFactor.tempo ?? defaultReplicationFactor(replicas) };
}

/** Valid settings of stores in distributed mode that can have unwanted effects. */
export function modeWarnings(settings: PartSettings & Pick<CheckedSettings, "mode" | "tracing">): string[] {
    const { profile, mode, tracing } = settings;
    return (
        partNames
            // With tail sampling, the collector computes metrics from spans.
            .filter((part) => part !== "tempoMetricsGenerator" || tracing.samplingMode === "head")
            .filter((part) => profile === "prod" && mode[parts[part].store] === StoreMode.Distributed)
            .filter((part) => partReplicas(settings, part) === 1)
            .map((part) => {
                const isScaled = scalerOf(settings, part) !== undefined;
                const key = isScaled ? `autoscaling.${part}.minReplicas` : `replicas.${part}`;
                return `${key} is 1: while its node is down, ${parts[part].fails}`;
            })
    );
}
