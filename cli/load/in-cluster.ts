import { BatchV1Api } from "@kubernetes/client-node";
import { contract } from "../../components/contract";
import { findObject } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { runJob } from "../store/run-job";

const { release } = contract.loadMonitor;

/**
 * Runs the load test as a Job with the spec of the CronJob, and prints its output.
 *
 * @returns whether all comparisons passed.
 * @throws Error if the CronJob does not exist, or if a run is active.
 */
export async function runInCluster(cluster: Cluster, namespace: string): Promise<boolean> {
    const batch = cluster.config.makeApiClient(BatchV1Api);
    const cronJob = await findObject(
        cluster,
        `read CronJob ${release}`,
        batch.readNamespacedCronJob({ name: release, namespace }),
    );
    const template = cronJob?.spec?.jobTemplate;
    const spec = template?.spec;
    if (spec === undefined) {
        throw new Error(`namespace ${namespace} has no CronJob ${release}; deploy the stack first`);
    }
    const [active] = cronJob?.status?.active ?? [];
    if (active !== undefined) {
        throw new Error(
            `Job ${active.name} is running; two runs at the same time would count the spans of each other. Try again in 5 minutes`,
        );
    }
    console.log(`Job ${release}-manual runs the load test.`);
    const { succeeded, output } = await runJob(cluster, {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { ...template?.metadata, name: `${release}-manual`, namespace },
        spec: { ...spec, ttlSecondsAfterFinished: 24 * 3600 },
    });
    console.log(output);
    return succeeded;
}
