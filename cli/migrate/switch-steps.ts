import { type Backend, backends } from "../../validation/buckets";
import { flushBackends, podsWithData, postToPod, textOfPod } from "../backup/flush";
import { withBackend } from "../cluster/backend-api";
import { type Copier, describeUsage, differences } from "../store/copy";
import { missingData, queryStoredData, type StoredData } from "../store/stored-data";
import { deployChange } from "./deploy-change";
import type { Step, StepContext } from "./plan";
import { releaseBackends, startBackends, stopBackends, waitFor } from "./workloads";

// Steps that several plans have.

/** Asks a backend to write the data in its memory to the bucket. */
export function flushStep(backend: Backend, title: string): Step {
    return {
        id: "flush",
        title,
        run: async ({ cluster, applied, onProgress }) => {
            const problems = await flushBackends(cluster, applied.namespace, [backend]);
            onProgress(problems.join("; "));
        },
    };
}

/**
 * Stops the ingesters of Tempo, which write all traces to the bucket first. From then on, Tempo rejects spans with an error after which senders repeat
 * them.
 */
export async function stopIngesters({ cluster, applied: { namespace }, onProgress }: StepContext): Promise<void> {
    const backend = "tempo";
    const pods = await podsWithData(cluster, namespace, backend);
    const names = pods.map(({ metadata }) => String(metadata?.name));
    await Promise.all(names.map((name) => postToPod(cluster, { namespace, backend, name, path: "shutdown" })));
    await waitFor(600, "the ingesters to write all traces to the bucket", async () => {
        const path = "status/services";
        const states = await Promise.all(
            names.map(async (name) => {
                const text = await textOfPod(cluster, { namespace, backend, name, path });
                return ingesterTerminated.test(text) ? [] : [name];
            }),
        );
        const running = states.flat();
        onProgress(running.join(", "));
        return running.length === 0 ? undefined : `${running.join(", ")} did not finish`;
    });
}

/** The line of a stopped ingester in the list of services of Tempo. */
const ingesterTerminated = /^\|\s*ingester\s*\|\s*Terminated\b/m;

/**
 * The steps of a plan that changes the mode of a store. Both modes use the same bucket.
 *
 * @param before the steps that write the data in memory to the bucket. If they stop the store, the first one asks the question.
 * @param restart whether the steps before have stopped workloads that both modes have.
 */
export function modeSteps(
    plan: string,
    store: Backend,
    title: string,
    { question, declined }: Required<Pick<Step, "question" | "declined">>,
    before = [flushStep(store, `Flush ${title}`)],
    restart = false,
): Step[] {
    return [
        { id: "query", title: "Query the stored data", run: recordStoredData },
        ...before,
        {
            id: "deploy",
            title: `Deploy ${title} in the new mode`,
            ...(before.every((step) => step.question === undefined) && { question, declined }),
            ownProgress: true,
            run: async (context) => {
                const { cluster, applied, onProgress } = context;
                if (restart) {
                    await releaseBackends(cluster, applied.namespace);
                }
                await deployChange(context, plan, { movedOwners: [store] });
                if (restart) {
                    await startBackends(cluster, applied.namespace, onProgress, [store]);
                }
            },
        },
        { id: "verify", title: "Query the stored data again", run: verifyStoredData },
    ];
}

function storedData({ cluster, applied: { namespace } }: StepContext, end: number, tenant: string | undefined) {
    return queryStoredData(
        (backend, run) => withBackend(cluster, { namespace, tenant }, backend, run, 60),
        namespace,
        end,
    );
}

/** Queries each backend for the data of the last 24 hours, and records the results, unless an interrupted run has done it. */
export async function recordStoredData(context: StepContext): Promise<void> {
    const { applied, record } = context;
    if (record.progress.notes["before"] === undefined) {
        const end = Date.now();
        await record.note("before", { end, data: await storedData(context, end, applied.tenant) });
    }
}

/** Records the stored data, and stops the backends. */
export async function queryAndStop(context: StepContext): Promise<void> {
    const { cluster, applied, onProgress } = context;
    await recordStoredData(context);
    await stopBackends(cluster, applied.namespace, onProgress);
}

/**
 * Copies the objects while the backends are stopped.
 *
 * @param consequence what did not happen, if both sides differ after the copy.
 * @returns the usage of the target.
 * @throws Error with the differences.
 */
export async function copyExactly(context: StepContext, copy: Copier, consequence: string) {
    const { cluster, applied, onProgress } = context;
    // A run that was interrupted may have started the backends again.
    await stopBackends(cluster, applied.namespace, onProgress);
    const result = await copy("exact", onProgress);
    const found = differences(result);
    if (found.length > 0) {
        throw new Error(
            `both copies differ after the last copy, so ${consequence}:${found.map((line) => `\n  - ${line}`).join("")}`,
        );
    }
    onProgress(backends.map((backend) => `${backend}: ${describeUsage(result.to[backend])}`).join(", "));
    return result.to;
}

/** Waits until each backend returns at least the data that was recorded. @throws Error with what is missing after 300 s. */
export async function verifyStoredData(context: StepContext): Promise<void> {
    const { record, settings, onProgress } = context;
    const before = record.progress.notes["before"] as { end: number; data: StoredData } | undefined;
    if (before === undefined) {
        return;
    }
    // After a start, a backend needs some time until it has found all blocks in its bucket.
    await waitFor(300, "the backends to return the same data as before", async () => {
        const missing = missingData(before.data, await storedData(context, before.end, settings.tenant));
        onProgress(missing.join(", "));
        return missing.length === 0 ? undefined : missing.join("; ");
    });
}
