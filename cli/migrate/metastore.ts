import { contract } from "../../components/contract";
import { otherReplicas, setIndexAside } from "../backup/pyroscope";
import { textOfPod } from "../backup/flush";
import { portForward } from "../cluster/port-forward";
import type { StepContext } from "./plan";
import { readStatefulSet, waitFor } from "./workloads";

const { release, service, ports } = contract.pyroscope;

type Context = Pick<StepContext, "cluster" | "applied" | "settings" | "onProgress">;

/** The term of a change of the Raft cluster: the highest number, because nothing else changes the cluster during a migration. */
const anyTerm = "18446744073709551615";

/**
 * Removes all replicas of the metastore but the first one from their Raft cluster, so that the first one has the majority alone. Each step can be repeated.
 */
export async function removeOtherReplicas(context: Context): Promise<void> {
    const { cluster, applied, onProgress } = context;
    if (applied.pyroscopeMetastores === 1 || (await isStopped(context))) {
        return;
    }
    const id = await serverIds(context);
    const leads = async () =>
        /^pyroscope_metastore_raft_state\{[^}]*state="Leader"[^}]*\} 1$/m.test(
            await textOfPod(cluster, {
                namespace: applied.namespace,
                backend: "pyroscope",
                name: `${release}-0`,
                path: "metrics",
            }),
        );
    if (!(await leads())) {
        await changeCluster(context, "promote", id(0));
        await waitFor(60, `${release}-0 to lead the metastore`, async () =>
            (await leads()) ? undefined : "another leads",
        );
    }
    // The last one first, as Kubernetes deletes them.
    for (let ordinal = applied.pyroscopeMetastores - 1; ordinal > 0; ordinal--) {
        onProgress(`${release}-${ordinal}`);
        await changeCluster(context, "remove", id(ordinal));
    }
}

/** Adds all replicas of the metastore to their Raft cluster again. Those that are in it already stay. */
export async function addReplicas(context: Context): Promise<void> {
    const id = await serverIds(context);
    for (let ordinal = 1; ordinal < context.applied.pyroscopeMetastores; ordinal++) {
        await changeCluster(context, "add", id(ordinal));
    }
}

/**
 * Renames the index on the volumes of all replicas but the first one, while they are stopped. A replica without an index joins the Raft cluster, and gets
 * the index of the others. With an old index, two of them could replace that of the first one.
 */
export async function setOtherIndexesAside({ cluster, applied, settings, onProgress }: Context): Promise<void> {
    const moved = { ...settings, namespace: applied.namespace };
    for (const ordinal of await otherReplicas(cluster, moved)) {
        onProgress(`${release}-${ordinal}`);
        await setIndexAside(cluster, moved, ordinal);
    }
}

async function isStopped({ cluster, applied }: Context): Promise<boolean> {
    const found = await readStatefulSet(cluster, applied.namespace, release);
    return (found?.spec?.replicas ?? 0) === 0;
}

/** The names of the replicas in the Raft log, which are their addresses. */
async function serverIds({ cluster, applied: { namespace } }: Context): Promise<(ordinal: number) => string> {
    const found = await readStatefulSet(cluster, namespace, release);
    const env = found?.spec?.template.spec?.containers[0]?.env ?? [];
    const address = env.find(({ name }) => name === "PYROSCOPE_METASTORE_SERVICE")?.value;
    if (address === undefined) {
        throw new Error(`StatefulSet ${release} has no environment variable PYROSCOPE_METASTORE_SERVICE`);
    }
    return (ordinal) => `${release}-${ordinal}.${address}`;
}

/** Changes the Raft cluster with the page for operators of Pyroscope, which sends the change to the leader. */
async function changeCluster(
    { cluster, applied: { namespace } }: Context,
    action: "add" | "remove" | "promote",
    serverId: string,
): Promise<void> {
    const forward = await portForward(cluster, { service, namespace, port: ports.http });
    try {
        const response = await fetch(`${forward.url}/metastore-nodes`, {
            method: "POST",
            body: new URLSearchParams({ [action]: serverId, "current-term": anyTerm }),
            redirect: "manual",
            signal: AbortSignal.timeout(30_000),
        });
        if (response.status >= 400) {
            throw new Error(
                `Pyroscope did not ${action} ${serverId}: status ${response.status}: ${(await response.text()).trim()}`,
            );
        }
    } finally {
        await forward.close();
    }
}
