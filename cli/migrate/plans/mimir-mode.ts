import type { Plan } from "../plan";
import { modeSteps } from "../switch-steps";

/** Changes between one process for all of Mimir and separate parts, with the same bucket. */
export const mimirMode: Plan = {
    name: "mimir-mode",
    title: "Changes Mimir from monolithic to distributed mode, or back.",
    misfit: ({ applied, settings: { mode, namespace, components } }) => {
        if (applied.mimirMode === undefined || !components.mimir) {
            return "the stack does not deploy Mimir before and after the change";
        }
        if (applied.mimirMode === mode.mimir) {
            return `Mimir already runs in ${mode.mimir} mode`;
        }
        return namespace === applied.namespace ? undefined : "the namespace also changes; change only the mode";
    },
    describe: ({ applied, settings: { mode, replicas } }) => ({
        does: [
            "Queries each backend for the data of the last 24 hours.",
            "Asks Mimir to write the samples in its memory to the bucket.",
            `Deploys the ${mode.mimir} mode. The new pods join the rings of the old ones, and the address of Mimir moves to them. When they are ready, the old pods are deleted: each writes its samples to the bucket and leaves the rings.`,
            "Queries the backends again, and compares the results with those before the change.",
        ],
        unavailable: [
            "Writes: from the moment at which the address moves until the new pods are ready. Alloy and the collector keep the samples in their queues.",
            "Metric queries and rules: for the same time, and while the old pods end. Recent samples of the old pods are missing from queries until the new ones have found their blocks in the bucket, which they look for every minute.",
            "Silences of the Alertmanager can be lost, because they are not in the bucket. Note them before.",
        ],
        needs: [
            `CPU, memory and volumes for both modes at the same time. ${mode.mimir === "distributed" ? `The distributed mode has ${replicas.mimir} ingesters, nine other parts and three caches` : `The monolithic mode has ${replicas.mimir} replicas`}; \`npm run plan\` shows the requests.`,
            ...(mode.mimir === "distributed"
                ? [
                      "The images of memcached and of nginx, which `npm run mirror` copies, if the stack uses images.registry.",
                  ]
                : []),
            "An end of each old pod within its 300 seconds. Its volume keeps what it could not write.",
        ],
        rollback: [
            `Set mode.mimir back to ${applied.mimirMode}, and run this plan again. The pods use their old volumes, and no sample is lost.`,
        ],
    }),
    steps: modeSteps("mimir-mode", "mimir", "Mimir", {
        question: ({ settings: { mode } }) =>
            `Change Mimir to ${mode.mimir} mode now? Metric queries and rules are unavailable for some minutes.`,
        declined: "Mimir was not changed",
    }),
    commit: ({ settings: { mode } }) => ({ mode: { mimir: mode.mimir } }),
    afterwards: ({ applied }) => [
        `The volumes of the ${applied.mimirMode} mode remain. Delete their claims when the queries are right: ${applied.mimirMode === "monolithic" ? "data-mimir-0 and those of the other replicas" : "data-mimir-ingester-0 and those of the other replicas and parts"}.`,
    ],
};
