import {
    AppsV1Api,
    CoreV1Api,
    PatchStrategy,
    setHeaderOptions,
    type V1Deployment,
    type V1Pod,
    type V1StatefulSet,
} from "@kubernetes/client-node";
import { caches } from "../../components/caches";
import { contract } from "../../components/contract";
import { type Backend, backends } from "../../validation/buckets";
import { callApi, findObject } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { isReady } from "../cluster/target";
import { whyNotReady } from "../cluster/pod-status";

/** Name of the field manager with which these commands change the number of replicas. */
const fieldManager = "observability-cli";

/** Annotation that keeps the number of replicas while a StatefulSet is stopped. */
const replicasAnnotation = "observability.mathtrail/replicas-before-stop";

/** How long pods may need to end. The grace period of the compaction-workers of Pyroscope is the longest: they finish their jobs. */
export const stopSeconds = 1260;
const readySeconds = 600;

type OfBackends = (
    cluster: Cluster,
    namespace: string,
    onProgress: (text: string) => void,
    names?: readonly Backend[],
) => Promise<void>;

function ofBackends(change: typeof stopStatefulSet, workloads = workloadsOf): OfBackends {
    return async (cluster, namespace, onProgress, names = backends) => {
        const sets = names.flatMap(workloads);
        await Promise.all(sets.map((name) => change(cluster, namespace, name, onProgress)));
    };
}

/**
 * The parts of distributed backends that read or write the bucket, and are StatefulSets, without caches.
 */
const statefulParts: Partial<Record<Backend, string[]>> = {
    loki: ["ingester", "compactor", "index-gateway", "ruler"],
    mimir: ["ingester", "store-gateway", "compactor", "alertmanager"],
    tempo: ["ingester", "metrics-generator"],
    // The metastore has the StatefulSet of the monolithic Pyroscope.
    pyroscope: ["segment-writer", "compaction-worker"],
};

/** The caches that can hide restored data. A restart clears them, because results of queries before a restore would hide it. Tempo caches only parts of blocks. */
const cacheParts: Partial<Record<Backend, readonly string[]>> = { loki: caches.loki, mimir: caches.mimir };

/**
 * How long the stores may need after their start until they know all restored blocks. The compactor of Mimir updates the index of blocks each minute
 * (cleanup_interval), and the queriers and store-gateways read it each minute (sync_interval). The index-gateways of Loki need one minute (resync_interval).
 */
export const secondsUntilRestoredBlocks = 120;

/** The parts of backends that write the bucket, and are Deployments. */
const deployedParts: Partial<Record<Backend, string[]>> = {
    tempo: ["compactor"],
    // In both modes, it writes the rules of PrometheusRule objects.
    mimir: ["object-ruler"],
    pyroscope: ["distributor", "tenant-settings", "ad-hoc-profiles"],
};

/** The Deployments that write the bucket of a backend. Not every stack has them. */
export function deploymentsOf(backend: Backend): string[] {
    return named(backend, deployedParts);
}

/** The workloads that read or write the bucket of a backend. */
function workloadsOf(backend: Backend): string[] {
    return [...storesOf(backend), ...cachesOf(backend)];
}

/** The workloads of a backend without its caches. */
function storesOf(backend: Backend): string[] {
    const { release } = contract[backend];
    return [release, ...named(backend, statefulParts), ...deploymentsOf(backend)];
}

/** The caches that a backend can have. */
function cachesOf(backend: Backend): string[] {
    return named(backend, cacheParts);
}

function named(backend: Backend, parts: Partial<Record<Backend, readonly string[]>>): string[] {
    return (parts[backend] ?? []).map((part) => `${contract[backend].release}-${part}`);
}

/** The StatefulSets that a backend can have. Those of another mode do not exist. */
export function statefulSetsOf(backend: Backend): string[] {
    const { release } = contract[backend];
    return [release, ...named(backend, statefulParts), ...cachesOf(backend)];
}

