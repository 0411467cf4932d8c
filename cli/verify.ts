import { CoreV1Api } from "@kubernetes/client-node";
import { Command } from "commander";
import { pathOf } from "../components/grafana";
import { ruleOptions } from "../stack/component-args";
import { type RuleGroup, ruleGroups } from "../rules";
import { controlPlaneJobs } from "../validation/control-plane";
import { redpandaName } from "../validation/kafka";
import { callApi } from "./cluster/api";
import type { Cluster } from "./cluster/kubeconfig";
import { clusterOf } from "./cluster/stack-cluster";
import { evaluateStack, type Evaluation, stackHelp } from "./evaluate";
import { type Login, loginSecretName, secretLogin } from "./login";
import { contextHelp, verboseHelp, parseSeconds } from "./options";
import { run, start } from "./run";
import { allChecks } from "./verify/checks";
import { connectionsTo, forwardConnections, parseUrls, targetNames } from "./verify/connections";
import { makeContext, type StackFacts } from "./verify/context";
import { deployedTargets, possibleChecks } from "./verify/possible-checks";
import { formatResult, formatSummary, reportOf } from "./verify/report";
import { runChecks } from "./verify/run-checks";

interface VerifyOptions {
    json?: boolean;
    url?: string[];
    context?: string;
    timeout: number;
    checkOnly?: boolean;
    verbose?: boolean;
}

/** Exit code if the checks could not run. Exit code 1 means that a check failed or was skipped. */
const couldNotCheck = 2;

export const command = new Command("verify")
    .description(
        "Sends test data to a stack, reads it back through Grafana, follows the links between signals, and reports each check that fails. " +
            "Exit code 0: all checks passed. 1: a check failed or was skipped. 2: the checks could not run.",
    )
    .argument("[stack]", stackHelp(), "dev")
    .option("--json", "print the results as one JSON document")
    .option(
        "--url <url...>",
        "URLs of the endpoints, instead of port forwards. Each one is NAME=URL, or only the URL if it has the port of the endpoint in the cluster. " +
            `The names are ${targetNames.join(", ")}. Set the Grafana password in GRAFANA_PASSWORD.`,
    )
    .option("--context <name>", contextHelp)
    .option("--timeout <seconds>", "how long to wait for all checks to pass", parseSeconds, 90)
    .option("--check-only", "send no test data, and run only the checks that need none")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : couldNotCheck))
    .option("--verbose", verboseHelp)
    .action((stack: string, options: VerifyOptions) =>
        run(() => verify(stack, options), { ...options, failure: couldNotCheck }),
    );

async function verify(stack: string, { json, url, context, timeout, checkOnly }: VerifyOptions): Promise<void> {
    const started = Date.now();
    const evaluation = await evaluateStack(stack);
    const { settings } = evaluation;
    const deployed = deployedTargets(settings);
    const urls = url && parseUrls(url, deployed);
    const cluster = urls === undefined ? clusterOf(stack, settings, context) : undefined;
    const connections =
        cluster === undefined
            ? connectionsTo(urls ?? {})
            : await forwardConnections(cluster, settings.namespace, pathOf(settings.grafana.rootUrl), deployed);
    try {
        const login = settings.components.grafana ? await loginOf(evaluation, cluster) : { user: "", password: "" };
        const checkContext = makeContext(factsOf(evaluation, cluster), connections, login);
        const checks = possibleChecks(allChecks(checkContext, { sending: !checkOnly }), settings);
        const results = await runChecks(checks, timeout, (result) => {
            if (!json && result.status === "passed") {
                console.log(formatResult(result));
            }
        });
        if (cluster !== undefined && results.some(({ status }) => status !== "passed")) {
            await requireCluster(cluster, settings.namespace);
        }
        const report = reportOf(stack, (Date.now() - started) / 1000, results);
        if (json) {
            console.log(JSON.stringify(report, null, 2));
        } else {
            results.filter(({ status }) => status !== "passed").forEach((result) => console.log(formatResult(result)));
            console.log(`\n${formatSummary(report)}`);
        }
        process.exitCode = report.passed ? 0 : 1;
    } finally {
        await connections.close();
    }
}

/**
 * Checks that the API server still responds. Otherwise failed checks do not mean that the stack is unhealthy.
 *
 * @throws ClusterError
 */
async function requireCluster(cluster: Cluster, namespace: string): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    await callApi(cluster, `list the pods of ${namespace}`, core.listNamespacedPod({ namespace, limit: 1 }));
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
        grafanaSecret: loginSecretName(settings),
        tenant,
        samplingMode,
        samplingRatio,
        ruleGroups: { mimir: names(mimir), loki: names(loki) },
        singletonReplicas: settings.replicas.singleton,
        redpandaBrokers: settings.redpanda.replicas,
        probes: settings.probes.map(({ name: probe }) => probe),
        controlPlaneJobs: settings.metrics.controlPlane.flatMap((part) => controlPlaneJobs[part]),
        kafka: [
            ...(settings.components.redpanda ? [redpandaName] : []),
            ...settings.kafka.map(({ name: kafka }) => kafka),
        ],
        databases: settings.databases.map(({ name: database }) => database),
    };
}

/** The Grafana login from the environment, or from the Secret of the stack. */
async function loginOf({ settings }: Evaluation, cluster: Cluster | undefined): Promise<Login> {
    const { GRAFANA_USER: user = settings.grafana.adminUser ?? "admin", GRAFANA_PASSWORD: password } = process.env;
    const login = password === undefined ? cluster && (await secretLogin(cluster, settings)) : { user, password };
    if (login === undefined) {
        throw new Error(
            cluster === undefined
                ? "the Grafana password is unknown; set it in GRAFANA_PASSWORD, and the user in GRAFANA_USER if it is not admin"
                : `namespace ${settings.namespace} has no Secret with the Grafana login; deploy the stack first, or set GRAFANA_PASSWORD`,
        );
    }
    return login;
}

start(command, module);
