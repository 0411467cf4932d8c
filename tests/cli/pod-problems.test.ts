import type { CoreV1Event, V1ContainerStatus, V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { blockingPods, type PodFacts, podProblems } from "../../cli/up/pod-problems";
import { PodWatch } from "../../cli/up/watch-pods";

const started = new Date("2026-01-01T12:00:00Z");
const owner = (kind: string, name: string) => ({ apiVersion: "apps/v1", kind, name, uid: name, controller: true });

function pod(container: Partial<V1ContainerStatus>, more: Partial<V1Pod> = {}): V1Pod {
    const metadata = {
        name: "loki-0",
        uid: "1",
        labels: { "controller-revision-hash": "old" },
        ownerReferences: [owner("StatefulSet", "loki")],
        creationTimestamp: started,
    };
    const status = { name: "loki", image: "loki:3", imageID: "", ready: false, restartCount: 0, ...container };
    return {
        metadata,
        spec: { nodeName: "one", containers: [] },
        status: { phase: "Running", containerStatuses: [status] },
        ...more,
    };
}

const crashed = { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } };
const nothing: PodFacts = { pods: [], events: [], statefulSets: [] };
const readySeconds = 300;

function problems(facts: Partial<PodFacts>, restartsBefore: Record<string, number> = {}) {
    return podProblems({ ...nothing, ...facts }, new Map(Object.entries(restartsBefore)), readySeconds);
}

describe("a pod does not become ready if", () => {
    test.each<[string, V1Pod, object]>([
        [
            "its image cannot be pulled",
            pod({
                state: {
                    waiting: {
                        reason: "ImagePullBackOff",
                        message:
                            'Back-off pulling image "loki:3": ErrImagePull: failed to pull and unpack image "loki:3": failed to resolve image: no such host',
                    },
                },
            }),
            { kind: "image", reason: "the image loki:3 cannot be pulled: no such host", patienceSeconds: 30 },
        ],
        [
            "a Secret is missing",
            pod({ state: { waiting: { reason: "CreateContainerConfigError", message: 'secret "x" not found' } } }),
            {
                kind: "container",
                reason: 'container loki: CreateContainerConfigError (secret "x" not found)',
                patienceSeconds: 30,
            },
        ],
        [
            "its container used more memory than its limit, again and again",
            pod({
                state: crashed,
                restartCount: 3,
                lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } },
            }),
            {
                kind: "restarts",
                reason: "container loki has restarted 3 times (OOMKilled: it used more memory than its limit)",
                container: "loki",
                previous: true,
                patienceSeconds: 0,
            },
        ],
        [
            "no node has enough resources",
            pod({}, { spec: { containers: [] }, status: { phase: "Pending" } }),
            { kind: "node", reason: "the pod has no node: it is not scheduled yet", patienceSeconds: readySeconds },
        ],
        [
            "its readiness probe fails",
            pod({ state: { running: {} } }),
            {
                kind: "readiness",
                reason: "the pod is running but not ready: its readiness probe does not succeed",
                container: "loki",
                patienceSeconds: readySeconds,
            },
        ],
    ])("%s", (_, value, expected) => {
        expect(problems({ pods: [value] })).toEqual([
            { workload: "StatefulSet loki", pod: "loki-0", uid: "1", ...expected },
        ]);
    });

    test("its init container does not complete", () => {
        const initializing = pod({ state: { waiting: { reason: "PodInitializing" } } });
        const init = { name: "wait", image: "", imageID: "", ready: false, restartCount: 0, state: { running: {} } };
        initializing.status = { ...initializing.status, initContainerStatuses: [init] };
        expect(problems({ pods: [initializing] })).toMatchObject([
            { kind: "readiness", container: "wait", patienceSeconds: readySeconds },
        ]);
    });

    test("a volume cannot be mounted, but not while its image is downloaded", () => {
        const creating = pod({ state: { waiting: { reason: "ContainerCreating" } } });
        expect(problems({ pods: [creating] })).toEqual([]);
        const event = {
            metadata: {},
            involvedObject: { uid: creating.metadata?.uid },
            reason: "FailedMount",
            message: 'secret "x" not found',
        };
        expect(problems({ pods: [creating], events: [event] })).toMatchObject([
            { reason: 'container loki is not created: secret "x" not found', patienceSeconds: 120 },
        ]);
    });

    test("its readiness probe fails with a message", () => {
        const running = pod({ state: { running: {} } });
        const probe = (message: string, time: string) => ({
            metadata: {},
            involvedObject: { uid: running.metadata?.uid },
            reason: "Unhealthy",
            message,
            lastTimestamp: new Date(time),
        });
        const events = [
            probe("Readiness probe failed: HTTP probe failed with statuscode: 404", "2026-01-01T12:01:00Z"),
            probe("Readiness probe failed: connection refused", "2026-01-01T12:00:20Z"),
            probe("Liveness probe failed: HTTP probe failed with statuscode: 503", "2026-01-01T12:02:00Z"),
        ];
        expect(problems({ pods: [running], events })).toMatchObject([
            {
                reason: "the pod is running but not ready: Readiness probe failed: HTTP probe failed with statuscode: 404",
            },
        ]);
    });

    test("a quota refuses it, until a later attempt succeeds", () => {
        const event: CoreV1Event = {
            metadata: {},
            involvedObject: { kind: "ReplicaSet", name: "lgtm-grafana-6b465dcb96" },
            reason: "FailedCreate",
            message: '(combined from similar events): Error creating: pods "x" is forbidden: exceeded quota: small',
            lastTimestamp: new Date("2026-01-01T12:00:10Z"),
        };
        expect(problems({ events: [event] })).toEqual([
            {
                kind: "refused",
                workload: "Deployment lgtm-grafana",
                reason: 'the pod cannot be created: pods "x" is forbidden: exceeded quota: small',
                patienceSeconds: 20,
            },
        ]);
        const created = (time: string) => ({
            metadata: {
                ownerReferences: [owner("ReplicaSet", "lgtm-grafana-6b465dcb96")],
                creationTimestamp: new Date(time),
            },
            status: { phase: "Succeeded" },
        });
        expect(problems({ events: [event], pods: [created("2026-01-01T12:00:05Z")] })).toHaveLength(1);
        expect(problems({ events: [event], pods: [created("2026-01-01T12:00:11Z")] })).toEqual([]);
    });
});

