import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { confirm } from "../confirm";
import { pulumiHint } from "./backend";
import { componentsOf, showProgress } from "./progress";
import { readableError } from "./readable-error";
import type { OpenStack } from "./open-stack";
import { isStale, locksIn } from "./state";
import type { PodWatch } from "./watch-pods";

/**
 * Time in which Pulumi must report that it received the signal. A terminal sends Ctrl-C to both processes. A second signal would kill Pulumi
 * during an operation.
 */
const cancellationSeconds = 2;

/** Pods do not become ready, so that Pulumi would wait until its timeout. */
class NotReadyError extends Error {}

/** Creates a watch of the pods that Pulumi waits for. */
export type WatchPods = (isAwaited: (workload: string) => boolean) => PodWatch;

interface RunOptions {
    onEvent: (event: EngineEvent) => void;
    onError: (text: string) => void;
    signal: AbortSignal;
}

/**
 * Runs an operation of Pulumi and shows its progress. After Ctrl-C, Pulumi completes the current changes, so that the operation can be
 * continued later.
 *
 * @throws Error with the reason if the operation fails or is interrupted.
 */
export async function runOperation<T>(
    { evaluation, backend, stack }: OpenStack,
    yes: boolean | undefined,
    operation: (options: RunOptions) => Promise<T>,
    watchPods?: WatchPods,
): Promise<T> {
    const once = () =>
        showProgress(componentsOf(evaluation.resources), async (onEvent, progress) => {
            const abort = new AbortController();
            const watch = watchPods?.((workload) => progress.isPending(workload));
            let cancelling = false;
            let timer: NodeJS.Timeout | undefined;
            const interrupt = () => {
                // The signal can arrive twice: from the terminal and from npm.
                timer ??= setTimeout(() => cancelling || abort.abort(), cancellationSeconds * 1000);
            };
            process.on("SIGINT", interrupt);
            process.on("SIGTERM", interrupt);
            watch?.start(() => abort.abort());
            try {
                return await operation({
                    onEvent: (event) => {
                        cancelling ||= /received; cancelling/.test(event.stdoutEvent?.message ?? "");
                        onEvent(event);
                    },
                    onError: () => undefined,
                    signal: abort.signal,
                });
            } catch (error) {
                if (timer === undefined && !abort.signal.aborted) {
                    throw error;
                }
                watch?.stop();
                await readInterruptedUpdates(stack, progress.failedUpdates);
                if (watch !== undefined && watch.lasting.length > 0) {
                    throw new NotReadyError(
                        `stack ${stack.name} is not deployed completely, because pods do not become ready. Solve these problems, and run the command again to continue:${await watch.describe()}`,
                        { cause: error },
                    );
                }
                throw new Error("the operation was interrupted; run the command again to continue", { cause: error });
            } finally {
                watch?.stop();
                clearTimeout(timer);
                process.off("SIGINT", interrupt);
                process.off("SIGTERM", interrupt);
            }
        });
    try {
        return await once();
    } catch (error) {
        if (error instanceof NotReadyError) {
            throw error;
        }
        const locks = locksIn((error as Error).message);
        if (locks.length === 0 || !locks.every(isStale)) {
            throw readableError(error, backend);
        }
        const question = `Stack ${stack.name} is locked by a run that was killed. Remove the lock?`;
        if (!(await confirm(question, yes))) {
            throw new Error(
                `stack ${stack.name} is locked; remove the lock with \`pulumi cancel --stack ${stack.name}\`${pulumiHint(backend)}`,
                { cause: error },
            );
        }
        await stack.cancel();
        return await once().catch((again: unknown) =>
            Promise.reject(again instanceof NotReadyError ? again : readableError(again, backend)),
        );
    }
}

/**
 * Saves the state of objects whose update was interrupted. The provider changes the object, but does not save the change if it is interrupted
 * while it waits for the object. Without this, a later run would not see the difference.
 */
async function readInterruptedUpdates(stack: Stack, urns: string[]): Promise<void> {
    if (urns.length === 0) {
        return;
    }
    try {
        await stack.refresh({ target: urns });
    } catch {
        console.log(
            `Warning: the state of the interrupted objects could not be read; run \`pulumi refresh --stack ${stack.name}\` before the next deployment.`,
        );
    }
}
