import { Command } from "commander";
import { type Cluster, NoContextError } from "./cluster/kubeconfig";
import { clusterOf } from "./cluster/stack-cluster";
import { serverVersion } from "./cluster/version";
import { parseApplied } from "../settings/applied";
import { describeAnnounced, describeRefusal, findMoves } from "../settings/moves";
import { readerOf } from "../stack/cluster";
import { clusterWarnings } from "../stack/cluster-check";
import { claimSizes } from "../stack/volume-sizes";
import { confirm } from "./confirm";
import { evaluateStack, type Evaluation, stackHelp } from "./evaluate";
import { grafanaLogin } from "./login";
import { MigrationRecord } from "./migrate/record";
import { parseSeconds, verboseHelp, yesHelp } from "./options";
import { run, start } from "./run";
import { pulumiHint } from "./up/backend";
import { offerKindCluster } from "./up/kind";
import { preflight } from "./up/preflight";
import { deploy } from "./up/deploy";
import { type OpenStack, openStack, whereDeployed } from "./up/open-stack";
import { awaitResizes } from "./up/resizes";
import { stackOutputs } from "./up/state";
import { PodWatch } from "./up/watch-pods";

interface UpOptions {
    context?: string;
    yes?: boolean;
    kind?: boolean;
    preflight: boolean;
    readyTimeout: number;
    verbose?: boolean;
}

export const command = new Command("up")
    .description(
        "Deploys a stack. Checks the cluster first, downloads the Pulumi CLI if it is missing, and then runs the equivalent of `pulumi up`.",
    )
    .argument("[stack]", stackHelp(), "dev")
    .option(
        "--context <name>",
        "context of the kubeconfig (default: observability:kubeContext of the stack, or the current context). It is saved in the stack file.",
    )
    .option("--yes", yesHelp)
    .option(
        "--kind",
        "create a local cluster with kind if the kubeconfig has no context. With --yes, kind is downloaded if it is missing.",
    )
    .option("--no-preflight", "deploy even if the checks of the cluster find problems")
    .option(
        "--ready-timeout <seconds>",
        "end the deployment if a pod has no node, or does not become ready, for this time. Use a longer time for an autoscaler or a large WAL.",
        parseSeconds,
        300,
    )
    .option("--verbose", verboseHelp)
    .action((stack: string, options: UpOptions) => run(() => up(stack, options), options));

async function up(name: string, options: UpOptions): Promise<void> {
    const evaluation = await evaluateStack(name);
    const { settings, warnings } = evaluation;
    const cluster = await chooseCluster(evaluation, options);
    const opened = await openStack(evaluation);
    const { stack, backend, state } = opened;
    const deployedTo = await whereDeployed(cluster, state);
    const { text: version } = await serverVersion(cluster);
    console.log(`Stack:      ${name}`);
    console.log(`Cluster:    context "${cluster.context}" (${cluster.server}, Kubernetes ${version})`);
    console.log(`Namespace:  ${settings.namespace}`);
    console.log(`State:      ${backend.name}`);
    await requireNoMigration(cluster, evaluation);
    announceMoves(opened);
    const inCluster = await clusterWarnings(readerOf(cluster), settings);
    [...warnings, ...inCluster].forEach((warning) => console.log(`Warning: ${warning}.`));
    if (deployedTo === "another cluster") {
        throw new Error(
            `stack ${name} is not deployed to the cluster of context "${cluster.context}": it is deployed to a different cluster, or its objects were deleted manually. ` +
                `Select the other cluster with --context, or remove the deleted objects from the state with \`pulumi refresh --stack ${name}\`.${pulumiHint(backend)}`,
        );
    }
    await requirePreflight(cluster, evaluation, options);
    const question = `Stack ${name} is not deployed yet. Deploy it to this cluster?`;
    if (deployedTo === "nowhere" && !(await confirm(question, options.yes))) {
        throw new Error("the deployment was not confirmed; nothing was created");
    }
    if (options.context !== undefined && settings.kubeContext === undefined) {
        await stack.setConfig("observability:kubeContext", { value: options.context });
        console.log(`The context was saved as observability:kubeContext in Pulumi.${name}.yaml.`);
    }
    const watchPods = (isAwaited: (workload: string) => boolean) =>
        new PodWatch(cluster, settings.namespace, isAwaited, options.readyTimeout);
    console.log(describeChanges(await deploy(opened, options.yes, settings.skipAwait ? undefined : watchPods)));
    const claims = claimSizes(settings).map(({ claim }) => claim);
    const target = { namespace: settings.namespace, kubeContext: cluster.context };
    await awaitResizes(cluster, target, claims, !settings.skipAwait);
    await printNextSteps(cluster, evaluation, backend.shell);
}