/**
 * Stops the backends: sets the replicas of their workloads to 0, and waits until their pods are gone. Their volumes keep data that is not in
 * the object store yet.
 */
export const stopBackends = ofBackends(stopStatefulSet);

/** Starts the backends with the replicas that they had before they were stopped, and waits until they are ready. */
export const startBackends = ofBackends(startStatefulSet);

const startStores = ofBackends(startStatefulSet, storesOf);
const startCaches = ofBackends(startStatefulSet, cachesOf);

/**
 * Starts the backends after a restore. Their caches start last, when the stores know all restored blocks: before, results without the restored data would
 * stay in the caches. Without caches, it does not wait.
 *
 * @param pause waits for a second.
 */
export async function startRestored(
    cluster: Cluster,
    namespace: string,
    onProgress: (text: string) => void,
    names: readonly Backend[],
    pause = () => sleep(1000),
): Promise<void> {
    await startStores(cluster, namespace, onProgress, names);
    const found = await Promise.all(names.flatMap(cachesOf).map((name) => readStatefulSet(cluster, namespace, name)));
    if (found.some((cache) => cache !== undefined)) {
        for (let seconds = secondsUntilRestoredBlocks; seconds > 0; seconds--) {
            onProgress(`the caches start in ${seconds} s, when the stores know the restored data`);
            await pause();
        }
        await startCaches(cluster, namespace, onProgress, names);
    }
}

function sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Stops a StatefulSet, or a Deployment of a backend, and waits until its pods are gone. Does nothing if it is stopped or does not exist. */
export async function stopStatefulSet(
    cluster: Cluster,
    namespace: string,
    name: string,
    onProgress: (text: string) => void,
): Promise<void> {
    const found = await readWorkload(cluster, namespace, name);
    const replicas = found?.spec?.replicas ?? 0;
    if (found !== undefined && replicas > 0) {
        await scale(cluster, namespace, name, 0, String(replicas));
    }
    await waitFor(stopSeconds, `the pods of ${name} to end`, async () => {
        const pods = await podsOf(cluster, namespace, [name]);
        onProgress(waitingText(pods));
        return pods.length === 0 ? undefined : `${pods.length} pods still run`;
    });
}

/**
 * Starts a stopped StatefulSet, or a Deployment of a backend, with the replicas that it had, and waits until its pods are ready.
 *
 * @throws Error with the reason if a pod does not become ready.
 */
export async function startStatefulSet(
    cluster: Cluster,
    namespace: string,
    name: string,
    onProgress: (text: string) => void,
): Promise<void> {
    const found = await readWorkload(cluster, namespace, name);
    if (found === undefined) {
        return;
    }
    const before = Number(found.metadata?.annotations?.[replicasAnnotation] ?? 0);
    const replicas = (found.spec?.replicas ?? 0) || before || 1;
    if (found.spec?.replicas !== replicas || before > 0) {
        await scale(cluster, namespace, name, replicas, null);
        await releaseReplicas(cluster, namespace, [name]);
    }
    await waitFor(readySeconds, `the pods of ${name} to become ready`, async () => {
        const pods = await podsOf(cluster, namespace, [name]);
        const waiting = pods.filter((pod) => !isReady(pod));
        onProgress(waitingText(waiting));
        return pods.length >= replicas && waiting.length === 0
            ? undefined
            : waiting.map((pod) => `${pod.metadata?.name}: ${whyNotReady(pod)}`).join(", ") || "it has no pods";
    });
}

/**
 * Lets Pulumi own the number of replicas again. Otherwise its next deployment fails with a conflict, because server-side apply refuses to change a
 * field of another manager.
 */
