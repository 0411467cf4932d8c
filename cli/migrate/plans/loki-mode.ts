import { StoreMode } from "../../../components/mode";
import type { Plan } from "../plan";
import { modeSteps } from "../switch-steps";

/** Changes between Loki as one process and Loki of separate parts. */
export const lokiMode: Plan = {
    name: "loki-mode",
    title: "Changes Loki from monolithic to distributed, or back. Both use the same bucket.",
    misfit: ({ applied, settings: { mode, namespace, components } }) => {
        if (applied.lokiMode === undefined || !components.loki) {
            return "the stack does not deploy Loki before and after the change";
        }
        if (applied.lokiMode === mode.loki) {
            return `mode.loki is already ${mode.loki}; change it in the stack file`;
        }
        return namespace === applied.namespace ? undefined : "the namespace also changes; change only Loki";
    },
    describe: ({ settings: { mode, replicas, replicationFactor } }) => ({
        does: [
            "Asks Loki to write the lines in its memory to the bucket.",
            mode.loki === StoreMode.Distributed
                ? `Deploys the parts of Loki, with ${replicas.loki} ingesters and the replication factor ${replicationFactor.loki}, beside its old pods. The Service loki leads to the new pods from then on.`
                : `Deploys ${replicas.loki} replicas of Loki with the replication factor ${replicationFactor.loki} beside its parts. The Service loki leads to the new pods from then on.`,
            "Deletes the old pods in the same deployment, when the new ones are ready. Each writes its remaining lines to the bucket and leaves the ring before it ends, for which it has 300 s.",
            "Compares the stored lines of the 24 hours before with those that Loki now finds.",
        ],
        unavailable: [
            "Log queries and alerts on logs: until the first new pods are ready.",
            "Log lines are not lost: Alloy and the collector keep them in their queues.",
        ],
        needs: [
            "CPU and memory for the old and the new pods together, and new volumes.",
            ...(mode.loki === StoreMode.Distributed
                ? [
                      "The images of memcached and of nginx, which `npm run mirror` copies, if the stack uses images.registry.",
                  ]
                : []),
        ],
        rollback: [
            `Set mode.loki back, and run \`npm run migrate -- loki-mode\` again. Nothing is lost. The volumes of the old pods remain.`,
        ],
    }),
    steps: modeSteps("loki-mode", "loki", "Loki", {
        question: ({ applied, settings }) =>
            `Deploy Loki in ${settings.mode.loki} mode, and delete its pods of the ${applied.lokiMode} mode? Until the first new pods are ready, log queries fail.`,
        declined: "Loki was not changed",
    }),
    commit: ({ settings: { mode } }) => ({ mode: { loki: mode.loki } }),
    afterwards: ({ applied }) => [
        `The volumes of the old pods remain. When Loki finds all lines, you can delete their claims, which \`kubectl get pvc --namespace ${applied.namespace}\` lists.`,
    ],
};
