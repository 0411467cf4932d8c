import * as fs from "fs";
import { load } from "js-yaml";
import { type Cluster, findCluster } from "../../cli/cluster/kubeconfig";
import { secondsUntilRestoredBlocks, startRestored } from "../../cli/migrate/workloads";
import { durationSeconds } from "../../validation/durations";
import { type Answers, type KubernetesApi, serveKubernetesApi } from "../helpers/kubernetes-api";

const answers: Answers = {};
let api: KubernetesApi;
let cluster: Cluster;
const kubeconfig = process.env["KUBECONFIG"];
beforeAll(async () => {
    api = await serveKubernetesApi(answers);
    process.env["KUBECONFIG"] = api.kubeconfig;
    cluster = findCluster("fake");
});
afterAll(async () => {
    await api.close();
    if (kubeconfig === undefined) {
        delete process.env["KUBECONFIG"];
    } else {
        process.env["KUBECONFIG"] = kubeconfig;
    }
});

const pathOf = (name: string) => `/apis/apps/v1/namespaces/watch/statefulsets/${name}`;

/** Lets the server answer with these StatefulSets, each with a pod that is ready. */
function serve(names: string[]): void {
    Object.keys(answers).forEach((path) => delete answers[path]);
    for (const name of names) {
        const annotations = { "observability.mathtrail/replicas-before-stop": "1" };
        answers[pathOf(name)] = { metadata: { name, annotations }, spec: { replicas: 0 } };
    }
    answers["/api/v1/namespaces/watch/pods"] = {
        items: names.map((name) => ({
            metadata: { name: `${name}-0`, ownerReferences: [{ kind: "StatefulSet", name }] },
            status: { conditions: [{ type: "Ready", status: "True" }] },
        })),
    };
    api.asked.length = 0;
}

/** Starts Loki. Returns the progress, and what was asked for before and after the first second of waiting. */
async function start() {
    const progress: string[] = [];
    let pauses = 0;
    let before: string[] = [];
    const pause = () => {
        before = pauses++ === 0 ? [...api.asked] : before;
        return Promise.resolve();
    };
    await startRestored(cluster, "watch", (text) => progress.push(text), ["loki"], pause);
    return { progress, pauses, before, after: api.asked.slice(before.length) };
}

describe("the start after a restore", () => {
    test("starts the caches last, when the stores know the restored data, and shows how long it waits", async () => {
        serve(["loki-ingester", "loki-index-gateway", "loki-chunks-cache", "loki-results-cache"]);
        const { progress, pauses, before, after } = await start();
        expect(pauses).toBe(120);
        expect(progress).toContain("the caches start in 120 s, when the stores know the restored data");
        expect(progress).toContain("the caches start in 1 s, when the stores know the restored data");
        const requests = (asked: string[], name: string) => asked.filter((path) => path === pathOf(name)).length;
        // It reads and scales each one. Before the wait, it only reads whether a cache exists.
        expect(requests(before, "loki-ingester")).toBeGreaterThan(1);
        expect(requests(before, "loki-index-gateway")).toBeGreaterThan(1);
        expect(requests(before, "loki-chunks-cache")).toBe(1);
        expect(requests(before, "loki-results-cache")).toBe(1);
        expect(requests(after, "loki-chunks-cache")).toBeGreaterThan(1);
        expect(requests(after, "loki-results-cache")).toBeGreaterThan(1);
        expect(requests(after, "loki-ingester")).toBe(0);
    });

    test("does not wait without caches", async () => {
        serve(["loki"]);
        expect((await start()).pauses).toBe(0);
    });

    test("waits as long as the configured intervals of the stores", () => {
        const values = (name: string) =>
            load(fs.readFileSync(`values/base/${name}.yaml`, "utf8")) as Record<string, any>;
        const { blocks_storage, compactor } = values("mimir")["config"];
        const intervals = [blocks_storage.bucket_store.sync_interval, compactor.cleanup_interval];
        const [sync = 0, cleanup = 0] = intervals.map((text) => durationSeconds(text as string) ?? NaN);
        expect(secondsUntilRestoredBlocks).toBe(sync + cleanup);
        const { resync_interval } = values("loki")["loki"].storage_config.tsdb_shipper;
        expect(durationSeconds(resync_interval as string)).toBeLessThanOrEqual(secondsUntilRestoredBlocks);
    });
});
