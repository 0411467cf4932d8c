import { execFile } from "child_process";
import { promisify } from "util";
import type { OpType, UpOptions } from "@pulumi/pulumi/automation";
import type { DataOwner } from "../../settings/schema/data-owners";
import type { OpenStack } from "./open-stack";
import { runOperation, type WatchPods } from "./operation";
import { pendingCreations, pendingUpdates, protectedResources } from "./state";

/**
 * Number of resources that Pulumi processes at the same time. Its default is four for each core. Workloads that wait for their pods would then
 * delay the creation of the others: on two cores, the object store was created only after the pods of Alloy were ready.
 */
const parallel = 64;

/**
 * Deploys the stack. If an earlier run was killed, objects that it created but did not save in the state become part of the stack. Otherwise
 * Pulumi would fail because they already exist.
 *
 * @param watchPods if given, the deployment ends as soon as it is certain that a pod does not become ready.
 * @param upOptions another stack file, or the only resources to deploy.
 * @param movedOwners the owners of data whose objects a migration replaces, in addition to those in `allowDataLoss`.
 * @returns the number of resources by operation.
 */
export async function deploy(
    opened: OpenStack,
    yes?: boolean,
    watchPods?: WatchPods,
    upOptions: Pick<UpOptions, "configFile" | "target"> = {},
    movedOwners: DataOwner[] = [],
): Promise<Partial<Record<OpType, number>>> {
    const { evaluation, stack, state } = opened;
    const { envVars } = stack.workspace;
    const adoptExisting = { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true", PULUMI_K8S_ENABLE_PATCH_FORCE: "true" };
    const objects = pendingCreations(state);
    if (objects.length > 0) {
        console.log(
            `An earlier run was killed while it created ${objects.join(", ")}. If these objects exist, they become part of the stack.`,
        );
        Object.assign(envVars, adoptExisting);
    }
    const updates = pendingUpdates(state);
    const { summary } = await runOperation(
        opened,
        yes,
        async (options) => {
            // Pulumi also refuses to delete an object whose protection is removed in the same deployment.
            await unprotect(opened, protectedResources(state, [...evaluation.settings.allowDataLoss, ...movedOwners]));
            if (updates.length > 0) {
                // The provider may have changed these objects, and the state does not contain the change.
                await stack.refresh({ target: updates, signal: options.signal });
            }
            return stack.up({ ...options, ...upOptions, parallel });
        },
        watchPods,
    );
    if (objects.length > 0) {
        Object.keys(adoptExisting).forEach((key) => delete envVars[key]);
        // The state contains the settings of the provider. A second run removes them, so that the next preview shows no change.
        await stack.refresh({ clearPendingCreates: true });
        await stack.up();
    }
    return summary.resourceChanges ?? {};
}

/** Deletes all objects of the stack, also those that are protected because they hold data. */
export async function destroy(opened: OpenStack, yes?: boolean): Promise<void> {
    const { stack, state } = opened;
    const urns = state.resources?.filter(({ protect }) => protect).map(({ urn }) => urn) ?? [];
    await runOperation(opened, yes, async (options) => {
        await unprotect(opened, urns);
        return stack.destroy({ ...options, parallel });
    });
    const remaining = pendingCreations(state);
    if (remaining.length > 0) {
        console.log(
            `An earlier run was killed while it created ${remaining.join(", ")}. Pulumi does not delete these objects. Check whether they exist, and delete them.`,
        );
        await stack.refresh({ clearPendingCreates: true });
    }
}

/** The Automation API of Pulumi has no function for it. */
async function unprotect({ stack }: OpenStack, urns: string[]): Promise<void> {
    if (urns.length === 0) {
        return;
    }
    const { pulumiCommand, workDir, envVars } = stack.workspace;
    const args = ["state", "unprotect", ...urns, "--yes", "--stack", stack.name];
    await promisify(execFile)(pulumiCommand.command, args, { cwd: workDir, env: { ...process.env, ...envVars } });
}
