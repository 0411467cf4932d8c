import { CoreV1Api } from "@kubernetes/client-node";
import { Command, InvalidArgumentError } from "commander";
import { ask } from "./cluster/ask";
import { type Cluster, findCluster } from "./cluster/kubeconfig";
import { evaluateStack, type Evaluation, stackNames } from "./evaluate";
import { run } from "./run";
import { makeContext, type StackFacts } from "./verify/context";
import type { Login } from "./verify/grafana";
import { allHops } from "./verify/hops";
import { formatOutcome, formatSummary, reportOf } from "./verify/report";
import { runHops } from "./verify/run";
import { direct, parseUrls, targetNames, throughCluster } from "./verify/targets";

interface VerifyOptions {
    json?: boolean;
    url?: string[];
    context?: string;
    timeout: number;
    checkOnly?: boolean;
}

// Told apart from 1, which is: something is broken.
const couldNotCheck = 2;

const command = new Command("verify")
    .description(
        "Send what real clients send, find it again through Grafana, follow every link, and name the hop that is broken. " +
            "Exit code 0: all holds; 1: something is broken; 2: it could not be checked.",
    )
    .argument("[stack]", `one of ${stackNames().join(", ")}`, "dev")
    .option("--json", "print one JSON document for tools")
    .option(
        "--url <url...>",
        `addresses to use instead of the cluster, each NAME=URL or with the contract's port; names are ${targetNames.join(", ")}. Grafana's password is then read from GRAFANA_PASSWORD`,
    )
    .option("--context <name>", "context of the kubeconfig; default, that of the stack, or else the current one")
    .option("--timeout <seconds>", "how long to wait for what does not hold yet", seconds, 90)
    .option("--check-only", "send nothing: check what can be seen without")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : couldNotCheck))
    .action((stack: string, options: VerifyOptions) => run(() => verify(stack, options), couldNotCheck));

async function verify(stack: string, { json, url, context, timeout, checkOnly }: VerifyOptions): Promise<void> {
    const started = Date.now();
    const urls = url && parseUrls(url);
    const evaluation = await evaluateStack(stack);
    const { namespace, kubeContext } = evaluation.settings;
    const cluster = urls === undefined ? findCluster(context ?? kubeContext) : undefined;
    const way = cluster === undefined ? direct(urls ?? {}) : await throughCluster(cluster, namespace);
    try {
        const login = await grafanaLogin(evaluation, cluster);
        const hops = allHops(makeContext(factsOf(evaluation, cluster), way, login), { sending: !checkOnly });
        const outcomes = await runHops(hops, timeout, (outcome) => {
            if (!json && outcome.status === "holds") {
                console.log(formatOutcome(outcome));
            }
        });
        const report = reportOf(stack, (Date.now() - started) / 1000, outcomes);
        if (json) {
            console.log(JSON.stringify(report, null, 2));
        } else {
            outcomes
                .filter(({ status }) => status !== "holds")
                .forEach((outcome) => console.log(formatOutcome(outcome)));
            console.log(`\n${formatSummary(report)}`);
        }
        process.exitCode = report.holds ? 0 : 1;
    } finally {
        await way.close();
    }
}

function factsOf({ settings }: Evaluation, cluster: Cluster | undefined): StackFacts {
    const { namespace, cluster: name, tenant, tracing } = settings;
    const { samplingMode, samplingRatio } = tracing;
    return { namespace, cluster: name, kubeContext: cluster?.context, tenant, samplingMode, samplingRatio };
}

/** Who Grafana lets in: from the environment, or else from the Secret that the stack has made. */
async function grafanaLogin({ settings, secretNames }: Evaluation, cluster: Cluster | undefined): Promise<Login> {
    const { GRAFANA_USER: user = settings.grafana.adminUser, GRAFANA_PASSWORD: password } = process.env;
    if (password !== undefined) {
        return { user, password };
    }
    if (cluster === undefined) {
        throw new Error(
            "set GRAFANA_PASSWORD to the password of Grafana's user, and GRAFANA_USER if that is not admin",
        );
    }
    const { namespace } = settings;
    const name = secretNames["grafana"] ?? "";
    const core = cluster.config.makeApiClient(CoreV1Api);
    const { data = {} } = await ask(
        cluster,
        `read Secret ${name} in ${namespace}, which has Grafana's login (or set GRAFANA_PASSWORD)`,
        core.readNamespacedSecret({ name, namespace }),
    );
    const text = (key: string) => Buffer.from(data[key] ?? "", "base64").toString();
    return { user: text("admin-user"), password: text("admin-password") };
}

function seconds(text: string): number {
    const value = Number(text);
    if (!(value > 0)) {
        throw new InvalidArgumentError("It is a number of seconds above 0.");
    }
    return value;
}

command.parse();
