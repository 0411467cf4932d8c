import type { V1PersistentVolumeClaim } from "@kubernetes/client-node";
import { evaluateStack } from "../../cli/evaluate";
import { resolveSettings } from "../../settings/resolve";
import { claimSizes, sizeMistakes } from "../../stack/volume-sizes";

const claim = (
    name: string,
    size: string,
    more: Partial<V1PersistentVolumeClaim["status"]> = {},
    className = "fast",
) => ({
    metadata: { name },
    spec: { storageClassName: className, resources: { requests: { storage: size } } },
    status: { phase: "Bound", capacity: { storage: size }, ...more },
});
const classes = [
    { metadata: { name: "fast" }, provisioner: "x", allowVolumeExpansion: true },
    { metadata: { name: "fixed" }, provisioner: "x" },
];
const sizes = (size: string, ...claims: string[]) =>
    claims.map((name) => ({ claim: name, size, setting: "storage.sizes.loki" }));

describe("a size of a volume is accepted", () => {
    test.each<[string, string, V1PersistentVolumeClaim[]]>([
        ["before the claim exists", "10Gi", []],
        ["that the claim has", "10Gi", [claim("a", "10Gi")]],
        ["that the claim has, in another unit", "10Gi", [claim("a", "10240Mi")]],
        ["that the claim has, before it is bound", "10Gi", [claim("a", "10Gi", { phase: "Pending" })]],
        ["that is larger, if the class allows it", "20Gi", [claim("a", "10Gi")]],
        [
            "between the capacity and a size that could not be reached",
            "15Gi",
            [claim("a", "20Gi", { capacity: { storage: "10Gi" } })],
        ],
    ])("%s", (_, size, claims) => {
        expect(sizeMistakes(sizes(size, "a"), { claims, classes })).toEqual([]);
    });

    test("that is larger, if the classes could not be read", () => {
        const claims = [claim("a", "10Gi", {}, "fixed")];
        expect(sizeMistakes(sizes("20Gi", "a"), { claims, classes: undefined })).toEqual([]);
    });

    test("if its mistake is already reported", () => {
        const claims = [claim("a", "10Gi")];
        expect(sizeMistakes(sizes("5Gi", "a"), { claims, classes }, ["storage.sizes.loki"])).toEqual([]);
    });
});

describe("a size of a volume is refused", () => {
    test("that is smaller", () => {
        expect(sizeMistakes(sizes("5Gi", "a"), { claims: [claim("a", "10Gi")], classes })).toEqual([
            'storage.sizes.loki is "5Gi", but the claim a has 10Gi, and Kubernetes cannot shrink a volume. Set the size to at least 10Gi.',
        ]);
    });

    test("that is larger, if the class does not allow it, in one sentence for all replicas", () => {
        const claims = ["a", "b", "c"].map((name) => claim(name, "10Gi", {}, name === "c" ? "fast" : "fixed"));
        expect(sizeMistakes(sizes("20Gi", "a", "b", "c"), { claims, classes })).toEqual([
            'storage.sizes.loki is "20Gi", but the claims a, b have 10Gi, and their storage class fixed does not allow volume expansion. Set the size back to 10Gi. If the storage driver can expand volumes, set allowVolumeExpansion to true in the storage class. Otherwise move the data to a larger volume of another class: see "Volumes" in docs/operations.md.',
        ]);
    });

    test("that is larger, if the volume has no class, or a class that does not exist", () => {
        const [none] = sizeMistakes(sizes("20Gi", "a"), { claims: [claim("a", "10Gi", {}, "")], classes });
        expect(none).toContain("but the claim a has 10Gi, and it has no storage class, so it cannot be expanded. Set");
        const [gone] = sizeMistakes(sizes("20Gi", "a"), { claims: [claim("a", "10Gi", {}, "gone")], classes });
        expect(gone).toContain("and its storage class gone does not allow volume expansion.");
    });

    test.each(["5Gi", "20Gi"])("that differs while the claim is not bound: %s", (size) => {
        const claims = [claim("a", "10Gi", { phase: "Pending", capacity: undefined as never })];
        expect(sizeMistakes(sizes(size, "a"), { claims, classes })).toEqual([
            `storage.sizes.loki is "${size}", but the claim a has 10Gi and has no volume yet, and Kubernetes changes only the size of bound claims. Set the size back to 10Gi until it is bound. If the size is the reason, delete the workload that uses it and then this claim, which holds no data, and deploy with \`pulumi up --refresh\`.`,
        ]);
    });
});

describe("the sizes of the claims of a stack", () => {
    test.each<[string, object]>([
        ["dev", {}],
        ["prod", {}],
        ["prod", { mode: { loki: "distributed" } }],
    ])("are those that the program sets, and the one of Grafana: %s %j", async (stack, more) => {
        const { resources, settings } = await evaluateStack(stack, more);
        const set = resources
            .filter(({ type }) => type === "kubernetes:core/v1:PersistentVolumeClaimPatch")
            .map(({ inputs }) => inputs as Record<string, any>)
            .map(({ metadata, spec }) => [metadata.name, spec.resources.requests.storage]);
        expect(set.length).toBeGreaterThan(4);
        expect(Object.fromEntries(claimSizes(settings).map(({ claim: name, size }) => [name, size]))).toEqual({
            ...Object.fromEntries(set),
            "lgtm-grafana": settings.storage.sizes.grafana,
        });
    });

    test("have the key of the setting that they come from", () => {
        const found = claimSizes(
            resolveSettings({
                storage: { sizes: { tempo: "7Gi" } },
                values: { mimir: { persistence: { size: "9Gi" } }, grafana: { persistence: { size: "8Gi" } } },
            }),
        );
        expect(found).toEqual(
            expect.arrayContaining([
                { claim: "storage-tempo-0", size: "7Gi", setting: "storage.sizes.tempo" },
                { claim: "data-mimir-0", size: "9Gi", setting: "values.mimir" },
                { claim: "lgtm-grafana", size: "8Gi", setting: "values.grafana" },
            ]),
        );
    });

    test("of distributed Loki are those of the ingesters and of the compactor", () => {
        const found = claimSizes(resolveSettings({ mode: { loki: "distributed" }, replicas: { loki: 3 } }));
        const size = (claim: string, wanted: string, setting: string) => ({ claim, size: wanted, setting });
        expect(found.filter(({ claim: name }) => name.includes("loki"))).toEqual([
            ...[0, 1, 2].map((ordinal) => size(`data-loki-ingester-${ordinal}`, "5Gi", "storage.sizes.loki")),
            size("data-loki-compactor-0", "10Gi", "values.loki"),
        ]);
    });

    test("do not contain a claim of the user, or one of MinIO with S3", () => {
        const names = claimSizes(
            resolveSettings({
                objectStore: { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "keys" },
                values: { grafana: { persistence: { existingClaim: "mine" } } },
            }),
        ).map(({ claim: name }) => name);
        expect(names.filter((name) => /minio|grafana/.test(name))).toEqual([]);
    });
});
