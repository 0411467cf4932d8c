import { expectedLoss, expectLoss } from "./expect-loss";
import { LoadedStack } from "./loaded-stack";
import { describeCluster } from "./prerequisite";
import { deployTimeoutMs } from "./stack";
import { podsOf, waitForRestart, type Workload, workloads } from "./workloads";

jest.setTimeout(deployTimeoutMs);

const podAnnotations = { rollout: "1" };

/** A setting for each workload that changes its pods, and nothing else. */
const changes: Record<Workload, object> = {
    otelCollector: { podAnnotations },
    alloyReceiver: { controller: { podAnnotations } },
    alloyLogs: { controller: { podAnnotations } },
    alloyMetrics: { controller: { podAnnotations } },
    loki: { loki: { podAnnotations } },
    tempo: { podAnnotations },
    mimir: { podAnnotations },
    pyroscope: { pyroscope: { podAnnotations } },
    minio: { podAnnotations },
    grafana: { podAnnotations },
};

// The queues of the collector are in an emptyDir in dev. During a rollout, the new pod is ready before the old one ends, and the old one sends its
// queue before it ends.
describeCluster(
    "rollouts of a dev stack that receives 20 traces, log records, samples and log lines per second",
    () => {
        let loaded: LoadedStack;
        const values: Partial<Record<Workload, object>> = {};

        beforeAll(async () => {
            loaded = await LoadedStack.deploy("Rollouts in dev", {});
        }, deployTimeoutMs);
        afterAll(async () => loaded?.delete(), deployTimeoutMs);

        const uidsOfOthers = async (workload: Workload) => {
            const pods = await Promise.all(
                workloads.filter((other) => other !== workload).map((other) => podsOf(loaded.stack.cluster, other)),
            );
            return pods.flat().map(({ metadata }) => metadata?.uid);
        };
        const rollOut = (event: string, workload: Workload, settings: object) =>
            expectLoss(loaded, event, async () => {
                const before = await podsOf(loaded.stack.cluster, workload);
                const started = Date.now();
                const others = await uidsOfOthers(workload);
                await loaded.stack.up(settings);
                await waitForRestart(loaded.stack.cluster, workload, before);
                expect(await uidsOfOthers(workload)).toEqual(others);
                return (Date.now() - started) / 1000;
            });

        describe.each(workloads.map((workload) => [workload]))("%s", (workload) => {
            const event = `${workload} rolled out`;

            test(`${event}: loses ${expectedLoss(event)}`, () => {
                values[workload] = changes[workload];
                return rollOut(event, workload, { values });
            });
        });
    },
);