describe("a pod may still become ready if", () => {
    test.each<[string, V1Pod]>([
        ["it has restarted twice", pod({ state: crashed, restartCount: 2 })],
        ["its restarts are from the time before the deployment", pod({ state: crashed, restartCount: 7 })],
        ["it is being deleted", pod({}, { metadata: { ...pod({}).metadata, deletionTimestamp: started } })],
        ["it was evicted, and is replaced by another pod", pod({}, { status: { phase: "Failed" } })],
        ["it belongs to no workload", pod({}, { metadata: { name: "loki-0" } })],
    ])("%s", (_, value) => {
        expect(problems({ pods: [value] }, { "1/loki": 5 })).toEqual([]);
    });

    test("it belongs to the old template of a Deployment, which is kept until the new pods are ready", () => {
        const ofTemplate = (hash: string, time: string, state: object) =>
            pod(
                { state },
                {
                    metadata: {
                        name: `grafana-${hash}-x`,
                        labels: { "pod-template-hash": hash },
                        ownerReferences: [owner("ReplicaSet", `grafana-${hash}`)],
                        creationTimestamp: new Date(time),
                    },
                },
            );
        const old = ofTemplate("a", "2026-01-01T11:00:00Z", { waiting: { reason: "ImagePullBackOff" } });
        const current = ofTemplate("b", "2026-01-01T12:00:00Z", { running: {} });
        expect(problems({ pods: [old, current] })).toMatchObject([{ pod: "grafana-b-x", kind: "readiness" }]);
    });

    test("the ServiceAccount of its workload is not created yet", () => {
        const event: CoreV1Event = {
            metadata: {},
            involvedObject: { kind: "StatefulSet", name: "loki" },
            reason: "FailedCreate",
            message: 'error looking up service account monitoring/loki: serviceaccount "loki" not found',
        };
        expect(problems({ events: [event] })).toEqual([]);
    });
});

