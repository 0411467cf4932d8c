import { CoreV1Api } from "@kubernetes/client-node";
import { contract } from "../../../components/contract";
import { backends, bucketName } from "../../../validation/buckets";
import { callApi, findObject } from "../../cluster/api";
import type { Cluster } from "../../cluster/kubeconfig";
import { minioAccess, s3Access } from "../../store/access";
import { clusterCopier, copyJobName, copyWhileRunning, describeUsage } from "../../store/copy";
import { deleteJob } from "../../store/run-job";
import { deployChange } from "../deploy-change";
import { deleteObjects, minioClaimNames, minioObjects } from "../minio-objects";
import type { Change, MigrateOptions, Plan, StepContext } from "../plan";
import { editState, retainObjectStore } from "../pulumi-state";
import { copyExactly, queryAndStop, verifyStoredData } from "../switch-steps";
import { readStatefulSet, releaseBackends, startBackends } from "../workloads";

/** Secret with keys from the stack file. The program creates its own Secret only when it deploys the new setting. */
export const copyKeysName = "observability-copy-keys";

/** Recorded at the start of the switch. From then on, the migration can only be finished. */
const switchStarted = "switch-started";

/** Moves the objects of MinIO to an S3 service. */
export const minioToS3: Plan = {
    name: "minio-to-s3",
    title: "Moves all stored data from MinIO to an S3 service.",
    misfit: ({ applied, settings }, options) => misfit({ applied, settings }, options),
    describe: ({ stack, applied, settings }, options) => ({
        does: [
            "Checks that the buckets of the S3 service can be written, and that they are empty.",
            "Copies all objects while the stack runs, and repeats the copy until little is left. A Job in the namespace copies with `mc mirror`.",
            "Stops Loki, Tempo, Mimir and Pyroscope, copies the rest, and compares the number of objects and bytes of each bucket.",
            "Deploys the stack with the S3 service. MinIO keeps running.",
            "Queries each backend for the data of the last 24 hours, and compares the results with those before the stop.",
            "Deletes MinIO after a confirmation. Its volumes remain.",
        ],
        unavailable: [
            "Queries, rules and alerts: from the stop of the backends until they are ready with the new object store. This is the time of the last copy and of one start of each backend.",
            "Logs, metrics and traces are not lost: the collector and Alloy keep them in their queues until the backends are ready.",
            "Profiles that applications push during this time are lost.",
        ],
        needs: [
            `Buckets in ${settings.objectStore.endpoint}: ${backends.map((backend) => bucketName(backend, settings.objectStore)).join(", ")}. They must exist and be empty.`,
            `Credentials that may list, read, write and delete objects in these buckets: ${credentialsText({ applied, settings, stack }, options)}.`,
            "A connection from the pods of the namespace to the S3 service.",
        ],
        rollback: [
            "Until MinIO is deleted: set the old objectStore again, and run `pulumi up` with PULUMI_K8S_UPSERT_EXISTING_OBJECTS=true. Data that was stored after the switch stays in the S3 service, and Grafana does not show it.",
            "After that: the old settings are refused, because MinIO has none of the newer data.",
        ],
    }),
    steps: [
        { id: "check", title: "Check both object stores", run: check },
        { id: "copy", title: "Copy the objects while the stack runs", run: copy },
        {
            id: "stop",
            title: "Stop the backends",
            question: () =>
                "Stop Loki, Tempo, Mimir and Pyroscope now? Until the end of the switch, queries and alerts are unavailable.",
            declined: "the backends were not stopped; the copied objects remain, and the next run continues here",
            run: queryAndStop,
        },
        { id: "final-copy", title: "Copy the rest and compare both object stores", run: finalCopy },
        { id: "switch", title: "Deploy the stack with the S3 service", ownProgress: true, run: switchStore },
        { id: "verify", title: "Query the stored data", run: verifyStoredData },
        {
            id: "drop",
            title: "Delete MinIO",
            question: ({ applied }) =>
                `Delete MinIO in namespace ${applied.namespace}? Its volumes remain. Data that was stored after the switch exists only in the S3 service.`,
            declined: "MinIO still runs; run the command again to delete it",
            run: drop,
        },
    ],
    commit: ({ settings }) => {
        const { kind, endpoint, region, pathStyle, bucketPrefix, buckets, existingSecret, workloadIdentity } =
            settings.objectStore;
        const named = Object.keys(buckets).length > 0 ? buckets : undefined;
        return {
            objectStore: {
                ...{
                    kind,
                    endpoint,
                    region,
                    pathStyle,
                    bucketPrefix,
                    buckets: named,
                    existingSecret,
                    workloadIdentity,
                },
            },
        };
    },
    afterwards: ({ applied }) => [
        "Remove replicas.minio, storage.sizes.minio and values.minio from the stack file, if they are set. They have no effect with S3.",
        `The volumes of MinIO remain. If you no longer need the data, delete the claims data-${contract.minio.release}-*, which \`kubectl get pvc --namespace ${applied.namespace}\` lists.`,
    ],
    abort: async (context, done) => {
        if (done.includes(switchStarted)) {
            throw new Error(
                "the switch to the S3 service has started, and data that was stored since then is not in MinIO; finish the migration instead",
            );
        }
        await deleteJob(context.cluster, context.applied.namespace, copyJobName);
        await startBackends(context.cluster, context.applied.namespace, context.onProgress);
        await deleteKeysSecret(context);
    },
};

