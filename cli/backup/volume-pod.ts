import { CoreV1Api, type V1PodSecurityContext } from "@kubernetes/client-node";
import { purposeLabel } from "../../components/ownership";
import type { Settings } from "../../settings/resolve";
import { callApi, findObject } from "../cluster/api";
import { type Container, execInPod } from "../cluster/exec";
import type { Cluster } from "../cluster/kubeconfig";
import { whyNotReady } from "../cluster/pod-status";
import { waitFor } from "../migrate/workloads";
import { minioContainer, minioPod } from "../store/copy-job";

const podName = "observability-volume";
/** The pod ends after this time, also if the command that created it was killed. */
const lifetimeSeconds = 3600;
const mountPath = "/volume";

/** Reads and writes the files of a claim while its workload is stopped. */
export interface VolumeFiles {
    /** Paths of all files in a folder, relative to the volume. Empty if the folder does not exist. */
    list: (folder: string) => Promise<string[]>;
    read: (file: string) => Promise<Buffer>;
    /** Replaces a file at once: an interrupted call leaves the old one. */
    write: (file: string, data: Buffer) => Promise<void>;
    /** Renames a file or a folder. Does nothing if it does not exist, or if the new name exists. */
    rename: (from: string, to: string) => Promise<void>;
    remove: (path: string) => Promise<void>;
}

/**
 * Mounts a claim in a pod, and deletes the pod afterwards. The pod runs on the node of a pod that uses the claim, if there is one.
 *
 * @param security user and group of the workload that owns the files.
 * @throws Error if the claim does not exist, or if the pod does not start.
 */
export async function withVolume<T>(
    cluster: Cluster,
    settings: Settings,
    claim: string,
    security: V1PodSecurityContext | undefined,
    use: (files: VolumeFiles) => Promise<T>,
): Promise<T> {
    const { namespace } = settings;
    const core = cluster.config.makeApiClient(CoreV1Api);
    const found = await findObject(
        cluster,
        `read PersistentVolumeClaim ${claim}`,
        core.readNamespacedPersistentVolumeClaim({ name: claim, namespace }),
    );
    if (found === undefined) {
        throw new Error(`namespace ${namespace} has no PersistentVolumeClaim ${claim}`);
    }
    await deletePod(cluster, namespace);
    const pod = minioPod(settings);
    const container = minioContainer(settings);
    const { runAsUser, runAsGroup, fsGroup } = { ...pod.securityContext, ...security };
    const { items: others } = await callApi(
        cluster,
        `list the pods of ${namespace}`,
        core.listNamespacedPod({ namespace }),
    );
    const user = others.find(({ spec }) =>
        spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim),
    );
    await callApi(
        cluster,
        `create pod ${podName}`,
        core.createNamespacedPod({
            namespace,
            body: {
                metadata: { name: podName, labels: { [purposeLabel]: "volume" } },
                spec: {
                    ...pod,
                    securityContext: { ...pod.securityContext, runAsUser, runAsGroup, fsGroup },
                    // Most volumes can be mounted on one node only.
                    nodeName: user?.spec?.nodeName,
                    restartPolicy: "Never",
                    activeDeadlineSeconds: lifetimeSeconds,
                    terminationGracePeriodSeconds: 1,
                    containers: [
                        {
                            ...container,
                            name: "volume",
                            command: ["/bin/sh", "-c", `sleep ${lifetimeSeconds}`],
                            resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "256Mi" } },
                            volumeMounts: [...container.volumeMounts, { name: "volume", mountPath }],
                        },
                    ],
                    volumes: [...(pod.volumes ?? []), { name: "volume", persistentVolumeClaim: { claimName: claim } }],
                },
            },
        }),
    );
    try {
        await waitFor(300, `pod ${podName} to start`, async () => {
            const started = await callApi(
                cluster,
                `read pod ${podName}`,
                core.readNamespacedPod({ name: podName, namespace }),
            );
            return started.status?.phase === "Running" ? undefined : whyNotReady(started);
        });
        return await use(volumeFiles(cluster, { namespace, pod: podName, container: "volume" }));
    } finally {
        await deletePod(cluster, namespace);
    }
}

async function deletePod(cluster: Cluster, namespace: string): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const pod = { name: podName, namespace };
    await findObject(cluster, `delete pod ${podName}`, core.deleteNamespacedPod(pod));
    await waitFor(60, `pod ${podName} to end`, async () =>
        (await findObject(cluster, `read pod ${podName}`, core.readNamespacedPod(pod))) === undefined
            ? undefined
            : "it still runs",
    );
}

/** The functions use only programs that the image of MinIO has. The paths are arguments, so that the shell does not interpret them. */
function volumeFiles(cluster: Cluster, container: Container): VolumeFiles {
    const run = (script: string, args: string[], input?: Buffer) =>
        execInPod(cluster, container, ["/bin/sh", "-c", `cd ${mountPath} && ${script}`, "sh", ...args], input);
    return {
        list: async (folder) => {
            const output = await run(listScript, [folder]);
            return output.toString().split("\n").filter(Boolean).sort();
        },
        read: (file) => run('cat "$1"', [file]),
        write: async (file, data) => {
            await run(writeScript, [file, String(data.length)], data);
        },
        rename: async (from, to) => {
            await run('if [ -e "$1" ] && [ ! -e "$2" ]; then mv "$1" "$2"; fi', [from, to]);
        },
        remove: async (path) => {
            await run('rm -rf "$1"', [path]);
        },
    };
}

const listScript = `
walk() {
  for entry in "$1"/* "$1"/.[!.]*; do
    if [ -d "$entry" ]; then walk "$entry"; elif [ -f "$entry" ]; then printf '%s\\n' "$entry"; fi
  done
}
[ ! -d "$1" ] || walk "$1"`;

const writeScript = `
case $1 in */*) mkdir -p "\${1%/*}" ;; esac
head -c "$2" > "$1.restored" && mv "$1.restored" "$1"`;
