import { type EngineEvent, LocalWorkspace, type OpType, type Stack } from "@pulumi/pulumi/automation";
import { KubernetesObjectApi } from "@kubernetes/client-node";
import { findObject } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import type { Evaluation } from "../evaluate";
import { confirm } from "../confirm";
import { type Backend, chooseBackend, pulumiHint, withCli } from "./backend";
import { componentsOf, showProgress } from "./progress";
import { findPulumi } from "./pulumi-cli";
import { PodWatch } from "./watch-pods";
import { deployedObject, isStale, locksIn, pendingCreations, type State } from "./state";

/** A stack of this folder that is selected in the Pulumi backend. */
export interface OpenStack {
    evaluation: Evaluation;
    backend: Backend;
    stack: Stack;
    state: State;
}

/**
 * Selects a stack in the backend. Creates it if it does not exist.
 *
 * @throws Error with the reason if Pulumi or the backend cannot be used.
 */
export async function openStack(evaluation: Evaluation): Promise<OpenStack> {
    const name = evaluation.stack;
    const pulumiCommand = await findPulumi(console.log);
    const backend = withCli(chooseBackend(`Pulumi.${name}.yaml`), pulumiCommand.command);
    const envVars = { PULUMI_SKIP_UPDATE_CHECK: "true", ...backend.env };
    try {
        const stack = await LocalWorkspace.createOrSelectStack(
            { stackName: name, workDir: process.cwd() },
            { pulumiCommand, envVars },
        );
        const { deployment } = await stack.exportStack();
        return { evaluation, backend, stack, state: (deployment ?? {}) as State };
    } catch (error) {
        throw readableError(error, backend);
    }
}

/** Where a stack is deployed. */
export type DeployedTo = "nowhere" | "this cluster" | "another cluster";

/** Compares the UID of an object in the state with the UID of the same object in the cluster. */
export async function whereDeployed(cluster: Cluster, state: State): Promise<DeployedTo> {
    const object = deployedObject(state);
    if (object === undefined) {
        return "nowhere";
    }
    const { apiVersion, kind, name, namespace, uid } = object;
    const api = KubernetesObjectApi.makeApiClient(cluster.config);
    const found = await findObject(
        cluster,
        `read ${kind} ${name}`,
        api.read({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) } }),
    );
    return found?.metadata?.uid === uid ? "this cluster" : "another cluster";
}

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
async function runOperation<T>(
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
                if (watch !== undefined && watch.lasting.length > 0) {
                    throw new NotReadyError(
                        `stack ${stack.name} is not deployed completely, because pods do not become ready. Solve these problems, and run the command again to continue:${await watch.describe()}`,
                        { cause: error },
                    );
                }
                throw timer === undefined
                    ? error
                    : new Error("the operation was interrupted; run the command again to continue");
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
        return await once().catch((again: unknown) => Promise.reject(readableError(again, backend)));
    }
}

/**
 * Deploys the stack. If an earlier run was killed, objects that it created but did not save in the state become part of the stack. Otherwise
 * Pulumi would fail because they already exist.
 *
 * @param watchPods if given, the deployment ends as soon as it is certain that a pod does not become ready.
 * @returns the number of resources by operation.
 */
export async function deploy(
    opened: OpenStack,
    yes?: boolean,
    watchPods?: WatchPods,
): Promise<Partial<Record<OpType, number>>> {
    const { stack, state } = opened;
    const { envVars } = stack.workspace;
    const adoptExisting = { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true", PULUMI_K8S_ENABLE_PATCH_FORCE: "true" };
    const objects = pendingCreations(state);
    if (objects.length > 0) {
        console.log(
            `An earlier run was killed while it created ${objects.join(", ")}. If these objects exist, they become part of the stack.`,
        );
        Object.assign(envVars, adoptExisting);
    }
    const { summary } = await runOperation(opened, yes, (options) => stack.up(options), watchPods);
    if (objects.length > 0) {
        Object.keys(adoptExisting).forEach((key) => delete envVars[key]);
        // The state contains the settings of the provider. A second run removes them, so that the next preview shows no change.
        await stack.refresh({ clearPendingCreates: true });
        await stack.up();
    }
    return summary.resourceChanges ?? {};
}

/** Deletes all objects of the stack. */
export async function destroy(opened: OpenStack, yes?: boolean): Promise<void> {
    const { stack, state } = opened;
    await runOperation(opened, yes, (options) => stack.destroy(options));
    const remaining = pendingCreations(state);
    if (remaining.length > 0) {
        console.log(
            `An earlier run was killed while it created ${remaining.join(", ")}. Pulumi does not delete these objects. Check whether they exist, and delete them.`,
        );
        await stack.refresh({ clearPendingCreates: true });
    }
}

/** Extracts the reason from an error of Pulumi, whose message contains the whole output of the command. */
function readableError(error: unknown, backend: Backend): Error {
    const { message } = error as Error;
    const cause = { cause: error };
    if (/incorrect passphrase/.test(message)) {
        return new Error(
            "the passphrase is wrong; set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase that was used to create the stack",
            cause,
        );
    }
    if (/passphrase must be set/.test(message)) {
        return new Error(
            "the secrets of the stack are encrypted, and the passphrase is missing; set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
            cause,
        );
    }
    if (locksIn(message).length > 0) {
        const owners = locksIn(message).map(({ owner, pid }) => `${owner} (process ${pid})`);
        return new Error(
            `the stack is locked by ${[...new Set(owners)].join(", ")}. Another run is probably active: wait until it ends. If this run was killed, remove its lock with \`pulumi cancel\`.${pulumiHint(backend)}`,
            cause,
        );
    }
    const errors = [...message.matchAll(/^ *error: (.+)/gm)].map(([, text = ""]) => text.trim());
    const reasons = errors.filter((text) => !/^(update|destroy) failed$|client connection is closing/.test(text));
    const text = [...new Set(reasons)].map((line) => `\n  - ${line}`).join("");
    return text === "" ? (error as Error) : new Error(`Pulumi failed:${text}`, cause);
}
