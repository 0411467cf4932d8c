import * as fs from "fs";
import * as http from "http";
import * as net from "net";
import * as os from "os";
import * as path from "path";
import { CoreV1Api } from "@kubernetes/client-node";
import { ask, askIfThere } from "../../cli/cluster/ask";
import { type Cluster, findCluster, NoContextError } from "../../cli/cluster/kubeconfig";
import { portForward } from "../../cli/cluster/port-forward";
import { serverVersion } from "../../cli/cluster/version";
import { type Answers, type KubernetesApi, kubeconfigOf, serveKubernetesApi } from "../helpers/kubernetes-api";

const environment = { ...process.env };
let folder: string;
beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "cluster-"));
});
afterEach(() => {
    process.env = { ...environment };
    fs.rmSync(folder, { recursive: true });
});

/** Files of a KUBECONFIG, in order. */
function useKubeconfigs(...configs: object[]): void {
    const files = configs.map((config, index) => {
        const file = path.join(folder, `config-${index}`);
        fs.writeFileSync(file, JSON.stringify(config));
        return file;
    });
    process.env["KUBECONFIG"] = [...files, path.join(folder, "gone")].join(path.delimiter);
}

describe("the cluster that is meant", () => {
    test("is that of the current context, or of the one named", () => {
        useKubeconfigs(kubeconfigOf({ home: "https://home", work: "https://work" }, "home"));
        expect(findCluster()).toMatchObject({ context: "home", server: "https://home" });
        expect(findCluster("work")).toMatchObject({ context: "work", server: "https://work" });
    });

    test("comes from the first of several files that has it, as with kubectl", () => {
        useKubeconfigs(
            kubeconfigOf({ home: "https://first" }),
            kubeconfigOf({ home: "https://second", work: "https://work" }, "home"),
            kubeconfigOf({}, "work"),
        );
        expect(findCluster()).toMatchObject({ context: "home", server: "https://first" });
    });

    test.each<[string, object[], string | undefined, RegExp]>([
        ["no kubeconfig", [], undefined, /^there is no cluster: there is no kubeconfig \(KUBECONFIG, or else/],
        [
            "a kubeconfig without contexts",
            [kubeconfigOf({})],
            undefined,
            /^there is no cluster: .*config-0 has no context$/,
        ],
        [
            "several contexts of which none is current",
            [kubeconfigOf({ home: "https://home", work: "https://work" })],
            undefined,
            /name one with --context: the contexts of .*config-0 are home, work$/,
        ],
        [
            "a context that is not there",
            [kubeconfigOf({ home: "https://home" }, "home")],
            "hmoe",
            /^there is no context "hmoe"; the contexts of .*config-0 are home$/,
        ],
        [
            "a current context that is not there",
            [kubeconfigOf({ home: "https://home" }, "old")],
            undefined,
            /^there is no context "old", which is the current one; the contexts/,
        ],
        [
            "a context whose cluster is not there",
            [{ ...kubeconfigOf({ home: "https://home" }, "home"), clusters: [] }],
            undefined,
            /^context "home" names the cluster "home", which is not in .*config-0$/,
        ],
    ])("is refused with a sentence for %s", (_, configs, context, message) => {
        useKubeconfigs(...configs);
        expect(() => findCluster(context)).toThrow(message);
    });

    test("can be told to be missing, so that one may be offered", () => {
        useKubeconfigs();
        expect(() => findCluster()).toThrow(NoContextError);
    });

    test("is refused when the file is not a kubeconfig", () => {
        process.env["KUBECONFIG"] = path.join(folder, "bad");
        fs.writeFileSync(path.join(folder, "bad"), "a: [");
        expect(() => findCluster()).toThrow(/bad is not a kubeconfig: /);
    });
});

const ready = [{ type: "Ready", status: "True" }];

function pod(name: string, status: object): object {
    const ports = [{ name: "http-metrics", containerPort: 8080 }];
    return { metadata: { name }, spec: { containers: [{ name: "main", ports }] }, status };
}

describe("an API server", () => {
    let api: KubernetesApi;
    let cluster: Cluster;
    let answers: Answers;
    let pods: Record<string, number>;
    beforeEach(async () => {
        answers = {
            "/version": { major: "1", minor: "33+", gitVersion: "v1.33.4+k3s1" },
            "/api/v1/namespaces/monitoring/services/loki": {
                metadata: { name: "loki" },
                spec: { selector: { app: "loki" }, ports: [{ port: 3100, targetPort: "http-metrics" }] },
            },
            "/api/v1/namespaces/monitoring/pods": {
                items: [pod("loki-0", { phase: "Pending" }), pod("loki-1", { phase: "Running", conditions: ready })],
            },
        };
        pods = {};
        api = await serveKubernetesApi(answers, pods);
        process.env["KUBECONFIG"] = api.kubeconfig;
        cluster = findCluster();
    });
    afterEach(() => api.close());

    test("tells its version", async () => {
        expect(await serverVersion(cluster)).toEqual({ text: "v1.33.4+k3s1", major: 1, minor: 33 });
    });

    test.each<[number, RegExp]>([
        [401, /^cannot list pods: context "fake" \(http.*\) does not accept your login; log in to it again$/],
        [403, /^cannot list pods: your user has no right to in context "fake" .*: \/api.*pods is not for you$/],
        [503, /^cannot list pods: context "fake" \(http.*\) answers 503: /],
    ])("that answers %i is told in a sentence", async (status, message) => {
        answers["/api/v1/namespaces/monitoring/pods"] = status;
        const core = cluster.config.makeApiClient(CoreV1Api);
        await expect(ask(cluster, "list pods", core.listNamespacedPod({ namespace: "monitoring" }))).rejects.toThrow(
            message,
        );
    });

    test("may say that something is not there", async () => {
        const core = cluster.config.makeApiClient(CoreV1Api);
        expect(await askIfThere(cluster, "read it", core.readNamespace({ name: "gone" }))).toBeUndefined();
    });

    test("that is down is told in a sentence", async () => {
        useKubeconfigs(kubeconfigOf({ down: "http://127.0.0.1:1" }, "down"));
        await expect(serverVersion(findCluster())).rejects.toThrow(
            'cannot reach the cluster of context "down" (http://127.0.0.1:1): nothing listens there; start it, or name another with --context',
        );
    });

    describe("forwards a Service's port", () => {
        const loki = { service: "loki", namespace: "monitoring", port: 3100 };
        const backends: http.Server[] = [];
        afterEach(() => backends.splice(0).forEach((backend) => backend.close()));

        async function backend(name: string): Promise<number> {
            const server = http.createServer((request, response) => {
                let length = 0;
                request.on("data", (chunk: Buffer) => (length += chunk.length));
                request.on("end", () => response.end(`${name} got ${length}`));
            });
            backends.push(server);
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            return (server.address() as net.AddressInfo).port;
        }

        test("to the ready pod's port of that name, both ways and whole", async () => {
            pods["monitoring/loki-1:8080"] = await backend("loki-1");
            const forward = await portForward(cluster, loki);
            const body = "x".repeat(1_000_000);
            const answers = await Promise.all(
                [1, 2, 3].map(async () => (await fetch(forward.url, { method: "POST", body })).text()),
            );
            expect(answers).toEqual(Array(3).fill("loki-1 got 1000000"));
            await forward.close();
        });

        test("to another pod when the first has gone", async () => {
            pods["monitoring/loki-1:8080"] = await backend("loki-1");
            const forward = await portForward(cluster, loki);
            const get = async () => (await fetch(forward.url, { headers: { connection: "close" } })).text();
            expect(await get()).toBe("loki-1 got 0");
            delete pods["monitoring/loki-1:8080"];
            pods["monitoring/loki-2:8080"] = await backend("loki-2");
            answers["/api/v1/namespaces/monitoring/pods"] = {
                items: [pod("loki-2", { phase: "Running", conditions: ready })],
            };
            expect(await get()).toBe("loki-2 got 0");
            await forward.close();
        });

        test.each<[string, () => void, object, string]>([
            [
                "there is no such Service",
                () => undefined,
                { service: "lokki" },
                "there is no Service lokki in namespace monitoring",
            ],
            ["it has no such port", () => undefined, { port: 80 }, "Service loki has no port 80; it has 3100"],
            [
                "none of its pods is ready",
                () =>
                    (answers["/api/v1/namespaces/monitoring/pods"] = { items: [pod("loki-0", { phase: "Pending" })] }),
                {},
                "no pod of Service loki is ready: loki-0 is Pending",
            ],
            [
                "one may not",
                () => (answers["/api/v1/namespaces/monitoring/pods/loki-1/portforward"] = 403),
                {},
                "Unexpected server response: 403; your user needs the rights get and create on pods/portforward",
            ],
        ])("or says that %s", async (_, prepare, change, message) => {
            prepare();
            await expect(portForward(cluster, { ...loki, ...change })).rejects.toThrow(message);
        });

        test("or says that the local port is in use", async () => {
            const localPort = (pods["monitoring/loki-1:8080"] = await backend("loki-1"));
            await expect(portForward(cluster, { ...loki, localPort })).rejects.toThrow(
                `port ${localPort} of this machine is in use`,
            );
        });
    });
});
