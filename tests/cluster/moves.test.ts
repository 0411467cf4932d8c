import { CoreV1Api } from "@kubernetes/client-node";
import { defaultTenants } from "../../components/contract";
import { backends, bucketName } from "../../validation/buckets";
import { isReady } from "../../cli/cluster/target";
import { eventually, pause } from "../live/process";
import { type Backends, difference } from "./counts";
import { expectLoss, unexpectedLoss } from "./expect-loss";
import type { Counts } from "./load-pod";
import { LoadedStack } from "./loaded-stack";
import { describeCluster } from "./prerequisite";
import { applicationNamespace } from "./program-pod";
import { deployTimeoutMs, namespace } from "./stack";
import { podsOf } from "./workloads";

jest.setTimeout(deployTimeoutMs);

const tenant = "test";
const sizes = { loki: "1Gi", minio: "2Gi" };
const keys = { AWS_ACCESS_KEY_ID: "s3-user", AWS_SECRET_ACCESS_KEY: "s3-password" };
const s3Name = "object-store";
const objectStore = {
    kind: "s3",
    endpoint: `http://${s3Name}.${applicationNamespace}.svc.cluster.local:9000`,
    bucketPrefix: "moved",
    existingSecret: "s3-keys",
};

/** The plans in an order in which each one fits the settings after the one before. */
const moves: { plan: string; settings: object }[] = [
    { plan: "tail-sampling", settings: { tracing: { samplingMode: "tail", samplingRatio: 1 } } },
    { plan: "loki-replication", settings: { replicas: { loki: 3 }, replicationFactor: { loki: 3 } } },
    { plan: "minio-1-to-4", settings: { replicas: { loki: 3, minio: 4 } } },
    { plan: "minio-to-s3", settings: { replicas: { loki: 3 }, objectStore } },
    { plan: "tenant-on", settings: { tenant } },
];

// Each plan continues with the stack of the plan before, as in a stack that grows. If one fails, the next ones fail too.
describeCluster(
    "a dev stack that is moved while it receives 20 traces, log records, samples and log lines per second",
    () => {
        let loaded: LoadedStack;
        let settings: object = { storage: { sizes }, tracing: { samplingMode: "head", samplingRatio: 1 } };
        const accepted: Record<string, Counts> = {};

        beforeAll(async () => {
            loaded = await LoadedStack.deploy("Moves", settings, tenant);
            await startS3(loaded);
        }, deployTimeoutMs);
        afterAll(async () => loaded?.delete(), deployTimeoutMs);

        test.each(moves)("$plan loses nothing, and the stack is healthy", async (move) => {
            const { plan } = move;
            settings = { ...settings, ...move.settings };
            loaded.stack.writeSettings(settings);
            accepted[plan] = await expectLoss(loaded, plan, async () => {
                if (plan === "tenant-on") {
                    loaded.readTenants(defaultTenants, newTenant);
                }
                const outage = measureOutage(loaded.allBackends);
                const { status, stdout, stderr } = await loaded.stack.project.shell(
                    `npm run migrate -- ${plan} test --yes`,
                );
                const seconds = await outage.end();
                expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, output: "" });
                return seconds;
            });
            const { report } = await loaded.stack.json("health");
            expect(report.findings.filter(({ ok }: { ok?: boolean }) => ok === false)).toEqual([]);
            expect((await loaded.stack.run("up", "--yes")).stdout).toContain("Nothing changed");
        });

        test("the data of each move is complete after all moves", async () => {
            for (const [plan, counts] of Object.entries(accepted)) {
                expect({ plan, lost: unexpectedLoss(plan, difference(counts, await loaded.stored(plan))) }).toEqual({
                    plan,
                    lost: {},
                });
            }
        });
    },
);

const newTenant = { loki: tenant, tempo: tenant, mimir: tenant, pyroscope: tenant };

/**
 * Queries each backend once a second, with each tenant until one gets a response. `end` returns the longest time in seconds in which one of the backends
 * did not answer.
 */
function measureOutage(tenants: readonly Backends[]): { end: () => Promise<number> } {
    const queries: ((of: Backends) => Promise<unknown>)[] = [
        ({ loki }) => loki.get("/loki/api/v1/labels"),
        ({ tempo }) => tempo.get("/api/search", { q: "{}", limit: "1" }),
        ({ mimir }) => mimir.get("/api/v1/query", { query: "1" }),
        ({ pyroscope }) => pyroscope.post("/querier.v1.QuerierService/LabelNames", { matchers: [] }),
    ];
    let running = true;
    const watch = async (query: (of: Backends) => Promise<unknown>) => {
        let answered = Date.now();
        let longestMs = 0;
        while (running) {
            if (await within(Promise.any(tenants.map(query)), 5)) {
                longestMs = Math.max(longestMs, Date.now() - answered);
                answered = Date.now();
            }
            await pause(1);
        }
        return Math.max(longestMs, Date.now() - answered) / 1000;
    };
    const watches = queries.map(watch);
    return {
        end: async () => {
            running = false;
            return Math.max(...(await Promise.all(watches)));
        },
    };
}

async function within(query: Promise<unknown>, seconds: number): Promise<boolean> {
    return Promise.race([
        query.then(
            () => true,
            () => false,
        ),
        pause(seconds).then(() => false),
    ]);
}

/** Starts an S3 service outside of the stack, with empty buckets. */
async function startS3({ stack: { cluster } }: LoadedStack): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const [minio] = await podsOf(cluster, "minio");
    const image = minio?.spec?.containers[0]?.image ?? "";
    const metadata = { name: s3Name, labels: { app: s3Name } };
    // MinIO uses the folders of its volume as buckets.
    const folders = backends.map((backend) => `/data/${bucketName(backend, objectStore)}`).join(" ");
    await core.createNamespacedSecret({
        namespace,
        body: { metadata: { name: objectStore.existingSecret }, stringData: keys },
    });
    await core.createNamespacedService({
        namespace: applicationNamespace,
        body: { metadata, spec: { selector: metadata.labels, ports: [{ port: 9000 }] } },
    });
    const container = {
        name: s3Name,
        image,
        command: ["sh", "-c", `mkdir -p ${folders} && exec minio server /data`],
        env: [
            { name: "MINIO_ROOT_USER", value: keys.AWS_ACCESS_KEY_ID },
            { name: "MINIO_ROOT_PASSWORD", value: keys.AWS_SECRET_ACCESS_KEY },
        ],
        readinessProbe: { httpGet: { path: "/minio/health/ready", port: 9000 }, periodSeconds: 1 },
        volumeMounts: [{ name: "data", mountPath: "/data" }],
    };
    await core.createNamespacedPod({
        namespace: applicationNamespace,
        body: { metadata, spec: { containers: [container], volumes: [{ name: "data", emptyDir: {} }] } },
    });
    await eventually(
        "the S3 service is ready",
        async () => {
            const pod = await core.readNamespacedPod({ name: s3Name, namespace: applicationNamespace });
            expect(isReady(pod)).toBe(true);
        },
        60,
    );
}
