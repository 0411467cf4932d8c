import { spawnSync } from "child_process";
import { eventually, pause } from "../live/process";
import { expectedLoss, expectLoss } from "./expect-loss";
import { LoadedStack } from "./loaded-stack";
import { describeCluster } from "./prerequisite";
import { deployTimeoutMs } from "./stack";
import { deletePod, podsOf, waitForRestart, type Workload, workloads } from "./workloads";

jest.setTimeout(600_000);

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

    const title = (fault: string) => `${fault}: loses ${expectedLoss(fault)}`;

    describe.each(workloads.map((workload) => [workload]))("%s", (workload) => {
        const deleted = `${workload} deleted`;
        const killed = `${workload} killed`;

        test(title(deleted), () =>
            expectLoss(loaded, deleted, async () => {
                const { pods, pod } = await firstPod(workload);
                await deletePod(cluster(), pod);
                return waitForRestart(cluster(), workload, pods);
            }),
        );

        test(title(killed), () =>
            expectLoss(loaded, killed, async () => {
                const { pods, pod } = await firstPod(workload);
                await loaded.node.kill(pod);
                return waitForRestart(cluster(), workload, pods);
            }),
        );
    });

    (restartKubelet === undefined ? test.skip : test)(
        `kubelet restarted: loses nothing${restartKubelet === undefined ? " (needs a command in TEST_RESTART_KUBELET)" : ""}`,
        () =>
            expectLoss(loaded, "kubelet restarted", async () => {
                const started = Date.now();
                const { status } = spawnSync(restartKubelet ?? "", { shell: true, stdio: "ignore" });
                expect(status).toBe(0);
                await Promise.all(workloads.map((workload) => waitForRestart(cluster(), workload, [])));
                return (Date.now() - started) / 1000;
            }),
    );

    describe.each([["loki"], ["minio"]] as const)("%s", (workload) => {
        const full = `volume of ${workload} full`;
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

        test(title(full), () => expectLoss(loaded, full, fill, fullSeconds - 30));
    });

    test("loki exceeds its memory limit: up names the reason, and up with the former limit loses nothing", () =>
        expectLoss(loaded, "loki exceeds its memory limit", async () => {
            const { pods } = await firstPod("loki");
            const resources = { requests: { memory: "20Mi" }, limits: { memory: "20Mi" } };
            loaded.stack.writeSettings({ ...settings, values: { loki: { singleBinary: { resources } } } });
            const { status, stderr } = await loaded.stack.run("up", "--yes");
            expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("OOMKilled") as unknown });
            const started = Date.now();
            await loaded.stack.up(settings);
            await waitForRestart(cluster(), "loki", pods);
            return (Date.now() - started) / 1000;
        }));
});
