import { CoreV1Api } from "@kubernetes/client-node";
import { Command } from "commander";
import { setTimeout } from "timers/promises";
import { callApi, findObject, ifPermitted } from "./cluster/api";
import type { Cluster } from "./cluster/kubeconfig";
import { clusterOf } from "./cluster/stack-cluster";
import { confirm } from "./confirm";
import { evaluateStack, type Evaluation, stackHelp } from "./evaluate";
import { contextHelp, yesHelp, verboseHelp } from "./options";
import { remainingNamespace } from "./remaining-namespace";
import { run, start } from "./run";
import { pulumiHint } from "./up/backend";
import { destroy } from "./up/deploy";
import { openStack, whereDeployed } from "./up/open-stack";
import { retainedNamespace } from "./up/state";

interface DownOptions {
    context?: string;
    yes?: boolean;
    verbose?: boolean;
}

export const command = new Command("down")
    .description(
        "Deletes everything that a stack has deployed, like `pulumi destroy`. Downloads the Pulumi CLI if it is missing. " +
            "The stack in the Pulumi backend and the stack file remain.",
    )
    .argument("[stack]", stackHelp(), "dev")
    .option("--context <name>", contextHelp)
    .option("--yes", yesHelp)
    .option("--verbose", verboseHelp)
    .action((stack: string, options: DownOptions) => run(() => down(stack, options), options));

async function down(name: string, { context, yes }: DownOptions): Promise<void> {
    const evaluation = await evaluateStack(name);
    const { namespace } = evaluation.settings;
    const cluster = clusterOf(name, evaluation.settings, context);
    const opened = await openStack(evaluation);
    const deployedTo = await whereDeployed(cluster, opened.state);
    if (deployedTo === "nowhere") {
        await deleteRemaining(cluster, evaluation, yes);
        return;
    }
    if (deployedTo === "another cluster") {
        throw new Error(
            `stack ${name} is not deployed to the cluster of context "${cluster.context}": it is deployed to a different cluster, or its objects were deleted manually. ` +
                `Select the other cluster with --context, or remove the deleted objects from the state with \`pulumi refresh --stack ${name}\`.${pulumiHint(opened.backend)}`,
        );
    }
    const question = `This deletes stack ${name} and the data in namespace ${namespace} from context "${cluster.context}" (${cluster.server}). Continue?`;
    if (!(await confirm(question, yes))) {
        throw new Error("the deletion was not confirmed; nothing was deleted");
    }
    const retained = retainedNamespace(opened.state);
    await destroy(opened, yes);
    if (retained !== undefined) {
        await deleteNamespace(cluster, retained);
    }
    console.log(`Stack ${name} was deleted. ${describeVolumes(await remainingVolumes(cluster, namespace))}`);
}

/** Deletes the namespace that `pulumi destroy` has left. */
async function deleteRemaining(cluster: Cluster, evaluation: Evaluation, yes: boolean | undefined): Promise<void> {
    const {
        stack,
        settings: { namespace },
    } = evaluation;
    if ((await remainingNamespace(cluster, evaluation)) === undefined) {
        console.log(`Stack ${stack} is not deployed.`);
        return;
    }
    const question = `Stack ${stack} is not deployed, but its namespace ${namespace} remains from an earlier deployment. This deletes the namespace and its data from context "${cluster.context}" (${cluster.server}). Continue?`;
    if (!(await confirm(question, yes))) {
        throw new Error("the deletion was not confirmed; nothing was deleted");
    }
    await deleteNamespace(cluster, namespace);
    console.log(`Namespace ${namespace} was deleted. ${describeVolumes(await remainingVolumes(cluster, namespace))}`);
}

/** How long the objects in a namespace need at most to be deleted. A volume that a finalizer blocks can take longer. */
const namespaceSeconds = 300;

/**
 * Deletes a namespace that Pulumi does not delete, and waits for it.
 *
 * @throws Error if it still exists after the time limit.
 */
async function deleteNamespace(cluster: Cluster, name: string): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    console.log(`Deleting namespace ${name}.`);
    await findObject(cluster, `delete namespace ${name}`, core.deleteNamespace({ name }));
    const end = Date.now() + namespaceSeconds * 1000;
    while ((await findObject(cluster, `read namespace ${name}`, core.readNamespace({ name }))) !== undefined) {
        if (Date.now() > end) {
            throw new Error(
                `the stack was deleted, but namespace ${name} still exists after ${namespaceSeconds} s; \`kubectl describe namespace ${name}\` shows what blocks its deletion`,
            );
        }
        await setTimeout(1000);
    }
}

/** Undefined volumes could not be listed. */
function describeVolumes(volumes: string[] | undefined): string {
    if (volumes === undefined) {
        return "Volumes may remain. Your user has no permission to list them.";
    }
    if (volumes.length === 0) {
        return "No volumes remain.";
    }
    const list = volumes.map((volume) => `  ${volume}\n`).join("");
    return `These volumes remain with their data:\n${list}If you no longer need the data, delete them with kubectl delete.`;
}

/**
 * Lists the claims that remain because the namespace is not part of the stack, and the volumes that remain because of their reclaim policy.
 * Undefined if the user has no permission to list them. A deployment does not need this permission.
 */
async function remainingVolumes(cluster: Cluster, namespace: string): Promise<string[] | undefined> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const claims = await ifPermitted(
        callApi(
            cluster,
            `list the PersistentVolumeClaims of ${namespace}`,
            core.listNamespacedPersistentVolumeClaim({ namespace }),
        ),
    );
    const volumes = await ifPermitted(callApi(cluster, "list the PersistentVolumes", core.listPersistentVolume()));
    if (claims === undefined || volumes === undefined) {
        return undefined;
    }
    return [
        ...claims.items.map(({ metadata }) => `persistentvolumeclaim/${metadata?.name} in namespace ${namespace}`),
        ...volumes.items
            .filter(({ spec }) => spec?.claimRef?.namespace === namespace)
            .map(({ metadata, spec }) => `persistentvolume/${metadata?.name} of claim ${spec?.claimRef?.name}`),
    ];
}

start(command, module);
