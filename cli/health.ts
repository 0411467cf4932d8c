import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { Command } from "commander";
import { contract } from "../components/contract";
import type { Settings } from "../settings/resolve";
import { callApi, ClusterError } from "./cluster/api";
import { withBackend } from "./cluster/backend-api";
import type { Cluster } from "./cluster/kubeconfig";
import { clusterOf } from "./cluster/stack-cluster";
import { evaluateStack, stackHelp } from "./evaluate";
import type { Finding } from "./health/finding";
import { podFindings } from "./health/pods";
import { queueFindings } from "./health/queues";
import { type Signal, signalFinding, storedSignals } from "./health/signals";
import { type NodeStats, volumeFindings } from "./health/volumes";
import { contextHelp, verboseHelp } from "./options";
import { run, start } from "./run";

interface HealthOptions {
    context?: string;
    json?: boolean;
    verbose?: boolean;
}

export const command = new Command("health")
    .description(
        "Shows the health of a deployed stack: pods, volumes, queues, and the time of the newest data of each signal. " +
            "Exit code 0: everything is healthy. 1: something is wrong. 2: the stack could not be checked.",
    )
    .argument("[stack]", stackHelp(), "dev")
    .option("--context <name>", contextHelp)
    .option("--json", "print the results as one JSON document")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .option("--verbose", verboseHelp)
    .action((stack: string, options: HealthOptions) => run(() => health(stack, options), { ...options, failure: 2 }));

async function health(stack: string, { context, json }: HealthOptions): Promise<void> {
    const { settings } = await evaluateStack(stack);
    const cluster = clusterOf(stack, settings, context);
    const findings = await collectFindings(cluster, settings);
    const wrong = findings.some(({ ok }) => ok === false);
    const unknown = findings.some(({ ok }) => ok === undefined);
    const ok = !wrong && !unknown;
    console.log(json ? JSON.stringify({ stack, context: cluster.context, ok, findings }, null, 2) : format(findings));
    process.exitCode = wrong ? 1 : unknown ? 2 : 0;
}

async function collectFindings(cluster: Cluster, settings: Settings): Promise<Finding[]> {
    const { namespace } = settings;
    const core = cluster.config.makeApiClient(CoreV1Api);
    const now = new Date();
    const { items: pods } = await callApi(
        cluster,
        `list the pods of ${namespace}`,
        core.listNamespacedPod({ namespace }),
    );
    if (pods.length === 0) {
        throw new Error(
            `namespace ${namespace} of context "${cluster.context}" has no pods; deploy the stack with \`npm run up\`, or select another context with --context`,
        );
    }
    const claims = await callApi(
        cluster,
        `list the PersistentVolumeClaims of ${namespace}`,
        core.listNamespacedPersistentVolumeClaim({ namespace }),
    );
    const nodes = [...new Set(pods.flatMap(({ spec }) => spec?.nodeName ?? []))];
    const stats = await Promise.all(nodes.map((name) => nodeStats(cluster, name)));
    const queues = await Promise.all(pods.filter(hasQueues).map((pod) => queuesOf(cluster, pod)));
    const received = await Promise.all(
        storedSignals(settings).map((signal) => lastReceived(cluster, settings, signal, now)),
    );
    return [
        ...podFindings(pods, now),
        ...volumeFindings(
            claims.items,
            stats.filter((stat) => stat !== undefined),
        ),
        ...queues.flat(),
        ...received,
    ];
}

/** The statistics of a kubelet about volumes. Undefined if they cannot be read, for example because of a missing permission. */
async function nodeStats(cluster: Cluster, name: string): Promise<NodeStats | undefined> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    try {
        return parseStats(
            await callApi(
                cluster,
                `read the statistics of node ${name}`,
                core.connectGetNodeProxyWithPath({ name, path: "stats/summary" }),
            ),
        );
    } catch (error) {
        if (error instanceof ClusterError) {
            return undefined;
        }
        throw error;
    }
}

// The client returns JSON as text, although its type says otherwise.
function parseStats(response: unknown): NodeStats {
    return (typeof response === "string" ? JSON.parse(response) : response) as NodeStats;
}

/** Whether the pod has queues on disk. Only the collector has. */
function hasQueues({ metadata, status }: V1Pod): boolean {
    const release = metadata?.labels?.["app.kubernetes.io/instance"];
    return status?.phase === "Running" && release === contract.otelCollector.release;
}

async function queuesOf(cluster: Cluster, { metadata }: V1Pod): Promise<Finding[]> {
    const { name: pod = "", namespace = "", annotations = {} } = metadata ?? {};
    // The metrics scraper uses the same annotation.
    const name = `${pod}:${annotations["prometheus.io/port"]}`;
    const core = cluster.config.makeApiClient(CoreV1Api);
    try {
        const path = "metrics";
        const response = core.connectGetNamespacedPodProxyWithPath({ name, namespace, path });
        return queueFindings(pod, await callApi(cluster, `read the metrics of pod ${pod}`, response));
    } catch (error) {
        return [failedFinding("queues", pod, error)];
    }
}

async function lastReceived(cluster: Cluster, settings: Settings, signal: Signal, now: Date): Promise<Finding> {
    try {
        const newest = await withBackend(cluster, settings, signal.backend, (get) => signal.newest(get, now));
        return signalFinding(signal, newest, now);
    } catch (error) {
        return failedFinding("signals", signal.name, error);
    }
}

function failedFinding(area: Finding["area"], subject: string, error: unknown): Finding {
    // After a ClusterError, the health is unknown, because the API server did not answer the request.
    return { area, subject, ok: error instanceof ClusterError ? undefined : false, text: (error as Error).message };
}

function format(findings: Finding[]): string {
    const width = Math.max(...findings.map(({ subject }) => subject.length));
    const areas = [...new Set(findings.map(({ area }) => area))];
    return areas
        .map((area) => {
            const lines = findings
                .filter((finding) => finding.area === area)
                .map(({ ok, subject, text }) => `  ${mark(ok)} ${subject.padEnd(width)}  ${text}`);
            return [area, ...lines].join("\n");
        })
        .join("\n");
}

function mark(ok: boolean | undefined): string {
    return ok === undefined ? "?" : ok ? "✔" : "✘";
}

start(command, module);
