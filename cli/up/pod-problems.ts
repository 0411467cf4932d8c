import type { CoreV1Event, V1ContainerStatus, V1OwnerReference, V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { whyNotReady } from "../cluster/pod-status";
import { isReady } from "../cluster/target";

/** A reason why the pods of a workload do not become ready. */
export interface PodProblem {
    /** The workload that Pulumi waits for: "StatefulSet loki". */
    workload: string;
    /** The pod, or undefined if Kubernetes cannot create one. */
    pod?: string;
    reason: string;
    /** The container whose log shows the cause. Undefined if no container has started. */
    container?: string;
    /** Whether the log of the previous container shows the cause, because the container was restarted. */
    previous?: boolean;
    /** How long the problem may last. A shorter problem often solves itself. */
    patienceSeconds: number;
}

/** The objects of a namespace that show why pods are not ready. */
export interface PodFacts {
    pods: V1Pod[];
    /** Warnings. */
    events: CoreV1Event[];
    statefulSets: V1StatefulSet[];
}

// Registries, and Secrets that are created at the same time, are unavailable only for a short time.
const containerSeconds = 30;
// The controllers retry after a few seconds if a ServiceAccount is created later than its workload.
const refusedSeconds = 20;
const volumeSeconds = 120;
// The third restart follows about 70 seconds after the first start.
const maxRestarts = 3;

/**
 * Finds the pods that do not become ready, and the workloads whose pods cannot be created.
 *
 * @param restartsBefore restarts of each pod when the deployment started.
 * @param readySeconds how long a pod may wait for a node, and how long it may run without becoming ready.
 */
export function podProblems(
    { pods, events }: PodFacts,
    restartsBefore: Map<string, number>,
    readySeconds: number,
): PodProblem[] {
    return [
        ...events.flatMap((event) => refusedPod(event, pods) ?? []),
        ...pods.flatMap((pod) => {
            const workload = workloadOf(pod.metadata?.ownerReferences);
            if (workload === undefined || isReady(pod) || hasEnded(pod)) {
                return [];
            }
            const problem = problemOf(pod, events, restartsBefore.get(pod.metadata?.name ?? "") ?? 0, readySeconds);
            return problem === undefined ? [] : [{ workload, pod: pod.metadata?.name, ...problem }];
        }),
    ];
}

/** The number of restarts of all containers of a pod. */
export function restartsOf(pod: V1Pod): number {
    return containersOf(pod).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function problemOf(
    pod: V1Pod,
    events: CoreV1Event[],
    restartsBefore: number,
    readySeconds: number,
): Omit<PodProblem, "workload"> | undefined {
    const containers = containersOf(pod);
    const waiting = containers.find(({ state }) => state?.waiting !== undefined);
    const reason = waiting?.state?.waiting?.reason ?? "";
    const restarts = restartsOf(pod) - restartsBefore;
    if (waiting !== undefined && reason === "CrashLoopBackOff") {
        return restarts < maxRestarts
            ? undefined
            : {
                  reason: `container ${waiting.name} has restarted ${restarts} times (${endOf(waiting)})`,
                  container: waiting.name,
                  previous: true,
                  patienceSeconds: 0,
              };
    }
    if (waiting !== undefined && /image/i.test(reason)) {
        return { reason: pullError(waiting), patienceSeconds: containerSeconds };
    }
    const text = whyNotReady(pod);
    if (waiting !== undefined && reason !== "ContainerCreating" && reason !== "PodInitializing") {
        return { reason: text, patienceSeconds: containerSeconds };
    }
    if (pod.spec?.nodeName === undefined) {
        return { reason: text, patienceSeconds: readySeconds };
    }
    if (waiting !== undefined) {
        // The download of an image has no limit, because it depends on the network. Pulumi has a timeout.
        const warning = warningOf(pod, events, ({ reason = "" }) =>
            /^Failed(Mount|AttachVolume|CreatePodSandBox)$/.test(reason),
        );
        return warning === undefined
            ? undefined
            : {
                  reason: `container ${waiting.name} is not created: ${warning}`,
                  patienceSeconds: volumeSeconds,
              };
    }
    const unready = containers.find(({ ready }) => !ready);
    const probe = warningOf(pod, events, ({ message = "" }) => /^(Readiness|Startup) probe/.test(message));
    return {
        reason: probe === undefined ? text : `the pod is running but not ready: ${probe}`,
        ...(unready && { container: unready.name }),
        patienceSeconds: readySeconds,
    };
}

/** The last warning about a pod. @param matches selects the warnings that are considered. */
function warningOf(
    { metadata }: V1Pod,
    events: CoreV1Event[],
    matches: (event: CoreV1Event) => boolean,
): string | undefined {
    return events
        .filter((event) => event.involvedObject.uid === metadata?.uid && matches(event))
        .sort((one, other) => eventTime(one) - eventTime(other))
        .at(-1)?.message;
}

/**
 * Finds pods that block the rollout of their StatefulSet: they are not ready and have an old template. Kubernetes waits until they are ready
 * before it replaces them, if the StatefulSet starts its pods one after another.
 */
export function blockingPods({ pods, statefulSets }: PodFacts): { workload: string; pod: string }[] {
    return statefulSets.flatMap(({ metadata, spec, status }) => {
        const unready = pods.filter(
            (pod) =>
                pod.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid) &&
                !isReady(pod) &&
                !hasEnded(pod),
        );
        const [pod] = unready;
        const blocks =
            spec?.podManagementPolicy !== "Parallel" &&
            spec?.updateStrategy?.type !== "OnDelete" &&
            status?.observedGeneration === metadata?.generation &&
            // With several unready pods, the deletion of one could make things worse.
            unready.length === 1 &&
            pod?.metadata?.labels?.["controller-revision-hash"] !== status?.updateRevision;
        return blocks ? [{ workload: `StatefulSet ${metadata?.name}`, pod: pod?.metadata?.name ?? "" }] : [];
    });
}

function containersOf({ status }: V1Pod): V1ContainerStatus[] {
    return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function endOf({ lastState }: V1ContainerStatus): string {
    const { reason, exitCode } = lastState?.terminated ?? {};
    return reason === "OOMKilled"
        ? "OOMKilled: it used more memory than its limit"
        : `${reason ?? "Error"}, exit code ${exitCode ?? "unknown"}`;
}

/** The error of a registry comes last, after the steps in which it occurred. */
function pullError({ image, state }: V1ContainerStatus): string {
    const cause = state?.waiting?.message
        ?.trim()
        .split(/(?:failed to [^:"]+(?:"[^"]*")?|ErrImagePull): /)
        .at(-1);
    return `the image ${image} cannot be pulled${cause ? `: ${cause}` : ""}`;
}

function hasEnded({ metadata, status }: V1Pod): boolean {
    return metadata?.deletionTimestamp !== undefined || status?.phase === "Succeeded";
}

/** A quota, an admission policy or Pod Security refuses the pods of a workload. Undefined if a pod was created after the event. */
function refusedPod(event: CoreV1Event, pods: V1Pod[]) {
    const { involvedObject, reason, message = "" } = event;
    const { kind = "", name = "" } = involvedObject;
    if (reason !== "FailedCreate" || /serviceaccount "[^"]*" not found/.test(message)) {
        return undefined;
    }
    const created = pods.some(
        ({ metadata }) =>
            metadata?.ownerReferences?.some((owner) => owner.kind === kind && owner.name === name) &&
            timeOf(metadata.creationTimestamp) >= eventTime(event),
    );
    const workload = workloadOf([{ apiVersion: "", uid: "", kind, name, controller: true }]);
    return created || workload === undefined
        ? undefined
        : {
              workload,
              reason: `the pod cannot be created: ${message.replace(/^.*?(?:Error creating|failed error): /, "")}`,
              patienceSeconds: refusedSeconds,
          };
}

function eventTime({ lastTimestamp, eventTime: time, metadata }: CoreV1Event): number {
    return timeOf(lastTimestamp ?? time ?? metadata.creationTimestamp);
}

function timeOf(date: Date | undefined): number {
    return date === undefined ? 0 : new Date(date).getTime();
}

/** The workload that Pulumi waits for. A ReplicaSet belongs to the Deployment whose name it extends by a hash. */
function workloadOf(owners: V1OwnerReference[] = []): string | undefined {
    const owner = owners.find(({ controller }) => controller);
    return owner?.kind === "ReplicaSet"
        ? `Deployment ${owner.name.replace(/-[^-]+$/, "")}`
        : owner && `${owner.kind} ${owner.name}`;
}
