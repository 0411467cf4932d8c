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

/** The parts of Loki and Mimir with data in their memory, as they are in a label of the pods. The monolithic Mimir does not have the label. */
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
    const core = cluster.config.makeApiClient(CoreV1Api);
    const problems: string[] = [];
    for (const backend of names) {
        const { release, ports } = contract[backend];
        const path = flushPaths[backend];
        if (path === undefined) {
            continue;
        }
        const { items } = await callApi(
            cluster,
            `list the pods of ${backend}`,
            core.listNamespacedPod({ namespace, labelSelector: `app.kubernetes.io/instance=${release}` }),
        );
        for (const { metadata } of items.filter((pod) => isReady(pod) && holdsData(backend, pod))) {
            const name = `${metadata?.name}:${ports.http}`;
            await callApi(
                cluster,
                `flush ${metadata?.name}`,
                core.connectPostNamespacedPodProxyWithPath({ name, namespace, path }).catch(ignoreEmptyResponse),
            ).catch((error: Error) => problems.push(`${metadata?.name} was not flushed: ${error.message}`));
        }
    }
    await setTimeout(flushSeconds * 1000);
    return problems;
}

/** Whether a pod of a backend has data in its memory. */
export function holdsData(backend: Backend, { metadata }: Pick<V1Pod, "metadata">): boolean {
    const part = metadata?.labels?.["app.kubernetes.io/component"];
    return !["loki", "mimir"].includes(backend) || part === undefined || partsWithData.includes(part);
}

/** The client cannot parse a successful response without a body. */
function ignoreEmptyResponse(error: Error): void {
    if (!error.message.includes("No Content-Type defined")) {
        throw error;
    }
}
