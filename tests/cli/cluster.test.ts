import * as fs from "fs";
import * as http from "http";
import * as net from "net";
import * as os from "os";
import * as path from "path";
import { CoreV1Api } from "@kubernetes/client-node";
import { callApi, findObject } from "../../cli/cluster/api";
import { type Cluster, findCluster, NoContextError } from "../../cli/cluster/kubeconfig";
import { portForward } from "../../cli/cluster/port-forward";
import { serverVersion } from "../../cli/cluster/version";
import { clusterReader } from "../../stack/cluster";
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

/** Writes files and lists them in KUBECONFIG, followed by a file that does not exist. */
function useKubeconfigs(...configs: object[]): void {
    const files = configs.map((config, index) => {
        const file = path.join(folder, `config-${index}`);
        fs.writeFileSync(file, JSON.stringify(config));
        return file;
    });
    process.env["KUBECONFIG"] = [...files, path.join(folder, "gone")].join(path.delimiter);
}

describe("the cluster", () => {
    test("is the cluster of the current context, or of the given context", () => {
        useKubeconfigs(kubeconfigOf({ home: "https://home", work: "https://work" }, "home"));
        expect(findCluster()).toMatchObject({ context: "home", server: "https://home" });
        expect(findCluster("work")).toMatchObject({ context: "work", server: "https://work" });
    });

    test("is defined by the first of several files that contains it, as with kubectl", () => {
        useKubeconfigs(
            kubeconfigOf({ home: "https://first" }),
            kubeconfigOf({ home: "https://second", work: "https://work" }, "home"),
            kubeconfigOf({}, "work"),
        );
        expect(findCluster()).toMatchObject({ context: "home", server: "https://first" });
    });

    test.each<[string, object[], string | undefined, RegExp]>([
        ["no kubeconfig", [], undefined, /^there is no kubeconfig: .*; set KUBECONFIG to the path of a kubeconfig$/],
        [
            "a kubeconfig without contexts",
            [kubeconfigOf({})],
            undefined,
            /^the kubeconfig .*config-0 has no context; set KUBECONFIG to the path of another kubeconfig$/,
        ],
        [
            "a kubeconfig without a current context",
            [kubeconfigOf({ home: "https://home", work: "https://work" })],
            undefined,
            /select one with --context: the contexts in .*config-0 are "home", "work"$/,
        ],
        [
            "a context that does not exist",
            [kubeconfigOf({ home: "https://home" }, "home")],
            "hmoe",
            /^the context "hmoe" does not exist; the contexts in .*config-0 are "home"$/,
        ],
        [
            "a current context that does not exist",
            [kubeconfigOf({ home: "https://home" }, "old")],
            undefined,
            /^the current context "old" does not exist; the contexts/,
        ],
        [
            "a context whose cluster does not exist",
            [{ ...kubeconfigOf({ home: "https://home" }, "home"), clusters: [] }],
            undefined,
            /^context "home" uses the cluster "home", which does not exist in .*config-0$/,
        ],
    ])("causes an error for %s", (_, configs, context, message) => {
        useKubeconfigs(...configs);
        expect(() => findCluster(context)).toThrow(message);
    });

    test("causes a NoContextError if there is no kubeconfig", () => {
        useKubeconfigs();
        expect(() => findCluster()).toThrow(NoContextError);
    });

    test("causes an error if the file is not a kubeconfig", () => {
        process.env["KUBECONFIG"] = path.join(folder, "bad");
        fs.writeFileSync(path.join(folder, "bad"), "a: [");
        expect(() => findCluster()).toThrow(/bad is not a valid kubeconfig: /);
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

    test("returns its version", async () => {
        expect(await serverVersion(cluster)).toEqual({ text: "v1.33.4+k3s1", major: 1, minor: 33 });
    });

    test.each<[number, RegExp]>([
        [
            401,
            /^cannot list pods: the API server of context "fake" \(http.*\) rejects your credentials; log in to the cluster again$/,
        ],
        [403, /^cannot list pods: your user has no permission in context "fake" .*: \/api.*pods is not for you$/],
        [503, /^cannot list pods: the API server of context "fake" \(http.*\) returns status 503: /],
    ])("that returns status %i causes an error with the reason", async (status, message) => {
        answers["/api/v1/namespaces/monitoring/pods"] = status;
        const core = cluster.config.makeApiClient(CoreV1Api);
        await expect(
            callApi(cluster, "list pods", core.listNamespacedPod({ namespace: "monitoring" })),
        ).rejects.toThrow(message);
    });

    test("can return that an object does not exist", async () => {
        const core = cluster.config.makeApiClient(CoreV1Api);
        expect(await findObject(cluster, "read it", core.readNamespace({ name: "gone" }))).toBeUndefined();
    });

    test("that does not respond causes an error with the reason", async () => {
        useKubeconfigs(kubeconfigOf({ down: "http://127.0.0.1:1" }, "down"));
        await expect(serverVersion(findCluster())).rejects.toThrow(
            'cannot connect to the cluster of context "down" (http://127.0.0.1:1): the connection was refused; start the cluster, or select another context with --context',
        );
    });

    describe("forwards a local port", () => {
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

        test("to the named port of the ready pod, in both directions", async () => {
            pods["monitoring/loki-1:8080"] = await backend("loki-1");
            const forward = await portForward(cluster, loki);
            const body = "x".repeat(1_000_000);
            const answers = await Promise.all(
                [1, 2, 3].map(async () => (await fetch(forward.url, { method: "POST", body })).text()),
            );
            expect(answers).toEqual(Array(3).fill("loki-1 got 1000000"));
            await forward.close();
        });

        test("to another pod after the first one was deleted", async () => {
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
                "the Service does not exist",
                () => undefined,
                { service: "lokki" },
                "Service lokki does not exist in namespace monitoring",
            ],
            [
                "the Service does not have the port",
                () => undefined,
                { port: 80 },
                "Service loki has no port 80; its ports are 3100",
            ],
            [
                "no pod is ready",
                () =>
                    (answers["/api/v1/namespaces/monitoring/pods"] = { items: [pod("loki-0", { phase: "Pending" })] }),
                {},
                "no pod of Service loki is ready: loki-0 is Pending",
            ],
            [
                "the user has no permission",
                () => (answers["/api/v1/namespaces/monitoring/pods/loki-1/portforward"] = 403),
                {},
                "Unexpected server response: 403; your user needs the permissions get and create for pods/portforward",
            ],
        ])("or reports that %s", async (_, prepare, change, message) => {
            prepare();
            await expect(portForward(cluster, { ...loki, ...change })).rejects.toThrow(message);
        });

        test("or reports that the local port is in use", async () => {
            const localPort = (pods["monitoring/loki-1:8080"] = await backend("loki-1"));
            await expect(portForward(cluster, { ...loki, localPort })).rejects.toThrow(
                `the local port ${localPort} is in use`,
            );
        });
    });
});

describe("the reader of the program", () => {
    let api: KubernetesApi;
    let answers: Answers;
    beforeEach(async () => {
        answers = { "/api/v1/namespaces/shop": { metadata: { name: "shop" } } };
        api = await serveKubernetesApi(answers);
        process.env["KUBECONFIG"] = api.kubeconfig;
    });
    afterEach(() => api.close());
    const read = (path: string) => clusterReader(undefined)?.read(path, "metadata");

    test("reads objects of the cluster in the kubeconfig", async () => {
        expect(await read("/api/v1/namespaces/shop")).toEqual({ metadata: { name: "shop" } });
    });

    test("returns an empty list of metadata as an empty list, although the API server answers with null", async () => {
        const list = { kind: "PartialObjectMetadataList", metadata: { resourceVersion: "7" } };
        answers["/apis/apps/v1/daemonsets"] = { ...list, items: null };
        expect(await read("/apis/apps/v1/daemonsets?labelSelector=a%3Db")).toEqual({ ...list, items: [] });
    });

    test("also accepts the content of a kubeconfig", async () => {
        process.env["KUBECONFIG"] = `${fs.readFileSync(api.kubeconfig, "utf8")}\n`;
        expect(await read("/api/v1/namespaces/shop")).toEqual({ metadata: { name: "shop" } });
    });

    test("returns nothing that does not exist, or that the user may not read", async () => {
        answers["/api/v1/namespaces/secret"] = 403;
        expect(await read("/api/v1/namespaces/gone")).toBeUndefined();
        expect(await read("/api/v1/namespaces/secret")).toBeUndefined();
    });

    test("returns nothing if the cluster does not respond", async () => {
        useKubeconfigs(kubeconfigOf({ down: "http://127.0.0.1:1" }, "down"));
        expect(await read("/api/v1/namespaces/shop")).toBeUndefined();
    });

    test("does not exist without a kubeconfig", () => {
        process.env["KUBECONFIG"] = "/nowhere/kubeconfig";
        expect(clusterReader(undefined)).toBeUndefined();
    });
});
