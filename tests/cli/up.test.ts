import * as os from "os";
import { type V1Node, type V1Pod } from "@kubernetes/client-node";
import { ComponentProgress } from "../../cli/up/progress";
import { type ClusterFacts, mistakesOf } from "../../cli/up/preflight";
import { podRequests } from "../../cli/up/requests";
import { freeRoom, roomMistake } from "../../cli/up/room";
import { halfCreated, isStale, knownObject, locksIn } from "../../cli/up/state";
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

describe("room on the nodes", () => {
    test("is what pods of others leave", () => {
        const pods = [
            pod("kube-system", "one", "500m", "1Gi"),
            pod("kube-system", "one", "1", "1Gi", "Succeeded"),
            pod("monitoring", "one", "1", "2Gi"),
            pod("kube-system", "two", "1", "1Gi"),
        ];
        expect(freeRoom([node("one"), node("two")], pods, "monitoring", anywhere)).toEqual([
            { cpu: 1.5, memory: 3 * gib },
            { cpu: 1, memory: 3 * gib },
        ]);
    });

    test("counts an init container where it asks for more than the others together", () => {
        const busy = pod("apps", "one", "500m", "1Gi");
        busy.spec?.containers.push({ name: "second", resources: { requests: { cpu: "250m" } } });
        Object.assign(busy.spec ?? {}, {
            initContainers: [{ name: "init", resources: { requests: { memory: "3Gi" } } }],
        });
        expect(freeRoom([node("one")], [busy], "monitoring", anywhere)).toEqual([{ cpu: 1.25, memory: gib }]);
    });

    test("is on nodes only that are ready, uncordoned, tolerated and selected", () => {
        const taint = { key: "pool", value: "observability", effect: "NoSchedule" };
        const nodes = [
            node("cordoned", { unschedulable: true }),
            { ...node("down"), status: { conditions: [{ type: "Ready", status: "Unknown" }] } },
            node("tainted", { taints: [taint] }, { pool: "observability" }),
            node("unlabelled"),
        ];
        const nodeSelector = { pool: "observability" };
        expect(freeRoom(nodes, [], "monitoring", { nodeSelector, tolerations: [] })).toEqual([]);
        expect(freeRoom(nodes, [], "monitoring", { nodeSelector, tolerations: [taint] })).toHaveLength(1);
        expect(freeRoom(nodes, [], "monitoring", { nodeSelector, tolerations: [{ operator: "Exists" }] })).toHaveLength(
            1,
        );
        const other = { ...taint, value: "batch" };
        expect(freeRoom(nodes, [], "monitoring", { nodeSelector, tolerations: [other] })).toEqual([]);
    });

    const loki = { release: "loki", cpu: 1, memory: 2 * gib, replicas: 2, everyNode: false };
    const logs = { release: "logs", cpu: 0.5, memory: gib, replicas: 1, everyNode: true };

    test("does for pods that fit one by one", () => {
        expect(
            roomMistake(
                [loki, logs],
                [
                    { cpu: 2, memory: 3 * gib },
                    { cpu: 2, memory: 3 * gib },
                ],
            ),
        ).toBeUndefined();
    });

    test("does not do where the sum fits, but no single node takes a pod", () => {
        const nodes = Array(4).fill({ cpu: 0.9, memory: 4 * gib });
        expect(roomMistake([loki], nodes)).toBe(
            "there is no room for loki: the stack asks for 2.00 CPU and 4.00 GiB, and the 4 nodes have 3.60 CPU and 16.00 GiB left; add nodes, or set lower requests under `values`",
        );
    });

    test("must be on each node for what goes to every node", () => {
        const nodes = [
            { cpu: 4, memory: 8 * gib },
            { cpu: 0.1, memory: 8 * gib },
        ];
        expect(roomMistake([logs], nodes)).toMatch(
            /^there is no room for logs: the stack asks for 1.00 CPU and 2.00 GiB/,
        );
    });

    test("is nowhere without nodes", () => {
        expect(roomMistake([loki], [])).toMatch(/^no node takes the stack's pods/);
    });
});

test("requests are read from the values, of Jobs as well, and not of volumes", () => {
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
    const fit: ClusterFacts = {
        version: { text: "v1.33.4", major: 1, minor: 33 },
        missingRights: [],
        hasDaprCrd: true,
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

    test("that has everything is taken", () => {
        expect(mistakesOf(fit, resolveSettings({ dapr }), [])).toEqual([]);
        expect(mistakesOf(fit, resolveSettings({ storage: { className: "fast" } }), [])).toEqual([]);
    });

    test("is told all that it lacks at once", () => {
        const facts: ClusterFacts = {
            version: { text: "v1.24.17", major: 1, minor: 24 },
            missingRights: ["your user may not create secrets"],
            hasDaprCrd: false,
            storageClasses: [{ metadata: { name: "fast" }, provisioner: "x" }],
            nodes: [],
            pods: [],
        };
        expect(mistakesOf(facts, resolveSettings({ dapr }), [])).toEqual([
            "the API server is Kubernetes v1.24.17; it must be 1.25 or later",
            "your user may not create secrets",
            "Dapr is not installed: there is no CRD configurations.dapr.io; install Dapr, or set observability:dapr to enabled: false",
            expect.stringMatching(/^no storage class is the cluster's default \(there are fast\); mark one/),
            expect.stringMatching(/^no node takes the stack's pods/),
        ]);
    });

    test("is told of a storage class that is not there", () => {
        expect(mistakesOf(fit, resolveSettings({ storage: { className: "faast" } }), [])).toEqual([
            'observability:storage.className is "faast", which is no storage class; there are slow, fast',
        ]);
    });

    test("needs no Dapr where the stack has none, and is not judged by what one may not look at", () => {
        const hidden = { ...fit, hasDaprCrd: false, storageClasses: undefined, nodes: undefined, pods: undefined };
        expect(mistakesOf(hidden, resolveSettings({}), [])).toEqual([]);
    });
});

describe("Pulumi's state", () => {
    const object = (kind: string, uid: string) => ({
        urn: `urn:pulumi:dev::observability::kubernetes:core/v1:${kind}::x`,
        type: `kubernetes:core/v1:${kind}`,
        outputs: { apiVersion: "v1", kind, metadata: { name: "x", namespace: "monitoring", uid } },
    });

    test("tells the cluster by the uid of an object, the namespace's rather than another's", () => {
        const stack = {
            urn: "urn:pulumi:dev::observability::pulumi:pulumi:Stack::x",
            type: "pulumi:pulumi:Stack",
            outputs: {},
        };
        expect(knownObject({ resources: [stack, object("Secret", "1"), object("Namespace", "2")] })).toMatchObject({
            kind: "Namespace",
            uid: "2",
        });
        expect(knownObject({ resources: [stack, object("Secret", "1")] })).toMatchObject({ kind: "Secret", uid: "1" });
        expect(knownObject({ resources: [stack] })).toBeUndefined();
        expect(knownObject({})).toBeUndefined();
    });

    test("tells what a killed run was creating", () => {
        const operation = (type: string, kind: string) => ({
            type,
            resource: { ...object(kind, "1"), inputs: { kind, metadata: { name: "loki" } } },
        });
        const operations = [operation("creating", "Service"), operation("deleting", "Secret")];
        expect(halfCreated({ pending_operations: operations })).toEqual(["Service loki"]);
        expect(halfCreated({})).toEqual([]);
    });

    test("is locked by a run, which may have been killed", () => {
        const text =
            "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///x/.pulumi/locks/organization/observability/dev/1.json: created by me@here (pid 4711) at 2026-11-21T09:00:00Z\n";
        expect(locksIn(text)).toEqual([{ owner: "me@here", pid: 4711 }]);
        expect(locksIn("error: update failed")).toEqual([]);
        const mine = `${os.userInfo().username}@${os.hostname()}`;
        // Process ids end at 4,194,304.
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
    const begin = (urn: string, parent: string) =>
        progress.take({ sequence: 0, timestamp: 0, resourcePreEvent: event(urn, parent) });
    const end = (urn: string, parent: string) =>
        progress.take({ sequence: 0, timestamp: 0, resOutputsEvent: event(urn, parent) });
    const say = (severity: "info" | "error", message: string) =>
        progress.take({ sequence: 0, timestamp: 0, diagnosticEvent: { urn: set, severity, message, color: "never" } });
    beforeEach(() => {
        progress = new ComponentProgress(new Map([["loki", ["loki", "loki-chart"]]]));
        begin(component, root);
        end(component, root);
        begin(chart, component);
        begin(set, chart);
    });

    test("tells what a component waits for, in Pulumi's words", () => {
        expect(progress.waitsFor("loki")).toBe("StatefulSet loki");
        say("info", "[1/2] Waiting for StatefulSet to create Pods (0/1 Pods ready)\n");
        expect(progress.waitsFor("loki")).toBe(
            "StatefulSet loki (Waiting for StatefulSet to create Pods (0/1 Pods ready))",
        );
        expect(progress.finished("loki")).toBe(false);
    });

    test("ends when all of a component has its end", () => {
        end(set, chart);
        expect(progress.finished("loki")).toBe(false);
        end(chart, component);
        expect(progress.finished("loki")).toBe(true);
        expect(progress.failure("loki", true)).toBeUndefined();
    });

    test("tells why a component failed, or where it was stopped", () => {
        expect(progress.failure("loki", false)).toBe("stopped at Chart loki-chart, StatefulSet loki");
        say("error", 'resource "x" was not successfully created by the Kubernetes API server: exceeded quota\n\nmore');
        expect(progress.failure("loki", false)).toBe("StatefulSet loki: exceeded quota");
    });
});