/**
 * Prints the changes of settings that concern stored data.
 *
 * @throws Error if such a change must not be deployed.
 */
function announceMoves({ evaluation: { stack, settings }, state }: OpenStack): void {
    const { refused, announced } = findMoves(parseApplied(stackOutputs(state)["applied"]), settings);
    announced.forEach((move) => console.log(`Change:     ${describeAnnounced(move, "")}`));
    if (refused.length > 0) {
        const list = refused.map((move) => `\n  - ${describeRefusal(move, "observability:")}`).join("");
        throw new Error(`stack ${stack} cannot be deployed with these changes; nothing was changed.${list}`);
    }
}

/** @throws Error if a migration of the stack is not finished. A deployment between its steps could lose data. */
async function requireNoMigration(cluster: Cluster, { stack, settings }: Evaluation): Promise<void> {
    const progress = await MigrationRecord.read(cluster, settings.namespace);
    if (progress !== undefined) {
        throw new Error(
            `the migration ${progress.plan} of stack ${stack} is not finished: it was started at ${progress.started}; continue it with \`npm run migrate -- ${progress.plan} ${stack}\`, or give it up with --abort`,
        );
    }
}

async function chooseCluster({ stack, settings }: Evaluation, options: UpOptions): Promise<Cluster> {
    try {
        return clusterOf(stack, settings, options.context);
    } catch (error) {
        if (!(error instanceof NoContextError) || !error.noContexts) {
            throw error;
        }
        return offerKindCluster(error, options);
    }
}

async function requirePreflight(cluster: Cluster, evaluation: Evaluation, options: UpOptions): Promise<void> {
    const problems = await preflight(cluster, evaluation);
    const list = problems.map((problem) => `\n  - ${problem}`).join("");
    if (problems.length > 0 && options.preflight) {
        throw new Error(
            `stack ${evaluation.stack} cannot be deployed to this cluster; nothing was created. Solve these problems, or ignore them with --no-preflight:${list}`,
        );
    }
    problems.forEach((problem) => console.log(`Warning: ${problem}.`));
}

const pastTense: Record<string, string> = {
    create: "created",
    update: "updated",
    delete: "deleted",
    replace: "replaced",
};

function describeChanges(counts: Partial<Record<string, number>>): string {
    const changed = Object.entries(counts).filter(([operation]) => operation !== "same" && operation !== "read");
    return changed.length === 0
        ? "Nothing changed."
        : `Resources: ${changed.map(([operation, count]) => `${count} ${pastTense[operation] ?? operation}`).join(", ")}.`;
}

async function printNextSteps(
    cluster: Cluster,
    { stack, settings, endpoints }: Evaluation,
    shell: string | undefined,
): Promise<void> {
    const isDefault = stack === "dev";
    const width = Math.max(...Object.keys(endpoints).map((key) => key.length));
    console.log("\nEndpoints in the cluster:");
    Object.entries(endpoints).forEach(([key, url]) => console.log(`  ${key.padEnd(width)}  ${url}`));
    if (settings.components.grafana) {
        console.log(`\nGrafana login: ${await grafanaLogin(cluster, settings)}`);
    }
    console.log("\nNext steps:");
    console.log(`  npm run verify${isDefault ? "" : ` -- ${stack}`}`);
    if (settings.components.grafana) {
        console.log(`  npm run open -- grafana${isDefault ? "" : ` --stack ${stack}`}`);
    }
    if (shell !== undefined) {
        console.log(`\nTo use the Pulumi CLI with the same state, run:\n  ${shell}`);
    }
}

start(command, module);
