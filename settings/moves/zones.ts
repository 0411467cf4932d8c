import { ZoneStage } from "../../components/zones";
import type { AppliedSettings } from "../applied";
import type { Comparison, Move } from "./move";

type Store = "loki" | "mimir" | "tempo";

/** Changes of the zones of a stack that has data. */
export const ofZones: Comparison[] = [
    (before, after) => {
        const [from, to] = [before.zones?.stage, after.zones?.stage];
        const stores = (["loki", "mimir", "tempo"] as const).filter(
            (store) => hasCopies(before, store) && hasCopies(after, store),
        );
        return from === to || stores.length === 0 ? [] : [stageMove(from, to)];
    },
];

function hasCopies({ components, replicationFactor }: AppliedSettings, store: Store): boolean {
    return components?.[store] !== false && (replicationFactor[store] ?? 1) > 1;
}

function stageMove(from: string | undefined, to: string | undefined): Move {
    const move = { setting: "zones.stage", from, to, loses: [] };
    if (from !== undefined && to !== undefined) {
        return {
            ...move,
            effect: "The stores restart one replica after the other. Nothing is lost, but queries can lack a part of the recent data until it is in the bucket: see docs/availability.md#zones.",
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
