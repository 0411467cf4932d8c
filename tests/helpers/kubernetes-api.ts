import * as fs from "fs";
import * as http from "http";
import * as net from "net";
import * as os from "os";
import * as path from "path";
import { WebSocketServer } from "ws";

/** Answers of a Kubernetes API server, by path without query. A number is an error with this HTTP status. */
export type Answers = Record<string, object | number>;

/** A Kubernetes API server on the loopback interface with fixed responses. It forwards ports of pods to ports of this machine. */
export interface KubernetesApi {
    url: string;
    /** Requested paths, and the pods and ports of port forwarding. */
    asked: string[];
    /** Kubeconfig with this server as the current context "fake". */
    kubeconfig: string;
    close: () => Promise<void>;
}

/**
 * Starts a Kubernetes API server.
 *
 * @param responses can be changed while the server runs.
 * @param pods targets of port forwarding by "NAMESPACE/POD:PORT": a port of 127.0.0.1, or an address. It can be changed too.
 */
export async function serveKubernetesApi(
    responses: Answers,
    pods: Record<string, number | net.TcpNetConnectOpts> = {},
): Promise<KubernetesApi> {
    const asked: string[] = [];
    const server = http.createServer((request, response) => {
        const { pathname } = new URL(request.url ?? "/", "http://kubernetes");
        asked.push(pathname);
        const body = responses[pathname] ?? 404;
        const code = typeof body === "number" ? body : 200;
        response.writeHead(code, { "content-type": "application/json" });
        const status = { kind: "Status", status: "Failure", code, message: `${pathname} is not for you` };
        response.end(JSON.stringify(typeof body === "number" ? status : body));
    });
    const webSockets = new WebSocketServer({ noServer: true, handleProtocols: () => "v4.channel.k8s.io" });
    server.on("upgrade", (request, socket, head) => {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://kubernetes");
        const [, namespace, pod] = /^\/api\/v1\/namespaces\/(.+)\/pods\/(.+)\/portforward$/.exec(pathname) ?? [];
        const remote = searchParams.get("ports");
        const port = pods[`${namespace}/${pod}:${remote}`];
        const error = responses[pathname];
        if (port === undefined || typeof error === "number") {
            socket.end(`HTTP/1.1 ${typeof error === "number" ? error : 404} Refused\r\n\r\n`);
            return;
        }
        asked.push(`${pod}:${remote}`);
        webSockets.handleUpgrade(request, socket, head, (webSocket) => {
            const send = (channel: number, data: Buffer) =>
                webSocket.send(Buffer.concat([Buffer.from([channel]), data]));
            const portNumber = Buffer.alloc(2);
            portNumber.writeUInt16LE(Number(remote));
            send(0, portNumber);
            send(1, portNumber);
            const connection = net.connect(typeof port === "number" ? { port, host: "127.0.0.1" } : port);
            webSocket.on("message", (data: Buffer) => connection.write(data.subarray(1)));
            webSocket.on("close", () => connection.destroy());
            connection.on("data", (data) => send(0, data));
            connection.on("error", (error) => send(1, Buffer.from(error.message)));
            connection.on("close", () => webSocket.close());
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-api-"));
    const kubeconfig = path.join(folder, "kubeconfig");
    fs.writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf({ fake: url }, "fake")));
    return {
        url,
        asked,
        kubeconfig,
        close: async () => {
            webSockets.clients.forEach((client) => client.terminate());
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
            fs.rmSync(folder, { recursive: true });
        },
    };
}

/** A kubeconfig with a context for each server, by name. */
export function kubeconfigOf(servers: Record<string, string>, current?: string): object {
    const named = (content: (server: string, name: string) => object) =>
        Object.entries(servers).map(([name, server]) => ({ name, ...content(server, name) }));
    return {
        apiVersion: "v1",
        kind: "Config",
        clusters: named((server) => ({ cluster: { server } })),
        users: named(() => ({ user: { token: "test" } })),
        contexts: named((_, name) => ({ context: { cluster: name, user: name } })),
        ...(current && { "current-context": current }),
    };
}
