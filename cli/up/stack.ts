import { type EngineEvent, LocalWorkspace, type OpType, type Stack } from "@pulumi/pulumi/automation";
import { KubernetesObjectApi } from "@kubernetes/client-node";
import { askIfThere } from "../cluster/ask";
import type { Cluster } from "../cluster/kubeconfig";
import type { Evaluation } from "../evaluate";
import { consent } from "../consent";
import { type Backend, chooseBackend } from "./backend";
import { componentsOf, showProgress } from "./progress";
import { findPulumi } from "./pulumi-cli";
import { halfCreated, isStale, knownObject, locksIn, type State } from "./state";

/** A stack of this folder, as Pulumi has it. */
export interface OpenStack {
    evaluation: Evaluation;
    backend: Backend;
    stack: Stack;
    state: State;
}

/**
 * Opens a stack; makes it where the backend does not have it.
 *
 * @throws Error that says what is missing or wrong.
 */
export async function openStack(evaluation: Evaluation): Promise<OpenStack> {
    const name = evaluation.stack;
    const pulumiCommand = await findPulumi(console.log);
    const backend = chooseBackend(`Pulumi.${name}.yaml`);
    const envVars = { PULUMI_SKIP_UPDATE_CHECK: "true", ...backend.env };
    try {
        const stack = await LocalWorkspace.createOrSelectStack(
            { stackName: name, workDir: process.cwd() },
            { pulumiCommand, envVars },
        );
        const { deployment } = await stack.exportStack();
        return { evaluation, backend, stack, state: (deployment ?? {}) as State };
    } catch (error) {
        throw explained(error);
    }
}

/** Whether a stack's objects are in a cluster: "new" where it has none anywhere. */
export async function whereDeployed(cluster: Cluster, state: State): Promise<"new" | "here" | "elsewhere"> {
    const known = knownObject(state);
    if (known === undefined) {
        return "new";
    }
    const { apiVersion, kind, name, namespace, uid } = known;
    const api = KubernetesObjectApi.makeApiClient(cluster.config);
    const found = await askIfThere(
        cluster,
        `read ${kind} ${name}`,
        api.read({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) } }),
    );
    return found?.metadata?.uid === uid ? "here" : "elsewhere";
}

/** How long Pulumi has to say itself that it has heard Ctrl-C. A terminal sends it to us both; two of them would kill Pulumi in the middle. */
const heardSeconds = 2;

interface RunOptions {
    onEvent: (event: EngineEvent) => void;
    onError: (text: string) => void;
    signal: AbortSignal;
}

/**
 * Runs an operation of Pulumi's with its progress shown. Ctrl-C ends it after what is under way, so that it can be run again.
 *
 * @throws Error that says why it has not come to its end.
 */
async function runOperation<T>(
    { evaluation, stack }: OpenStack,
    yes: boolean,
    operation: (options: RunOptions) => Promise<T>,
): Promise<T> {
    const once = () =>
        showProgress(componentsOf(evaluation.resources), async (onEvent) => {
            const abort = new AbortController();
            let heard = false;
            let timer: NodeJS.Timeout | undefined;
            const interrupt = () => {
                // npm passes the signal on to us, which has it from the terminal as well.
                timer ??= setTimeout(() => heard || abort.abort(), heardSeconds * 1000);
            };
            process.on("SIGINT", interrupt);
            process.on("SIGTERM", interrupt);
            try {
                return await operation({
                    onEvent: (event) => {
                        heard ||= /received; cancelling/.test(event.stdoutEvent?.message ?? "");
                        onEvent(event);
                    },
                    onError: () => undefined,
                    signal: abort.signal,
                });
            } catch (error) {
                throw timer === undefined ? error : new Error("interrupted; run it again to go on from here");
            } finally {
                clearTimeout(timer);
                process.off("SIGINT", interrupt);
                process.off("SIGTERM", interrupt);
            }
        });
    try {
        return await once();
    } catch (error) {
        const locks = locksIn((error as Error).message);
        if (locks.length === 0 || !locks.every(isStale)) {
            throw explained(error);
        }
        const question = `A run that was killed has left stack ${stack.name} locked. Remove the lock?`;
        if (!(await consent(question, yes))) {
            throw new Error(`stack ${stack.name} is locked; remove the lock with \`pulumi cancel\``, { cause: error });
        }
        await stack.cancel();
        return await once().catch((again: unknown) => Promise.reject(explained(again)));
    }
}

/**
 * Brings the stack to what its program says. What a killed run has created and not written down is taken over; without that,
 * Pulumi would fail on each such object.
 *
 * @returns how many resources were changed, by what was done to them.
 */
export async function deploy(opened: OpenStack, yes: boolean): Promise<Partial<Record<OpType, number>>> {
    const { stack, state } = opened;
    const { envVars } = stack.workspace;
    const takeOver = { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true", PULUMI_K8S_ENABLE_PATCH_FORCE: "true" };
    const objects = halfCreated(state);
    if (objects.length > 0) {
        console.log(`an earlier run has not finished creating ${objects.join(", ")}; what is there is taken over`);
        Object.assign(envVars, takeOver);
    }
    const { summary } = await runOperation(opened, yes, (options) => stack.up(options));
    if (objects.length > 0) {
        Object.keys(takeOver).forEach((key) => delete envVars[key]);
        // All are written down now; and the provider's settings, which are in the state, would show in the next preview.
        await stack.refresh({ clearPendingCreates: true });
        await stack.up();
    }
    return summary.resourceChanges ?? {};
}

/** Deletes all that the stack has made. */
export async function destroy(opened: OpenStack, yes: boolean): Promise<void> {
    const { stack, state } = opened;
    await runOperation(opened, yes, (options) => stack.destroy(options));
    const left = halfCreated(state);
    if (left.length > 0) {
        console.log(`a run that was killed may have left ${left.join(", ")}, which Pulumi does not know of`);
        await stack.refresh({ clearPendingCreates: true });
    }
}

/** Pulumi's own error in a sentence: the automation API puts the whole output of the command into its message. */
function explained(error: unknown): Error {
    const { message } = error as Error;
    const cause = { cause: error };
    if (/incorrect passphrase/.test(message)) {
        return new Error(
            "the passphrase is not the one that the stack was made with; set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to it",
            cause,
        );
    }
    if (/passphrase must be set/.test(message)) {
        return new Error(
            "the stack's secrets are encrypted with a passphrase; set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to it",
            cause,
        );
    }
    if (locksIn(message).length > 0) {
        const owners = locksIn(message).map(({ owner, pid }) => `${owner} (process ${pid})`);
        return new Error(
            `the stack is locked by ${[...new Set(owners)].join(", ")}: another run is under way; wait for it, or remove what a killed one has left with \`pulumi cancel\``,
            cause,
        );
    }
    const errors = [...message.matchAll(/^ *error: (.+)/gm)].map(([, text = ""]) => text.trim());
    const told = errors.filter((text) => !/^(update|destroy) failed$|client connection is closing/.test(text));
    const text = [...new Set(told)].map((line) => `\n  - ${line}`).join("");
    return text === "" ? (error as Error) : new Error(`Pulumi says:${text}`, cause);
}
