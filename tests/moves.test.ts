import { appliedSettings, parseApplied } from "../settings/applied";
import { describeAnnounced, describeRefusal, findMoves } from "../settings/moves";
import { resolveSettings } from "../settings/resolve";
import { dataOwners } from "../settings/schema/data-owners";

const s3 = { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "keys", bucketPrefix: "acme" };

/** What happens when a stack with settings `before` is deployed with settings `after`. */
function change(before: object, after: object) {
    const { refused, announced } = findMoves(appliedSettings(resolveSettings(before)), resolveSettings(after));
    return {
        refused: refused.map(({ setting }) => setting),
        announced: announced.map(({ setting }) => setting),
    };
}

const prod = { profile: "prod" };
const loki = { url: "https://loki.example.com" };
const grafana = { url: "https://grafana.example.com" };
const withoutLoki = { components: { loki: false, alloyLogs: false } };
const withoutMimir = { components: { mimir: false, alloyMetrics: false } };
const withoutCollector = { components: { otelCollector: false, alloyReceiver: false }, dapr: { enabled: false } };

describe("a change of a deployed prod stack", () => {
    test.each<[string, object, object, string[]]>([
        ["another namespace", prod, { ...prod, namespace: "obs" }, ["namespace"]],
        ["S3 instead of MinIO", prod, { ...prod, objectStore: s3 }, ["objectStore.kind"]],
        ["MinIO instead of S3", { ...prod, objectStore: s3 }, prod, ["objectStore.kind"]],
        [
            "another S3 service",
            { ...prod, objectStore: s3 },
            { ...prod, objectStore: { ...s3, endpoint: "https://other.example.com" } },
            ["objectStore.endpoint"],
        ],
        [
            "another prefix of the buckets",
            { ...prod, objectStore: s3 },
            { ...prod, objectStore: { ...s3, bucketPrefix: "shop" } },
            ["loki", "tempo", "mimir", "pyroscope"].map((backend) => `objectStore.buckets.${backend}`),
        ],
        [
            "another bucket of one backend",
            prod,
            { ...prod, objectStore: { buckets: { tempo: "traces" } } },
            ["objectStore.buckets.tempo"],
        ],
        ["more replicas of MinIO", prod, { ...prod, replicas: { minio: 8 } }, ["replicas.minio"]],
        ["one replica of MinIO", prod, { ...prod, replicas: { minio: 1 } }, ["replicas.minio"]],
        ["a tenant", prod, { ...prod, tenant: "acme" }, ["tenant"]],
        ["another tenant", { ...prod, tenant: "acme" }, { ...prod, tenant: "shop" }, ["tenant"]],
        ["no tenant", { ...prod, tenant: "acme" }, prod, ["tenant"]],
        ["a smaller volume", prod, { ...prod, storage: { sizes: { loki: "50Gi" } } }, ["storage.sizes.loki"]],
        ["no Loki", prod, { ...prod, ...withoutLoki }, ["components.loki"]],
        ["no Tempo", prod, { ...prod, components: { tempo: false } }, ["components.tempo"]],
        ["no Mimir", prod, { ...prod, ...withoutMimir }, ["components.mimir"]],
        ["no Pyroscope", prod, { ...prod, components: { pyroscope: false } }, ["components.pyroscope"]],
        ["no Grafana", prod, { ...prod, components: { grafana: false } }, ["components.grafana"]],
        ["no collector", prod, { ...prod, ...withoutCollector }, ["components.otelCollector"]],
        ["an external Loki", prod, { ...prod, external: { loki } }, ["external.loki.url"]],
        ["an external Grafana", prod, { ...prod, external: { grafana } }, ["external.grafana.url"]],
        [
            "a smaller volume and no Tempo",
            prod,
            { ...prod, storage: { sizes: { loki: "50Gi", tempo: "1Gi" } }, components: { tempo: false } },
            ["components.tempo", "storage.sizes.loki"],
        ],
        ["no volume of Grafana", prod, { ...prod, grafana: { persistence: false } }, ["grafana.persistence"]],
        [
            "the profile dev",
            prod,
            { profile: "dev" },
            [
                ...["loki", "tempo", "mimir", "pyroscope", "grafana", "minio"].map((name) => `storage.sizes.${name}`),
                "profile",
                "replicas.minio",
            ],
        ],
    ])("to %s is refused", (_, before, after, settings) => {
        expect(change(before, after).refused).toEqual(settings);
    });

    test.each<[string, object, object, string[]]>([
        ["createNamespace false", prod, { ...prod, createNamespace: false }, ["createNamespace"]],
        ["larger volumes", prod, { ...prod, storage: { sizes: { loki: "1Ti", minio: "200Gi" } } }, []],
        ["the same size in another unit", prod, { ...prod, storage: { sizes: { loki: "102400Mi" } } }, []],
        ["more replicas", prod, { ...prod, replicas: { loki: 5, mimir: 5, collector: 4 } }, []],
        ["a shorter retention", prod, { ...prod, retention: { logs: "2d" } }, ["retention.logs"]],
        ["a longer retention", prod, { ...prod, retention: { logs: "90d" } }, []],
        ["fewer collectors", prod, { ...prod, replicas: { collector: 2 } }, ["replicas.collector"]],
        ["another storage class", prod, { ...prod, storage: { className: "fast" } }, ["storage.className"]],
        ["another cluster label", prod, { ...prod, cluster: "eu" }, ["cluster"]],
        ["tail sampling", prod, { ...prod, tracing: { samplingMode: "tail" } }, ["tracing.samplingMode"]],
        [
            "a higher replication factor",
            { ...prod, replicas: { loki: 3 }, replicationFactor: { loki: 1 } },
            { ...prod, replicas: { loki: 3 }, replicationFactor: { loki: 3 } },
            ["replicationFactor.loki"],
        ],
        ["a component that was absent", { ...prod, ...withoutLoki }, prod, []],
        ["a component that was external", { ...prod, external: { loki } }, prod, []],
        [
            "another external Loki",
            { ...prod, external: { loki } },
            { ...prod, external: { loki: { url: "https://logs.example.com" } } },
            [],
        ],
        [
            "no Grafana without a volume",
            { ...prod, grafana: { persistence: false } },
            { ...prod, components: { grafana: false } },
            [],
        ],
        ["no log collector", prod, { ...prod, components: { alloyLogs: false } }, []],
        ["the same bucket names by another key", prod, { ...prod, objectStore: { buckets: { loki: "loki" } } }, []],
        ["nothing", prod, prod, []],
    ])("to %s is allowed", (_, before, after, announced) => {
        expect(change(before, after)).toEqual({ refused: [], announced });
    });

    test("is allowed if allowDataLoss names everything that is lost", () => {
        const after = { ...prod, objectStore: s3, tenant: "acme" };
        expect(change(prod, { ...after, allowDataLoss: ["objectStore"] })).toEqual({
            refused: ["tenant"],
            announced: ["objectStore.kind"],
        });
        expect(change(prod, { ...after, allowDataLoss: ["objectStore", "loki", "tempo", "mimir"] }).refused).toEqual([
            "tenant",
        ]);
        expect(
            change(prod, { ...after, allowDataLoss: ["objectStore", "loki", "tempo", "mimir", "pyroscope"] }).refused,
        ).toEqual([]);
    });

    test("to a stack without stores needs to name the object store too, because MinIO is deleted", () => {
        const [from, to] = [
            { ...prod, components: { tempo: false, mimir: false, pyroscope: false, alloyMetrics: false } },
            {
                ...prod,
                components: { tempo: false, mimir: false, pyroscope: false, alloyMetrics: false },
                external: { loki },
            },
        ];
        const { refused } = findMoves(appliedSettings(resolveSettings(from)), resolveSettings(to));
        expect(refused).toEqual([
            {
                setting: "external.loki.url",
                from: undefined,
                to: loki.url,
                effect: "Loki and MinIO are deleted. Their volumes remain, but nothing reads the logs in them.",
                safe: "Remove external.loki.url. To keep a copy of the logs, use `npm run backup` first. If Loki is deployed again, it reads the old data.",
                loses: ["loki", "objectStore"],
            },
        ]);
        expect(change(from, { ...to, allowDataLoss: ["loki"] }).refused).toEqual(["external.loki.url"]);
        expect(change(from, { ...to, allowDataLoss: ["loki", "objectStore"] }).refused).toEqual([]);
    });

    test("of the tenant loses only what the stack stores", () => {
        const before = { ...prod, components: { tempo: false, pyroscope: false } };
        const { refused } = findMoves(
            appliedSettings(resolveSettings(before)),
            resolveSettings({ ...before, tenant: "acme" }),
        );
        expect(refused.map(({ loses }) => loses)).toEqual([["loki", "mimir"]]);
    });

    test("is refused with allowDataLoss if it cannot work", () => {
        const after = { ...prod, replicas: { minio: 8 }, storage: { sizes: { tempo: "1Gi" } } };
        expect(change(prod, { ...after, allowDataLoss: dataOwners }).refused).toEqual([
            "storage.sizes.tempo",
            "replicas.minio",
        ]);
    });

    test("to the namespace of an S3 stack does not concern volumes and buckets", () => {
        const before = { ...prod, objectStore: s3 };
        expect(change(before, { ...before, namespace: "obs", storage: { sizes: { loki: "1Gi" } } }).refused).toEqual([
            "namespace",
        ]);
    });
});

