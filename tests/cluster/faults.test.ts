import { spawnSync } from "child_process";
import { eventually } from "../live/process";
import { type Counts, signals } from "./load-pod";
import { LoadedStack, pause } from "./loaded-stack";
import { describeCluster } from "./prerequisite";
import { deployTimeoutMs } from "./stack";
import { deletePod, podsOf, waitForRestart, type Workload, workloads } from "./workloads";

jest.setTimeout(600_000);

type Signal = keyof Counts;

/**
 * The signals that a fault may lose, with the reason. A fault loses nothing else. The collector keeps data in its queues until a backend has stored
 * it, and applications retry while the collector or Pyroscope does not respond.
 */
const mayLose: Partial<Record<string, Signal[]>> = {
    // In dev, the queues of the collector are in an emptyDir, which is deleted with the pod.
    "otelCollector deleted": ["zipkin", "traces", "logs", "samples"],
    // Tempo keeps the spans of the last seconds in memory, until their trace is complete.
    "tempo killed": ["zipkin", "traces"],
    // Pyroscope responds with status 500 while it cannot write to the object store, and clients do not retry after this status.
    "volume of minio full": ["profiles"],
};

const settings = { storage: { sizes: { loki: "512Mi", minio: "1Gi" } } };
const sizes = { loki: 512, minio: 1024 };
const folders = { loki: "/var/loki", minio: "/data" };
// The kubelet measures volumes once a minute.
const fullSeconds = 100;
const restartKubelet = process.env["TEST_RESTART_KUBELET"];

describeCluster("a dev stack that receives 20 traces, log records, samples and log lines per second", () => {
    let loaded: LoadedStack;
    const cluster = () => loaded.stack.cluster;
    const firstPod = async (workload: Workload) => {
        const pods = await podsOf(cluster(), workload);
        return { pods, pod: pods[0] ?? {} };
    };

    beforeAll(async () => {
        loaded = await LoadedStack.deploy("Faults in dev", settings);
    }, deployTimeoutMs);
    afterAll(async () => loaded?.delete(), deployTimeoutMs);

    /** Checks that a fault loses only what it may lose. */
    const expectLoss = async (fault: string, happen: () => Promise<number | undefined>, healthAfterSeconds = 0) => {
        const { lost, rejected } = await loaded.during(fault, happen, healthAfterSeconds);
        const unexpected = signals.filter((signal) => !mayLose[fault]?.includes(signal));
        expect({
            lost: Object.fromEntries(unexpected.flatMap((signal) => (lost[signal] ? [[signal, lost[signal]]] : []))),
            rejected: rejected.filter((reason) => unexpected.some((signal) => reason.startsWith(`${signal}:`))),
        }).toEqual({ lost: {}, rejected: [] });
    };
    const title = (fault: string) => `${fault}: loses ${mayLose[fault]?.join(", ") ?? "nothing"}`;

    describe.each(workloads.map((workload) => [workload]))("%s", (workload) => {
        const deleted = `${workload} deleted`;
        const killed = `${workload} killed`;

        test(title(deleted), () =>
            expectLoss(deleted, async () => {
                const { pods, pod } = await firstPod(workload);
                await deletePod(cluster(), pod);
                return waitForRestart(cluster(), workload, pods);
            }),
        );

        test(title(killed), () =>
            expectLoss(killed, async () => {
                const { pods, pod } = await firstPod(workload);
                await loaded.node.kill(pod);
                return waitForRestart(cluster(), workload, pods);
            }),
        );
    });

    (restartKubelet === undefined ? test.skip : test)(
        `kubelet restarted: loses nothing${restartKubelet === undefined ? " (needs a command in TEST_RESTART_KUBELET)" : ""}`,
        () =>
            expectLoss("kubelet restarted", async () => {
                const started = Date.now();
                const { status } = spawnSync(restartKubelet ?? "", { shell: true, stdio: "ignore" });
                expect(status).toBe(0);
                await Promise.all(workloads.map((workload) => waitForRestart(cluster(), workload, [])));
                return (Date.now() - started) / 1000;
            }),
    );

    test.each(["loki", "minio"] as const)("volume of %s full: loses nothing", (workload) => {
        const fill = async () => {
            const { pod } = await firstPod(workload);
            const { capacity, written } = await loaded.node.fill(pod, folders[workload], sizes[workload] * 2 ** 20);
            if (written === 0) {
                console.log(`The volume of ${workload} was not filled: it has ${capacity} bytes, more than its claim.`);
                return undefined;
            }
            await pause(fullSeconds);
            const started = Date.now();
            // The container may have restarted meanwhile.
            await eventually("the file is deleted", async () =>
                loaded.node.free((await firstPod(workload)).pod, folders[workload]),
            );
            await waitForRestart(cluster(), workload, []);
            return (Date.now() - started) / 1000;
        };
        return expectLoss(`volume of ${workload} full`, fill, fullSeconds - 30);
    });

    test("loki exceeds its memory limit: up names the reason, and up with the former limit loses nothing", () =>
        expectLoss("loki exceeds its memory limit", async () => {
            const { pods } = await firstPod("loki");
            const resources = { requests: { memory: "48Mi" }, limits: { memory: "48Mi" } };
            loaded.stack.writeSettings({ ...settings, values: { loki: { singleBinary: { resources } } } });
            const { status, stderr } = await loaded.stack.run("up", "--yes");
            expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("OOMKilled") as unknown });
            const started = Date.now();
            await loaded.stack.up(settings);
            await waitForRestart(cluster(), "loki", pods);
            return (Date.now() - started) / 1000;
        }));
});
