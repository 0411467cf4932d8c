import { CoreV1Api } from "@kubernetes/client-node";
import { Command, InvalidArgumentError } from "commander";
import { pathOf } from "../components/grafana";
import { ruleOptions } from "../stack";
import { type RuleGroup, ruleGroups } from "../rules";
import { ask } from "./cluster/ask";
import type { Cluster } from "./cluster/kubeconfig";
import { clusterOf } from "./cluster/stack-cluster";
import { evaluateStack, type Evaluation, stackNames } from "./evaluate";
import { type Login, secretLogin } from "./login";
import { run, start } from "./run";
import { makeContext, type StackFacts } from "./verify/context";
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

export const command = new Command("verify")
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
    .option("--context <name>", "context of the kubeconfig. Default, that of the stack, or else the current one")
    .option("--timeout <seconds>", "how long to wait for what does not hold yet", seconds, 90)
    .option("--check-only", "send nothing: check what can be seen without")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : couldNotCheck))
    .action((stack: string, options: VerifyOptions) => run(() => verify(stack, options), couldNotCheck));

async function verify(stack: string, { json, url, context, timeout, checkOnly }: VerifyOptions): Promise<void> {
    const started = Date.now();
    const urls = url && parseUrls(url);
    const evaluation = await evaluateStack(stack);
    const { settings } = evaluation;
    const cluster = urls === undefined ? clusterOf(stack, settings, context) : undefined;
    const way =
        cluster === undefined
            ? direct(urls ?? {})
            : await throughCluster(cluster, settings.namespace, pathOf(settings.grafana.rootUrl));
    try {
        const login = await loginOf(evaluation, cluster);
        const hops = allHops(makeContext(factsOf(evaluation, cluster), way, login), { sending: !checkOnly });
        const outcomes = await runHops(hops, timeout, (outcome) => {
            if (!json && outcome.status === "holds") {
                console.log(formatOutcome(outcome));
            }
        });
        if (cluster !== undefined && outcomes.some(({ status }) => status !== "holds")) {
            await stillAnswers(cluster, settings.namespace);
        }
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

/**
 * Where the cluster itself has gone away meanwhile, nothing is known of the hops.
 *
 * @throws ClusterError
 */
async function stillAnswers(cluster: Cluster, namespace: string): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    await ask(cluster, `list the pods of ${namespace}`, core.listNamespacedPod({ namespace, limit: 1 }));
}

function factsOf({ settings }: Evaluation, cluster: Cluster | undefined): StackFacts {
    const { namespace, cluster: name, tenant, tracing } = settings;
    const { samplingMode, samplingRatio } = tracing;
    const { mimir, loki } = ruleGroups(ruleOptions(settings));
    const names = (groups: RuleGroup[]) => groups.map((group) => group.name);
    return {
        namespace,
        cluster: name,
        kubeContext: cluster?.context,
        tenant,
        samplingMode,
        samplingRatio,
        ruleGroups: { mimir: names(mimir), loki: names(loki) },
    };
}

/** Who Grafana lets in: from the environment, or else from the Secret that the stack has made. */
async function loginOf({ settings }: Evaluation, cluster: Cluster | undefined): Promise<Login> {
    const { GRAFANA_USER: user = settings.grafana.adminUser ?? "admin", GRAFANA_PASSWORD: password } = process.env;
    const login = password === undefined ? cluster && (await secretLogin(cluster, settings)) : { user, password };
    if (login === undefined) {
        throw new Error(
            cluster === undefined
                ? "set GRAFANA_PASSWORD to the password of Grafana's user, and GRAFANA_USER if that is not admin"
                : `there is no Secret with Grafana's login in ${settings.namespace}: deploy the stack first, or set GRAFANA_PASSWORD`,
        );
    }
    return login;
}

function seconds(text: string): number {
    const value = Number(text);
    if (!(value > 0)) {
        throw new InvalidArgumentError("It is a number of seconds above 0.");
    }
    return value;
}

start(command, module);
