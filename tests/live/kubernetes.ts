import * as fs from "fs";
import * as http from "http";
import * as path from "path";

/** A pod with the fields that collectors read. */
export interface Pod {
    name: string;
    namespace: string;
    uid: string;
    ip: string;
    /** The Deployment that it belongs to. */
    deployment: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    containers: { name: string; ports: (number | { name: string; containerPort: number })[] }[];
}

export const nodeName = "node-1";

/** A fake Kubernetes API. */
export interface Kubernetes {
    server: http.Server;
    /** Resources that clients have requested, such as "pods". */
    requested: Set<string>;
    /** Creates an Event, which running watches receive. */
    addEvent: (event: object) => void;
    /** Adds, changes or deletes an object, which running watches receive. */
    change: (type: "ADDED" | "MODIFIED" | "DELETED", resource: string, object: KubernetesObject) => void;
    /** Sets the objects of a resource, such as "servicemonitors". Watches that already run do not receive them. */
    setObjects: (resource: string, items: object[]) => void;
}

interface KubernetesObject {
    metadata: { name: string; namespace: string };
}

function groupOf(groupVersion: string): object {
    const [name, version] = groupVersion.split("/");
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
}

function resourcesOf(groupVersion: string, kinds: Record<string, string>): object {
    return {
        kind: "APIResourceList",
        groupVersion,
        resources: Object.entries(kinds).map(([name, kind]) => ({
            name,
            singularName: kind.toLowerCase(),
            namespaced: true,
            kind,
            verbs: ["list", "watch"],
        })),
    };
}

/** The API of each resource that has objects only if a test sets them. */
const otherResources = {
    services: ["v1", "Service"],
    nodes: ["v1", "Node"],
    endpointslices: ["discovery.k8s.io/v1", "EndpointSlice"],
    servicemonitors: ["monitoring.coreos.com/v1", "ServiceMonitor"],
    podmonitors: ["monitoring.coreos.com/v1", "PodMonitor"],
    probes: ["monitoring.coreos.com/v1", "Probe"],
    prometheusrules: ["monitoring.coreos.com/v1", "PrometheusRule"],
} as const;

/** What clients ask first, to find the resources of the API. */
const discovery: Record<string, object> = {
    "/api": { kind: "APIVersions", versions: ["v1"] },
    "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [groupOf("monitoring.coreos.com/v1")] },
    "/apis/monitoring.coreos.com/v1": resourcesOf("monitoring.coreos.com/v1", {
        servicemonitors: "ServiceMonitor",
        podmonitors: "PodMonitor",
        probes: "Probe",
    }),
    "/api/v1": resourcesOf("v1", { events: "Event" }),
};

