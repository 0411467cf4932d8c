import { setTimeout } from "timers/promises";
import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { contract } from "../../components/contract";
import { type Backend, backends } from "../../validation/buckets";
import { callApi } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { isReady } from "../cluster/target";

/** The requests with which a backend writes the data in its memory to its bucket. Pyroscope writes profiles at once. */
const flushPaths: Partial<Record<Backend, string>> = {
    loki: "flush",
    tempo: "flush",
    mimir: "ingester/flush",
};

/** The parts with data in their memory, as they are in a label of the pods. The monolithic Mimir and the monolithic Tempo do not have the label. */
const partsWithData = ["single-binary", "ingester"];

/** Time for the background work after a flush. Loki needs less than a second for a chunk, and Mimir uploads a block in a few seconds. */
const flushSeconds = 20;

/**
 * Asks each replica of Loki, Tempo and Mimir to write the data in its memory to its bucket, and gives them some time to do it in the background.
 *
 * @returns one sentence for each replica that refuses.
 */
export async function flushBackends(
    cluster: Cluster,
    namespace: string,
    names: readonly Backend[] = backends,
): Promise<string[]> {
    const problems: string[] = [];
    for (const backend of names) {
        const path = flushPaths[backend];
        const pods = path === undefined ? [] : (await podsWithData(cluster, namespace, backend)).filter(isReady);
        for (const { metadata } of pods) {
            const name = String(metadata?.name);
            await postToPod(cluster, { namespace, backend, name, path: String(path) }).catch((error: Error) =>
                problems.push(`${name} was not flushed: ${error.message}`),
            );
        }
    }
    await setTimeout(flushSeconds * 1000);
    return problems;
}

/** The pods of a backend with data in their memory. */
export async function podsWithData(cluster: Cluster, namespace: string, backend: Backend): Promise<V1Pod[]> {
    const labelSelector = `app.kubernetes.io/instance=${contract[backend].release}`;
    const { items } = await callApi(
        cluster,
        `list the pods of ${backend}`,
        cluster.config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector }),
    );
    return items.filter((pod) => holdsData(backend, pod));
}

/** A path of the HTTP API of a pod. */
interface PodPath {
    namespace: string;
    backend: Backend;
    name: string;
    path: string;
}

/** Sends a POST request without a body to a pod. */
export async function postToPod(cluster: Cluster, { namespace, backend, name, path }: PodPath): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const target = { name: `${name}:${contract[backend].ports.http}`, namespace, path };
    await callApi(
        cluster,
        `request ${path} of ${name}`,
        core.connectPostNamespacedPodProxyWithPath(target).catch(ignoreEmptyResponse),
    );
}

/** The text that a pod returns for a path. */
export function textOfPod(cluster: Cluster, { namespace, backend, name, path }: PodPath): Promise<string> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const target = { name: `${name}:${contract[backend].ports.http}`, namespace, path };
    return callApi(cluster, `request ${path} of ${name}`, core.connectGetNamespacedPodProxyWithPath(target));
}

/** Whether a pod of a backend has data in its memory. */
export function holdsData(backend: Backend, { metadata }: Pick<V1Pod, "metadata">): boolean {
    const part = metadata?.labels?.["app.kubernetes.io/component"];
    return !["loki", "mimir", "tempo"].includes(backend) || part === undefined || partsWithData.includes(part);
}

/** The client cannot parse a successful response without a body. */
function ignoreEmptyResponse(error: Error): void {
    if (!error.message.includes("No Content-Type defined")) {
        throw error;
    }
}
