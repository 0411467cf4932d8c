import * as net from "net";
import { type Duplex, PassThrough, Writable } from "stream";
import { CoreV1Api, PortForward } from "@kubernetes/client-node";
import type { WebSocket } from "ws";
import { ask, askIfThere, ClusterError } from "./ask";
import type { Cluster } from "./kubeconfig";
import { type Target, targetOf } from "./target";

/** A Service's port, and where it is wanted on this machine. */
export interface ForwardArgs {
    service: string;
    namespace: string;
    /** The Service's port, not the pod's. */
    port: number;
    /** Port of 127.0.0.1. Default, one that is free. */
    localPort?: number;
}

/** A Service's port on this machine. */
export interface Forward {
    /** "http://127.0.0.1:PORT"; other protocols than HTTP can be spoken there as well. */
    url: string;
    port: number;
    close: () => Promise<void>;
}

/**
 * Opens a port of 127.0.0.1 that leads to a ready pod of a Service. Each connection is forwarded on its own; when the pod goes,
 * the next connection finds another.
 *
 * @throws ClusterError when the cluster cannot be asked.
 * @throws Error when the Service, its port or a ready pod is not there, or the local port is in use.
 */
export async function portForward(cluster: Cluster, args: ForwardArgs): Promise<Forward> {
    let target: Promise<Target> | undefined = findTarget(cluster, args);
    await probe(cluster, args.namespace, await target);
    const forget = () => (target = undefined);
    const open = new Set<net.Socket>();
    const server = net.createServer((socket) => {
        open.add(socket);
        socket.on("close", () => open.delete(socket));
        // A client that goes away in the middle is its own business.
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

/** Joins a connection with a pod, or with the pod that takes its place while a rollout is under way. */
async function connect(
    cluster: Cluster,
    namespace: string,
    socket: net.Socket,
    target: () => Promise<Target>,
    forget: () => void,
): Promise<void> {
    // What the kubelet writes here is that nothing listens on the pod's port, so the connection is of no use.
    const faults = new Writable({
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
            const tunnel = await openTunnel(cluster, namespace, await target(), socket, faults);
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

/** Opens a tunnel and drops it: whether one may, so that a refusal is a sentence and not a broken connection later. */
async function probe(cluster: Cluster, namespace: string, target: Target): Promise<void> {
    const nothing = new PassThrough();
    const tunnel = await openTunnel(cluster, namespace, target, nothing, nothing);
    tunnel.close();
}

async function openTunnel(
    cluster: Cluster,
    namespace: string,
    { pod, port }: Target,
    stream: Duplex,
    faults: Writable,
): Promise<WebSocket> {
    const forwarder = new PortForward(cluster.config, false);
    try {
        const opened = await ask(
            cluster,
            `forward to port ${port} of pod ${pod}`,
            forwarder.portForward(namespace, pod, [port], stream, faults, stream),
        );
        const tunnel = typeof opened === "function" ? opened() : opened;
        if (tunnel === null) {
            throw new Error(`pod ${pod} closed the connection`);
        }
        return tunnel;
    } catch (error) {
        const hint = / 403$/.test((error as Error).message)
            ? "; your user needs the rights get and create on pods/portforward"
            : "";
        throw new ClusterError((error as Error).message + hint, undefined, { cause: error });
    }
}

async function findTarget(cluster: Cluster, { service, namespace, port }: ForwardArgs): Promise<Target> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const found = await askIfThere(
        cluster,
        `read Service ${service} in ${namespace}`,
        core.readNamespacedService({ name: service, namespace }),
    );
    if (found === undefined) {
        throw new Error(`there is no Service ${service} in namespace ${namespace} of context "${cluster.context}"`);
    }
    const labelSelector = Object.entries(found.spec?.selector ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(",");
    if (labelSelector === "") {
        throw new Error(`Service ${service} in namespace ${namespace} selects no pods`);
    }
    const pods = await ask(
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
                    ? new Error(`port ${port} of this machine is in use; name another, or none to get a free one`)
                    : error,
            );
        });
        server.listen(port, "127.0.0.1", () => resolve((server.address() as net.AddressInfo).port));
    });
}
