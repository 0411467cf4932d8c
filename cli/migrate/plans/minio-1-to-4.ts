import { contract } from "../../../components/contract";
import { quantityValue } from "../../../validation/quantities";
import { withVolume } from "../../backup/volume-pod";
import { clusterCopier, copyJobName, copyWhileRunning } from "../../store/copy";
import type { Usage } from "../../store/copy-script";
import { deleteJob } from "../../store/run-job";
import { deployChange } from "../deploy-change";
import type { Plan, StepContext } from "../plan";
import { provisionMinio } from "../provision";
import { deleteStaging, rootAccess, stagingAccess, stagingName, stagingSize, startStaging } from "../staging";
import { copyExactly, queryAndStop, verifyStoredData } from "../switch-steps";
import { releaseReplicas, startBackends, startStatefulSet, stopStatefulSet } from "../workloads";

/** Recorded before the drives change. From then on, the migration can only be finished. */
const resetStarted = "reset-started";
/** Folder of MinIO on its volumes, from the chart. */
const drive = "drive";
const { release } = contract.minio;

/** Changes the number of drives of MinIO, which MinIO cannot do by itself. */
export const minio1To4: Plan = {
    name: "minio-1-to-4",
    title: "Changes the number of replicas of MinIO, for example from 1 to 4.",
    misfit: ({ applied, settings }) => {
        const { objectStore, replicas, namespace } = settings;
        if (applied.objectStore.kind === "s3" || objectStore.kind === "s3") {
            return 'it needs objectStore.kind "minio" before and after the migration';
        }
        if (applied.replicas.minio === replicas.minio) {
            return `MinIO already has ${replicas.minio} ${replicas.minio === 1 ? "replica" : "replicas"}; set replicas.minio in the stack file`;
        }
        return namespace === applied.namespace ? undefined : "the namespace also changes; change only replicas.minio";
    },
    describe: ({ applied, settings }) => ({
        does: [
            `Starts a second MinIO (${stagingName}) with one volume, and copies all objects to it while the stack runs.`,
            "Stops Loki, Tempo, Mimir and Pyroscope, copies the rest, and compares the number of objects and bytes of each bucket.",
            `Stops MinIO, renames the folder with its data on each volume to ${oldDrive(applied.replicas.minio)}, and deploys ${settings.replicas.minio} empty replicas.`,
            "Creates the buckets and users, copies all objects back, and compares again.",
            "Starts the backends, and queries each one for the data of the last 24 hours.",
            "Deletes the second MinIO and the renamed folders after a confirmation.",
        ],
        unavailable: [
            "Queries, rules and alerts: from the stop of the backends until all objects are copied back. The plan prints how long the first copy took: the copy back needs about the same time.",
            "Logs, metrics and traces are not lost as long as they fit into the queues of the collector and Alloy.",
            "Profiles that applications push during this time are lost.",
        ],
        needs: [
            "A volume for a second copy of all objects, which the storage class must provide.",
            "Space on each volume of MinIO for the old and the new data at the same time. The first step checks it.",
            `Nodes for ${settings.replicas.minio} replicas of MinIO.`,
        ],
        rollback: [
            `The old number of replicas is refused. Set replicas.minio to ${applied.replicas.minio}, and run this plan again.`,
        ],
    }),
    steps: [
        { id: "staging", title: "Start a second MinIO", run: prepare },
        { id: "copy", title: "Copy the objects while the stack runs", run: copyOut },
        {
            id: "stop",
            title: "Stop the backends",
            question: () =>
                "Stop Loki, Tempo, Mimir and Pyroscope now? Queries and alerts are unavailable until all objects are copied back.",
            declined: "the backends were not stopped; the copied objects remain, and the next run continues here",
            run: queryAndStop,
        },
        {
            id: "final-copy",
            title: "Copy the rest and compare both copies",
            run: async (context) => void (await copyExactly(context, copiers(context).out, "MinIO was not changed")),
        },
        {
            id: "reset",
            title: "Stop MinIO and rename its data",
            question: ({ applied }) =>
                `Stop MinIO, and rename its data on ${applied.replicas.minio === 1 ? "its volume" : "its volumes"}? No data is deleted.`,
            declined: "the backends are stopped; run the command again, or start them with --abort",
            run: reset,
        },
        {
            id: "deploy",
            title: "Deploy MinIO with the new number of replicas",
            ownProgress: true,
            run: (context) => deployChange(context, minio1To4.name),
        },
        { id: "copy-back", title: "Copy all objects back and compare", run: copyBack },
        { id: "start", title: "Start the backends and query the stored data", run: startAndVerify },
        {
            id: "drop",
            title: "Delete the second MinIO and the old data",
            question: () => `Delete ${stagingName} with its volume, and the renamed folders on the volumes of MinIO?`,
            declined: "both copies remain; run the command again to delete them",
            run: drop,
        },
    ],
    commit: ({ settings: { replicas } }) => ({ replicas: { minio: replicas.minio } }),
    abort: async ({ cluster, applied, onProgress }, done) => {
        if (done.includes(resetStarted)) {
            throw new Error("the data of MinIO is already renamed; finish the migration instead");
        }
        await deleteJob(cluster, applied.namespace, copyJobName);
        await startBackends(cluster, applied.namespace, onProgress);
        await deleteStaging(cluster, applied.namespace);
    },
};

