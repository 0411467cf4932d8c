import { contract } from "../../components/contract";
import type { Settings } from "../../settings/resolve";
import type { Cluster } from "../cluster/kubeconfig";
import { readStatefulSet } from "../migrate/workloads";
import { type BackupFile, readBackupFile, writeBackupFile } from "./manifest";
import { withVolume } from "./volume-pod";

const { release } = contract.pyroscope;
/** The claim of the only replica. */
const claim = `data-${release}-0`;
/** Folder of the volume with the index of all profiles. The bucket contains only the profiles. */
const folder = ".metastore";

/** Copies the index of Pyroscope from its volume. Pyroscope must be stopped. */
export async function backUpPyroscope(cluster: Cluster, settings: Settings, target: string): Promise<BackupFile[]> {
    return withVolume(cluster, settings, claim, await security(cluster, settings), async (volume) => {
        const files: BackupFile[] = [];
        for (const file of await volume.list(folder)) {
            files.push(writeBackupFile(target, `pyroscope/${file}`, await volume.read(file)));
        }
        return files;
    });
}

/** Replaces the index of Pyroscope on its volume. Pyroscope must be stopped. The old index remains in a folder with the time of the restore. */
export async function restorePyroscope(
    cluster: Cluster,
    settings: Settings,
    source: string,
    files: BackupFile[],
): Promise<void> {
    const data = files.map((file) => [file.path.replace(/^pyroscope\//, ""), readBackupFile(source, file)] as const);
    await withVolume(cluster, settings, claim, await security(cluster, settings), async (volume) => {
        await volume.rename(folder, `${folder}.before-${new Date().toISOString().replace(/[:.]/g, "-")}`);
        for (const [file, content] of data) {
            await volume.write(file, content);
        }
    });
}

async function security(cluster: Cluster, { namespace }: Settings) {
    const found = await readStatefulSet(cluster, namespace, release);
    return found?.spec?.template.spec?.securityContext;
}
