import { BatchV1Api, type V1Job } from "@kubernetes/client-node";
import { callApi } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { runJob } from "../store/run-job";

/** Labels of the Job with which the stack creates the buckets and the users of MinIO. */
const labelSelector = "app.kubernetes.io/name=minio,app.kubernetes.io/component=provision";
const name = "observability-provision";

/**
 * Creates the buckets and the users of MinIO again, as the Job of the stack does. They are missing after the volumes of MinIO were lost.
 *
 * @throws Error with the end of its output if the Job fails.
 */
export async function provisionMinio(cluster: Cluster, namespace: string): Promise<void> {
    const batch = cluster.config.makeApiClient(BatchV1Api);
    const { items } = await callApi(
        cluster,
        `list the Jobs of ${namespace}`,
        batch.listNamespacedJob({ namespace, labelSelector }),
    );
    const job = items.find(({ metadata }) => metadata?.name !== name);
    if (job === undefined) {
        throw new Error(`namespace ${namespace} has no Job that creates the buckets of MinIO; deploy the stack first`);
    }
    const { succeeded, output } = await runJob(cluster, copyOf(job, namespace));
    if (!succeeded) {
        throw new Error(`the buckets of MinIO could not be created:\n${output.split("\n").slice(-5).join("\n")}`);
    }
}

/** A new Job with the same pod. Kubernetes generates the selector of a Job and its labels. */
export function copyOf({ metadata, spec }: V1Job, namespace: string): V1Job {
    const generated = /^(batch\.kubernetes\.io\/)?(controller-uid|job-name)$/;
    const labels = (all: Record<string, string> = {}) =>
        Object.fromEntries(Object.entries(all).filter(([key]) => !generated.test(key)));
    return {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name, namespace, labels: labels(metadata?.labels) },
        spec: {
            backoffLimit: spec?.backoffLimit,
            ttlSecondsAfterFinished: 3600,
            template: {
                metadata: { labels: labels(spec?.template.metadata?.labels) },
                spec: spec?.template.spec,
            },
        },
    };
}
