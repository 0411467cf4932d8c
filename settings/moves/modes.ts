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

/** Changes between a store as one process and a store of separate parts. Those of Loki, Mimir and Tempo have different StatefulSets in each mode, with volumes of their own. */
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
    ofMode(
        "pyroscope",
        {
            monolithic:
                "The pod of Pyroscope becomes the first replica of the metastore, with its volume and its index. Old indexes on the volumes of other replicas, from an earlier change, can replace it.",
            distributed:
                "The first replica of the metastore becomes the only pod of Pyroscope, with its volume and its index. While the other replicas are in the Raft cluster, it does not become ready without them, and no profile is found.",
        },
        "Until the new pods are ready, profiles are not accepted.",
    ),
    // Kubernetes deletes the last replicas, which must leave the Raft cluster before.
    ({ replicas: { pyroscopeMetastore: from } }, { replicas: { pyroscopeMetastore: to } }) => [
        from === undefined || to === undefined || to >= from
            ? undefined
            : {
                  setting: "replicas.pyroscopeMetastore",
                  from,
                  to,
                  effect: "Replicas of the metastore are deleted that are still in the Raft cluster, and the others may not have a majority.",
                  safe: `Set replicas.pyroscopeMetastore back to ${from}. To lower it, change to the monolithic mode and back: see docs/moves.md.`,
                  loses: [],
                  impossible: true,
              },
    ],
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