describe("a change of a deployed dev stack", () => {
    test("that loses data is announced", () => {
        expect(change({}, { namespace: "obs", tenant: "acme" })).toEqual({
            refused: [],
            announced: ["namespace", "tenant"],
        });
    });

    test("that leaves out a component is announced", () => {
        expect(change({}, withoutLoki)).toEqual({ refused: [], announced: ["components.loki"] });
    });

    test("that loses data is refused if the data is protected", () => {
        const before = { protectData: true };
        expect(change(before, { ...before, ...withoutLoki }).refused).toEqual(["components.loki"]);
    });

    test("that cannot work is refused", () => {
        const after = { createNamespace: false, replicas: { minio: 4 }, storage: { sizes: { minio: "1Gi" } } };
        expect(change({}, after).refused).toEqual(["createNamespace", "storage.sizes.minio", "replicas.minio"]);
    });

    test("to the profile prod is refused until the replicas of MinIO are set", () => {
        expect(change({}, prod).refused).toEqual(["replicas.minio"]);
        expect(change({}, { ...prod, replicas: { minio: 1 } }).refused).toEqual([]);
    });
});

describe("the message of a change", () => {
    const moves = (before: object, after: object) =>
        findMoves(appliedSettings(resolveSettings(before)), resolveSettings(after));

    test("names the setting, the loss, the safe procedure, and how to accept the loss", () => {
        const [move] = moves(prod, { ...prod, objectStore: s3 }).refused;
        expect(move && describeRefusal(move, "observability:")).toBe(
            'observability:objectStore.kind is "s3"; the deployed stack has "minio". MinIO is deleted. Its volumes remain, but nothing reads the logs, metrics, traces and profiles in them. ' +
                "To copy the data first, use `npm run migrate -- minio-to-s3`. " +
                "To lose the data instead, set observability:allowDataLoss to [objectStore] and deploy with `npm run up`.",
        );
    });

    test("names the component that is left out", () => {
        const [move] = moves(prod, { ...prod, ...withoutLoki }).refused;
        expect(move && describeRefusal(move, "observability:")).toBe(
            "observability:components.loki is false; the deployed stack has true. Loki is deleted. Its volumes and its bucket remain, but nothing reads the logs in them. " +
                "Set components.loki back to true. To keep a copy of the logs, use `npm run backup` first. If Loki is deployed again, it reads the old data. " +
                "To lose the data instead, set observability:allowDataLoss to [loki] and deploy with `npm run up`.",
        );
    });

    test("offers no loss for a change that cannot work", () => {
        const [move] = moves(prod, { ...prod, storage: { sizes: { loki: "50Gi" } } }).refused;
        expect(move && describeRefusal(move, "observability:")).toBe(
            'observability:storage.sizes.loki is "50Gi"; the deployed stack has "100Gi". Kubernetes cannot shrink a volume. Set the size to at least 100Gi.',
        );
    });

    test("says if a setting was not set before", () => {
        const [move] = moves({}, { tenant: "acme" }).announced;
        expect(move && describeAnnounced(move, "")).toBe(
            'tenant is "acme"; the deployed stack does not have it. All stored data belongs to the old tenant, and Grafana no longer shows it. To keep it visible, follow `npm run migrate -- tenant-on`.',
        );
    });
});

