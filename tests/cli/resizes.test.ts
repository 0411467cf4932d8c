import type { V1PersistentVolumeClaim, V1Pod } from "@kubernetes/client-node";
import { describeIncomplete, describeResize, type Resize, resizesOf, watchResizes } from "../../cli/up/resizes";

const claim = (capacity: string, status: V1PersistentVolumeClaim["status"] = {}): V1PersistentVolumeClaim => ({
    metadata: { name: "storage-loki-0" },
    spec: { resources: { requests: { storage: "8Gi" } } },
    status: { phase: "Bound", capacity: { storage: capacity }, ...status },
});
const condition = (type: string, message = "") => ({ conditions: [{ type, status: "True", message }] });

describe("the expansion of a volume", () => {
    test.each<[string, V1PersistentVolumeClaim]>([
        ["the volume has the size", claim("8Gi")],
        ["the volume has the size in another unit", claim("8192Mi")],
        ["the volume is larger, as with drivers that round up", claim("10Gi")],
        ["the claim is not bound", claim("", { phase: "Pending" })],
    ])("is complete if %s", (_, found) => {
        expect(resizesOf([found])).toEqual([]);
    });

    test.each<[V1PersistentVolumeClaim["status"], Resize["step"], string]>([
        [{}, "volume", "claim storage-loki-0: the volume is being expanded from 5Gi to 8Gi"],
        [condition("Resizing"), "volume", "claim storage-loki-0: the volume is being expanded from 5Gi to 8Gi"],
        [
            condition("ControllerResizeError", "quota exceeded"),
            "volume",
            "claim storage-loki-0: the volume is being expanded from 5Gi to 8Gi: quota exceeded",
        ],
        [
            condition("FileSystemResizePending"),
            "file system",
            "claim storage-loki-0: the volume has 8Gi; its file system still has 5Gi",
        ],
        [
            { allocatedResourceStatuses: { storage: "ControllerResizeInfeasible" } },
            "failed",
            "claim storage-loki-0: the storage driver cannot expand the volume from 5Gi to 8Gi",
        ],
    ])("with the status %j is at the step: %s", (status, step, line) => {
        const [resize] = resizesOf([claim("5Gi", status)]);
        expect(resize?.step).toBe(step);
        expect(resize && describeResize(resize)).toBe(line);
    });
});

describe("an expansion that is not complete says what to do", () => {
    const target = { namespace: "monitoring", kubeContext: "prod" };
    const incomplete = (status: V1PersistentVolumeClaim["status"], pods: V1Pod[] = []) =>
        resizesOf([claim("5Gi", status)]).map((resize) => describeIncomplete(resize, pods, target));
    const describeCommand = "kubectl --context prod --namespace monitoring describe pvc/storage-loki-0";

    test("while the driver expands the volume", () => {
        expect(incomplete({})).toEqual([
            `claim storage-loki-0: the volume is being expanded from 5Gi to 8Gi. Kubernetes continues without this command. See its events: ${describeCommand}`,
        ]);
    });

    test("if the file system grows when the pod restarts", () => {
        const volumes = [{ name: "storage", persistentVolumeClaim: { claimName: "storage-loki-0" } }];
        const pods = [{ metadata: { name: "loki-0" }, spec: { containers: [], volumes } }];
        const status = condition("FileSystemResizePending");
        expect(incomplete(status, pods)).toEqual([
            "claim storage-loki-0: the volume has 8Gi; its file system still has 5Gi. With this storage driver it grows when the pod restarts. One pod after the other: kubectl --context prod --namespace monitoring delete pod/loki-0",
        ]);
        expect(incomplete(status)).toEqual([
            "claim storage-loki-0: the volume has 8Gi; its file system still has 5Gi. It grows when a pod that uses the claim starts.",
        ]);
    });

    test("if the driver cannot expand the volume", () => {
        expect(incomplete({ allocatedResourceStatuses: { storage: "NodeResizeInfeasible" } })).toEqual([
            `claim storage-loki-0: the storage driver cannot expand the volume from 5Gi to 8Gi. Set the size to one that the driver supports, above the current size and below 8Gi. See its events: ${describeCommand}`,
        ]);
    });
});

describe("a watch of expansions", () => {
    /** Runs a watch on a claim that has these states, one at each look, and the last one afterwards. */
    async function watch(states: V1PersistentVolumeClaim[], limitSeconds = 30, fileSystemSeconds = 6) {
        const lines: string[] = [];
        let slept = 0;
        let looks = 0;
        const resizes = await watchResizes(
            () => Promise.resolve([states[Math.min(looks++, states.length - 1)] as V1PersistentVolumeClaim]),
            {
                limitSeconds,
                fileSystemSeconds,
                print: (line) => lines.push(line),
                sleep: (seconds) => {
                    slept += seconds;
                    return Promise.resolve();
                },
            },
        );
        return { lines, slept, steps: resizes.map(({ step }) => step) };
    }
    const pending = claim("5Gi", condition("FileSystemResizePending"));

    test("prints each step once, and ends when the size is reached", async () => {
        expect(await watch([claim("5Gi"), claim("5Gi"), pending, claim("8Gi")])).toEqual({
            lines: [
                "Volumes: claim storage-loki-0: the volume is being expanded from 5Gi to 8Gi.",
                "Volumes: claim storage-loki-0: the volume has 8Gi; its file system still has 5Gi.",
                "Volumes: claim storage-loki-0 has its new size.",
            ],
            slept: 9,
            steps: [],
        });
    });

    test("prints nothing and does not wait if there is no expansion", async () => {
        expect(await watch([claim("8Gi")])).toEqual({ lines: [], slept: 0, steps: [] });
    });

    test("ends at the time limit", async () => {
        expect(await watch([claim("5Gi")])).toMatchObject({ slept: 30, steps: ["volume"] });
    });

    test("ends earlier if the file system does not grow, and at once if the driver fails", async () => {
        expect(await watch([pending])).toMatchObject({ slept: 6, steps: ["file system"] });
        const failed = claim("5Gi", { allocatedResourceStatuses: { storage: "ControllerResizeInfeasible" } });
        expect(await watch([failed])).toMatchObject({ slept: 0, steps: ["failed"] });
    });
});
