import { CoreV1Api, StorageV1Api } from "@kubernetes/client-node";
import { expectedLoss, expectLoss } from "./expect-loss";
import { LoadedStack } from "./loaded-stack";
import { describeCluster } from "./prerequisite";
import { deployTimeoutMs, namespace } from "./stack";
import { podsOf } from "./workloads";

jest.setTimeout(deployTimeoutMs);

const stores = ["loki", "tempo", "mimir", "pyroscope", "minio", "grafana"];
const sizes = (size: string) => ({ storage: { sizes: Object.fromEntries(stores.map((store) => [store, size])) } });
const event = "all volumes grow from 1Gi to 2Gi";

describeCluster("a dev stack that receives 20 traces, log records, samples and log lines per second", () => {
    let loaded: LoadedStack;

    beforeAll(async () => {
        loaded = await LoadedStack.deploy("Larger volumes", sizes("1Gi"));
    }, deployTimeoutMs);
    afterAll(async () => loaded?.delete(), deployTimeoutMs);

    const podUids = async () => (await podsOf(loaded.stack.cluster)).map(({ metadata }) => metadata?.uid).sort();
    const claims = async () => {
        const core = loaded.stack.cluster.config.makeApiClient(CoreV1Api);
        return (await core.listNamespacedPersistentVolumeClaim({ namespace })).items;
    };
    const canExpand = async () => {
        const { items } = await loaded.stack.cluster.config.makeApiClient(StorageV1Api).listStorageClass();
        const used = new Set((await claims()).map(({ spec }) => spec?.storageClassName));
        return items.filter(({ metadata }) => used.has(metadata?.name)).every((found) => found.allowVolumeExpansion);
    };

    test(`${event}: keeps each pod, and loses ${expectedLoss(event)}`, () =>
        expectLoss(loaded, event, async () => {
            const started = Date.now();
            const pods = await podUids();
            if (!(await canExpand())) {
                loaded.stack.writeSettings(sizes("2Gi"));
                const { status, stderr } = await loaded.stack.run("up", "--yes");
                expect({ status, stderr }).toEqual({
                    status: 1,
                    stderr: expect.stringContaining("does not allow volume expansion") as unknown,
                });
                return undefined;
            }
            await loaded.stack.up(sizes("2Gi"));
            expect((await claims()).map(({ status }) => status?.capacity?.["storage"])).toEqual(
                stores.map(() => "2Gi"),
            );
            expect(await podUids()).toEqual(pods);
            return (Date.now() - started) / 1000;
        }));
});
