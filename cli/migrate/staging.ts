import { AppsV1Api, CoreV1Api, type V1Deployment } from "@kubernetes/client-node";
import type { Settings } from "../../settings/resolve";
import { rootSecretName } from "../../components/object-store";
import { contract, serviceHost } from "../../components/contract";
import { purposeLabel, stagingPurpose } from "../../components/ownership";
import { callApi, findObject } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { isReady } from "../cluster/target";
import { whyNotReady } from "../cluster/pod-status";
import { type BucketNames, minioAccess, perBackend, type StoreAccess } from "../store/access";
import { minioContainer, minioPod } from "../store/copy-job";
import { waitFor } from "./workloads";

/** Name of all objects of the second MinIO, which stores the data during a migration. */
export const stagingName = "observability-staging";

/** Access to MinIO of a stack with its root user, for data of all backends. */
export function rootAccess(namespace: string, clusterDomain: string | undefined, buckets: BucketNames): StoreAccess {
    return {
        ...minioAccess(namespace, clusterDomain, buckets),
        credentials: perBackend(() => ({ secret: rootSecretName, id: "rootUser", key: "rootPassword" })),
    };
}

/** Access to the second MinIO. It has the root user of the first one, and no other users. */
export function stagingAccess(namespace: string, clusterDomain: string | undefined, buckets: BucketNames): StoreAccess {
    return {
        ...rootAccess(namespace, clusterDomain, buckets),
        url: `http://${serviceHost(stagingName, namespace, clusterDomain)}:${contract.minio.ports.s3}`,
        createBuckets: true,
    };
}

/** The size of the volume of the second MinIO: the stored bytes, a fifth more, and 1 GiB. A Kubernetes quantity. */
export function stagingSize(bytes: number): string {
    return `${Math.ceil((bytes * 1.2) / 2 ** 30) + 1}Gi`;
}

/** Starts a second MinIO with one volume in the namespace of the stack, and waits until it is ready. Does nothing if it runs. */
export async function startStaging(
    cluster: Cluster,
    settings: Settings,
    size: string,
    onProgress: (text: string) => void,
): Promise<void> {
    const { namespace, storage } = settings;
    const core = cluster.config.makeApiClient(CoreV1Api);
    const apps = cluster.config.makeApiClient(AppsV1Api);
    const metadata = { name: stagingName, labels: selector };
    const create = async (kind: string, response: Promise<unknown>) => {
        await callApi(cluster, `create ${kind} ${stagingName}`, response.catch(ignoreExisting));
    };
    await create(
        "PersistentVolumeClaim",
        core.createNamespacedPersistentVolumeClaim({
            namespace,
            body: {
                metadata,
                spec: {
                    accessModes: ["ReadWriteOnce"],
                    storageClassName: storage.className,
                    resources: { requests: { storage: size } },
                },
            },
        }),
    );
    await create(
        "Service",
        core.createNamespacedService({
            namespace,
            body: { metadata, spec: { selector, ports: [{ port: contract.minio.ports.s3 }] } },
        }),
    );
    await create("Deployment", apps.createNamespacedDeployment({ namespace, body: deployment(settings) }));
    await waitFor(300, "the second MinIO to become ready", async () => {
        const { items } = await callApi(
            cluster,
            "list the pods of the second MinIO",
            core.listNamespacedPod({ namespace, labelSelector: `app.kubernetes.io/name=${stagingName}` }),
        );
        onProgress("waiting for the second MinIO");
        return items.some(isReady) ? undefined : (items.map(whyNotReady)[0] ?? "it has no pod");
    });
}

/** Deletes the second MinIO with its volume. Does nothing if it does not exist. */
export async function deleteStaging(cluster: Cluster, namespace: string): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const apps = cluster.config.makeApiClient(AppsV1Api);
    const object = { name: stagingName, namespace };
    const remove = (kind: string, response: Promise<unknown>) =>
        findObject(cluster, `delete ${kind} ${stagingName}`, response);
    await remove("Deployment", apps.deleteNamespacedDeployment({ ...object, propagationPolicy: "Foreground" }));
    await remove("Service", core.deleteNamespacedService(object));
    await remove("PersistentVolumeClaim", core.deleteNamespacedPersistentVolumeClaim(object));
}

const selector = { [purposeLabel]: stagingPurpose, "app.kubernetes.io/name": stagingName };

function deployment(settings: Settings): V1Deployment {
    const pod = minioPod(settings);
    const container = minioContainer(settings);
    const port = contract.minio.ports.s3;
    const root = (name: string, key: string) => ({
        name,
        valueFrom: { secretKeyRef: { name: rootSecretName, key } },
    });
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: stagingName, namespace: settings.namespace, labels: selector },
        spec: {
            replicas: 1,
            strategy: { type: "Recreate" },
            selector: { matchLabels: selector },
            template: {
                metadata: { labels: selector },
                spec: {
                    ...pod,
                    containers: [
                        {
                            ...container,
                            name: "minio",
                            command: ["minio"],
                            args: ["server", "/data/drive", `--address=:${port}`],
                            env: [
                                root("MINIO_ROOT_USER", "rootUser"),
                                root("MINIO_ROOT_PASSWORD", "rootPassword"),
                                { name: "MINIO_BROWSER", value: "off" },
                                { name: "MINIO_UPDATE", value: "off" },
                            ],
                            ports: [{ containerPort: port }],
                            readinessProbe: { httpGet: { path: "/minio/health/ready", port }, periodSeconds: 5 },
                            resources: { requests: { cpu: "50m", memory: "192Mi" }, limits: { memory: "2Gi" } },
                            volumeMounts: [...container.volumeMounts, { name: "data", mountPath: "/data" }],
                        },
                    ],
                    volumes: [
                        ...(pod.volumes ?? []),
                        { name: "data", persistentVolumeClaim: { claimName: stagingName } },
                    ],
                },
            },
        },
    };
}

function ignoreExisting(error: { code?: number }): void {
    if (error.code !== 409) {
        throw error as Error;
    }
}
