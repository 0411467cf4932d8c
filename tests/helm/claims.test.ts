import { dataObjectOptions, volumeClaims } from "../../components/helm/claims";
import { protectsData } from "../../components/helm/chart";
import { evaluateStack } from "../../cli/evaluate";
import { describeWith } from "../helpers/prerequisites";
import { renderStack } from "../helpers/rendered";

const patchType = "kubernetes:core/v1:PersistentVolumeClaimPatch";

async function claims(stack: string, settings: object = {}): Promise<Record<string, string>> {
    const { resources } = await evaluateStack(stack, settings);
    return Object.fromEntries(
        resources
            .filter(({ type }) => type === patchType)
            .map(({ inputs }) => inputs as Record<string, any>)
            .map(({ metadata, spec }) => [metadata.name, spec.resources.requests.storage]),
    );
}

describe("the claims of a stack", () => {
    test("have the configured sizes, one for each replica", async () => {
        const settings = { replicas: { loki: 3 }, storage: { sizes: { loki: "8Gi" } } };
        expect(await claims("dev", settings)).toMatchObject({
            "storage-loki-0": "8Gi",
            "storage-loki-1": "8Gi",
            "storage-loki-2": "8Gi",
            "storage-tempo-0": "5Gi",
        });
    });

    test("do not exist for queues in an emptyDir, and for MinIO if the stack uses S3", async () => {
        const s3 = { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "keys" };
        const names = Object.keys(await claims("dev", { objectStore: s3 }));
        expect(names.filter((name) => /^(queue|data-minio)/.test(name))).toEqual([]);
    });

    test("follow a size in the Helm values of the user", async () => {
        const values = { mimir: { persistence: { size: "7Gi" } } };
        expect(await claims("dev", { values })).toMatchObject({ "data-mimir-0": "7Gi" });
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the charts", () => {
    test.each(["dev", "prod"])("name the claims of their StatefulSets as the stack does: %s", async (stack) => {
        const { objects } = await renderStack(stack);
        const expected = objects
            .filter(({ kind }) => kind === "StatefulSet")
            .map(({ metadata, spec }) => ({ name: metadata.name, ...(spec as Record<string, any>) }) as any)
            .flatMap(({ name, replicas, volumeClaimTemplates }) =>
                (volumeClaimTemplates ?? []).flatMap((template: any) =>
                    Array.from({ length: replicas ?? 1 }, (_, ordinal) => [
                        `${template.metadata.name}-${name}-${ordinal}`,
                        template.spec.resources.requests.storage,
                    ]),
                ),
            );
        expect(await claims(stack)).toEqual(Object.fromEntries(expected));
    });
});

test("no claims are set without persistence, or with the default size of the chart", () => {
    const statefulSet = { template: "data", statefulSet: "x", replicas: 1 };
    expect(volumeClaims({ enabled: false, size: "1Gi" }, statefulSet)).toBeUndefined();
    expect(volumeClaims({ enabled: true }, statefulSet)).toBeUndefined();
});

test("a StatefulSet ignores changes of its claims, and is protected on request", () => {
    const options = dataObjectOptions("kubernetes:apps/v1:StatefulSet", true);
    expect(options?.protect).toBe(true);
    expect(options?.ignoreChanges).toContain("spec.volumeClaimTemplates");
    expect(dataObjectOptions("kubernetes:core/v1:ConfigMap", true)).toBeUndefined();
});

test("objects with data are protected in prod, unless the caller decides otherwise", () => {
    expect(protectsData({ profile: "prod" })).toBe(true);
    expect(protectsData({ profile: "dev" })).toBe(false);
    expect(protectsData({})).toBe(false);
    expect(protectsData({ profile: "prod", protectData: false })).toBe(false);
    expect(protectsData({ profile: "dev", protectData: true })).toBe(true);
});
