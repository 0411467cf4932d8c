import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { Command } from "commander";
import { contract } from "../components/contract";
import type { Settings } from "../settings/resolve";
import { ask, ClusterError } from "./cluster/ask";
import type { Cluster } from "./cluster/kubeconfig";
import { portForward } from "./cluster/port-forward";
import { clusterOf } from "./cluster/stack-cluster";
import { evaluateStack, stackNames } from "./evaluate";
import type { Finding } from "./health/finding";
import { podFindings } from "./health/pods";
import { queueFindings } from "./health/queues";
import { type Signal, signalFinding, signals } from "./health/signals";
import { type NodeStats, volumeFindings } from "./health/volumes";
import { run, start } from "./run";

interface HealthOptions {
    context?: string;
    json: boolean;
}

export const command = new Command("health")
    .description(
        "Look at a deployed stack: pods, volumes, queues, and when each signal last came in. Exit code 1: something is wrong; 2: it could not be looked at.",
    )
    .argument("[stack]", `one of ${stackNames().join(", ")}`, "dev")
    .option("--context <name>", "context of the kubeconfig. Default, the stack's own or else the current one")
    .option("--json", "print one JSON document for tools", false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action((stack: string, options: HealthOptions) => run(() => health(stack, options), 2));

async function health(stack: string, { context, json }: HealthOptions): Promise<void> {
    const { settings } = await evaluateStack(stack);
    const cluster = clusterOf(stack, settings, context);
    const findings = await look(cluster, settings);
    const wrong = findings.some(({ ok }) => ok === false);
    const unknown = findings.some(({ ok }) => ok === undefined);
    const ok = !wrong && !unknown;
    console.log(json ? JSON.stringify({ stack, context: cluster.context, ok, findings }, null, 2) : format(findings));
    process.exitCode = wrong ? 1 : unknown ? 2 : 0;
}

async function look(cluster: Cluster, settings: Settings): Promise<Finding[]> {
    const { namespace } = settings;
    const core = cluster.config.makeApiClient(CoreV1Api);
    const now = new Date();
    const { items: pods } = await ask(cluster, `list the pods of ${namespace}`, core.listNamespacedPod({ namespace }));
    if (pods.length === 0) {
        throw new Error(
            `there is no pod in namespace ${namespace} of context "${cluster.context}"; is the stack deployed there? (npm run up)`,
        );
    }
    const claims = await ask(cluster, "list claims", core.listNamespacedPersistentVolumeClaim({ namespace }));
    const nodes = [...new Set(pods.flatMap(({ spec }) => spec?.nodeName ?? []))];
    const stats = await Promise.all(nodes.map((name) => nodeStats(cluster, name)));
    const queues = await Promise.all(pods.filter(isCollector).map((pod) => queuesOf(cluster, pod)));
    const received = await Promise.all(signals.map((signal) => lastReceived(cluster, settings, signal, now)));
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

/** What the kubelet knows of volumes; undefined where one may not ask it. */
async function nodeStats(cluster: Cluster, name: string): Promise<NodeStats | undefined> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    try {
        return parsed(
            await ask(cluster, "ask a kubelet", core.connectGetNodeProxyWithPath({ name, path: "stats/summary" })),
        );
    } catch (error) {
        if (error instanceof ClusterError) {
            return undefined;
        }
        throw error;
    }
}

// The client hands JSON on as text, whatever the answer's type says.
function parsed(answer: unknown): NodeStats {
    return (typeof answer === "string" ? JSON.parse(answer) : answer) as NodeStats;
}

/** The pods that queue, and the annotations by which Alloy's scraper finds their metrics. */
function isCollector({ metadata, status }: V1Pod): boolean {
    const releases: string[] = [contract.otelCollector.release, contract.alloyReceiver.release];
    return status?.phase === "Running" && releases.includes(metadata?.labels?.["app.kubernetes.io/instance"] ?? "");
}

async function queuesOf(cluster: Cluster, { metadata }: V1Pod): Promise<Finding[]> {
    const { name: pod = "", namespace = "", annotations = {} } = metadata ?? {};
    const name = `${pod}:${annotations["prometheus.io/port"]}`;
    const core = cluster.config.makeApiClient(CoreV1Api);
    try {
        const path = "metrics";
        const asked = core.connectGetNamespacedPodProxyWithPath({ name, namespace, path });
        return queueFindings(pod, await ask(cluster, `read the metrics of ${pod}`, asked));
    } catch (error) {
        return [failed("queues", pod, error)];
    }
}

async function lastReceived(cluster: Cluster, settings: Settings, signal: Signal, now: Date): Promise<Finding> {
    const { service, ports } = contract[signal.backend];
    try {
        const forward = await portForward(cluster, { service, namespace: settings.namespace, port: ports.http });
        try {
            const headers = new Headers({ "content-type": "application/json" });
            if (settings.tenant !== undefined) {
                headers.set("x-scope-orgid", settings.tenant);
            }
            const newest = await signal.newest(async (path, body) => {
                const answer = await fetch(forward.url + path, {
                    headers,
                    signal: AbortSignal.timeout(20_000),
                    ...(body && { method: "POST", body: JSON.stringify(body) }),
                });
                const text = await answer.text();
                if (!answer.ok) {
                    throw new Error(`${service} answers ${answer.status}: ${text.trim()}`);
                }
                return JSON.parse(text) as unknown;
            }, now);
            return signalFinding(signal, newest, now);
        } finally {
            await forward.close();
        }
    } catch (error) {
        return failed("signals", signal.name, error);
    }
}

function failed(area: Finding["area"], subject: string, error: unknown): Finding {
    // A cluster that does not let us look says nothing of the stack; all else is the stack's own answer, or the lack of one.
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
