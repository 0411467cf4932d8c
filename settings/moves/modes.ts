import { StoreMode } from "../../components/mode";
import type { AppliedSettings } from "../applied";
import type { Comparison } from "./move";

/** How Loki runs. Undefined if the stack does not deploy it. */
export function lokiMode({ components, mode }: AppliedSettings): string | undefined {
    return components?.loki === false ? undefined : (mode?.loki ?? StoreMode.Monolithic);
}

/** Changes between a store as one process and a store of separate parts. They have different StatefulSets, with volumes of their own. */
export const ofModes: Comparison[] = [
    (before, after) => {
        const [from, to] = [lokiMode(before), lokiMode(after)];
        const deleted =
            from === StoreMode.Distributed
                ? "The StatefulSets of the parts of Loki and their pods are deleted."
                : "The StatefulSet of Loki and its pods are deleted.";
        return [
            from === undefined || to === undefined || from === to
                ? undefined
                : {
                      setting: "mode.loki",
                      from,
                      to,
                      effect: `${deleted} Each pod writes its lines to the bucket before it ends. If it cannot, they stay on its volume, and nothing reads them.`,
                      safe: "The steps that lose nothing are in `npm run migrate -- loki-mode`.",
                      loses: ["loki"],
                  },
        ];
    },
];