function misfit({ applied, settings }: Pick<Change, "applied" | "settings">, { copySecret }: MigrateOptions) {
    const { objectStore } = settings;
    if (applied.objectStore.kind === "s3") {
        return `the stack is already deployed with the S3 service ${applied.objectStore.endpoint}`;
    }
    if (objectStore.kind !== "s3") {
        return 'objectStore.kind is "minio" in the stack file; set it to "s3", and set objectStore.endpoint and the credentials';
    }
    if (settings.namespace !== applied.namespace) {
        return `namespace is ${settings.namespace} in the stack file, but the stack is deployed in ${applied.namespace}; change only the object store`;
    }
    if (objectStore.workloadIdentity === true && copySecret === undefined) {
        return "with objectStore.workloadIdentity, the copy needs keys of its own: create a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the namespace, and set its name with --copy-secret";
    }
    return undefined;
}

function credentialsText({ settings }: Change, { copySecret }: MigrateOptions): string {
    const { existingSecret } = settings.objectStore;
    const secret = copySecret ?? existingSecret;
    return secret === undefined
        ? `the keys in the stack file, which are copied to the Secret ${copyKeysName} until the end of the migration`
        : `the Secret ${secret} in namespace ${settings.namespace}`;
}

/** The name of the Secret with the keys of the S3 service. A later run uses the Secret of the first one. */
function secretName({ settings, options, record }: StepContext): string {
    const noted = record.progress.notes["secret"] as string | undefined;
    return options.copySecret ?? noted ?? settings.objectStore.existingSecret ?? copyKeysName;
}

function copier(context: StepContext) {
    const { cluster, settings, applied } = context;
    const from = minioAccess(applied.namespace, settings.clusterDomain, applied.objectStore);
    const to = s3Access(settings.objectStore, secretName(context));
    return clusterCopier(cluster, settings, from, to);
}

async function check(context: StepContext): Promise<void> {
    const { cluster, applied, settings, record, onProgress } = context;
    if ((await readStatefulSet(cluster, applied.namespace, contract.minio.release)) === undefined) {
        throw new Error(`namespace ${applied.namespace} has no StatefulSet ${contract.minio.release}`);
    }
    await record.note("secret", secretName(context));
    await provideKeys(context);
    const { from, to } = await copier(context)("check", onProgress);
    const used = backends.filter((backend) => to[backend].objects > 0);
    // An earlier run of this migration has copied these objects.
    const known = record.progress.notes["target"] === settings.objectStore.endpoint;
    if (used.length > 0 && !known) {
        const list = used.map(
            (backend) => `${bucketName(backend, settings.objectStore)}: ${describeUsage(to[backend])}`,
        );
        throw new Error(
            `the target must be empty, because the last copy deletes all objects that MinIO does not have; ${list.join(", ")}. Choose other buckets, or delete these objects`,
        );
    }
    await record.note("target", settings.objectStore.endpoint);
    await record.note("source", from);
}

/** Writes the keys of the stack file to a Secret, if there is no other one. */
async function provideKeys(context: StepContext): Promise<void> {
    const { cluster, settings, applied, opened } = context;
    const { namespace } = applied;
    const core = cluster.config.makeApiClient(CoreV1Api);
    const name = secretName(context);
    if (name !== copyKeysName) {
        const found = await findObject(cluster, `read Secret ${name}`, core.readNamespacedSecret({ name, namespace }));
        const missing = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].filter((key) => !found?.data?.[key]);
        if (missing.length > 0) {
            throw new Error(
                `${found ? `Secret ${name} in namespace ${namespace} has no ${missing.join(" and ")}` : `namespace ${namespace} has no Secret ${name}`}; create it with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
            );
        }
        return;
    }
    const config = await opened.stack.getAllConfig();
    const [, { value }] = Object.entries(config).find(([key]) => key.endsWith(":objectStore")) ?? ["", { value: "{}" }];
    const { accessKeyId, secretAccessKey } = JSON.parse(value) as Record<string, string>;
    if (accessKeyId === undefined || secretAccessKey === undefined) {
        throw new Error(`the keys of ${settings.objectStore.endpoint} could not be read from the stack file`);
    }
    await deleteKeysSecret(context);
    await callApi(
        cluster,
        `create Secret ${name}`,
        core.createNamespacedSecret({
            namespace,
            body: {
                metadata: { name },
                stringData: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
            },
        }),
    );
}

async function deleteKeysSecret({ cluster, applied }: { cluster: Cluster } & Pick<Change, "applied">): Promise<void> {
    const { namespace } = applied;
    const core = cluster.config.makeApiClient(CoreV1Api);
    const name = copyKeysName;
    await findObject(cluster, `delete Secret ${name}`, core.deleteNamespacedSecret({ name, namespace }));
}

async function copy(context: StepContext): Promise<void> {
    await copyWhileRunning(copier(context), context.onProgress);
}

async function finalCopy(context: StepContext): Promise<void> {
    await context.record.note("copied", await copyExactly(context, copier(context), "the stack was not switched"));
}

async function switchStore(context: StepContext): Promise<void> {
    const { cluster, applied, opened, record } = context;
    await record.complete(switchStarted);
    await editState(opened, (state) => void retainObjectStore(state));
    await releaseBackends(cluster, applied.namespace);
    await deployChange(context, minioToS3.name);
    await startBackends(cluster, applied.namespace, context.onProgress);
}

async function drop(context: StepContext): Promise<void> {
    const { cluster, applied, onProgress } = context;
    await deleteObjects(cluster, await minioObjects(cluster, applied.namespace), onProgress);
    await deleteJob(cluster, applied.namespace, copyJobName);
    await deleteKeysSecret(context);
    const claims = await minioClaimNames(cluster, applied.namespace);
    onProgress(`the claims ${claims.join(", ")} remain`);
}
