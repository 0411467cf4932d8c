import { defaultServerId } from "../../../components/pyroscope";
import type { Change, Plan } from "../plan";

/** Moves a stack to another namespace. Each object of the stack is in the namespace, so this is a second stack and a copy of the data. */
export const namespace: Plan = {
    name: "namespace",
    title: "Moves the stack to another namespace: commands to run.",
    misfit: ({ applied, settings }) => {
        if (applied.namespace === settings.namespace) {
            return `the stack is already in namespace ${applied.namespace}; set the new namespace in the stack file`;
        }
        return applied.pyroscopeMetastores > 1
            ? `the index of Pyroscope contains the addresses of ${applied.pyroscopeMetastores} replicas of the metastore in namespace ${applied.namespace}; first set mode.pyroscope to monolithic, and run \`npm run migrate -- pyroscope-mode\``
            : undefined;
    },
    describe: ({ applied, settings }) => ({
        does: [
            `Deploys a second stack in namespace ${settings.namespace}, beside the one in ${applied.namespace}.`,
            `Copies the stored data and the database of Grafana with \`npm run backup\` and \`npm run restore\`.`,
            "Moves the applications to the DNS names of the new namespace, and deletes the old stack.",
        ],
        unavailable: [
            "The old stack: during the last copy of the backup, queries and alerts. The new stack: during the restore, everything but the queues.",
            `Data that applications send to ${applied.namespace} between the backup and the change of their endpoints stays in the old stack.`,
        ],
        needs: [
            "Resources for two stacks, and disk space for a copy of all objects on this machine or in an S3 service.",
            "Different application namespaces in dapr.namespaces of both stacks: the new stack gets them at the end.",
            ...(applied.objectStore.kind === "s3"
                ? ["Other buckets for the new stack, because two stacks must not use the same buckets."]
                : []),
        ],
        rollback: [
            "Until the old stack is deleted: move the applications back to its DNS names. Data from the time between stays in the new stack.",
            "After that: run this plan for the old namespace.",
        ],
    }),
    steps: [],
    procedure,
    commit: ({ settings }) => ({ namespace: settings.namespace }),
};

function procedure({ stack, applied, settings }: Change): string[] {
    const next = `${stack}-${settings.namespace}`;
    const folder = `backups/${stack}-to-${settings.namespace}`;
    const s3 = applied.objectStore.kind === "s3";
    const apps = settings.dapr.enabled && settings.dapr.namespaces.length > 0;
    return [
        `  # 1. The new stack has its own stack file. Both stacks exist until the end.`,
        `  cp Pulumi.${stack}.yaml Pulumi.${next}.yaml`,
        `  #    In Pulumi.${stack}.yaml, set observability:namespace back to ${applied.namespace}.`,
        `  #    In Pulumi.${next}.yaml, remove encryptionsalt and set encrypted values again.`,
        ...(apps ? [`  #    In Pulumi.${next}.yaml, set enabled to false in observability:dapr.`] : []),
        ...(s3
            ? [
                  `  #    In Pulumi.${next}.yaml, set observability:objectStore.bucketPrefix to a new value, and create its buckets.`,
              ]
            : []),
        ...(settings.components.pyroscope && settings.storage.pyroscopeServerId === undefined
            ? [
                  `  #    In Pulumi.${next}.yaml, set observability:storage.pyroscopeServerId to ${defaultServerId(applied.namespace ?? "")}.`,
                  `  #    Pyroscope has this name in its index. Without it, it does not become ready after the restore.`,
              ]
            : []),
        `  npm run up -- ${next}`,
        `  # 2. Copy the data. --pause makes the copy exact, and includes the index of Pyroscope.`,
        `  npm run backup -- ${stack} --to ${folder} --pause`,
        `  npm run restore -- ${next} --from ${folder} --replace`,
        `  npm run verify -- ${next}`,
        `  # 3. Move the applications.`,
        ...(apps
            ? [
                  `  #    Set enabled to false in observability:dapr of Pulumi.${stack}.yaml and to true in Pulumi.${next}.yaml, then deploy both, the old one first.`,
                  `  npm run up -- ${stack}`,
                  `  npm run up -- ${next}`,
                  ...settings.dapr.namespaces.map((name) => `  kubectl rollout restart deployment --namespace ${name}`),
              ]
            : []),
        `  #    Replace ${applied.namespace}.svc by ${settings.namespace}.svc in the OTLP and Pyroscope endpoints of the applications.`,
        `  # 4. Delete the old stack when nothing sends to it any more (npm run health -- ${stack}), and its stack file.`,
        `  npm run down -- ${stack}`,
    ];
}
