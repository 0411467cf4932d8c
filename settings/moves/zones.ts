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
        return from === to || stores.length === 0 ? [] : [stageMove(from, to, after)];
    },
];

function hasCopies({ components, replicationFactor }: AppliedSettings, store: Store): boolean {
    return components?.[store] !== false && (replicationFactor[store] ?? 1) > 1;
}

function stageMove(from: string | undefined, to: string | undefined, after: AppliedSettings): Move {
    const move = { setting: "zones.stage", from, to, loses: [] };
    if (from !== undefined && to !== undefined && from !== to) {
        return { ...move, effect: `The stores restart. ${incomplete(after) ?? ""}`.trim(), safe: "" };
    }
    return from === ZoneStage.Replicate || to === ZoneStage.Replicate
        ? {
              ...move,
              effect: "While the replicas restart one after the other, some use zones, and others have none. Queries that use zones would then leave out replicas with the only copies.",
              safe: `Deploy with zones.stage ${JSON.stringify(ZoneStage.Prepare)} first${to === undefined ? ", and without zones after it" : `, and with ${JSON.stringify(to)} after it`}.`,
              impossible: true,
          }
        : { ...move, effect: "The stores restart, and the scheduler then places their replicas evenly over the zones.", safe: "" };
}

/**
 * A query leaves out as many zones as can be lost. Before the change, copies were placed without zones: with many replicas in a zone, all copies can be in
 * the zones that are left out.
 */
function incomplete({ zones, replicas, replicationFactor }: AppliedSettings): string | undefined {
    const wide = (["loki", "mimir", "tempo"] as const).filter((store) => {
        const copies = replicationFactor[store] ?? 1;
        const left = Math.floor(copies / 2) * Math.ceil((replicas[store] ?? 1) / (zones?.count ?? 1));
        return copies > 1 && left >= copies;
    });
    return wide.length === 0
        ? undefined
        : `Until all replicas have restarted, queries of ${wide.join(", ")} can lack recent data, because all of its copies can be in one zone. Nothing is lost.`;
}
