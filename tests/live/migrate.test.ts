import {
    AppsV1Api,
    CoreV1Api,
    PatchStrategy,
    setHeaderOptions,
    type V1Pod,
    type V1StatefulSet,
} from "@kubernetes/client-node";
import * as path from "path";
import { type Cluster, findCluster } from "../../cli/cluster/kubeconfig";
import { deleteRecord, MigrationRecord, recordName } from "../../cli/migrate/record";
import { releaseReplicas, runningBackends, startBackends, stopBackends } from "../../cli/migrate/workloads";
import { deleteJob } from "../../cli/store/run-job";
import { describeWith, testKubeconfig } from "../helpers/prerequisites";
import { eventually } from "./process";

jest.setTimeout(120_000);

const namespace = "migration-test";
const plan = "minio-to-s3";

// The pods do not have to run: without a node, they are pending, and the tests set their status.
describeWith({ cluster: true }, "a migration, live", () => {
    const kubeconfig = process.env["KUBECONFIG"];
    let cluster: Cluster;
    let core: CoreV1Api;
    let apps: AppsV1Api;
    beforeAll(async () => {
        process.env["KUBECONFIG"] = path.resolve(testKubeconfig() ?? "");
        cluster = findCluster();
        core = cluster.config.makeApiClient(CoreV1Api);
        apps = cluster.config.makeApiClient(AppsV1Api);
        await core.deleteNamespace({ name: namespace }).catch(() => undefined);
        await eventually("the namespace of an earlier run is deleted", async () => {
            await core.createNamespace({ body: { metadata: { name: namespace } } });
        });
    });
    afterAll(async () => {
        await core.deleteNamespace({ name: namespace });
        if (kubeconfig === undefined) {
            delete process.env["KUBECONFIG"];
        } else {
            process.env["KUBECONFIG"] = kubeconfig;
        }
    });

    describe("records its progress in a ConfigMap", () => {
        afterEach(() => deleteRecord(cluster, namespace));

        test("so that a run that was interrupted continues with what it has done and noted", async () => {
            expect(await MigrationRecord.read(cluster, namespace)).toBeUndefined();
            const first = await MigrationRecord.open(cluster, namespace, plan, "prod");
            await first.complete("check");
            await first.note("before", { loki: 12 });
            await first.close();
            const second = await MigrationRecord.open(cluster, namespace, plan, "prod");
            expect([second.isDone("check"), second.isDone("copy")]).toEqual([true, false]);
            expect(second.progress.notes).toEqual({ before: { loki: 12 } });
            await second.delete();
            await expect(core.readNamespacedConfigMap({ name: recordName, namespace })).rejects.toMatchObject({
                code: 404,
            });
        });

        test("so that a second run ends as soon as it would write", async () => {
            const first = await MigrationRecord.open(cluster, namespace, plan, "prod");
            // The same process counts as the same run, so that this test can open the record twice.
            const second = await MigrationRecord.open(cluster, namespace, plan, "prod");
            await expect(first.complete("check")).rejects.toThrow(
                "another run of this migration has started; this run ends, and the other one continues",
            );
            await second.complete("check");
            await second.close();
        });

        test("and refuses another plan until it is finished", async () => {
            const first = await MigrationRecord.open(cluster, namespace, plan, "prod");
            await first.complete("check");
            await first.close();
            await expect(MigrationRecord.open(cluster, namespace, "tenant-on", "prod")).rejects.toThrow(
                "the migration minio-to-s3 is not finished",
            );
        });

        test("and reports a ConfigMap with other content", async () => {
            await core.createNamespacedConfigMap({
                namespace,
                body: { metadata: { name: recordName }, data: { progress: "{" } },
            });
            await expect(MigrationRecord.read(cluster, namespace)).rejects.toThrow(
                `ConfigMap ${recordName} does not contain the progress of a migration`,
            );
        });
    });

    describe("stops the backends", () => {
        const labels = { "app.kubernetes.io/instance": "loki" };
        const loki = (image: string): V1StatefulSet => ({
            apiVersion: "apps/v1",
            kind: "StatefulSet",
            metadata: { name: "loki", namespace },
            spec: {
                replicas: 2,
                serviceName: "loki",
                podManagementPolicy: "Parallel",
                selector: { matchLabels: labels },
                template: { metadata: { labels }, spec: { containers: [{ name: "loki", image }] } },
            },
        });
        /** Deploys like Pulumi: with server-side apply, and without taking fields from other managers. */
        const apply = (object: V1StatefulSet) =>
            apps.patchNamespacedStatefulSet(
                { name: "loki", namespace, body: object, fieldManager: "pulumi-kubernetes-1", force: false },
                setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply),
            );
        const pods = async () => (await core.listNamespacedPod({ namespace })).items;
        const replicas = async () => (await apps.readNamespacedStatefulSet({ name: "loki", namespace })).spec?.replicas;
        const setReady = ({ metadata }: V1Pod) =>
            core.patchNamespacedPodStatus(
                {
                    name: metadata?.name ?? "",
                    namespace,
                    body: { status: { conditions: [{ type: "Ready", status: "True" }] } },
                },
                setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
            );

        beforeEach(async () => {
            await apply(loki("loki:1"));
            await eventually("the pods exist", async () => expect(await pods()).toHaveLength(2));
        });
        afterEach(async () => {
            await apps.deleteNamespacedStatefulSet({ name: "loki", namespace });
            await eventually("the pods are gone", async () => expect(await pods()).toEqual([]));
        });

        test("and starts them with the replicas that they had", async () => {
            expect(await runningBackends(cluster, namespace)).toEqual(["loki"]);
            await stopBackends(cluster, namespace, () => undefined);
            // A second call, after an interruption, does not forget the number.
            await stopBackends(cluster, namespace, () => undefined);
            expect([await replicas(), await pods()]).toEqual([0, []]);
            expect(await runningBackends(cluster, namespace)).toEqual([]);
            const ready = setInterval(() => void pods().then((all) => Promise.all(all.map(setReady))), 300);
            try {
                await startBackends(cluster, namespace, () => undefined);
            } finally {
                clearInterval(ready);
            }
            expect([await replicas(), (await pods()).length]).toEqual([2, 2]);
            const { metadata } = await apply(loki("loki:2"));
            expect(Object.keys(metadata?.annotations ?? {})).toEqual([]);
        });

        test("and releases the number of replicas, which would otherwise be a conflict for Pulumi", async () => {
            await stopBackends(cluster, namespace, () => undefined);
            await expect(apply(loki("loki:2"))).rejects.toMatchObject({ code: 409 });
            await releaseReplicas(cluster, namespace, ["loki"]);
            await apply(loki("loki:2"));
            expect(await replicas()).toBe(2);
        });
    });

    test("the deletion of a Job that does not exist does nothing", async () => {
        await deleteJob(cluster, namespace, "observability-copy");
    });
});
