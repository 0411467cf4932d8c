import { placesByZone, ZoneStage } from "../../components/zones";
import type { AppliedSettings } from "../applied";
import type { Comparison, Move } from "./move";

const titles = { loki: "Loki", mimir: "Mimir", tempo: "Tempo" };
type Store = keyof typeof titles;
const stores = Object.keys(titles) as Store[];

const untilUploaded =
    "Nothing is lost, but queries can lack a part of the recent data until it is in the bucket: see docs/availability.md#zones.";

/** Changes of the zones of a stack that has data. */
export const ofZones: Comparison[] = [
    (before, after) => {
        const [from, to] = [before.zones?.stage, after.zones?.stage];
        const replicated = stores.filter((store) => hasCopies(before, store) && hasCopies(after, store));
        return from === to
            ? replicated.map((store) => replicasMove(store, before, after))
            : replicated.length === 0
              ? []
              : [stageMove(from, to)];
    },
];

function hasCopies({ components, replicationFactor }: AppliedSettings, store: Store): boolean {
    return components?.[store] !== false && (replicationFactor[store] ?? 1) > 1;
}

/** With another number of replicas, a ring can begin or end to place copies by zone, as with another stage. */
function replicasMove(store: Store, before: AppliedSettings, after: AppliedSettings): Move | undefined {
    const [from, to] = [before.replicas[store], after.replicas[store]];
    const byZone = ({ zones, replicationFactor }: AppliedSettings, replicas = 0) =>
        placesByZone(zones?.stage, replicas, replicationFactor[store] ?? 1);
    return from === undefined || from === to || byZone(before, from) === byZone(after, to)
        ? undefined
        : {
              setting: `replicas.${store}`,
              from,
              to,
              effect: `${titles[store]} ${byZone(after, to) ? "then places the copies by zone, because it has" : "then no longer places the copies by zone, because it does not have"} more replicas than copies. ${untilUploaded}`,
              safe: "",
              loses: [],
          };
}

function stageMove(from: string | undefined, to: string | undefined): Move {
    const move = { setting: "zones.stage", from, to, loses: [] };
    if (from !== undefined && to !== undefined) {
        return {
            ...move,
            effect: `The stores restart one replica after the other. ${untilUploaded}`,
            safe: "",
        };
    }
    return from === ZoneStage.Replicate || to === ZoneStage.Replicate
        ? {
              ...move,
              effect: "While the replicas restart one after the other, some use zones, and others have none. Queries that use zones would then leave out replicas with the only copies.",
              safe: `Deploy with zones.stage ${JSON.stringify(ZoneStage.Prepare)} first${to === undefined ? ", and without zones after it" : `, and with ${JSON.stringify(to)} after it`}.`,
              impossible: true,
          }
        : {
              ...move,
              effect: "The stores restart, and the scheduler then places their replicas evenly over the zones.",
              safe: "",
          };
}