export async function releaseReplicas(cluster: Cluster, namespace: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
        const found = await readWorkload(cluster, namespace, name);
        const managed = found?.metadata?.managedFields ?? [];
        if (managed.some(({ manager }) => manager === fieldManager)) {
            const apps = cluster.config.makeApiClient(AppsV1Api);
            const value = managed.filter(({ manager }) => manager !== fieldManager);
            const request = { name, namespace, body: [{ op: "replace", path: "/metadata/managedFields", value }] };
            const options = setHeaderOptions("Content-Type", PatchStrategy.JsonPatch);
            await callApi(
                cluster,
                `change ${kindOf(name)} ${name}`,
                isDeployment(name)
                    ? apps.patchNamespacedDeployment(request, options)
                    : apps.patchNamespacedStatefulSet(request, options),
            );
        }
    }
}

/** Lets Pulumi own the number of replicas of all backends again. */
export async function releaseBackends(cluster: Cluster, namespace: string): Promise<void> {
    await releaseReplicas(cluster, namespace, backends.flatMap(workloadsOf));
}

/** The backends of which pods run. */
export async function runningBackends(cluster: Cluster, namespace: string): Promise<Backend[]> {
    const pods = await podsOf(cluster, namespace, backends.flatMap(workloadsOf));
    return backends.filter((backend) => pods.some((pod) => workloadsOf(backend).some((name) => isOwnedBy(pod, name))));
}

export async function readStatefulSet(
    cluster: Cluster,
    namespace: string,
    name: string,
): Promise<V1StatefulSet | undefined> {
    const apps = cluster.config.makeApiClient(AppsV1Api);
    return findObject(cluster, `read StatefulSet ${name}`, apps.readNamespacedStatefulSet({ name, namespace }));
}

function isDeployment(name: string): boolean {
    return backends.some((backend) => deploymentsOf(backend).includes(name));
}

function kindOf(name: string): string {
    return isDeployment(name) ? "Deployment" : "StatefulSet";
}

async function readWorkload(
    cluster: Cluster,
    namespace: string,
    name: string,
): Promise<V1StatefulSet | V1Deployment | undefined> {
    const apps = cluster.config.makeApiClient(AppsV1Api);
    return isDeployment(name)
        ? findObject(cluster, `read Deployment ${name}`, apps.readNamespacedDeployment({ name, namespace }))
        : readStatefulSet(cluster, namespace, name);
}

async function scale(
    cluster: Cluster,
    namespace: string,
    name: string,
    replicas: number,
    before: string | null,
): Promise<void> {
    const apps = cluster.config.makeApiClient(AppsV1Api);
    const body = { metadata: { annotations: { [replicasAnnotation]: before } }, spec: { replicas } };
    const request = { name, namespace, fieldManager, body };
    const options = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    await callApi(
        cluster,
        `set the replicas of ${kindOf(name)} ${name}`,
        isDeployment(name)
            ? apps.patchNamespacedDeployment(request, options)
            : apps.patchNamespacedStatefulSet(request, options),
    );
}

async function podsOf(cluster: Cluster, namespace: string, names: readonly string[]): Promise<V1Pod[]> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const { items } = await callApi(cluster, `list the pods of ${namespace}`, core.listNamespacedPod({ namespace }));
    return items.filter((pod) => names.some((name) => isOwnedBy(pod, name)));
}

function isOwnedBy({ metadata }: V1Pod, workload: string): boolean {
    const owners = metadata?.ownerReferences ?? [];
    return owners.some(({ kind, name }) =>
        // The pods of a Deployment belong to a ReplicaSet with a hash in its name.
        isDeployment(workload)
            ? kind === "ReplicaSet" && name.startsWith(`${workload}-`)
            : kind === "StatefulSet" && name === workload,
    );
}

function waitingText(pods: V1Pod[]): string {
    return pods.length === 0 ? "" : `waiting for ${pods.map(({ metadata }) => metadata?.name).join(", ")}`;
}

/** Repeats a check until it returns no reason. @throws Error with the last reason after a timeout. */
export async function waitFor(seconds: number, what: string, check: () => Promise<string | undefined>): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        const reason = await check();
        if (reason === undefined) {
            return;
        }
        if (Date.now() > end) {
            throw new Error(`waited ${seconds} s for ${what}: ${reason}`);
        }
        await sleep(1000);
    }
}
