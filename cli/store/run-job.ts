import { BatchV1Api, CoreV1Api, type V1Job, type V1Pod } from "@kubernetes/client-node";
import { callApi, findObject } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { whyNotReady } from "../cluster/pod-status";

/** How long the pod of a Job may need to start. It includes the download of its image. */
const startSeconds = 300;
const pollMs = 2000;

/** The end of a Job. */
export interface JobResult {
    succeeded: boolean;
    /** The output of its last pod. */
    output: string;
}

/**
 * Creates a Job and waits until it ends. A Job with the same name is deleted first.
 *
 * @param onOutput receives the output so far, every two seconds.
 * @throws Error if its pod does not start. Then the Job is deleted.
 */
export async function runJob(
    cluster: Cluster,
    job: V1Job,
    onOutput: (output: string) => void = () => undefined,
): Promise<JobResult> {
    const { name = "", namespace = "" } = job.metadata ?? {};
    const batch = cluster.config.makeApiClient(BatchV1Api);
    await deleteJob(cluster, namespace, name);
    await callApi(cluster, `create Job ${name}`, batch.createNamespacedJob({ namespace, body: job }));
    const started = Date.now();
    for (;;) {
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        const { status } = await callApi(cluster, `read Job ${name}`, batch.readNamespacedJob({ name, namespace }));
        const pod = await newestPod(cluster, namespace, name);
        const output = pod === undefined ? "" : await logOf(cluster, pod);
        onOutput(output);
        const ended = (status?.conditions ?? []).find(
            ({ type, status: is }) => ["Complete", "Failed"].includes(type) && is === "True",
        );
        if (ended !== undefined) {
            return { succeeded: ended.type === "Complete", output };
        }
        const waits = pod === undefined || pod.status?.phase === "Pending";
        if (waits && Date.now() - started > startSeconds * 1000) {
            await deleteJob(cluster, namespace, name);
            const reason = pod === undefined ? await whyNoPod(cluster, namespace, name) : whyNotReady(pod);
            throw new Error(`the pod of Job ${name} did not start within ${startSeconds} s: ${reason}`);
        }
    }
}

/** Deletes a Job and its pods, and waits until they are gone. Does nothing if it does not exist. */
export async function deleteJob(cluster: Cluster, namespace: string, name: string): Promise<void> {
    const batch = cluster.config.makeApiClient(BatchV1Api);
    const deleted = await findObject(
        cluster,
        `delete Job ${name}`,
        batch.deleteNamespacedJob({ name, namespace, propagationPolicy: "Foreground" }),
    );
    while (
        deleted !== undefined &&
        (await findObject(cluster, `read Job ${name}`, batch.readNamespacedJob({ name, namespace }))) !== undefined
    ) {
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
}

async function newestPod(cluster: Cluster, namespace: string, job: string): Promise<V1Pod | undefined> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const { items } = await callApi(
        cluster,
        `list the pods of Job ${job}`,
        core.listNamespacedPod({ namespace, labelSelector: `batch.kubernetes.io/job-name=${job}` }),
    );
    const age = ({ metadata }: V1Pod) => metadata?.creationTimestamp?.getTime() ?? 0;
    return items.sort((one, other) => age(other) - age(one))[0];
}

/** The output of a pod. Empty before it has started. */
async function logOf(cluster: Cluster, pod: V1Pod): Promise<string> {
    const { name = "", namespace = "" } = pod.metadata ?? {};
    const core = cluster.config.makeApiClient(CoreV1Api);
    if (pod.status?.phase === "Pending") {
        return "";
    }
    // The container may have no log yet.
    return core.readNamespacedPodLog({ name, namespace }).catch(() => "");
}

/** For example, a quota or an admission policy can refuse the pod. */
async function whyNoPod(cluster: Cluster, namespace: string, job: string): Promise<string> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const { items } = await callApi(
        cluster,
        `list the events of ${namespace}`,
        core.listNamespacedEvent({ namespace, fieldSelector: `involvedObject.name=${job}` }),
    );
    return items.filter(({ type }) => type === "Warning").at(-1)?.message ?? "Kubernetes created no pod";
}
