import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { contract } from "../../components/contract";
import type { Cluster } from "../../cli/cluster/kubeconfig";
import { isReady } from "../../cli/cluster/target";
import { optionalComponents, stackComponents, type StackComponent } from "../../validation/components";
import { eventually } from "../live/process";
import { namespace } from "./stack";

/** The workloads of a stack without optional sources, by their key in observability:values. */
export const workloads = stackComponents.filter(
    (component): component is Workload => !optionalComponents.includes(component),
);
export type Workload = Exclude<
    StackComponent,
    | "alloySingleton"
    | "alloyProfiles"
    | "alloyKafka"
    | "autoInstrumentation"
    | "ingestionProxy"
    | "kubeStateMetrics"
    | "prometheus"
    | "redpanda"
>;

/** The pods of a workload, without those of Jobs. */
export async function podsOf(cluster: Cluster, workload?: Workload): Promise<V1Pod[]> {
    const labelSelector = workload && `app.kubernetes.io/instance=${contract[workload].release}`;
    const { items } = await cluster.config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector });
    return items.filter(({ metadata }) => metadata?.ownerReferences?.[0]?.kind !== "Job");
}

/** Deletes a pod, as a drain of the node does. */
export async function deletePod(cluster: Cluster, pod: V1Pod): Promise<void> {
    await cluster.config.makeApiClient(CoreV1Api).deleteNamespacedPod({ name: pod.metadata?.name ?? "", namespace });
}

/** Waits until none of the containers of these pods is left, and all pods are ready. Returns the seconds. */
export async function waitForRestart(
    cluster: Cluster,
    workload: Workload,
    before: V1Pod[],
    replicas = Math.max(1, before.length),
): Promise<number> {
    const started = Date.now();
    const old = new Set(before.flatMap(containerIds));
    await eventually(
        `${workload} is ready again`,
        async () => {
            const pods = await podsOf(cluster, workload);
            expect(pods.flatMap(containerIds).filter((id) => old.has(id))).toEqual([]);
            expect(pods.filter(isReady)).toHaveLength(pods.length);
            expect(pods.length).toBeGreaterThanOrEqual(replicas);
        },
        300,
    );
    return (Date.now() - started) / 1000;
}

function containerIds({ status }: V1Pod): string[] {
    return (status?.containerStatuses ?? []).map(({ containerID = "" }) => containerID);
}
