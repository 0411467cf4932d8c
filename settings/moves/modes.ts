import { StoreMode } from "../../components/mode";
import type { AppliedSettings } from "../applied";
import type { Comparison } from "./move";

/** The stores that can run as separate parts. */
type Store = keyof NonNullable<AppliedSettings["mode"]>;

/** How a store runs. Undefined if the stack does not deploy it. */
export function storeMode({ components, mode }: AppliedSettings, store: Store): StoreMode | undefined {
    if (components?.[store] === false) {
        return undefined;
    }
    return mode?.[store] === StoreMode.Distributed ? StoreMode.Distributed : StoreMode.Monolithic;
}

/** Changes between a store as one process and a store of separate parts. They have different StatefulSets, with volumes of their own. */
export const ofModes: Comparison[] = [
    ofMode(
        "loki",
        {
            monolithic: "The StatefulSet of Loki and its pods are deleted.",
            distributed: "The StatefulSets of the parts of Loki and their pods are deleted.",
        },
        "Each pod writes its lines to the bucket before it ends. If it cannot, they stay on its volume, and nothing reads them.",
    ),
    ofMode(
        "mimir",
        {
            monolithic: "The StatefulSet of Mimir and its pods are deleted.",
            distributed: "The StatefulSets of the parts of Mimir and their pods are deleted.",
        },
        "Each pod writes its samples to the bucket before it ends. If it cannot, they stay on its volume, and nothing reads them. Queries fail for some minutes, and silences of the Alertmanager can be lost.",
    ),
    ofMode(
        "tempo",
        {
            monolithic: "The StatefulSet of Tempo and its pod are deleted.",
            distributed: "The StatefulSets of the parts of Tempo and their pods are deleted.",
        },
        "Traces that a pod has not written to the bucket stay on its volume, and nothing reads them.",
    ),
];

/** @param deleted what is deleted, by the mode before. @param loss what can be lost. */
function ofMode(store: Store, deleted: Record<StoreMode, string>, loss: string): Comparison {
    return (before, after) => {
        const [from, to] = [storeMode(before, store), storeMode(after, store)];
        return [
            from === undefined || to === undefined || from === to
                ? undefined
                : {
                      setting: `mode.${store}`,
                      from,
                      to,
                      effect: `${deleted[from]} ${loss}`,
                      safe: `The steps that lose nothing are in \`npm run migrate -- ${store}-mode\`.`,
                      loses: [store],
                  },
        ];
    };
}
