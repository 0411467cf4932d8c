import { Command } from "commander";
import { type Cluster, NoContextError } from "./cluster/kubeconfig";
import { clusterOf } from "./cluster/stack-cluster";
import { serverVersion } from "./cluster/version";
import { consent } from "./consent";
import { evaluateStack, type Evaluation, stackNames } from "./evaluate";
import { grafanaLogin } from "./login";
import { run, start } from "./run";
import { hasKind, makeKindCluster } from "./up/kind";
import { preflight } from "./up/preflight";
import { deploy, openStack, whereDeployed } from "./up/stack";

interface UpOptions {
    context?: string;
    yes: boolean;
    kind: boolean;
    preflight: boolean;
}

export const command = new Command("up")
    .description(
        "Deploy a stack: what `pulumi up` does, with the CLI, the state and the cluster found and checked first.",
    )
    .argument("[stack]", `one of ${stackNames().join(", ")}`, "dev")
    .option("--context <name>", "context of the kubeconfig; kept in the stack's file. Default, the current one")
    .option("--yes", "ask nothing", false)
    .option("--kind", "make a local cluster with kind where the kubeconfig has none", false)
    .option("--no-preflight", "deploy whatever the checks of the cluster find")
    .action((stack: string, options: UpOptions) => run(() => up(stack, options)));

async function up(name: string, options: UpOptions): Promise<void> {
    const evaluation = await evaluateStack(name);
    const { settings, warnings } = evaluation;
    const cluster = await chooseCluster(evaluation, options);
    const opened = await openStack(evaluation);
    const { stack, backend, state } = opened;
    const deployed = await whereDeployed(cluster, state);
    console.log(
        `stack ${name} → context "${cluster.context}" (${cluster.server}, Kubernetes ${(await serverVersion(cluster)).text}), namespace ${settings.namespace}`,
    );
    console.log(`state in ${backend.name}`);
    warnings.forEach((warning) => console.log(`! ${warning}`));
    if (deployed === "elsewhere") {
        throw new Error(
            `stack ${name} has been deployed to another cluster than that of context "${cluster.context}", or its objects here were deleted by hand: ` +
                `name its context with --context, or make Pulumi forget what is gone with \`pulumi refresh --stack ${name}\``,
        );
    }
    await refuseUnfit(cluster, evaluation, options);
    if (deployed === "new" && !(await consent("Nothing of it is deployed there yet. Deploy?", options.yes))) {
        throw new Error("nothing was created");
    }
    if (options.context !== undefined && settings.kubeContext === undefined) {
        await stack.setConfig("observability:kubeContext", { value: options.context });
        console.log(`kept as observability:kubeContext in Pulumi.${name}.yaml: the stack belongs to this context now`);
    }
    console.log(changes(await deploy(opened, options.yes)));
    await next(cluster, evaluation, backend.shell);
}

async function chooseCluster({ stack, settings }: Evaluation, options: UpOptions): Promise<Cluster> {
    try {
        return clusterOf(stack, settings, options.context);
    } catch (error) {
        if (!(error instanceof NoContextError) || !error.empty) {
            throw error;
        }
        if (!hasKind()) {
            throw new Error(
                `${error.message}; name a kubeconfig in KUBECONFIG, or install kind (https://kind.sigs.k8s.io) and run this again to get a local cluster`,
                { cause: error },
            );
        }
        if (!options.kind && !process.stdin.isTTY) {
            throw new Error(`${error.message}; name a kubeconfig in KUBECONFIG, or say --kind for a local cluster`, {
                cause: error,
            });
        }
        if (!(await consent("There is no cluster. Make a local one with kind?", options.kind))) {
            throw error;
        }
        return makeKindCluster();
    }
}

async function refuseUnfit(cluster: Cluster, evaluation: Evaluation, options: UpOptions): Promise<void> {
    const mistakes = await preflight(cluster, evaluation);
    const list = mistakes.map((mistake) => `\n  - ${mistake}`).join("");
    if (mistakes.length > 0 && options.preflight) {
        throw new Error(
            `the cluster will not take stack ${evaluation.stack}; nothing was created (--no-preflight deploys regardless):${list}`,
        );
    }
    mistakes.forEach((mistake) => console.log(`! ${mistake}`));
}

function changes(counts: Partial<Record<string, number>>): string {
    const changed = Object.entries(counts).filter(([operation]) => operation !== "same" && operation !== "read");
    return changed.length === 0
        ? "nothing had to change"
        : changed.map(([operation, count]) => `${operation} ${count}`).join(", ");
}

async function next(cluster: Cluster, { stack, settings, endpoints }: Evaluation, shell?: string): Promise<void> {
    const at = stack === "dev" ? "" : ` ${stack}`;
    const named = stack === "dev" ? "" : ` --stack ${stack}`;
    const width = Math.max(...Object.keys(endpoints).map((key) => key.length));
    console.log("\nIn the cluster:");
    Object.entries(endpoints).forEach(([key, url]) => console.log(`  ${key.padEnd(width)}  ${url}`));
    console.log(`\nGrafana's login: ${await grafanaLogin(cluster, settings)}`);
    console.log(`\nNext: npm run verify${at && ` --${at}`}`);
    console.log(`      npm run open -- grafana${named}`);
    if (shell !== undefined) {
        console.log(`      ${shell} for pulumi by hand`);
    }
}

start(command, module);
