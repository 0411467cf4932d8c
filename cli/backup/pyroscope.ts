import { CoreV1Api } from "@kubernetes/client-node";
import { contract } from "../../components/contract";
import type { Settings } from "../../settings/resolve";
import { findObject } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { readStatefulSet } from "../migrate/workloads";
import { type BackupFile, readBackupFile, writeBackupFile } from "./manifest";
import { type VolumeFiles, withVolume } from "./volume-pod";

const { release } = contract.pyroscope;
/** The claim of a replica. The monolithic Pyroscope has only the first one, and the metastore of distributed Pyroscope can have several. */
function claimOf(ordinal: number): string {
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
 * Replaces the index of Pyroscope on the volume of the first replica. Pyroscope must be stopped. The old index remains in a folder with the time of the
 * restore. Further replicas of the metastore get the new index from the first one, after their old one was renamed too.
 */
export async function restorePyroscope(
    cluster: Cluster,
    settings: Settings,
    source: string,
    files: BackupFile[],
): Promise<void> {
    const data = files.map((file) => [file.path.replace(/^pyroscope\//, ""), readBackupFile(source, file)] as const);
    await withVolume(cluster, settings, claimOf(0), await security(cluster, settings), async (volume) => {
        await setAside(volume);
        for (const [file, content] of data) {
            await volume.write(file, content);
        }
    });
    for (let ordinal = 1; (await findIndexClaim(cluster, settings, ordinal)) !== undefined; ordinal++) {
        await setIndexAside(cluster, settings, ordinal);
    }
}

/** The claim of a replica. Undefined if it does not exist. */
export async function findIndexClaim(cluster: Cluster, { namespace }: Settings, ordinal: number) {
    const name = claimOf(ordinal);
    const core = cluster.config.makeApiClient(CoreV1Api);
    const request = core.readNamespacedPersistentVolumeClaim({ name, namespace });
    return findObject(cluster, `read PersistentVolumeClaim ${name}`, request);
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
