import { deployChange } from "../deploy-change";
import type { Plan } from "../plan";
import { flushStep } from "../switch-steps";
import { startBackends } from "../workloads";

/** Raises the number of replicas of Loki that store each line. */
export const lokiReplication: Plan = {
    name: "loki-replication",
    title: "Raises the replication factor of Loki, for example from 1 to 3.",
    misfit: ({ applied, settings: { replicationFactor, namespace } }) => {
        const [from, to] = [applied.lokiReplicationFactor, replicationFactor.loki];
        if (from === to) {
            return `the replication factor of Loki is already ${from}`;
        }
        if (to < from) {
            return `the replication factor of Loki decreases from ${from} to ${to}, which needs no plan: deploy it with \`npm run up\``;
        }
        return namespace === applied.namespace ? undefined : "the namespace also changes; change only Loki";
    },
    describe: ({ applied, settings: { replicas, replicationFactor } }) => ({
        does: [
            "Asks Loki to write the lines in its memory to the bucket.",
            `Deploys ${replicas.loki} replicas with the old replication factor ${applied.lokiReplicationFactor}, so that writes need only one replica while the others start.`,
            `Deploys the replication factor ${replicationFactor.loki} when all replicas are ready. The replicas restart one after another.`,
        ],
        unavailable: [
            applied.replicas.loki === 1
                ? "Log queries: for the restart of the first replica in the first deployment, usually less than a minute. In the second deployment, two replicas are always ready."
                : "Nothing: the replicas restart one after another.",
            "Log lines are not lost: Alloy and the collector keep them in their queues, and Loki keeps a WAL on its volume.",
            "Lines from before that are not in the bucket yet exist on one replica until they are written.",
        ],
        needs: [
            `Volumes for ${replicas.loki} replicas of Loki, and their CPU and memory.`,
            `Disk space and network for ${replicationFactor.loki} copies of each new line. The bucket stores most lines once.`,
        ],
        rollback: [
            "Deploy the old settings. Replicas that are removed write their lines to the bucket first. If one replica remains, Loki is unavailable until it has restarted.",
        ],
    }),
    steps: [
        flushStep("loki", "Flush Loki"),
        {
            id: "replicas",
            title: "Deploy the replicas with the old replication factor",
            ownProgress: true,
            run: (context) =>
                deployChange(context, lokiReplication.name, {
                    settings: {
                        replicationFactor: {
                            ...context.settings.replicationFactor,
                            loki: context.applied.lokiReplicationFactor,
                        },
                    },
                }),
        },
        {
            id: "factor",
            title: "Deploy the new replication factor",
            ownProgress: true,
            run: (context) => deployChange(context, lokiReplication.name),
        },
        {
            id: "ready",
            title: "Wait until all replicas are ready",
            run: ({ cluster, applied, onProgress }) => startBackends(cluster, applied.namespace, onProgress, ["loki"]),
        },
    ],
    commit: ({ settings: { replicas, replicationFactor } }) => ({
        replicas: { loki: replicas.loki },
        replicationFactor: { loki: replicationFactor.loki },
    }),
};
