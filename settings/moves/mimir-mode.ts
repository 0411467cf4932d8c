import { StoreMode } from "../../components/mode";
import type { AppliedSettings } from "../applied";
import type { Comparison } from "./move";

/** How Mimir runs in a deployment. Undefined if the stack does not deploy it. */
export function mimirModeOf({ components, mode }: AppliedSettings): StoreMode | undefined {
    if (components?.mimir === false) {
        return undefined;
    }
    return mode?.mimir === StoreMode.Distributed ? StoreMode.Distributed : StoreMode.Monolithic;
}

/** The change of Mimir between one process for everything and separate parts. The pods of the old mode are deleted. */
export const ofMimirMode: Comparison[] = [
    (before, after) => {
        const [from, to] = [mimirModeOf(before), mimirModeOf(after)];
        const old = from === StoreMode.Distributed ? "Each part of Mimir" : "The StatefulSet mimir";
        return [
            from === undefined || to === undefined || from === to
                ? undefined
                : {
                      setting: "mode.mimir",
                      from,
                      to,
                      effect: `${old} is deleted with its pods when the new pods are ready. A pod writes its recent samples to the bucket when it ends. Samples of a pod that cannot end properly stay on its volume, which remains, but nothing reads them. Queries fail for some minutes, and silences of the Alertmanager can be lost.`,
                      safe: "To keep all samples, use `npm run migrate -- mimir-mode`.",
                      loses: ["mimir"],
                  },
        ];
    },
];
