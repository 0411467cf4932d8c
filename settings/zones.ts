import { StoreMode } from "../components/mode";
import { ZoneStage, type ZonesArgs } from "../components/zones";
import { deployedComponents } from "./components";
import { defaultReplicationFactor } from "../validation/replication";
import { tempoIngesters } from "./mode";
import { valueAt } from "./paths";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

const titles = { loki: "Loki", mimir: "Mimir", tempo: "Tempo" };
type Store = keyof typeof titles;

/** Lists in Helm values by which pods get their zone. A list of the stack file would replace them. */
const lists = ["extraEnv", "extraArgs", "topologySpreadConstraints"];

type ZoneSettings = Pick<
    CheckedSettings,
    "profile" | "replicas" | "replicationFactor" | "autoscaling" | "mode" | "components" | "external"
> & { zones: CheckedSettings["zones"] };

/** Rules about zones. */
export const zoneRules: Rule[] = [
    {
        reads: ["zones", "replicas", "replicationFactor", "autoscaling", "mode", "profile", "components", "external"],
        conditions: ["replicas", "replicationFactor", "mode", "profile", "autoscaling", "components", "external"],
        mistakes: zoneMistakes,
    },
    { reads: ["zones", "values", "mode"], conditions: ["zones", "mode"], mistakes: replacedLists },
];

/** The zones of the stores. Undefined without zones. */
export function zonesArgs({ zones: { count, stage } }: Pick<CheckedSettings, "zones">): ZonesArgs | undefined {
    return count === undefined ? undefined : { count, ...(stage !== undefined && { stage }) };
}

/** The deployed stores with their replicas and copies. A monolithic Tempo has one replica. */
function storesOf(settings: ZoneSettings): { store: Store; replicas: number; copies: number }[] {
    const { mode, replicas, replicationFactor } = settings;
    const deployed = deployedComponents(settings);
    const all = {
        loki: { replicas: replicas.loki, copies: replicationFactor.loki ?? defaultReplicationFactor(replicas.loki) },
        mimir: {
            replicas: replicas.mimir,
            copies: replicationFactor.mimir ?? defaultReplicationFactor(replicas.mimir),
        },
        tempo: mode.tempo === StoreMode.Distributed ? tempoIngesters(settings) : { replicas: 1, copies: 1 },
    };
    return (Object.keys(all) as Store[]).filter((store) => deployed[store]).map((store) => ({ store, ...all[store] }));
}

/** The stores whose copies are placed by zone. Empty without zones. */
export function zonedStores(settings: ZoneSettings): { store: Store; replicas: number; copies: number }[] {
    return settings.zones.count === undefined ? [] : storesOf(settings).filter(({ copies }) => copies > 1);
}

function zoneMistakes(settings: ZoneSettings): Mistake[] {
    const { count, stage } = settings.zones;
    if (count === undefined) {
        return stage === undefined
            ? []
            : [{ path: ["zones", "stage"], message: "has no effect without zones.count; remove it", sentence: true }];
    }
    const replicated = zonedStores(settings);
    if (replicated.length === 0) {
        return [
            {
                path: ["zones", "count"],
                message:
                    "has no effect, because no store of the stack has several copies of its data; remove it, or set replicas.loki and replicas.mimir to at least 3",
                sentence: true,
            },
        ];
    }
    return replicated.flatMap(({ store, replicas, copies }): Mistake[] => [
        ...(count < copies
            ? [
                  {
                      path: ["zones", "count"],
                      message: `at least replicationFactor.${store}, which is ${copies}, because each copy of the data of ${titles[store]} must be in a different zone`,
                  },
              ]
            : []),
        ...(count >= copies && replicas < count
            ? [
                  {
                      path: ["zones", "count"],
                      message: `at most replicas.${store}, which is ${replicas}, because each zone must have a replica of ${titles[store]}`,
                  },
              ]
            : []),
    ]);
}

function replacedLists({ zones, values, mode }: CheckedSettings): Mistake[] {
    const pods: Record<"loki" | "tempo", string> = {
        loki: mode.loki === StoreMode.Distributed ? "ingester" : "singleBinary",
        tempo: "ingester",
    };
    const ofChart = ["values", "mimir", "zones"];
    const replaced = Object.entries(pods).flatMap(([store, part]) =>
        lists.map((list) => ({ path: ["values", store, part, list], others: `values.${store}.defaults.${list}` })),
    );
    return [
        ...(valueAt({ values }, ofChart) === undefined
            ? []
            : [{ path: ofChart, message: "has a setting of its own; remove it, and set zones.count", sentence: true }]),
        ...replaced
            .filter(({ path }) => zones.count !== undefined && valueAt({ values }, path) !== undefined)
            .map(({ path, others }) => ({
                path,
                message: `would replace the list by which the pods get their zone; remove it${path.includes("topologySpreadConstraints") ? "" : `, or use ${others}`}`,
                sentence: true,
            })),
    ];
}

/** Stores that have one copy of their newest data, so that zones have no effect on them. */
export function zoneWarnings(settings: ZoneSettings): string[] {
    const { count, stage } = settings.zones;
    if (count === undefined) {
        return [];
    }
    return [
        ...storesOf(settings)
            .filter(({ copies }) => copies === 1)
            .map(
                ({ store }) =>
                    `zones.count is ${count}: it has no effect on ${titles[store]}, which has one copy of its newest data; ${store === "tempo" && settings.mode.tempo === StoreMode.Monolithic ? 'set mode.tempo to "distributed"' : `set replicas.${store} and replicationFactor.${store} to at least 3`}, or accept that this data is unavailable while its zone is down`,
            ),
        ...(stage === ZoneStage.Prepare
            ? [
                  `zones.stage is "prepare": the copies are not placed by zone yet; after this deployment, set it to "replicate", and deploy again`,
              ]
            : []),
    ];
}