describe("the output `applied`", () => {
    test("of the same settings announces nothing, also after a round trip through JSON", () => {
        for (const settings of [
            {},
            prod,
            { ...prod, objectStore: s3, tenant: "acme" },
            { ...prod, external: { loki } },
        ]) {
            const output: unknown = JSON.parse(JSON.stringify(appliedSettings(resolveSettings(settings))));
            expect(findMoves(parseApplied(output), resolveSettings(settings))).toEqual({ refused: [], announced: [] });
        }
    });

    test("of a version without components is not compared with them", () => {
        const { components: _, ...older } = appliedSettings(resolveSettings(prod));
        const settings = resolveSettings({ ...prod, ...withoutLoki });
        expect(findMoves(parseApplied(older), settings)).toEqual({ refused: [], announced: [] });
    });

    test("of another version may lack keys", () => {
        for (const output of [{}, { namespace: "monitoring" }, { storage: {}, replicas: { loki: 1 } }]) {
            expect(findMoves(parseApplied(output), resolveSettings(prod)).refused).toEqual([]);
        }
    });

    test("that is missing or has another type is ignored", () => {
        for (const output of [undefined, null, "text", { replicas: "many" }]) {
            expect(parseApplied(output)).toBeUndefined();
        }
    });

    test("contains no secrets", () => {
        const settings = { ...s3, existingSecret: undefined, accessKeyId: "AKIA", secretAccessKey: "hidden" };
        const output = JSON.stringify(
            appliedSettings(resolveSettings({ objectStore: settings, grafana: { adminPassword: "hidden" } })),
        );
        expect(output).not.toMatch(/AKIA|hidden/);
    });
});
