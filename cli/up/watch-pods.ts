import { AppsV1Api, type CoreV1Event, CoreV1Api } from "@kubernetes/client-node";
import { callApi, ClusterError } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { kubectl } from "../cluster/kubectl";
import { containersOf } from "../cluster/pod-status";
import { shorten } from "../shorten";
import { blockingPods, type PodFacts, podProblems, type PodProblem, restartKey } from "./pod-problems";

const pauseSeconds = 3;
const logLines = 5;
const maxTextLength = 300;

/** Watches the pods of a namespace during a deployment, and finds those that do not become ready. */
export class PodWatch {
    private readonly firstSeen = new Map<string, number>();
    private readonly restartsBefore = new Map<string, number>();
    /** Warnings from before the deployment. Kubernetes keeps them for an hour. */
    private eventsBefore: Set<string> | undefined;
    private readonly forbidden = new Set<string>();
    private timer: NodeJS.Timeout | undefined;
    private stopped = false;
    /** The problems that lasted too long. Empty if there are none. */
    lasting: PodProblem[] = [];

    /**
     * @param isAwaited whether Pulumi waits for a workload, such as "StatefulSet loki". Problems of other workloads are ignored.
     * @param readySeconds how long a pod may wait for a node, and how long it may run without becoming ready.
     */
    constructor(
        private readonly cluster: Cluster,
        private readonly namespace: string,
        private readonly isAwaited: (workload: string) => boolean,
        private readonly readySeconds: number,
    ) {}

    /** Starts the watch. @param onLasting is called once, as soon as a problem has lasted too long. */
    start(onLasting: () => void): void {
        const check = async () => {
            const facts = await this.facts();
            if (facts === undefined || this.stopped) {
                return;
            }
            this.lasting = this.problemsAfter(facts, Date.now());
            if (this.lasting.length > 0) {
                this.stop();
                onLasting();
            } else {
                await this.unblock(facts);
            }
        };
        const repeat = () => {
            // The watch is only an addition to the deployment, so an error must not end it.
            void check()
                .catch(() => undefined)
                .finally(() => {
                    if (!this.stopped) {
                        this.timer = setTimeout(repeat, pauseSeconds * 1000);
                    }
                });
        };
        repeat();
    }

    stop(): void {
        this.stopped = true;
        clearTimeout(this.timer);
    }

    /** Describes the problems with log lines of the pods, and the command that shows more. */
    async describe(): Promise<string> {
        const texts = await Promise.all(this.lasting.map((problem) => this.describeProblem(problem)));
        return texts.join("");
    }

    /** The problems that have lasted too long. Public for tests. @param now in milliseconds. */
    problemsAfter(facts: PodFacts, now: number): PodProblem[] {
        for (const pod of facts.pods) {
            for (const container of containersOf(pod)) {
                const key = restartKey(pod, container);
                this.restartsBefore.set(key, this.restartsBefore.get(key) ?? container.restartCount);
            }
        }
        this.eventsBefore ??= new Set(facts.events.map(occurrence));
        const events = facts.events.filter((event) => !this.eventsBefore?.has(occurrence(event)));
        const problems = podProblems({ ...facts, events }, this.restartsBefore, this.readySeconds).filter(
            ({ workload }) => this.isAwaited(workload),
        );
        const keys = new Map(problems.map((problem) => [keyOf(problem), problem]));
        [...this.firstSeen.keys()].filter((key) => !keys.has(key)).forEach((key) => this.firstSeen.delete(key));
        return [...keys].flatMap(([key, problem]) => {
            const since = this.firstSeen.get(key) ?? now;
            this.firstSeen.set(key, since);
            return now - since >= problem.patienceSeconds * 1000 ? [problem] : [];
        });
    }

    private async describeProblem(problem: PodProblem): Promise<string> {
        const { workload, pod, reason, container, previous = false } = problem;
        const target = { namespace: this.namespace, kubeContext: this.cluster.context };
        const log = pod !== undefined && container !== undefined ? await this.log(pod, container, previous) : [];
        const command =
            log.length > 0
                ? `logs ${pod} --container ${container}${previous ? " --previous" : ""}`
                : `describe ${pod === undefined ? workload.toLowerCase().replace(" ", "/") : `pod/${pod}`}`;
        return [
            `\n  - ${pod === undefined ? workload : `pod ${pod} of ${workload}`}: ${shorten(reason, maxTextLength)}`,
            ...log.map((line, index) => `${index === 0 ? "log:      " : "          "} ${shorten(line, maxTextLength)}`),
            `next step: ${kubectl(target, command)}`,
        ].join("\n      ");
    }

    /** The last lines of a log. Empty if it cannot be read. */
    private async log(name: string, container: string, previous: boolean): Promise<string[]> {
        const core = this.cluster.config.makeApiClient(CoreV1Api);
        const request = { name, namespace: this.namespace, container, previous, tailLines: 100 };
        const text = await this.ifAvailable("read the log of a pod", core.readNamespacedPodLog(request));
        const lines = (text ?? "").split("\n").filter((line) => line.trim() !== "");
        const errors = lines.filter((line) => /error|fatal|panic|fail/i.test(line));
        return (errors.length > 0 ? errors : lines).slice(-logLines);
    }

    private async facts(): Promise<PodFacts | undefined> {
        const { namespace } = this;
        const core = this.cluster.config.makeApiClient(CoreV1Api);
        const apps = this.cluster.config.makeApiClient(AppsV1Api);
        const [pods, events, statefulSets] = await Promise.all([
            this.ifAvailable("list the pods", core.listNamespacedPod({ namespace })),
            this.ifAvailable("list the events", core.listNamespacedEvent({ namespace, fieldSelector: "type=Warning" })),
            this.ifAvailable("list the StatefulSets", apps.listNamespacedStatefulSet({ namespace })),
        ]);
        return pods && { pods: pods.items, events: events?.items ?? [], statefulSets: statefulSets?.items ?? [] };
    }

    /** Deletes the pods that block a rollout, so that Kubernetes creates them from the new template. */
    private async unblock(facts: PodFacts | undefined): Promise<void> {
        const { namespace } = this;
        const blocking =
            facts === undefined ? [] : blockingPods(facts).filter(({ workload }) => this.isAwaited(workload));
        for (const { workload, pod: name } of blocking) {
            const core = this.cluster.config.makeApiClient(CoreV1Api);
            const deleted = await this.ifAvailable("delete a pod", core.deleteNamespacedPod({ name, namespace }));
            if (deleted !== undefined) {
                console.log(
                    `Pod ${name} of ${workload} was deleted: it was not ready and had the old template, which blocks the rollout.`,
                );
            }
        }
    }

    /** Undefined if the request fails. Reports a missing permission once. */
    private async ifAvailable<T>(action: string, response: Promise<T>): Promise<T | undefined> {
        try {
            return await callApi(this.cluster, action, response);
        } catch (error) {
            if (error instanceof ClusterError) {
                if (error.status === 403 && !this.forbidden.has(action)) {
                    this.forbidden.add(action);
                    console.log(`Warning: ${error.message}.`);
                }
                return undefined;
            }
            throw error;
        }
    }
}

function keyOf({ workload, uid, kind }: PodProblem): string {
    return `${workload} ${uid} ${kind}`;
}

/** Identifies an event. It changes when the event occurs again. */
function occurrence({ metadata, count }: CoreV1Event): string {
    return `${metadata.uid} ${metadata.resourceVersion} ${count}`;
}