/** The name of the folder with the data of a number of replicas. */
function oldDrive(replicas: number): string {
    return `${drive}-of-${replicas}`;
}

/** Drives of an erasure set that can fail, which is the default of MinIO. */
function parity(replicas: number): number {
    return replicas === 1 ? 0 : replicas <= 5 ? 2 : replicas <= 7 ? 3 : 4;
}

/** The bytes on each volume while it contains the old and the new data. */
export function bytesPerVolume(stored: number, from: number, to: number): number {
    const share = (replicas: number) => stored / (replicas - parity(replicas));
    return share(from) + share(to);
}

function copiers({ cluster, settings, applied }: StepContext) {
    const minio = rootAccess(applied.namespace, settings.clusterDomain, applied.objectStore);
    const staging = stagingAccess(applied.namespace, settings.clusterDomain, applied.objectStore);
    return {
        out: clusterCopier(cluster, settings, minio, staging),
        back: clusterCopier(cluster, settings, staging, minio),
    };
}

async function prepare(context: StepContext): Promise<void> {
    const { cluster, applied, settings, record, onProgress } = context;
    await record.note("replicas", applied.replicas.minio);
    // Lists MinIO on both sides, because the second one does not exist yet.
    const minio = rootAccess(applied.namespace, settings.clusterDomain, applied.objectStore);
    const { from } = await clusterCopier(cluster, settings, minio, minio)("check", onProgress);
    const stored = bytesOf(from);
    const needed = bytesPerVolume(stored, applied.replicas.minio, settings.replicas.minio);
    const size = quantityValue(settings.storage.sizes.minio) ?? 0;
    // File systems and MinIO need some space of their own.
    if (needed > size * 0.9) {
        throw new Error(
            `each volume of MinIO must have space for the old and the new data, ${gibibytes(needed)}, but storage.sizes.minio is ${settings.storage.sizes.minio}; set it to at least ${Math.ceil(needed / 0.9 / 2 ** 30)}Gi, deploy it with the old replicas.minio, and start the migration again`,
        );
    }
    onProgress(`${gibibytes(stored)} are stored`);
    await startStaging(cluster, settings, stagingSize(stored), onProgress);
}

function bytesOf(usage: Record<string, Usage>): number {
    return Object.values(usage).reduce((sum, { bytes }) => sum + bytes, 0);
}

function gibibytes(bytes: number): string {
    return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

async function copyOut(context: StepContext): Promise<void> {
    const started = Date.now();
    await copyWhileRunning(copiers(context).out, context.onProgress);
    context.onProgress(`the copy took ${Math.round((Date.now() - started) / 1000)} s`);
}

/** The number of replicas before the migration. After the deployment, the applied settings have the new one. */
function replicasBefore({ record }: StepContext): number {
    return Number(record.progress.notes["replicas"]);
}

async function reset(context: StepContext): Promise<void> {
    const { cluster, applied, record, onProgress } = context;
    await record.complete(resetStarted);
    await stopStatefulSet(cluster, applied.namespace, release, onProgress);
    const replicas = replicasBefore(context);
    for (let index = 0; index < replicas; index++) {
        await withMinioVolume(context, index, (files) => files.rename(drive, oldDrive(replicas)));
    }
    await releaseReplicas(cluster, applied.namespace, [release]);
}

function withMinioVolume(
    { cluster, settings }: Pick<StepContext, "cluster" | "settings">,
    index: number,
    use: Parameters<typeof withVolume<void>>[4],
): Promise<void> {
    // The user and group of the image are those of MinIO.
    return withVolume(cluster, settings, `data-${release}-${index}`, undefined, use);
}

async function copyBack(context: StepContext): Promise<void> {
    const { cluster, applied, onProgress } = context;
    await startStatefulSet(cluster, applied.namespace, release, onProgress);
    await provisionMinio(cluster, applied.namespace);
    await copyExactly(context, copiers(context).back, "the backends were not started");
}

async function startAndVerify(context: StepContext): Promise<void> {
    await startBackends(context.cluster, context.applied.namespace, context.onProgress);
    await verifyStoredData(context);
}

async function drop(context: StepContext): Promise<void> {
    const { cluster, applied } = context;
    await deleteJob(cluster, applied.namespace, copyJobName);
    await deleteStaging(cluster, applied.namespace);
    const replicas = replicasBefore(context);
    for (let index = 0; index < replicas; index++) {
        await withMinioVolume(context, index, (files) => files.remove(oldDrive(replicas)));
    }
}