describe("the watch of a deployment", () => {
    const unpullable = { ...nothing, pods: [pod({ state: { waiting: { reason: "ErrImagePull", message: "x" } } })] };
    const watch = (awaited: (workload: string) => boolean) =>
        new PodWatch({} as never, "monitoring", awaited, readySeconds);

    test("reports a problem that lasts", () => {
        const watched = watch((workload) => workload === "StatefulSet loki");
        expect(watched.problemsAfter(unpullable, 0)).toEqual([]);
        expect(watched.problemsAfter(unpullable, 29_000)).toEqual([]);
        expect(watched.problemsAfter(unpullable, 30_000)).toHaveLength(1);
    });

    test("starts again if the problem disappeared in between", () => {
        const watched = watch(() => true);
        watched.problemsAfter(unpullable, 0);
        watched.problemsAfter(nothing, 20_000);
        expect(watched.problemsAfter(unpullable, 30_000)).toEqual([]);
        expect(watched.problemsAfter(unpullable, 60_000)).toHaveLength(1);
    });

    test("counts the restarts of a new pod with the name of an old one", () => {
        const watched = watch(() => true);
        const facts = (uid: string, restartCount: number) => {
            const value = pod({ state: crashed, restartCount });
            return { ...nothing, pods: [{ ...value, metadata: { ...value.metadata, uid } }] };
        };
        expect(watched.problemsAfter(facts("old", 7), 0)).toEqual([]);
        expect(watched.problemsAfter(facts("new", 0), 1000)).toEqual([]);
        expect(watched.problemsAfter(facts("new", 3), 2000)).toHaveLength(1);
    });

    test("ignores warnings from before the deployment until they occur again", () => {
        const watched = watch(() => true);
        const event = (count: number): CoreV1Event => ({
            metadata: { uid: "e" },
            involvedObject: { kind: "StatefulSet", name: "loki" },
            reason: "FailedCreate",
            message: "exceeded quota",
            count,
        });
        watched.problemsAfter({ ...nothing, events: [event(1)] }, 0);
        expect(watched.problemsAfter({ ...nothing, events: [event(1)] }, 60_000)).toEqual([]);
        watched.problemsAfter({ ...nothing, events: [event(2)] }, 61_000);
        expect(watched.problemsAfter({ ...nothing, events: [event(2)] }, 90_000)).toHaveLength(1);
    });

    test("gives a pod that waited for a node its own time to become ready", () => {
        const watched = watch(() => true);
        const unscheduled = pod({}, { spec: { containers: [] }, status: { phase: "Pending" } });
        watched.problemsAfter({ ...nothing, pods: [unscheduled] }, 0);
        const running = { ...nothing, pods: [pod({ state: { running: {} } })] };
        expect(watched.problemsAfter(running, 299_000)).toEqual([]);
        expect(watched.problemsAfter(running, 400_000)).toEqual([]);
        expect(watched.problemsAfter(running, 599_000)).toHaveLength(1);
    });

    test("ignores workloads for which Pulumi does not wait", () => {
        const watched = watch(() => false);
        watched.problemsAfter(unpullable, 0);
        expect(watched.problemsAfter(unpullable, 3_600_000)).toEqual([]);
    });

    test("counts only restarts during the deployment", () => {
        const watched = watch(() => true);
        const restarted = (restartCount: number) => ({ ...nothing, pods: [pod({ state: crashed, restartCount })] });
        expect(watched.problemsAfter(restarted(7), 0)).toEqual([]);
        expect(watched.problemsAfter(restarted(9), 1000)).toEqual([]);
        expect(watched.problemsAfter(restarted(10), 2000)).toHaveLength(1);
    });
});

describe("a pod that is not ready blocks the rollout of its StatefulSet", () => {
    const unready = pod({ state: { running: {} } });
    const ready = { ...unready, status: { conditions: [{ type: "Ready", status: "True" }] } };
    const set = (updateRevision: string, podManagementPolicy = "OrderedReady", replicas = 1) => ({
        metadata: { name: "loki", uid: "loki", generation: 2 },
        spec: { podManagementPolicy, replicas } as V1StatefulSet["spec"] & object,
        status: { replicas: 1, observedGeneration: 2, updateRevision },
    });

    test("if it has an old template", () => {
        expect(blockingPods({ ...nothing, pods: [unready], statefulSets: [set("new")] })).toEqual([
            { workload: "StatefulSet loki", pod: "loki-0" },
        ]);
    });

    test("but not if several pods are not ready", () => {
        const statefulSets = [set("new", "OrderedReady", 2)];
        expect(blockingPods({ ...nothing, pods: [unready, unready], statefulSets })).toEqual([]);
        expect(blockingPods({ ...nothing, pods: [unready], statefulSets })).toEqual([]);
        expect(blockingPods({ ...nothing, pods: [unready, ready], statefulSets })).toHaveLength(1);
    });

    test.each<[string, V1Pod, V1StatefulSet]>([
        ["it has the new template", unready, set("old")],
        ["it is ready", ready, set("new")],
        ["the StatefulSet replaces unready pods itself", unready, set("new", "Parallel")],
        [
            "the controller has not seen the new template",
            unready,
            { ...set("new"), status: { replicas: 1, observedGeneration: 1 } },
        ],
    ])("but not if %s", (_, value, statefulSet) => {
        expect(blockingPods({ ...nothing, pods: [value], statefulSets: [statefulSet] })).toEqual([]);
    });
});
