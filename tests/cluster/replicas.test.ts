import { LoadedStack } from "./loaded-stack";
import { describeCluster } from "./prerequisite";
import { deployTimeoutMs } from "./stack";
import { storedCounts } from "./counts";
import { eventually } from "../live/process";
import { deletePod, podsOf, waitForRestart, type Workload } from "./workloads";

jest.setTimeout(600_000);

const resources = { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "1Gi" } };
// Without the propagation of mounts that prod has, because it does not work on nodes whose root mount is private.
const mounts = [
    { name: "data", mountPath: "/var/lib/alloy" },
    { name: "root", mountPath: "/host/root", readOnly: true },
];
const values = {
    otelCollector: { resources },
    alloyReceiver: { alloy: { resources } },
    alloyLogs: { alloy: { resources } },
    alloyMetrics: { alloy: { resources, mounts: { extra: mounts } } },
    loki: { singleBinary: { resources } },
    tempo: { tempo: { resources } },
    mimir: { resources },
    pyroscope: { pyroscope: { resources } },
    minio: { resources },
    grafana: { resources },
};
const gibibyte = {
    loki: "1Gi",
    tempo: "1Gi",
    mimir: "1Gi",
    pyroscope: "1Gi",
    grafana: "1Gi",
    minio: "2Gi",
    collector: "1Gi",
};
// All replicas fit on one node. MinIO would need four replicas to tolerate the failure of one.
const settings = {
    profile: "prod",
    replicas: { minio: 1 },
    tracing: { samplingMode: "head", samplingRatio: 1 },
    storage: { sizes: gibibyte },
    values,
};
const replicated = ["loki", "mimir", "otelCollector", "alloyReceiver"] as const satisfies Workload[];
// A replica of Loki that ends accepts queries on open connections until its server stops, and does not answer them. The server stops after
// all chunks are in the bucket. Mimir rejects such queries at once.
const unanswered: Partial<Record<Workload, number>> = { loki: 1 };

describeCluster("a prod stack with three replicas of Loki, Mimir, the collector and the receiver", () => {
    let loaded: LoadedStack;

    beforeAll(async () => {
        loaded = await LoadedStack.deploy("Replicas in prod", settings);
    }, deployTimeoutMs);
    afterAll(async () => loaded?.delete(), deployTimeoutMs);

    test.each(replicated)("%s has three replicas that are ready", async (workload) => {
        expect(await podsOf(loaded.stack.cluster, workload)).toHaveLength(3);
    });

    test.each(replicated.flatMap((workload) => [0, 1, 2].map((index) => ({ workload, index }))))(
        "while replica $index of $workload is restarted, data is accepted, other replicas answer queries, and nothing is lost",
        async ({ workload, index }) => {
            const { cluster } = loaded.stack;
            const failures: string[] = [];
            const { lost, rejected } = await loaded.during(`${workload} ${index} deleted`, async () => {
                const pods = await podsOf(cluster, workload);
                const pod = pods[index] ?? {};
                let waiting = true;
                const queries = (async () => {
                    while (waiting) {
                        // The port forward may lead to the pod that is deleted. Then the next query must reach another pod.
                        const query = () => storedCounts(loaded.backends, "query");
                        await eventually("queries are answered", query, 10).catch((error: unknown) =>
                            failures.push((error as Error).message),
                        );
                        await new Promise((resolve) => setTimeout(resolve, 1000));
                    }
                })();
                try {
                    await deletePod(cluster, pod);
                    return await waitForRestart(cluster, workload, [pod], pods.length);
                } finally {
                    waiting = false;
                    await queries;
                }
            });
            expect({ lost, rejected }).toEqual({ lost: {}, rejected: [] });
            expect(failures.slice(unanswered[workload] ?? 0)).toEqual([]);
        },
    );
});
