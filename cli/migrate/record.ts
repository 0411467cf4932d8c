import { hostname, userInfo } from "os";
import { CoreV1Api, type V1ConfigMap } from "@kubernetes/client-node";
import { callApi, ClusterError, findObject } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { isStale } from "../up/state";

/** The ConfigMap in the namespace of the stack that contains the progress of a migration. */
export const recordName = "observability-migration";

/** How often a running migration confirms that it runs. */
const heartbeatSeconds = 15;

/** The progress of a migration. */
export interface Progress {
    plan: string;
    /** Start of the first run, in ISO 8601. */
    started: string;
    /** USER@HOST of the last run. */
    owner: string;
    pid: number;
    /** Last time at which the run confirmed that it runs, in ISO 8601. Undefined if it has ended. */
    heartbeat?: string;
    /** Ids of the steps that are done, each with the time of its end. */
    done: Record<string, string>;
    /** Facts that later steps need, such as the counts before the switch. */
    notes: Record<string, unknown>;
}

/**
 * Why a plan cannot start or continue. Undefined if it can.
 *
 * @param current progress in the cluster. Undefined if no migration is in progress.
 * @param now milliseconds since 1970.
 */
export function refusal(current: Progress | undefined, plan: string, stack: string, now: number): string | undefined {
    if (current === undefined) {
        return undefined;
    }
    const { owner, pid, heartbeat, started, done } = current;
    const alive =
        heartbeat !== undefined &&
        now - Date.parse(heartbeat) < 4 * heartbeatSeconds * 1000 &&
        !isStale({ owner, pid }) &&
        !(owner === ownName() && pid === process.pid);
    if (alive) {
        return `the migration ${current.plan} is already running: it was started by ${owner} (process ${pid}), and confirmed at ${heartbeat} that it runs; wait until it ends. If it was killed, wait ${4 * heartbeatSeconds} s`;
    }
    if (current.plan !== plan) {
        const steps = Object.keys(done).length;
        return `the migration ${current.plan} is not finished: it was started at ${started} and has completed ${steps} ${steps === 1 ? "step" : "steps"}; continue it with \`npm run migrate -- ${current.plan} ${stack}\`, or give it up with \`npm run migrate -- ${current.plan} ${stack} --abort\``;
    }
    return undefined;
}

function ownName(): string {
    return `${userInfo().username}@${hostname()}`;
}

/** The progress of a migration in the cluster. Only one migration of a stack can be in progress. */
export class MigrationRecord {
    private timer: NodeJS.Timeout | undefined;
    private lost: Error | undefined;
    private writing: Promise<void> = Promise.resolve();

    private constructor(
        private readonly cluster: Cluster,
        private readonly namespace: string,
        readonly progress: Progress,
        private version: string | undefined,
    ) {}

    /** Reads the progress. Undefined if no migration is in progress. */
    static async read(cluster: Cluster, namespace: string): Promise<Progress | undefined> {
        const found = await readConfigMap(cluster, namespace);
        return found && progressOf(found);
    }

    /**
     * Starts or continues a migration.
     *
     * @throws Error if another run is active, or another migration is not finished.
     */
    static async open(cluster: Cluster, namespace: string, plan: string, stack: string): Promise<MigrationRecord> {
        const found = await readConfigMap(cluster, namespace);
        const current = found && progressOf(found);
        const reason = refusal(current, plan, stack, Date.now());
        if (reason !== undefined) {
            throw new Error(reason);
        }
        const now = new Date().toISOString();
        const progress: Progress = {
            plan,
            started: now,
            done: {},
            notes: {},
            ...current,
            owner: ownName(),
            pid: process.pid,
            heartbeat: now,
        };
        const record = new MigrationRecord(cluster, namespace, progress, found?.metadata?.resourceVersion);
        await record.write();
        record.timer = setInterval(() => {
            progress.heartbeat = new Date().toISOString();
            record.write().catch((error: Error) => (record.lost = error));
        }, heartbeatSeconds * 1000);
        record.timer.unref();
        return record;
    }

    isDone(step: string): boolean {
        return this.progress.done[step] !== undefined;
    }

    /** Records that a step has ended. @throws Error if another run has taken over. */
    async complete(step: string): Promise<void> {
        this.progress.done[step] = new Date().toISOString();
        await this.write();
    }

    /** Records that steps must run again. */
    async reopen(...steps: string[]): Promise<void> {
        steps.forEach((step) => delete this.progress.done[step]);
        await this.write();
    }

    async note(key: string, value: unknown): Promise<void> {
        this.progress.notes[key] = value;
        await this.write();
    }

    /** @throws Error if another run has taken over since the last call. */
    check(): void {
        if (this.lost !== undefined) {
            throw this.lost;
        }
    }

    /** Records that this run has ended, so that another run can continue at once. */
    async close(): Promise<void> {
        clearInterval(this.timer);
        delete this.progress.heartbeat;
        await this.write();
    }

    /** Deletes the progress at the end of a migration. */
    async delete(): Promise<void> {
        clearInterval(this.timer);
        await this.writing.catch(() => undefined);
        await deleteRecord(this.cluster, this.namespace);
    }

    /** Writes one after another, because each write needs the version of the one before. */
    private write(): Promise<void> {
        this.writing = this.writing.catch(() => undefined).then(() => this.replace());
        return this.writing;
    }

    private async replace(): Promise<void> {
        const core = this.cluster.config.makeApiClient(CoreV1Api);
        const { namespace } = this;
        const body: V1ConfigMap = {
            metadata: { name: recordName, namespace, resourceVersion: this.version },
            data: { progress: JSON.stringify(this.progress, null, 2) },
        };
        try {
            const written = await callApi(
                this.cluster,
                `write ConfigMap ${recordName}`,
                this.version === undefined
                    ? core.createNamespacedConfigMap({ namespace, body })
                    : core.replaceNamespacedConfigMap({ name: recordName, namespace, body }),
            );
            this.version = written.metadata?.resourceVersion;
        } catch (error) {
            if (error instanceof ClusterError && (error.status === 409 || error.status === 404)) {
                throw new Error(
                    "another run of this migration has started; this run ends, and the other one continues",
                    { cause: error },
                );
            }
            throw error;
        }
    }
}

async function readConfigMap(cluster: Cluster, namespace: string): Promise<V1ConfigMap | undefined> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    return findObject(
        cluster,
        `read ConfigMap ${recordName}`,
        core.readNamespacedConfigMap({ name: recordName, namespace }),
    );
}

/** Deletes the progress of a migration. Does nothing if there is none. */
export async function deleteRecord(cluster: Cluster, namespace: string): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    await findObject(
        cluster,
        `delete ConfigMap ${recordName}`,
        core.deleteNamespacedConfigMap({ name: recordName, namespace }),
    );
}

function progressOf({ data = {} }: V1ConfigMap): Progress {
    try {
        return JSON.parse(data["progress"] ?? "") as Progress;
    } catch (error) {
        throw new Error(
            `ConfigMap ${recordName} does not contain the progress of a migration: ${(error as Error).message}; delete it if no migration is in progress`,
            { cause: error },
        );
    }
}
