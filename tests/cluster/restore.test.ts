import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { CoreV1Api } from "@kubernetes/client-node";
import { readManifest } from "../../cli/backup/manifest";
import { adminSecretName } from "../../components/grafana";
import { eventually } from "../live/process";
import { storedCounts } from "./counts";
import { LoadedStack } from "./loaded-stack";
import { describeCluster } from "./prerequisite";
import { deployTimeoutMs, namespace, searchDelaySeconds } from "./stack";
import { podsOf, type Workload } from "./workloads";

jest.setTimeout(900_000 + searchDelaySeconds * 1000);

const settings = { storage: { sizes: { minio: "1Gi" } } };
const service = "before the loss";
const serviceName = "before-the-loss";

/** The claim of the only replica of each workload with a volume, and what brings its data back. */
const volumes: { workload: Workload; claim: string; part?: string }[] = [
    { workload: "loki", claim: "storage-loki-0" },
    { workload: "tempo", claim: "storage-tempo-0" },
    { workload: "mimir", claim: "data-mimir-0" },
    { workload: "pyroscope", claim: "data-pyroscope-0", part: "pyroscope" },
    { workload: "grafana", claim: "lgtm-grafana", part: "grafana" },
    { workload: "minio", claim: "data-minio-0", part: "buckets" },
];

const tests = () => {
    let loaded: LoadedStack;
    let folder: string;
    let before: Awaited<ReturnType<typeof storedCounts>>;

    beforeAll(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "backup-"));
        loaded = await LoadedStack.deploy("Lost volumes", settings);
        const { lost } = await loaded.during(service, () => Promise.resolve(undefined));
        expect(lost).toEqual({});
        await createDashboard();
    }, deployTimeoutMs);
    afterAll(async () => {
        fs.rmSync(folder, { recursive: true, force: true });
        await loaded?.delete();
    }, deployTimeoutMs);

    const core = () => loaded.stack.cluster.config.makeApiClient(CoreV1Api);
    const run = async (command: string, ...args: string[]) => {
        const result = await loaded.stack.run(command, ...args);
        return { ...result, output: result.stdout + result.stderr };
    };
    const grafana = async (route: string, body?: object) => {
        const secret = await core().readNamespacedSecret({ name: adminSecretName, namespace });
        const login = ["admin-user", "admin-password"].map((key) =>
            Buffer.from(secret.data?.[key] ?? "", "base64").toString(),
        );
        const connections = await loaded.stack.connections();
        try {
            const response = await fetch(`${await connections.url("grafana")}${route}`, {
                method: body ? "POST" : "GET",
                headers: {
                    authorization: `Basic ${Buffer.from(login.join(":")).toString("base64")}`,
                    "content-type": "application/json",
                },
                ...(body && { body: JSON.stringify(body) }),
            });
            return { status: response.status, text: await response.text() };
        } finally {
            await connections.close();
        }
    };
    /** Nothing but the database of Grafana has this dashboard. */
    const createDashboard = async () => {
        const dashboard = { uid: "created-by-hand", title: "Created by hand", panels: [] };
        expect(await grafana("/api/dashboards/db", { dashboard, overwrite: true })).toMatchObject({ status: 200 });
    };
    /** Deletes the claim and the pod of a workload, and waits until both exist again. */
    const loseVolume = async (workload: Workload, claim: string) => {
        const old = (await core().readNamespacedPersistentVolumeClaim({ name: claim, namespace })).metadata?.uid;
        await core().deleteNamespacedPersistentVolumeClaim({ name: claim, namespace });
        for (const { metadata } of await podsOf(loaded.stack.cluster, workload)) {
            await core().deleteNamespacedPod({ name: metadata?.name ?? "", namespace });
        }
        await eventually(
            `the volume of ${workload} is gone`,
            async () => {
                const found = await core()
                    .readNamespacedPersistentVolumeClaim({ name: claim, namespace })
                    .catch(() => undefined);
                expect(found?.metadata?.uid).not.toBe(old);
            },
            120,
        );
    };

    test("backup copies the buckets, the database of Grafana, the index of Pyroscope and the state", async () => {
        const { status, output } = await run("backup", "--to", folder, "--pause", "--yes");
        expect({ status, output: status === 0 ? "" : output }).toEqual({ status: 0, output: "" });
        const { buckets, grafana: database, pyroscope, pulumi } = readManifest(folder);
        expect(buckets?.usage["loki"]?.objects).toBeGreaterThan(0);
        expect(database?.[0]?.path).toBe("grafana/grafana.db");
        expect(pyroscope?.length).toBeGreaterThan(0);
        const state = fs.readFileSync(path.join(folder, pulumi?.[0]?.path ?? ""), "utf8");
        expect(state).toContain('"ciphertext"');
        const secret = await core().readNamespacedSecret({ name: "minio-root", namespace });
        expect(state).not.toContain(Buffer.from(secret.data?.["rootPassword"] ?? "", "base64").toString());
        before = await storedCounts(loaded.backends, serviceName);
    });

    test("restore refuses a stack that runs", async () => {
        const { status, stderr } = await run("restore", "--from", folder);
        expect(stderr).toMatch(
            /^error: the stack in namespace .* runs: loki, tempo, mimir, pyroscope, grafana\. A restore would overwrite data/,
        );
        expect(status).toBe(1);
    });

    test.each(volumes)(
        "the data comes back after the volume of $workload is lost",
        async ({ workload, claim, part }) => {
            await loseVolume(workload, claim);
            if (workload === "grafana") {
                // Its claim belongs to the stack. Pulumi creates it when it knows that it is gone.
                const { status } = await loaded.stack.project.pulumi("refresh --yes");
                expect(status).toBe(0);
                expect((await run("up", "--yes")).status).toBe(0);
            }
            if (part !== undefined) {
                const restored = await run("restore", "--from", folder, "--replace", "--only", part, "--yes");
                expect({ status: restored.status, output: restored.status === 0 ? "" : restored.output }).toEqual({
                    status: 0,
                    output: "",
                });
            }
            await eventually(
                "the stored data is the same as before",
                async () => expect(await storedCounts(loaded.backends, serviceName)).toEqual(before),
                searchDelaySeconds,
            );
            const { status, text } = await grafana("/api/dashboards/uid/created-by-hand");
            expect([status, text]).toEqual([200, expect.stringContaining("Created by hand")]);
        },
    );
};

describeCluster("a dev stack with a backup", tests, ["mc"]);
