import type { CoreV1Event, V1ContainerStatus, V1OwnerReference, V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { containersOf, whyNotReady } from "../cluster/pod-status";
import { isReady } from "../cluster/target";

/** A reason why the pods of a workload do not become ready. */
export interface PodProblem {
    kind: "refused" | "image" | "container" | "restarts" | "node" | "volume" | "readiness";
    /** The workload that Pulumi waits for: "StatefulSet loki". */
    workload: string;
    /** The pod, or undefined if Kubernetes cannot create one. */
    pod?: string;
    /** UID of the pod, because a StatefulSet uses the name of a pod again. */
    uid?: string;
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
// The kubelet waits longer before each restart. Within 90 seconds, it restarts a container that ends at once three times.
const maxRestarts = 3;

/**
 * Finds the pods that do not become ready, and the workloads whose pods cannot be created.
 *
 * @param restartsBefore restarts of each container when the deployment started, by `restartKey`.
 * @param readySeconds how long a pod may wait for a node, and how long it may run without becoming ready.
 */
export function podProblems(
    { pods, events }: PodFacts,
    restartsBefore: Map<string, number>,
    readySeconds: number,
): PodProblem[] {
    const problemsOfPods = newestPods(pods).flatMap(({ workload, pod }) => {
        if (isReady(pod) || hasEnded(pod)) {
            return [];
        }
        const problem = problemOf(pod, events, restartsBefore, readySeconds);
        return problem === undefined ? [] : [{ workload, pod: nameOf(pod), uid: uidOf(pod), ...problem }];
    });
    return [...events.flatMap((event) => refusedPod(event, pods) ?? []), ...problemsOfPods];
}

/** The pods of each workload. A pod of an old ReplicaSet is omitted, because a Deployment keeps it until the new pods are ready. */
function newestPods(pods: V1Pod[]): { workload: string; pod: V1Pod }[] {
    const owned = pods.flatMap((pod) => {
        const workload = workloadOf(pod.metadata?.ownerReferences);
        return workload === undefined ? [] : [{ workload, pod }];
    });
    const created = ({ metadata }: V1Pod) => timeOf(metadata?.creationTimestamp);
    const newest = new Map<string, V1Pod>();
    for (const { workload, pod } of owned) {
        const other = newest.get(workload);
        newest.set(workload, other === undefined || created(pod) >= created(other) ? pod : other);
    }
    const template = (pod: V1Pod | undefined) => pod?.metadata?.labels?.["pod-template-hash"];
    return owned.filter(({ workload, pod }) => template(pod) === template(newest.get(workload)));
}

/** Identifies a container of a pod. */
export function restartKey(pod: V1Pod, { name }: V1ContainerStatus): string {
    return `${uidOf(pod)}/${name}`;
}

function uidOf({ metadata }: V1Pod): string {
    return metadata?.uid ?? "";
}

function nameOf({ metadata }: V1Pod): string {
    return metadata?.name ?? "";
}

function problemOf(
    pod: V1Pod,
    events: CoreV1Event[],
    restartsBefore: Map<string, number>,
    readySeconds: number,
): Omit<PodProblem, "workload"> | undefined {
    const containers = containersOf(pod);
    const waiting = containers.find(({ state }) => state?.waiting !== undefined);
    const reason = waiting?.state?.waiting?.reason ?? "";
    if (waiting !== undefined && reason === "CrashLoopBackOff") {
        const restarts = waiting.restartCount - (restartsBefore.get(restartKey(pod, waiting)) ?? 0);
        return restarts < maxRestarts
            ? undefined
            : {
                  kind: "restarts",
                  reason: `container ${waiting.name} has restarted ${restarts} times (${endOf(waiting)})`,
                  container: waiting.name,
                  previous: true,
                  patienceSeconds: 0,
              };
    }
    if (waiting !== undefined && /image/i.test(reason)) {
        return { kind: "image", reason: pullError(waiting), patienceSeconds: containerSeconds };
    }
    const text = whyNotReady(pod);
    if (waiting !== undefined && reason !== "ContainerCreating" && reason !== "PodInitializing") {
        return { kind: "container", reason: text, patienceSeconds: containerSeconds };
    }
    if (pod.spec?.nodeName === undefined) {
        return { kind: "node", reason: text, patienceSeconds: readySeconds };
    }
    const initializing = pod.status?.initContainerStatuses?.find(({ state, ready }) => state?.running && !ready);
    if (waiting !== undefined && initializing !== undefined) {
        const running = `init container ${initializing.name} has not completed`;
        return { kind: "readiness", reason: running, container: initializing.name, patienceSeconds: readySeconds };
    }
    if (waiting !== undefined) {
        // The download of an image has no limit, because it depends on the network. Pulumi has a timeout.
        const warning = warningOf(pod, events, (event) =>
            /^Failed(Mount|AttachVolume|CreatePodSandBox)$/.test(event.reason ?? ""),
        );
        return warning === undefined
            ? undefined
            : {
                  kind: "volume",
                  reason: `container ${waiting.name} is not created: ${warning}`,
                  patienceSeconds: volumeSeconds,
              };
    }
    const unready = containers.find(({ ready }) => !ready);
    const probe = warningOf(pod, events, ({ message = "" }) => /^(Readiness|Startup) probe/.test(message));
    return {
        kind: "readiness",
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
        const own = pods.filter((pod) => pod.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid));
        const unready = own.filter((pod) => !isReady(pod));
        const [pod] = unready;
        const blocks =
            spec?.podManagementPolicy !== "Parallel" &&
            spec?.updateStrategy?.type !== "OnDelete" &&
            status?.observedGeneration === metadata?.generation &&
            // If a further pod is not ready, or is being replaced, the deletion could make things worse.
            own.length === (spec?.replicas ?? 1) &&
            unready.length === 1 &&
            pod !== undefined &&
            !hasEnded(pod) &&
            pod.metadata?.labels?.["controller-revision-hash"] !== status?.updateRevision;
        return blocks ? [{ workload: `StatefulSet ${metadata?.name}`, pod: nameOf(pod) }] : [];
    });
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
    return metadata?.deletionTimestamp !== undefined || ["Succeeded", "Failed"].includes(status?.phase ?? "");
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
              kind: "refused" as const,
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