/** Serves the part of the Kubernetes API that k8s_attributes and Alloy use: lists of objects, and watches of fixed objects and of Events. */
export async function serveKubernetes(address: string, port: number, pods: Pod[]): Promise<Kubernetes> {
    const requested = new Set<string>();
    const namespaces = [...new Set(pods.map(({ namespace }) => namespace))];
    const lists: Record<string, { apiVersion: string; kind: string; items: object[] }> = {
        pods: { apiVersion: "v1", kind: "Pod", items: pods.map(podObject) },
        namespaces: {
            apiVersion: "v1",
            kind: "Namespace",
            items: namespaces.map((name) => ({
                metadata: { name, uid: name, labels: { "kubernetes.io/metadata.name": name } },
            })),
        },
    };
    const events: object[] = [];
    lists["events"] = { apiVersion: "v1", kind: "Event", items: events };
    for (const [resource, [apiVersion, kind]] of Object.entries(otherResources)) {
        lists[resource] = { apiVersion, kind, items: [] };
    }
    const setObjects = (resource: string, items: object[]) => {
        lists[resource]?.items.push(...items);
    };
    const watchers = new Map<string, Set<http.ServerResponse>>();
    const notify = (type: string, resource: string, object: object) => {
        const { apiVersion, kind } = lists[resource] ?? {};
        const line = `${JSON.stringify({ type, object: { apiVersion, kind, ...object } })}\n`;
        watchers.get(resource)?.forEach((watcher) => watcher.write(line));
    };
    const addEvent = (object: object) => {
        events.push(object);
        notify("ADDED", "events", object);
    };
    const change: Kubernetes["change"] = (type, resource, object) => {
        const list = lists[resource];
        if (list === undefined) {
            throw new Error(`the fake API has no ${resource}`);
        }
        const { name, namespace } = object.metadata;
        list.items = list.items.filter((item) => nameOf(item) !== name || namespaceOf(item) !== namespace);
        if (type !== "DELETED") {
            list.items.push(object);
        }
        notify(type, resource, object);
    };
    const server = http.createServer((request, response) => {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://kubernetes");
        const resource = pathname.split("/").at(-1) ?? "";
        const all = lists[resource];
        const namespace = /\/namespaces\/([^/]+)\//.exec(pathname)?.[1];
        const list = all && {
            ...all,
            items: all.items
                .filter((item) => namespace === undefined || namespaceOf(item) === namespace)
                .filter((item) => resource !== "namespaces" || isSelected(nameOf(item), searchParams)),
        };
        requested.add(resource);
        // Clients that need only metadata request PartialObjectMetadata.
        const partial = /as=PartialObjectMetadata/.test(request.headers.accept ?? "");
        const { apiVersion, kind } = partial
            ? { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata" }
            : { apiVersion: "", kind: "", ...list };
        response.setHeader("content-type", "application/json");
        if (pathname in discovery) {
            response.end(JSON.stringify(discovery[pathname]));
        } else if (list === undefined) {
            response.writeHead(404).end(JSON.stringify({ kind: "Status", apiVersion: "v1", code: 404 }));
        } else if (searchParams.get("watch") === null) {
            const items = list.items.map((item) => ({ apiVersion, kind, ...item }));
            const metadata = { resourceVersion: "1" };
            response.end(JSON.stringify({ apiVersion, kind: `${kind}List`, metadata, items }));
        } else {
            const event = (type: string, object: object) =>
                response.write(`${JSON.stringify({ type, object: { apiVersion, kind, ...object } })}\n`);
            response.flushHeaders();
            const watching = watchers.get(resource) ?? new Set();
            watchers.set(resource, watching.add(response));
            response.once("close", () => watching.delete(response));
            if (searchParams.get("sendInitialEvents") === "true") {
                list.items.forEach((item) => event("ADDED", item));
                const annotations = { "k8s.io/initial-events-end": "true" };
                event("BOOKMARK", { metadata: { resourceVersion: "1", annotations } });
            }
        }
    });
    await new Promise<void>((resolve) => server.listen(port, address, resolve));
    return { server, requested, addEvent, change, setObjects };
}

/** Whether a label selector for names selects a namespace. */
function isSelected(name: string, query: URLSearchParams): boolean {
    const [, operator, names = ""] =
        /^kubernetes\.io\/metadata\.name (in|notin) \((.*)\)$/.exec(query.get("labelSelector") ?? "") ?? [];
    return operator === undefined || names.split(",").includes(name) === (operator === "in");
}

function nameOf(object: object): string {
    return (object as KubernetesObject).metadata.name;
}

function namespaceOf(object: object): string | undefined {
    return (object as { metadata?: { namespace?: string } }).metadata?.namespace;
}

function podObject({ name, namespace, uid, ip, deployment, labels, annotations, containers }: Pod): object {
    const owner = {
        apiVersion: "apps/v1",
        kind: "ReplicaSet",
        name: `${deployment}-7d9f`,
        uid: `${deployment}-7d9f`,
        controller: true,
    };
    return {
        metadata: {
            name,
            namespace,
            uid,
            labels: { ...labels, "pod-template-hash": "7d9f" },
            annotations,
            resourceVersion: "1",
            creationTimestamp: "2026-01-01T00:00:00Z",
            ownerReferences: [owner],
        },
        spec: {
            nodeName,
            containers: containers.map((container) => ({
                name: container.name,
                image: "example.com/app:1",
                ports: container.ports.map((port) => ({
                    protocol: "TCP",
                    ...(typeof port === "number" ? { containerPort: port } : port),
                })),
            })),
        },
        status: {
            phase: "Running",
            podIP: ip,
            hostIP: ip,
            startTime: "2026-01-01T00:00:00Z",
            conditions: [{ type: "Ready", status: "True" }],
            containerStatuses: containers.map((container) => ({
                name: container.name,
                containerID: `containerd://${uid}-${container.name}`,
                ready: true,
                restartCount: 0,
                image: "example.com/app:1",
                imageID: "example.com/app@sha256:0",
                state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
            })),
        },
    };
}

/** Path of the log file of a container, in the log folder of a node. Creates its folder. */
export function podLogFile(folder: string, { namespace, name, uid }: Pod, container: string): string {
    const file = path.join(folder, "pods", `${namespace}_${name}_${uid}`, container, "0.log");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    return file;
}

/** A log line in the CRI format: a full line (F) or a partial one (P). */
export function podLogLine(text: string, part: "F" | "P" = "F"): string {
    return `${new Date().toISOString().replace("Z", "000000Z")} stdout ${part} ${text}\n`;
}
