import { pins } from "../components/helm/pins";
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
const distributed = { ...prod, mode: { loki: "distributed" } };
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
        ["distributed Mimir", prod, { ...prod, mode: { mimir: "distributed" } }, ["mode.mimir"]],
        ["distributed Tempo", prod, { ...prod, mode: { tempo: "distributed" } }, ["mode.tempo"]],
        [
            "smaller volumes for distributed Tempo",
            prod,
            { ...prod, mode: { tempo: "distributed" }, storage: { sizes: { tempo: "50Gi" } } },
            ["mode.tempo"],
        ],
        ["monolithic Tempo", { ...prod, mode: { tempo: "distributed" } }, prod, ["mode.tempo"]],
        ["monolithic Mimir", { ...prod, mode: { mimir: "distributed" } }, prod, ["mode.mimir"]],
        ["no Loki", prod, { ...prod, ...withoutLoki }, ["components.loki"]],
        ["no Tempo", prod, { ...prod, components: { tempo: false } }, ["components.tempo"]],
        ["no Mimir", prod, { ...prod, ...withoutMimir }, ["components.mimir"]],
        ["no Pyroscope", prod, { ...prod, components: { pyroscope: false } }, ["components.pyroscope"]],
        ["no Grafana", prod, { ...prod, components: { grafana: false } }, ["components.grafana"]],
        ["no collector", prod, { ...prod, ...withoutCollector }, ["components.otelCollector"]],
        ["an external Loki", prod, { ...prod, external: { loki } }, ["external.loki.url"]],
        ["an external Grafana", prod, { ...prod, external: { grafana } }, ["external.grafana.url"]],
        ["distributed Loki", prod, { ...distributed, storage: { sizes: { loki: "50Gi" } } }, ["mode.loki"]],
        ["monolithic Loki", distributed, prod, ["mode.loki"]],
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
        [
            "larger volumes",
            prod,
            { ...prod, storage: { sizes: { loki: "1Ti", minio: "200Gi" } } },
            ["storage.sizes.loki", "storage.sizes.minio"],
        ],
        ["the same size in another unit", prod, { ...prod, storage: { sizes: { loki: "102400Mi" } } }, []],
        ["more replicas", prod, { ...prod, replicas: { loki: 5, mimir: 5, collector: 4 } }, []],
        ["network policies", { ...prod, networkPolicies: { enabled: false } }, prod, ["networkPolicies.enabled"]],
        ["no network policies", prod, { ...prod, networkPolicies: { enabled: false } }, ["networkPolicies.enabled"]],
        ["a shorter retention", prod, { ...prod, retention: { logs: "2d" } }, ["retention.logs"]],
        ["a longer retention", prod, { ...prod, retention: { logs: "90d" } }, []],
        ["fewer collectors", prod, { ...prod, replicas: { collector: 2 } }, ["replicas.collector"]],
        ["another storage class", prod, { ...prod, storage: { className: "fast" } }, ["storage.className"]],
        ["another cluster label", prod, { ...prod, cluster: "eu" }, ["cluster"]],
        ["another DNS domain", prod, { ...prod, clusterDomain: "k8s.example.com" }, ["clusterDomain"]],
        ["the default DNS domain", prod, { ...prod, clusterDomain: "cluster.local" }, []],
        ["tail sampling", prod, { ...prod, tracing: { samplingMode: "tail" } }, ["tracing.samplingMode"]],
        [
            "a higher replication factor",
            { ...prod, replicas: { loki: 3 }, replicationFactor: { loki: 1 } },
            { ...prod, replicas: { loki: 3 }, replicationFactor: { loki: 3 } },
            ["replicationFactor.loki"],
        ],
        ["more parts of distributed Loki", distributed, { ...distributed, replicas: { loki: 5, lokiQuerier: 9 } }, []],
        ["a component that was absent", { ...prod, ...withoutLoki }, prod, ["components.loki"]],
        ["a component that was external", { ...prod, external: { loki } }, prod, ["external.loki.url"]],
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

    test("that removes a client is announced, with its name, and a new one is not", () => {
        const outside = (clients: string[], credentials = {}) => ({
            ingestion: { external: { enabled: true, clients, credentials } },
        });
        const login = "0123456789abcdef0123456789abcdef";
        const before = outside(["edge", "shop"]);
        expect(change(before, before)).toEqual({ refused: [], announced: [] });
        expect(change(before, outside(["edge", "shop", "new"])).announced).toEqual([]);
        // The client keeps its name, and has its own credential.
        expect(change(before, outside(["edge"], { shop: login })).announced).toEqual([]);
        const { refused, announced } = findMoves(
            appliedSettings(resolveSettings(before)),
            resolveSettings(outside(["edge"])),
        );
        expect(refused).toEqual([]);
        expect(announced.map(({ effect }) => effect)).toEqual([
            "The credentials of shop are deleted, and the collector refuses these clients.",
        ]);
        expect(change(before, {}).announced).toEqual(["ingestion.external"]);
        expect(change(outside([], { shop: login }), {}).announced).toEqual(["ingestion.external"]);
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

describe("a rollback", () => {
    /** The settings whose change back would be refused, with the last sentences of their announcements. */
    function rollbacks(before: object, after: object): Record<string, string> {
        const { announced } = findMoves(appliedSettings(resolveSettings(before)), resolveSettings(after));
        const texts = announced.map((move) => [move.setting, describeAnnounced(move, "")] as const);
        return Object.fromEntries(
            texts.flatMap(([setting, text]) => {
                const found = /A rollback is refused.*$/.exec(text)?.[0];
                return found === undefined ? [] : [[setting, found]];
            }),
        );
    }

    test.each<[string, object, object]>([
        ["more replicas", { ...prod, replicas: { loki: 1, mimir: 1 } }, { ...prod, replicas: { loki: 3, mimir: 3 } }],
        ["fewer replicas", prod, { ...prod, replicas: { loki: 1, mimir: 1, collector: 1 } }],
        ["another retention", prod, { ...prod, retention: { logs: "2d" } }],
        ["tail sampling", prod, { ...prod, tracing: { samplingMode: "tail" } }],
        ["another storage class", prod, { ...prod, storage: { className: "fast" } }],
        ["another cluster label", prod, { ...prod, cluster: "eu" }],
        ["S3 in the profile dev", {}, { objectStore: s3 }],
        ["a tenant in the profile dev", {}, { tenant: "acme" }],
        ["another namespace in the profile dev", {}, { namespace: "obs" }],
    ])("of %s is not announced, because it works", (_, before, after) => {
        expect(rollbacks(before, after)).toEqual({});
        expect(change(after, before).refused).toEqual([]);
    });

    const loses = (owners: string) => `A rollback is refused unless allowDataLoss contains ${owners}: `;
    const allOwners = dataOwners.filter((owner) => owner !== "redpanda").join(", ");
    const hidden = "All stored data belongs to the old tenant, and Grafana no longer shows it.";
    test.each<[string, object, object, Record<string, string>]>([
        [
            "larger volumes",
            {},
            { storage: { sizes: { loki: "50Gi" } } },
            { "storage.sizes.loki": "A rollback is refused: Kubernetes cannot shrink a volume." },
        ],
        [
            "createNamespace false",
            prod,
            { ...prod, createNamespace: false },
            {
                createNamespace:
                    "A rollback is refused: Namespace monitoring already exists, so Pulumi cannot create it.",
            },
        ],
        [
            "a volume of Grafana",
            { ...prod, grafana: { persistence: false } },
            prod,
            {
                "grafana.persistence": `${loses("grafana")}Grafana's volume is deleted. Users, preferences, and dashboards that were created in Grafana are lost.`,
            },
        ],
        [
            "a further component",
            { ...prod, ...withoutLoki },
            prod,
            {
                "components.loki": `${loses("loki")}Loki is deleted. Its volumes and its bucket remain, but nothing reads the logs in them.`,
            },
        ],
        [
            "S3",
            prod,
            { ...prod, objectStore: s3, allowDataLoss: ["objectStore"] },
            {
                "objectStore.kind": `${loses("objectStore")}The logs, metrics, traces and profiles remain in the buckets of the S3 service, but nothing reads them.`,
            },
        ],
        [
            "a tenant",
            prod,
            { ...prod, tenant: "acme", allowDataLoss: ["loki", "tempo", "mimir", "pyroscope"] },
            { tenant: `${loses("loki, tempo, mimir, pyroscope")}${hidden}` },
        ],
        [
            "another namespace",
            prod,
            { ...prod, namespace: "obs", allowDataLoss: dataOwners },
            {
                namespace: `${loses(allOwners)}The volumes stay in namespace obs, and nothing reads them. All stored data is lost. The DNS names that applications use change too.`,
            },
        ],
    ])("of %s is announced with the reason", (_, before, after, expected) => {
        expect(rollbacks(before, after)).toEqual(expected);
        const deployed = { ...after, allowDataLoss: [] };
        expect(change(deployed, before).refused).toEqual(Object.keys(expected));
    });

    test("to the profile dev is announced for each volume that would shrink", () => {
        const after = { ...prod, replicas: { minio: 1 } };
        expect(Object.keys(rollbacks({}, after)).sort()).toEqual(change(after, {}).refused.sort());
    });

    test("that would be refused is announced, or the change itself is refused, for every pair of settings", () => {
        const variants: object[] = [
            prod,
            { ...prod, ...withoutLoki },
            { ...prod, ...withoutMimir },
            { ...prod, ...withoutCollector },
            { ...prod, external: { grafana } },
            { ...prod, createNamespace: false },
            { ...prod, grafana: { persistence: false } },
            { ...prod, namespace: "obs" },
            { ...prod, objectStore: s3 },
            { ...prod, objectStore: { ...s3, bucketPrefix: "shop" } },
            { ...prod, replicas: { minio: 8, loki: 1 } },
            { ...prod, storage: { className: "fast", sizes: { loki: "1Ti", grafana: "1Gi" } } },
            { ...prod, tenant: "acme" },
            { ...prod, tracing: { samplingMode: "tail" } },
            {},
            { tenant: "acme", storage: { sizes: { tempo: "50Gi" } } },
        ];
        const silent = variants.flatMap((before) =>
            variants
                .filter((after) => {
                    const accepted = change(before, { ...after, allowDataLoss: dataOwners });
                    const announced = Object.keys(rollbacks(before, { ...after, allowDataLoss: dataOwners }));
                    const refusedBack = change(after, before).refused;
                    return accepted.refused.length === 0 && refusedBack.some((setting) => !announced.includes(setting));
                })
                .map((after) => ({ before, after })),
        );
        expect(silent).toEqual([]);
    });
});

describe("another version of a chart", () => {
    /** The output of a deployment with another version of the chart of Grafana. */
    const deployed = (settings: object) => {
        const applied = appliedSettings(resolveSettings(settings));
        return parseApplied({ ...applied, charts: { ...applied.charts, grafana: "1.0.0" } });
    };

    test("is announced, because a rollback may not work", () => {
        const { refused, announced } = findMoves(deployed(prod), resolveSettings(prod));
        expect(refused).toEqual([]);
        expect(announced.map((move) => describeAnnounced(move, "observability:"))).toEqual([
            `The chart of Grafana is "${pins.grafana.version}"; the deployed stack has "1.0.0". Grafana migrates its database when it starts. An earlier version may not start with the database of a later one. To be able to roll back, use \`npm run backup\` before an upgrade.`,
        ]);
    });

    test("is not announced without data", () => {
        const settings = { ...prod, grafana: { persistence: false } };
        expect(findMoves(deployed(settings), resolveSettings(settings)).announced).toEqual([]);
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
        const older = { ...appliedSettings(resolveSettings(prod)), components: undefined };
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
