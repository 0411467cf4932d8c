import { StoreMode } from "../../../components/mode";
import { partReplicas } from "../../../settings/mode";
import { addReplicas, removeOtherReplicas, setOtherIndexesAside } from "../metastore";
import type { Plan, Step } from "../plan";
import { modeSteps } from "../switch-steps";
import { startBackends, stopBackends } from "../workloads";

const asked: Required<Pick<Step, "question" | "declined">> = {
    question: ({ applied, settings }) =>
        `Stop Pyroscope, and deploy it in ${settings.mode.pyroscope} mode instead of the ${applied.pyroscopeMode} mode? Until the new pods are ready, profile queries fail, and profiles are not accepted.`,
    declined: "Pyroscope was not changed",
};

const leave: Step = {
    id: "leave",
    title: "Remove the other replicas of the metastore from the Raft cluster",
    ...asked,
    run: removeOtherReplicas,
};

const stop: Step = {
    id: "stop",
    title: "Stop Pyroscope, and rename old indexes on the volumes of other replicas",
    run: async (context) => {
        const { cluster, applied, onProgress } = context;
        await stopBackends(cluster, applied.namespace, onProgress, ["pyroscope"]);
        await setOtherIndexesAside(context);
    },
};

/** Changes between Pyroscope as one process and Pyroscope of separate parts. The volume with the index stays the same. */
export const pyroscopeMode: Plan = {
    name: "pyroscope-mode",
    title: "Changes Pyroscope from monolithic to distributed, or back. Both use the same bucket and the same index.",
    misfit: ({ applied, settings: { mode, namespace, components } }) => {
        if (applied.pyroscopeMode === undefined || !components.pyroscope) {
            return "the stack does not deploy Pyroscope before and after the change";
        }
        if (applied.pyroscopeMode === mode.pyroscope) {
            return `mode.pyroscope is already ${mode.pyroscope}; change it in the stack file`;
        }
        return namespace === applied.namespace ? undefined : "the namespace also changes; change only Pyroscope";
    },
    describe: ({ applied, settings }) => {
        const isDistributed = settings.mode.pyroscope === StoreMode.Distributed;
        const metastores = isDistributed ? partReplicas(settings, "pyroscopeMetastore") : applied.pyroscopeMetastores;
        return {
            does: [
                "Queries each backend for the data of the last 24 hours.",
                ...(isDistributed
                    ? []
                    : [
                          "Makes the first replica of the metastore its leader, and removes the others from the Raft cluster. The first one has the whole index on its volume.",
                      ]),
                "Stops Pyroscope. Each profile that it has accepted is in the bucket already. Old indexes on the volumes of other replicas get another name.",
                isDistributed
                    ? `Deploys the parts of Pyroscope. The pod with the index becomes the first of ${metastores} ${metastores === 1 ? "replica" : "replicas"} of the metastore. ${metastores === 1 ? "" : "The others join it, and copy the index. "}The Service pyroscope leads to the gateway from then on.`
                    : "Deploys Pyroscope as one process with one replica, in the pod with the index, and deletes the other parts. The Service pyroscope leads to this pod from then on.",
                "Queries the backends again, and compares the results with those before the change.",
            ],
            unavailable: [
                `Profile queries, and accepting profiles: from the stop until the new pods are ready, usually one to three minutes.${isDistributed ? "" : " Compaction-workers finish their jobs first, which can take some minutes."}`,
                "Alloy repeats what it cannot send. SDKs drop the profiles of this time, as with each restart of the monolithic Pyroscope.",
            ],
            needs: isDistributed
                ? [
                      "CPU and memory for the parts, and a new volume for each further replica of the metastore.",
                      "The image of nginx, which `npm run mirror` copies, if the stack uses images.registry.",
                  ]
                : ["CPU and memory of one Pyroscope for all parts; `npm run plan` shows the requests."],
            rollback: [
                `Set mode.pyroscope back to ${applied.pyroscopeMode}, and run \`npm run migrate -- pyroscope-mode\` again. Nothing is lost.`,
            ],
        };
    },
    steps: modeSteps("pyroscope-mode", "pyroscope", "Pyroscope", asked, [leave, stop], true),
    commit: ({ settings: { mode } }) => ({ mode: { pyroscope: mode.pyroscope } }),
    abort: async (context, done) => {
        const { cluster, applied, onProgress } = context;
        if (done.includes(leave.id) && applied.pyroscopeMetastores > 1) {
            // Replicas that have left the Raft cluster join it again only without their old index.
            await stop.run(context as never);
        } else if (!done.includes(leave.id) && applied.pyroscopeMetastores > 1) {
            await addReplicas(context);
        }
        await startBackends(cluster, applied.namespace, onProgress, ["pyroscope"]);
    },
    afterwards: ({ applied }) =>
        applied.pyroscopeMode === StoreMode.Distributed && applied.pyroscopeMetastores > 1
            ? [
                  `The volumes of the other replicas remain, with the index that they had. When Pyroscope finds all profiles, you can delete their claims data-pyroscope-1 and following, which \`kubectl get pvc --namespace ${applied.namespace}\` lists. Keep data-pyroscope-0, which has the index.`,
              ]
            : [],
};
