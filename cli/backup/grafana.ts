import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions, type V1Deployment } from "@kubernetes/client-node";
import { contract } from "../../components/contract";
import type { Settings } from "../../settings/resolve";
import { callApi, findObject } from "../cluster/api";
import { execInPod } from "../cluster/exec";
import type { Cluster } from "../cluster/kubeconfig";
import { isReady } from "../cluster/target";
import { waitFor } from "../migrate/workloads";
import { type BackupFile, readBackupFile, sha256, writeBackupFile } from "./manifest";
import { withVolume } from "./volume-pod";

const deployment = contract.grafana.service;
const container = "grafana";
/** Folder of the volume in the container of the chart. */
const folder = "/var/lib/grafana";
const database = "grafana.db";
/** With `database.wal: true`, the newest changes are in this file. */
const writeAheadLog = `${database}-wal`;
const attempts = 20;
const pauseMs = 1500;

/** The files of a SQLite database, by name. */
export type DatabaseFiles = Map<string, Buffer>;

/** Reads the files of the database once. Undefined if a transaction is in progress. */
export type ReadDatabase = () => Promise<DatabaseFiles | undefined>;

/**
 * Reads a database that is in use. SQLite changes the files only in a transaction, and a rollback journal exists as long as a transaction is in
 * progress. Two equal copies without a journal are therefore a consistent state.
 *
 * @throws Error if the database changes all the time.
 */
export async function readConsistently(read: ReadDatabase, pause = pauseMs): Promise<DatabaseFiles> {
    let last: DatabaseFiles | undefined;
    for (let attempt = 0; attempt < attempts; attempt++) {
        const current = await read();
        if (last !== undefined && current !== undefined && isEqual(last, current)) {
            return current;
        }
        last = current;
        if (current === undefined) {
            await new Promise((resolve) => setTimeout(resolve, pause));
        }
    }
    throw new Error(
        `the database of Grafana changed during each of ${attempts} attempts to copy it; try again when fewer people use Grafana`,
    );
}

function isEqual(one: DatabaseFiles, other: DatabaseFiles): boolean {
    return (
        one.size === other.size &&
        [...one].every(([name, data]) => {
            const compared = other.get(name);
            return compared !== undefined && sha256(compared) === sha256(data);
        })
    );
}

/**
 * Copies the database of Grafana while it runs. Undefined if Grafana has no volume or uses another database.
 *
 * @throws Error if Grafana does not run, or if its database changes all the time.
 */
export async function backUpGrafana(
    cluster: Cluster,
    settings: Settings,
    target: string,
): Promise<BackupFile[] | undefined> {
    if (!settings.grafana.persistence || usesOtherDatabase(settings)) {
        return undefined;
    }
    const { namespace } = settings;
    const pod = await grafanaPod(cluster, namespace);
    const run = (command: string[]) => execInPod(cluster, { namespace, pod, container }, command);
    const files = await readConsistently(async () => {
        const names = (await run(["ls", folder])).toString().split("\n");
        if (names.includes(`${database}-journal`)) {
            return undefined;
        }
        const found: DatabaseFiles = new Map();
        for (const name of [database, writeAheadLog].filter((candidate) => names.includes(candidate))) {
            found.set(name, await run(["cat", `${folder}/${name}`]));
        }
        const after = (await run(["ls", folder])).toString().split("\n");
        return after.includes(`${database}-journal`) ? undefined : found;
    });
    const data = files.get(database);
    if (data?.subarray(0, 15).toString() !== "SQLite format 3") {
        throw new Error(`${folder}/${database} in pod ${pod} is not a SQLite database`);
    }
    return [...files].map(([name, content]) => writeBackupFile(target, `grafana/${name}`, content));
}

/** Whether the Helm values configure a database other than SQLite. */
export function usesOtherDatabase({ values }: Settings): boolean {
    const { type, url } = values.grafana["grafana.ini"]?.database ?? {};
    return url !== undefined || (type !== undefined && type !== "sqlite3");
}

/** Whether a pod of Grafana runs. */
export async function grafanaRuns(cluster: Cluster, namespace: string): Promise<boolean> {
    return (await grafanaPods(cluster, namespace)).length > 0;
}

/** Stops Grafana, replaces its database, and starts it again. Also starts it after an error. */
export async function restoreGrafana(
    cluster: Cluster,
    settings: Settings,
    source: string,
    files: BackupFile[],
): Promise<void> {
    const { namespace } = settings;
    const data = files.map((file) => [file.path.replace(/^grafana\//, ""), readBackupFile(source, file)] as const);
    const found = await readDeployment(cluster, namespace);
    const spec = found?.spec?.template.spec;
    const claim = spec?.volumes?.find(({ name }) => name === "storage")?.persistentVolumeClaim?.claimName;
    if (found === undefined || claim === undefined) {
        throw new Error(
            `Deployment ${deployment} in namespace ${namespace} ${found ? "has no volume" : "does not exist"}; deploy the stack first`,
        );
    }
    await scale(cluster, namespace, 0);
    try {
        await waitFor(120, "the pod of Grafana to end", async () =>
            (await grafanaRuns(cluster, namespace)) ? "it still runs" : undefined,
        );
        await withVolume(cluster, settings, claim, spec?.securityContext, async (volume) => {
            for (const name of [writeAheadLog, `${database}-shm`, `${database}-journal`]) {
                await volume.remove(name);
            }
            for (const [name, content] of data) {
                await volume.write(name, content);
            }
        });
    } finally {
        await scale(cluster, namespace, 1);
    }
    await waitFor(300, "Grafana to become ready", async () =>
        (await grafanaPods(cluster, namespace)).some(isReady) ? undefined : "its pod is not ready",
    );
}

async function readDeployment(cluster: Cluster, namespace: string): Promise<V1Deployment | undefined> {
    const apps = cluster.config.makeApiClient(AppsV1Api);
    return findObject(
        cluster,
        `read Deployment ${deployment}`,
        apps.readNamespacedDeployment({ name: deployment, namespace }),
    );
}

/** The number returns to its old value, so server-side apply sees no conflict. */
async function scale(cluster: Cluster, namespace: string, replicas: number): Promise<void> {
    const apps = cluster.config.makeApiClient(AppsV1Api);
    await callApi(
        cluster,
        `set the replicas of Deployment ${deployment}`,
        apps.patchNamespacedDeployment(
            { name: deployment, namespace, body: { spec: { replicas } } },
            setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
        ),
    );
}

async function grafanaPods(cluster: Cluster, namespace: string) {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const { items } = await callApi(
        cluster,
        "list the pods of Grafana",
        core.listNamespacedPod({
            namespace,
            labelSelector: `app.kubernetes.io/instance=${contract.grafana.release},app.kubernetes.io/name=grafana`,
        }),
    );
    return items;
}

async function grafanaPod(cluster: Cluster, namespace: string): Promise<string> {
    const pod = (await grafanaPods(cluster, namespace)).find(isReady);
    if (pod === undefined) {
        throw new Error("the pod of Grafana is not ready, so its database cannot be copied");
    }
    return pod.metadata?.name ?? "";
}
