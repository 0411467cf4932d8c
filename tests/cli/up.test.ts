import * as os from "os";
import { type V1Node, type V1Pod } from "@kubernetes/client-node";
import { ComponentProgress } from "../../cli/up/progress";
import { capacityProblem, unallocatedResources } from "../../cli/up/capacity";
import { type ClusterFacts, problemsOf } from "../../cli/up/preflight";
import { readableError } from "../../cli/up/readable-error";
import { podRequests } from "../../cli/up/requests";
import {
    deployedObject,
    isStale,
    locksIn,
    pendingCreations,
    pendingUpdates,
    protectedResources,
    retainedNamespace,
    stackOutputs,
} from "../../cli/up/state";
import { resolveSettings } from "../../settings/resolve";

const gib = 2 ** 30;
const anywhere = { nodeSelector: {}, tolerations: [] };

function node(name: string, spec: V1Node["spec"] = {}, labels: Record<string, string> = {}): V1Node {
    return {
        metadata: { name, labels },
        spec,
        status: { allocatable: { cpu: "2", memory: "4Gi" }, conditions: [{ type: "Ready", status: "True" }] },
    };
}

function pod(namespace: string, nodeName: string, cpu: string, memory: string, phase = "Running"): V1Pod {
    const requests = { cpu, memory };
    return {
        metadata: { namespace },
        spec: { nodeName, containers: [{ name: "main", resources: { requests } }] },
        status: { phase },
    };
}

describe("the capacity of the nodes", () => {
    test("is what the pods of other namespaces do not request", () => {
        const pods = [
            pod("kube-system", "one", "500m", "1Gi"),
            pod("kube-system", "one", "1", "1Gi", "Succeeded"),
            pod("monitoring", "one", "1", "2Gi"),
            pod("kube-system", "two", "1", "1Gi"),
        ];
        expect(unallocatedResources([node("one"), node("two")], pods, "monitoring", anywhere)).toEqual([
            { cpu: 1.5, memory: 3 * gib },
            { cpu: 1, memory: 3 * gib },
        ]);
    });

    test("includes an init container that requests more than all containers together", () => {
        const busy = pod("apps", "one", "500m", "1Gi");
        busy.spec?.containers.push({ name: "second", resources: { requests: { cpu: "250m" } } });
        Object.assign(busy.spec ?? {}, {
            initContainers: [{ name: "init", resources: { requests: { memory: "3Gi" } } }],
        });
        expect(unallocatedResources([node("one")], [busy], "monitoring", anywhere)).toEqual([
            { cpu: 1.25, memory: gib },
        ]);
    });

    test("includes only nodes that are ready, schedulable, tolerated and selected", () => {
        const taint = { key: "pool", value: "observability", effect: "NoSchedule" };
        const nodes = [
            node("cordoned", { unschedulable: true }),
            { ...node("down"), status: { conditions: [{ type: "Ready", status: "Unknown" }] } },
            node("tainted", { taints: [taint] }, { pool: "observability" }),
            node("unlabelled"),
        ];
        const nodeSelector = { pool: "observability" };
        expect(unallocatedResources(nodes, [], "monitoring", { nodeSelector, tolerations: [] })).toEqual([]);
        expect(unallocatedResources(nodes, [], "monitoring", { nodeSelector, tolerations: [taint] })).toHaveLength(1);
        expect(
            unallocatedResources(nodes, [], "monitoring", { nodeSelector, tolerations: [{ operator: "Exists" }] }),
        ).toHaveLength(1);
        const other = { ...taint, value: "batch" };
        expect(unallocatedResources(nodes, [], "monitoring", { nodeSelector, tolerations: [other] })).toEqual([]);
    });

    const loki = { release: "loki", cpu: 1, memory: 2 * gib, replicas: 2, everyNode: false };
    const logs = { release: "logs", cpu: 0.5, memory: gib, replicas: 1, everyNode: true };

    test("is sufficient if each pod fits on a node", () => {
        expect(
            capacityProblem(
                [loki, logs],
                [
                    { cpu: 2, memory: 3 * gib },
                    { cpu: 2, memory: 3 * gib },
                ],
            ),
        ).toBeUndefined();
    });

    test("is insufficient if only the sum fits, but no pod fits on a node", () => {
        const nodes = Array(4).fill({ cpu: 0.9, memory: 4 * gib });
        expect(capacityProblem([loki], nodes)).toBe(
            "the nodes have too few unallocated resources for loki: the stack requests 2.00 CPU and 4.00 GiB, and the 4 nodes have 3.60 CPU and 16.00 GiB unallocated; add nodes, or set lower requests in observability:values",
        );
    });

    test("must be sufficient on each node for a DaemonSet", () => {
        const nodes = [
            { cpu: 4, memory: 8 * gib },
            { cpu: 0.1, memory: 8 * gib },
        ];
        expect(capacityProblem([logs], nodes)).toMatch(
            /^the nodes have too few unallocated resources for logs: the stack requests 1.00 CPU and 2.00 GiB/,
        );
    });

    test("is insufficient without nodes", () => {
        expect(capacityProblem([loki], [])).toMatch(/^no node can run the pods of the stack/);
    });
});

