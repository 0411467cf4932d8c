import { CoreV1Api } from "@kubernetes/client-node";
import { contract } from "../../components/contract";
import type { Settings } from "../../settings/resolve";
import { callApi } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { readStatefulSet } from "../migrate/workloads";
import { type BackupFile, type Manifest, readBackupFile, writeBackupFile } from "./manifest";
import { type VolumeFiles, withVolume } from "./volume-pod";

const { release } = contract.pyroscope;
/** The claim of a replica. The monolithic Pyroscope has only the first one, and the metastore of distributed Pyroscope can have several. */
function claimOf(ordinal: number | string): string {
    return `data-${release}-${ordinal}`;
}

/** Folder of the volume with the index of all profiles. The bucket contains only the profiles. */
const folder = ".metastore";

/** Copies the index of Pyroscope from the volume of the first replica. Pyroscope must be stopped. */
export async function backUpPyroscope(cluster: Cluster, settings: Settings, target: string): Promise<BackupFile[]> {
    return withVolume(cluster, settings, claimOf(0), await security(cluster, settings), async (volume) => {
        const files: BackupFile[] = [];
        for (const file of await volume.list(folder)) {
            files.push(writeBackupFile(target, `pyroscope/${file}`, await volume.read(file)));
        }
        return files;
    });
}

/**
 * Replaces the index of Pyroscope. Pyroscope must be stopped. The old index remains in a folder with the time of the restore.
 *
 * Each replica of the metastore that is in the Raft log of the backup gets the same copy, because more than half of them must have it. Other replicas get
 * the index from these when they start.
 */
export async function restorePyroscope(
    cluster: Cluster,
    settings: Settings,
    source: string,
    { pyroscope = [], pyroscopeMetastores = 1 }: Pick<Manifest, "pyroscope" | "pyroscopeMetastores">,
): Promise<void> {
    const data = pyroscope.map(
        (file) => [file.path.replace(/^pyroscope\//, ""), readBackupFile(source, file)] as const,
    );
    for (const ordinal of [0, ...(await otherReplicas(cluster, settings))]) {
        await withVolume(cluster, settings, claimOf(ordinal), await security(cluster, settings), async (volume) => {
            await setAside(volume);
            for (const [file, content] of ordinal < pyroscopeMetastores ? data : []) {
                await volume.write(file, content);
            }
        });
    }
}

/** The replicas that have a claim, without the first one. They can be more than the metastore has now, with gaps. */
export async function otherReplicas(cluster: Cluster, { namespace }: Pick<Settings, "namespace">): Promise<number[]> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const { items } = await callApi(
        cluster,
        "list the volume claims",
        core.listNamespacedPersistentVolumeClaim({ namespace }),
    );
    return items
        .map(({ metadata }) => new RegExp(`^${claimOf("(\\d+)")}$`).exec(metadata?.name ?? ""))
        .map((match) => Number(match?.[1] ?? 0))
        .filter((ordinal) => ordinal > 0)
        .sort((one, other) => one - other);
}

/** Renames the index on the volume of a stopped replica. */
export async function setIndexAside(cluster: Cluster, settings: Settings, ordinal: number): Promise<void> {
    await withVolume(cluster, settings, claimOf(ordinal), await security(cluster, settings), setAside);
}

function setAside(volume: VolumeFiles): Promise<void> {
    return volume.rename(folder, `${folder}.before-${new Date().toISOString().replace(/[:.]/g, "-")}`);
}

async function security(cluster: Cluster, { namespace }: Settings) {
    const found = await readStatefulSet(cluster, namespace, release);
    return found?.spec?.template.spec?.securityContext;
}
