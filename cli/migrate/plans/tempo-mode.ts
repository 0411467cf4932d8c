import { StoreMode } from "../../../components/mode";
import { tempoIngesters } from "../../../settings/mode";
import type { Plan, Step } from "../plan";
import { modeSteps, stopIngesters } from "../switch-steps";
import { startBackends, stopBackends } from "../workloads";

const asked: Required<Pick<Step, "question" | "declined">> = {
    question: ({ applied, settings }) =>
        `Stop Tempo, and deploy it in ${settings.mode.tempo} mode instead of the ${applied.tempoMode} mode? Until the new pods are ready, trace queries fail, and spans wait in queues.`,
    declined: "Tempo was not changed",
};

/** Changes between Tempo as one process and Tempo of separate parts. */
export const tempoMode: Plan = {
    name: "tempo-mode",
    title: "Changes Tempo from monolithic to distributed, or back. Both use the same bucket.",
    misfit: ({ applied, settings: { mode, namespace, components } }) => {
        if (applied.tempoMode === undefined || !components.tempo) {
            return "the stack does not deploy Tempo before and after the change";
        }
        if (applied.tempoMode === mode.tempo) {
            return `mode.tempo is already ${mode.tempo}; change it in the stack file`;
        }
        return namespace === applied.namespace ? undefined : "the namespace also changes; change only Tempo";
    },
    describe: ({ applied, settings }) => ({
        does: [
            "Queries each backend for the data of the last 24 hours.",
            "Stops the ingesters of Tempo. Each one writes all of its traces to the bucket first.",
            settings.mode.tempo === StoreMode.Distributed
                ? `Deploys the parts of Tempo, with ${tempoIngesters(settings).replicas} ingesters and the replication factor ${tempoIngesters(settings).copies}, and deletes the old pod when they are ready. The Service tempo leads to the new pods from then on.`
                : "Deploys Tempo as one process with one replica, and deletes its parts when it is ready. The Service tempo leads to the new pod from then on.",
            "Queries the backends again, and compares the results with those before the change.",
        ],
        unavailable: [
            "Trace queries and metrics from spans: from the second step until the new pods are ready, usually a few minutes.",
            "Spans are not lost: Tempo rejects them with an error after which Alloy and the collector keep them in their queues.",
        ],
        needs: [
            "CPU and memory for the old and the new pods together, and new volumes.",
            "Space in the queue of the collector for the spans of this time: see docs/availability.md.",
            ...(settings.mode.tempo === StoreMode.Distributed
                ? [
                      "The chart tempo-distributed, and the images of memcached and of nginx, which `npm run mirror` copies, if the stack uses charts.mirror or images.registry.",
                  ]
                : []),
        ],
        rollback: [
            `Set mode.tempo back to ${applied.tempoMode}, and run \`npm run migrate -- tempo-mode\` again. Nothing is lost. The volumes of the old pods remain.`,
        ],
    }),
    steps: modeSteps("tempo-mode", "tempo", "Tempo", asked, [
        { id: "stop", title: "Stop the ingesters of Tempo", ...asked, run: stopIngesters },
    ]),
    commit: ({ settings: { mode } }) => ({ mode: { tempo: mode.tempo } }),
    // The process of a stopped ingester still runs.
    abort: async ({ cluster, applied: { namespace }, onProgress }) => {
        await stopBackends(cluster, namespace, onProgress, ["tempo"]);
        await startBackends(cluster, namespace, onProgress, ["tempo"]);
    },
    afterwards: ({ applied }) => [
        `The volumes of the old pods remain. When Tempo finds all traces, you can delete their claims, which \`kubectl get pvc --namespace ${applied.namespace}\` lists.`,
    ],
};
