import {
    AppsV1Api,
    BatchV1Api,
    CoreV1Api,
    KubernetesObjectApi,
    type KubernetesObject,
    PolicyV1Api,
} from "@kubernetes/client-node";
import { contract } from "../../components/contract";
import { rootSecretName, userSecretName } from "../../components/object-store";
import { backends } from "../../validation/buckets";
import { callApi, findObject } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";

/** The objects of MinIO in the cluster, without its claims: they keep the data. */
export async function minioObjects(cluster: Cluster, namespace: string): Promise<KubernetesObject[]> {
    const labelSelector = `app.kubernetes.io/instance=${contract.minio.release},app.kubernetes.io/name=minio`;
    const selected = { namespace, labelSelector };
    const core = cluster.config.makeApiClient(CoreV1Api);
    const apps = cluster.config.makeApiClient(AppsV1Api);
    const batch = cluster.config.makeApiClient(BatchV1Api);
    const policy = cluster.config.makeApiClient(PolicyV1Api);
    const object = (apiVersion: string, kind: string, name = ""): KubernetesObject => ({
        apiVersion,
        kind,
        metadata: { name, namespace },
    });
    const list = async (apiVersion: string, kind: string, response: Promise<{ items: KubernetesObject[] }>) => {
        const { items } = await callApi(cluster, `list the ${kind}s of ${namespace}`, response);
        return items.map(({ metadata }) => object(apiVersion, kind, metadata?.name));
    };
    const listed = await Promise.all([
        list("apps/v1", "StatefulSet", apps.listNamespacedStatefulSet(selected)),
        list("batch/v1", "Job", batch.listNamespacedJob(selected)),
        list("policy/v1", "PodDisruptionBudget", policy.listNamespacedPodDisruptionBudget(selected)),
        list("v1", "Service", core.listNamespacedService(selected)),
        list("v1", "ServiceAccount", core.listNamespacedServiceAccount(selected)),
    ]);
    const secrets = [rootSecretName, ...backends.map(userSecretName)].map((name) => object("v1", "Secret", name));
    return [...listed.flat(), ...secrets];
}

/** Deletes objects and waits until each is deleted. Objects that do not exist are ignored. */
export async function deleteObjects(
    cluster: Cluster,
    objects: KubernetesObject[],
    onProgress: (text: string) => void,
): Promise<void> {
    const api = KubernetesObjectApi.makeApiClient(cluster.config);
    for (const object of objects) {
        const name = `${object.kind} ${object.metadata?.name}`;
        onProgress(`deleting ${name}`);
        await findObject(
            cluster,
            `delete ${name}`,
            api.delete(object, undefined, undefined, undefined, undefined, "Background"),
        );
    }
}

/** The claims of MinIO, which remain after its objects are deleted. */
export async function minioClaimNames(cluster: Cluster, namespace: string): Promise<string[]> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const { items } = await callApi(
        cluster,
        `list the PersistentVolumeClaims of ${namespace}`,
        core.listNamespacedPersistentVolumeClaim({ namespace }),
    );
    const names = items.map(({ metadata }) => metadata?.name ?? "");
    return names.filter((name) => new RegExp(`^data-${contract.minio.release}-\\d+$`).test(name));
}