test("requests are read from the Helm values, including Jobs and without volumes", () => {
    const requests = { cpu: "100m", memory: "1Gi" };
    const charts = [
        { release: "loki", values: { read: { replicas: 0 }, singleBinary: { replicas: 3, resources: { requests } } } },
        { release: "logs", values: { controller: { type: "daemonset" }, alloy: { resources: { requests } } } },
        {
            release: "minio",
            values: {
                replicas: 4,
                resources: { requests: { cpu: 2, memory: "512Mi" } },
                jobResources: { requests },
                volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "10Gi" } } } }],
            },
        },
    ];
    expect(podRequests(charts)).toEqual([
        { release: "loki", replicas: 3, everyNode: false, cpu: 0.1, memory: gib },
        { release: "logs", replicas: 1, everyNode: true, cpu: 0.1, memory: gib },
        { release: "minio", replicas: 4, everyNode: false, cpu: 2, memory: gib / 2 },
        { release: "minio", replicas: 1, everyNode: false, cpu: 0.1, memory: gib },
    ]);
});

describe("a cluster", () => {
    const suitable: ClusterFacts = {
        version: { text: "v1.33.4", major: 1, minor: 33 },
        missingPermissions: [],
        hasDaprCrd: true,
        namespace: undefined,
        storageClasses: [
            {
                metadata: { name: "slow", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
                provisioner: "x",
            },
            { metadata: { name: "fast" }, provisioner: "x" },
        ],
        nodes: [node("one")],
        pods: [],
    };
    const dapr = { enabled: true, namespaces: ["apps"] };

    test("that has everything passes the checks", () => {
        expect(problemsOf(suitable, resolveSettings({ dapr }), [])).toEqual([]);
        expect(problemsOf(suitable, resolveSettings({ storage: { className: "fast" } }), [])).toEqual([]);
    });

    test("that lacks several things gets one message for each", () => {
        const facts: ClusterFacts = {
            version: { text: "v1.24.17", major: 1, minor: 24 },
            missingPermissions: ["your user needs the verb create for secrets"],
            hasDaprCrd: false,
            namespace: undefined,
            storageClasses: [{ metadata: { name: "fast" }, provisioner: "x" }],
            nodes: [],
            pods: [],
        };
        expect(problemsOf(facts, resolveSettings({ dapr }), [])).toEqual([
            "the cluster runs Kubernetes v1.24.17; version 1.25 or later is required",
            "your user needs the verb create for secrets",
            "Dapr is not installed in the cluster: the CRD configurations.dapr.io does not exist; install Dapr, or set enabled to false in observability:dapr",
            expect.stringMatching(
                /^the cluster has no default storage class \(the storage classes are fast\); add the annotation/,
            ),
            expect.stringMatching(/^no node can run the pods of the stack/),
        ]);
    });

    test("without the CRDs of the Prometheus operator gets a message", () => {
        const facts = { ...suitable, missingMonitorCrds: ["probes.monitoring.coreos.com"] };
        expect(problemsOf(facts, resolveSettings({ metrics: { prometheusOperator: true } }), [])).toEqual([
            "the cluster lacks the CRDs probes.monitoring.coreos.com; install those of the Prometheus operator, for example with the chart prometheus-operator-crds, or set observability:metrics.prometheusOperator to false",
        ]);
    });

    test("without the configured storage class gets a message", () => {
        expect(problemsOf(suitable, resolveSettings({ storage: { className: "faast" } }), [])).toEqual([
            'observability:storage.className is "faast", but this storage class does not exist; the storage classes are slow, fast',
        ]);
    });

    test("whose existing namespace refuses the pods that read files of the node gets a message", () => {
        const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
        const facts = { ...suitable, namespace: { metadata: { name: "monitoring", labels } } };
        expect(problemsOf(facts, resolveSettings({ createNamespace: false }), [])).toEqual([
            'namespace monitoring enforces Pod Security "restricted", but the log collector and the metrics scraper read files of the node, which needs "privileged"; set the label pod-security.kubernetes.io/enforce of the namespace to "privileged"',
        ]);
        const withoutBoth = { createNamespace: false, components: { alloyLogs: false, alloyMetrics: false } };
        expect(problemsOf(facts, resolveSettings(withoutBoth), [])).toEqual([]);
        // The stack changes the label of a namespace that belongs to it.
        expect(problemsOf(facts, resolveSettings({}), [])).toEqual([]);
    });

    test("needs no Dapr if the stack does not use it, and is not checked for facts that the user cannot read", () => {
        const unreadable = {
            ...suitable,
            hasDaprCrd: false,
            storageClasses: undefined,
            nodes: undefined,
            pods: undefined,
        };
        expect(problemsOf(unreadable, resolveSettings({}), [])).toEqual([]);
    });
});

describe("the state of Pulumi", () => {
    const object = (kind: string, uid: string) => ({
        urn: `urn:pulumi:dev::observability::kubernetes:core/v1:${kind}::x`,
        type: `kubernetes:core/v1:${kind}`,
        outputs: { apiVersion: "v1", kind, metadata: { name: "x", namespace: "monitoring", uid } },
    });

    test("identifies the cluster by the UID of an object, preferably of the Namespace", () => {
        const stack = {
            urn: "urn:pulumi:dev::observability::pulumi:pulumi:Stack::x",
            type: "pulumi:pulumi:Stack",
            outputs: {},
        };
        expect(deployedObject({ resources: [stack, object("Secret", "1"), object("Namespace", "2")] })).toMatchObject({
            kind: "Namespace",
            uid: "2",
        });
        expect(deployedObject({ resources: [stack, object("Secret", "1")] })).toMatchObject({
            kind: "Secret",
            uid: "1",
        });
        expect(deployedObject({ resources: [stack] })).toBeUndefined();
        expect(deployedObject({})).toBeUndefined();
    });

    test("contains the outputs of the last deployment", () => {
        const stack = { urn: "x", type: "pulumi:pulumi:Stack", outputs: { namespace: "monitoring" } };
        expect(stackOutputs({ resources: [object("Secret", "1"), stack] })).toEqual({ namespace: "monitoring" });
        expect(stackOutputs({})).toEqual({});
    });

    test("contains the protected resources of each owner of data", () => {
        const parents = "observability:index:ObservabilityStack$observability:index";
        const resource = (component: string, protect: boolean) => ({
            urn: `urn:pulumi:prod::observability::${parents}:${component}$kubernetes:apps/v1:StatefulSet::${component}`,
            type: "kubernetes:apps/v1:StatefulSet",
            protect,
        });
        const [loki, store, tempo] = [resource("Loki", true), resource("ObjectStore", true), resource("Tempo", false)];
        const state = { resources: [loki, store, tempo] };
        expect(protectedResources(state, ["loki", "tempo", "grafana"])).toEqual([loki.urn]);
        expect(protectedResources(state, ["objectStore", "loki"])).toEqual([loki.urn, store.urn]);
        expect(protectedResources(state, [])).toEqual([]);
    });

    test("tells whether Pulumi keeps the namespace", () => {
        const namespace = { ...object("Namespace", "1"), retainOnDelete: true };
        expect(retainedNamespace({ resources: [{ ...object("Secret", "2"), retainOnDelete: true }, namespace] })).toBe(
            "x",
        );
        expect(retainedNamespace({ resources: [object("Namespace", "1")] })).toBeUndefined();
        expect(retainedNamespace({})).toBeUndefined();
    });

    test("contains the objects that a killed run was creating or updating", () => {
        const operation = (type: string, kind: string) => ({
            type,
            resource: { ...object(kind, "1"), inputs: { kind, metadata: { name: "loki" } } },
        });
        const operations = [
            operation("creating", "Service"),
            operation("deleting", "Secret"),
            operation("updating", "StatefulSet"),
        ];
        expect(pendingUpdates({ pending_operations: operations })).toEqual([object("StatefulSet", "1").urn]);
        expect(pendingCreations({ pending_operations: operations })).toEqual(["Service loki"]);
        expect(pendingCreations({})).toEqual([]);
    });

    test("can be locked by a run that is active or was killed", () => {
        const text =
            "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///x/.pulumi/locks/organization/observability/dev/1.json: created by me@here (pid 4711) at 2026-11-21T09:00:00Z\n";
        expect(locksIn(text)).toEqual([{ owner: "me@here", pid: 4711 }]);
        expect(locksIn("error: update failed")).toEqual([]);
        const mine = `${os.userInfo().username}@${os.hostname()}`;
        // The maximum process ID of Linux is 4,194,304.
        expect(isStale({ owner: mine, pid: 4_194_305 })).toBe(true);
        expect(isStale({ owner: mine, pid: process.pid })).toBe(false);
        expect(isStale({ owner: "me@elsewhere", pid: 4_194_305 })).toBe(false);
    });
});

describe("progress", () => {
    const root = "urn:pulumi:dev::observability::observability:index:ObservabilityStack::observability";
    const component = "urn:pulumi:dev::observability::a$observability:index:Loki::loki";
    const chart = "urn:pulumi:dev::observability::a$kubernetes:helm.sh/v4:Chart::loki-chart";
    const set = "urn:pulumi:dev::observability::a$kubernetes:apps/v1:StatefulSet::loki-chart:monitoring/loki";
    const event = (urn: string, parent: string) => ({ metadata: { urn, new: { parent } } }) as any;
    let progress: ComponentProgress;
    const start = (urn: string, parent: string) =>
        progress.handle({ sequence: 0, timestamp: 0, resourcePreEvent: event(urn, parent) });
    const end = (urn: string, parent: string) =>
        progress.handle({ sequence: 0, timestamp: 0, resOutputsEvent: event(urn, parent) });
    const message = (severity: "info" | "error", text: string) =>
        progress.handle({
            sequence: 0,
            timestamp: 0,
            diagnosticEvent: { urn: set, severity, message: text, color: "never" },
        });
    beforeEach(() => {
        progress = new ComponentProgress(new Map([["loki", ["loki", "loki-chart"]]]));
        start(component, root);
        end(component, root);
        start(chart, component);
        start(set, chart);
    });

    test("shows the pending objects of a component with their last message", () => {
        expect(progress.pendingObjects("loki")).toBe("StatefulSet loki");
        message("info", "[1/2] Waiting for StatefulSet to create Pods (0/1 Pods ready)\n");
        expect(progress.pendingObjects("loki")).toBe(
            "StatefulSet loki (Waiting for StatefulSet to create Pods (0/1 Pods ready))",
        );
        expect(progress.isFinished("loki")).toBe(false);
    });

    test("is finished when all resources of a component are complete", () => {
        end(set, chart);
        expect(progress.isFinished("loki")).toBe(false);
        end(chart, component);
        expect(progress.isFinished("loki")).toBe(true);
        expect(progress.failure("loki", true)).toBeUndefined();
    });

    test("lists the updates that failed, because the state may not contain them", () => {
        const failed = (op: string) => ({ metadata: { urn: set, op } }) as any;
        progress.handle({ sequence: 0, timestamp: 0, resOpFailedEvent: failed("create") });
        expect(progress.failedUpdates).toEqual([]);
        progress.handle({ sequence: 0, timestamp: 0, resOpFailedEvent: failed("update") });
        expect(progress.failedUpdates).toEqual([set]);
    });

    test("reports why a component failed, or where it was stopped", () => {
        expect(progress.failure("loki", false)).toBe("it was interrupted while it waited for StatefulSet loki");
        message(
            "error",
            'resource "x" was not successfully created by the Kubernetes API server: exceeded quota\n\nmore',
        );
        expect(progress.failure("loki", false)).toBe("StatefulSet loki: exceeded quota");
        message("error", `update of resource "${set}" failed: it was cancelled`);
        expect(progress.failure("loki", false)).toBe("StatefulSet loki: it was cancelled");
        message(
            "error",
            `1 error occurred:\n\t* resource "${set}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: timed out`,
        );
        expect(progress.failure("loki", false)).toBe("StatefulSet loki: timed out");
    });
});

test("an error of the program is shown with all its mistakes", () => {
    const output = [
        "Diagnostics:",
        "  pulumi:pulumi:Stack (observability-dev):",
        "    error: The stack cannot be deployed; nothing was changed.",
        "      - observability:namespace is taken",
        "      - observability:dapr is too",
        "",
        "    warning: other text",
        "    error: update failed",
    ].join("\n");
    expect(readableError(new Error(output), { name: "", env: {} }).message).toBe(
        [
            "Pulumi failed:",
            "  - The stack cannot be deployed; nothing was changed.",
            "  - observability:namespace is taken",
            "  - observability:dapr is too",
        ].join("\n"),
    );
});
