import { ApiException, CoreV1Api, PatchStrategy, setHeaderOptions, StorageV1Api } from "@kubernetes/client-node";
import { type Cluster, findCluster } from "../../cli/cluster/kubeconfig";
import { sizeMistakes } from "../../stack/volume-sizes";
import { describeWith, testKubeconfig } from "../helpers/prerequisites";

jest.setTimeout(120_000);

const namespace = "observability-volumes";
const classes = { expandable: true, fixed: false };

/** Claims by name. `volume` is whether the claim is bound to a volume. */
const claims: Record<string, { className: string; size: string; volume: boolean }> = {
    expandable: { className: "observability-expandable", size: "5Gi", volume: true },
    fixed: { className: "observability-fixed", size: "5Gi", volume: true },
    "without-class": { className: "", size: "5Gi", volume: true },
    "unknown-class": { className: "observability-unknown", size: "5Gi", volume: true },
    unbound: { className: "observability-expandable", size: "5Gi", volume: false },
};

// Uses a real API server. The volumes are objects only: no pod mounts them, and no driver expands them.
describeWith({ cluster: true }, "sizes of volumes, live", () => {
    const kubeconfig = process.env["KUBECONFIG"];
    let cluster: Cluster;
    let core: CoreV1Api;
    let storage: StorageV1Api;

    beforeAll(async () => {
        process.env["KUBECONFIG"] = testKubeconfig();
        cluster = findCluster();
        core = cluster.config.makeApiClient(CoreV1Api);
        storage = cluster.config.makeApiClient(StorageV1Api);
        await remove();
        await core.createNamespace({ body: { metadata: { name: namespace } } });
        for (const [name, allowVolumeExpansion] of Object.entries(classes)) {
            const metadata = { name: `observability-${name}` };
            await storage.createStorageClass({
                body: { metadata, provisioner: "example.com/none", allowVolumeExpansion },
            });
        }
        for (const [name, { className: storageClassName, size, volume }] of Object.entries(claims)) {
            const spec = { accessModes: ["ReadWriteOnce"], storageClassName };
            const volumeName = `observability-${name}`;
            if (volume) {
                await core.createPersistentVolume({
                    body: {
                        metadata: { name: volumeName },
                        spec: { ...spec, capacity: { storage: size }, hostPath: { path: "/nowhere" } },
                    },
                });
            }
            await core.createNamespacedPersistentVolumeClaim({
                namespace,
                body: {
                    metadata: { name },
                    spec: { ...spec, ...(volume && { volumeName }), resources: { requests: { storage: size } } },
                },
            });
        }
        const bound = Object.values(claims).filter(({ volume }) => volume).length;
        for (let attempt = 0; (await phases()).filter((phase) => phase === "Bound").length < bound; attempt++) {
            if (attempt === 60) {
                throw new Error(`the claims are not bound: ${(await phases()).join(", ")}`);
            }
            await new Promise((resolve) => setTimeout(resolve, 500));
        }
    });
    afterAll(async () => {
        await remove();
        if (kubeconfig === undefined) {
            delete process.env["KUBECONFIG"];
        } else {
            process.env["KUBECONFIG"] = kubeconfig;
        }
    });

    const listClaims = async () => (await core.listNamespacedPersistentVolumeClaim({ namespace })).items;
    const phases = async () => (await listClaims()).map(({ status }) => status?.phase);

    /** Deletes what this test or an earlier run created, and waits until the namespace is gone. */
    async function remove(): Promise<void> {
        const ifFound = (request: Promise<unknown>) => request.catch(() => undefined);
        await ifFound(core.deleteNamespace({ name: namespace }));
        for (const name of Object.keys(claims)) {
            await ifFound(core.deletePersistentVolume({ name: `observability-${name}` }));
        }
        for (const name of Object.keys(classes)) {
            await ifFound(storage.deleteStorageClass({ name: `observability-${name}` }));
        }
        for (let attempt = 0; attempt < 120 && (await ifFound(core.readNamespace({ name: namespace }))); attempt++) {
            await new Promise((resolve) => setTimeout(resolve, 500));
        }
    }

    /** Applies a size as the Kubernetes provider does. */
    function patch(name: string, size: string, dryRun?: "All") {
        return core.patchNamespacedPersistentVolumeClaim(
            {
                name,
                namespace,
                ...(dryRun && { dryRun }),
                fieldManager: "test",
                force: true,
                body: {
                    apiVersion: "v1",
                    kind: "PersistentVolumeClaim",
                    metadata: { name, namespace },
                    spec: { resources: { requests: { storage: size } } },
                },
            },
            setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply),
        );
    }

    /** Why the API server refuses a size. Undefined if it accepts it. */
    async function refusal(name: string, size: string): Promise<string | undefined> {
        try {
            await patch(name, size, "All");
            return undefined;
        } catch (error) {
            expect(error).toBeInstanceOf(ApiException);
            return String((error as ApiException<unknown>).body);
        }
    }

    test.each<[string, string, RegExp | undefined]>([
        ["expandable", "5Gi", undefined],
        ["expandable", "8Gi", undefined],
        ["expandable", "4Gi", /can not be less than/],
        ["fixed", "5Gi", undefined],
        ["fixed", "8Gi", /must support resize/],
        ["without-class", "8Gi", /must support resize/],
        ["unknown-class", "8Gi", /must support resize/],
        ["unbound", "5Gi", undefined],
        ["unbound", "8Gi", /spec is immutable after creation except/],
        ["unbound", "4Gi", /spec is immutable after creation except/],
    ])("the check agrees with Kubernetes on the claim %s with the size %s", async (claim, size, reason) => {
        await expectAgreement(claim, size, reason);
    });

    test("the check agrees with Kubernetes during an expansion", async () => {
        await patch("expandable", "8Gi");
        await expectAgreement("expandable", "6Gi", undefined);
        await expectAgreement("expandable", "5Gi", /can not be less than/);
    });

    async function expectAgreement(claim: string, size: string, reason: RegExp | undefined): Promise<void> {
        const answer = await refusal(claim, size);
        if (reason === undefined) {
            expect(answer).toBeUndefined();
        } else {
            expect(answer).toMatch(reason);
        }
        const facts = { claims: await listClaims(), classes: (await storage.listStorageClass()).items };
        const found = sizeMistakes([{ claim, size, setting: "storage.sizes.loki" }], facts);
        expect(found).toHaveLength(reason === undefined ? 0 : 1);
    }
});
