import { CoreV1Api } from "@kubernetes/client-node";
import { Command } from "commander";
import { ask, lookedAt } from "./cluster/ask";
import type { Cluster } from "./cluster/kubeconfig";
import { clusterOf } from "./cluster/stack-cluster";
import { consent } from "./consent";
import { evaluateStack, stackNames } from "./evaluate";
import { run, start } from "./run";
import { destroy, openStack, whereDeployed } from "./up/stack";

interface DownOptions {
    context?: string;
    yes: boolean;
}

export const command = new Command("down")
    .description(
        "Delete all that a stack has deployed: what `pulumi destroy` does. The stack itself and its settings stay.",
    )
    .argument("[stack]", `one of ${stackNames().join(", ")}`, "dev")
    .option("--context <name>", "context of the kubeconfig. Default, the stack's own or else the current one")
    .option("--yes", "ask nothing", false)
    .action((stack: string, options: DownOptions) => run(() => down(stack, options)));

async function down(name: string, { context, yes }: DownOptions): Promise<void> {
    const evaluation = await evaluateStack(name);
    const { namespace } = evaluation.settings;
    const cluster = clusterOf(name, evaluation.settings, context);
    const opened = await openStack(evaluation);
    const deployed = await whereDeployed(cluster, opened.state);
    if (deployed === "new") {
        console.log(`stack ${name} is not deployed`);
        return;
    }
    if (deployed === "elsewhere") {
        throw new Error(
            `stack ${name} is not in the cluster of context "${cluster.context}": name its context with --context, or make Pulumi forget what is gone with \`pulumi refresh --stack ${name}\``,
        );
    }
    const question = `This deletes stack ${name} from context "${cluster.context}" (${cluster.server}), and the data in namespace ${namespace} with it. Go on?`;
    if (!(await consent(question, yes))) {
        throw new Error("nothing was deleted");
    }
    await destroy(opened, yes);
    const volumes = await remainingVolumes(cluster, namespace);
    console.log(
        volumes === undefined
            ? `stack ${name} is gone; volumes may remain, which your user may not list`
            : volumes.length === 0
              ? `stack ${name} is gone, and its volumes`
              : `stack ${name} is gone; these volumes remain, with their data:\n${volumes.map((volume) => `  ${volume}\n`).join("")}Delete them with kubectl delete when nobody needs them.`,
    );
}

/**
 * What policy has kept: claims where the namespace is not the stack's own, and volumes whose class retains them. Undefined where
 * the user may not look, which takes more than a deployment does.
 */
async function remainingVolumes(cluster: Cluster, namespace: string): Promise<string[] | undefined> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const claims = await lookedAt(ask(cluster, "list claims", core.listNamespacedPersistentVolumeClaim({ namespace })));
    const volumes = await lookedAt(ask(cluster, "list volumes", core.listPersistentVolume()));
    if (claims === undefined || volumes === undefined) {
        return undefined;
    }
    return [
        ...claims.items.map(({ metadata }) => `persistentvolumeclaim/${metadata?.name} in ${namespace}`),
        ...volumes.items
            .filter(({ spec }) => spec?.claimRef?.namespace === namespace)
            .map(({ metadata, spec }) => `persistentvolume/${metadata?.name} of ${spec?.claimRef?.name}`),
    ];
}

start(command, module);
