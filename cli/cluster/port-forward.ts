import * as net from "net";
import { type Duplex, PassThrough, Writable } from "stream";
import { CoreV1Api, PortForward } from "@kubernetes/client-node";
import type { WebSocket } from "ws";
import { callApi, ClusterError, findObject } from "./api";
import type { Cluster } from "./kubeconfig";
import { type Target, targetOf } from "./target";

/** The port of a Service, and the local port that is forwarded to it. */
export interface ForwardArgs {
    service: string;
    namespace: string;
    /** The port of the Service, not of the pod. */
    port: number;
    /** Port on 127.0.0.1. Default: a free port. */
    localPort?: number;
}

/** A local port that is forwarded to a Service. */
export interface Forward {
    /** "http://127.0.0.1:PORT". Protocols other than HTTP also work. */
    url: string;
    port: number;
    close: () => Promise<void>;
}

/**
 * Forwards a port on 127.0.0.1 to a ready pod of a Service. Each connection has a tunnel. If the pod is deleted, the next connection
 * selects another pod.
 *
 * @throws ClusterError if a request to the API server fails.
 * @throws Error if the Service, its port or a ready pod does not exist, or if the local port is in use.
 */
export async function portForward(cluster: Cluster, args: ForwardArgs): Promise<Forward> {
    let target: Promise<Target> | undefined = findTarget(cluster, args);
    await probe(cluster, args.namespace, await target);
    const forget = () => (target = undefined);
    const open = new Set<net.Socket>();
    const server = net.createServer((socket) => {
        open.add(socket);
        socket.on("close", () => open.delete(socket));
        // A client may close its connection at any time.
        socket.on("error", () => socket.destroy());
        connect(cluster, args.namespace, socket, () => (target ??= findTarget(cluster, args)), forget).catch(() =>
            socket.destroy(),
        );
    });
    const port = await listen(server, args.localPort ?? 0);
    return {
        url: `http://127.0.0.1:${port}`,
        port,
        close: () => {
            open.forEach((socket) => socket.destroy());
            return new Promise((resolve) => server.close(() => resolve()));
        },
    };
}

const attempts = 5;
const pauseMs = 500;

/** Connects a socket to a pod, or to the new pod during a rollout. */
async function connect(
    cluster: Cluster,
    namespace: string,
    socket: net.Socket,
    target: () => Promise<Target>,
    forget: () => void,
): Promise<void> {
    // The kubelet reports here that no process listens on the port of the pod.
    const errors = new Writable({
        write(chunk: Buffer, _, done) {
            if (chunk.length > 0) {
                forget();
                socket.destroy();
            }
            done();
        },
    });
    for (let attempt = 1; ; attempt++) {
        try {
            const tunnel = await openTunnel(cluster, namespace, await target(), socket, errors);
            tunnel.on("close", () => socket.end());
            socket.on("close", () => tunnel.close());
            if (socket.destroyed) {
                tunnel.close();
            }
            return;
        } catch (error) {
            forget();
            if (attempt === attempts || socket.destroyed) {
                throw error;
            }
            await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
    }
}

/** Opens a tunnel and closes it again, so that missing permissions cause an error with a message instead of a closed connection later. */
async function probe(cluster: Cluster, namespace: string, target: Target): Promise<void> {
    const unused = new PassThrough();
    const tunnel = await openTunnel(cluster, namespace, target, unused, unused);
    tunnel.close();
}

async function openTunnel(
    cluster: Cluster,
    namespace: string,
    { pod, port }: Target,
    stream: Duplex,
    errors: Writable,
): Promise<WebSocket> {
    const forwarder = new PortForward(cluster.config, false);
    try {
        const opened = await callApi(
            cluster,
            `forward to port ${port} of pod ${pod}`,
            forwarder.portForward(namespace, pod, [port], stream, errors, stream),
        );
        const tunnel = typeof opened === "function" ? opened() : opened;
        if (tunnel === null) {
            throw new Error(`pod ${pod} closed the connection`);
        }
        return tunnel;
    } catch (error) {
        const hint = / 403$/.test((error as Error).message)
            ? "; your user needs the permissions get and create for pods/portforward"
            : "";
        throw new ClusterError((error as Error).message + hint, undefined, { cause: error });
    }
}

async function findTarget(cluster: Cluster, { service, namespace, port }: ForwardArgs): Promise<Target> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const found = await findObject(
        cluster,
        `read Service ${service} in ${namespace}`,
        core.readNamespacedService({ name: service, namespace }),
    );
    if (found === undefined) {
        throw new Error(
            `Service ${service} does not exist in namespace ${namespace} of context "${cluster.context}"; deploy the stack first, or select another context with --context`,
        );
    }
    const labelSelector = Object.entries(found.spec?.selector ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(",");
    if (labelSelector === "") {
        throw new Error(`Service ${service} in namespace ${namespace} has no pod selector`);
    }
    const pods = await callApi(
        cluster,
        `list the pods of ${namespace}`,
        core.listNamespacedPod({ namespace, labelSelector }),
    );
    return targetOf(found, pods.items, port);
}

function listen(server: net.Server, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) => {
            reject(
                error.code === "EADDRINUSE"
                    ? new Error(
                          `the local port ${port} is in use; choose another port, or omit --port to use a free one`,
                      )
                    : error,
            );
        });
        server.listen(port, "127.0.0.1", () => resolve((server.address() as net.AddressInfo).port));
    });
}
