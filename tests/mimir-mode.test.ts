import { modeWarnings } from "../settings/mode";
import { fitWarnings } from "../settings/fit";
import { resolveSettings } from "../settings/resolve";
import { mimirNeed } from "../settings/sizing/mimir";
import { shapeOf } from "../settings/sizing/stack";
import { formatSizing } from "../cli/size/format";
import { sizeOf } from "../cli/size/sizing";
import { mimirClaims, mimirValues } from "../components/mimir/values";
import { claimSizes } from "../stack/volume-sizes";
import { objectNames } from "../stack/object-names";
import { mistakesOf } from "./helpers/mistakes";

const distributed = { profile: "prod", mode: { mimir: "distributed" } };
const none = { series: 0, logBytesPerSecond: 0, spansPerSecond: 0, profilesPerSecond: 0, services: 0, nodes: 1 };
const GB = 1e9;

describe("the settings of distributed Mimir", () => {
    test("are accepted", () => {
        const settings = {
            ...distributed,
            replicas: { mimir: 6, mimirDistributor: 4, mimirQuerier: 4, mimirStoreGateway: 3 },
            replicationFactor: { mimir: 3 },
            autoscaling: { mimirQuerier: { minReplicas: 2, maxReplicas: 8 } },
            values: { mimir: { parts: { ruler: { replicas: 3 } } } },
        };
        expect(mistakesOf(settings)).toEqual([]);
    });

    test.each<[object, string]>([
        [
            { replicas: { mimirQuerier: 3 } },
            'replicas.mimirQuerier has no effect with mode.mimir "monolithic"; remove it, or set mode.mimir to "distributed".',
        ],
        [
            { autoscaling: { mimirDistributor: { minReplicas: 1, maxReplicas: 2 } } },
            'autoscaling.mimirDistributor has no effect with mode.mimir "monolithic"; remove it, or set mode.mimir to "distributed".',
        ],
        [
            { values: { mimir: { parts: { ruler: { replicas: 2 } } } } },
            'values.mimir.parts has no effect with mode.mimir "monolithic"; remove it, or set mode.mimir to "distributed".',
        ],
        [
            { values: { mimir: { caches: { index: { enabled: false } } } } },
            'values.mimir.caches has no effect with mode.mimir "monolithic"; remove it, or set mode.mimir to "distributed".',
        ],
        [
            { ...distributed, values: { mimir: { resources: { limits: { memory: "1Gi" } } } } },
            'values.mimir.resources has no effect with mode.mimir "distributed"; remove it, or use values.mimir.parts.',
        ],
        [
            { ...distributed, values: { mimir: { parts: { ingester: { replicas: 1 } } } } },
            "values.mimir.parts.ingester.replicas has a setting of its own; remove it, and set replicas.mimir.",
        ],
        [
            { ...distributed, replicas: { mimir: 3 }, replicationFactor: { mimir: 5 } },
            "replicationFactor.mimir is 5; it must be at most replicas.mimir, which is 3.",
        ],
        [
            { ...distributed, values: { mimir: { podDisruptionBudget: { maxUnavailable: "67%" } } } },
            'values.mimir.podDisruptionBudget.maxUnavailable is "67%"; it must be at most 1, because 2 of the 3 replicas',
        ],
        [
            { ...distributed, values: { mimir: { parts: { gateway: { autoscaling: { enabled: true } } } } } },
            "values.mimir.parts.gateway.autoscaling has no effect, because the chart has no autoscaler for this part; remove it.",
        ],
        [
            {
                profile: "prod",
                mode: { loki: "distributed" },
                values: { loki: { ingester: { podDisruptionBudget: { maxUnavailable: 2 } } } },
            },
            "values.loki.ingester.podDisruptionBudget.maxUnavailable is 2; it must be at most 1, because 2 of the 3 replicas",
        ],
        [
            { ...distributed, values: { mimir: { podDisruptionBudget: { maxUnavailable: 2 } } } },
            "values.mimir.podDisruptionBudget.maxUnavailable is 2; it must be at most 1, because 2 of the 3 replicas with the same data must be ready for writes.",
        ],
        [
            { ...distributed, autoscaling: { mimirQuerier: { minReplicas: 4, maxReplicas: 2 } } },
            "autoscaling.mimirQuerier.minReplicas is 4; it must be at most maxReplicas, which is 2.",
        ],
        [{ ...distributed, mode: { mimir: "microservices" } }, 'mode.mimir is "microservices"; it must be '],
    ])("%j is refused", (settings, mistake) => {
        expect(mistakesOf(settings)).toEqual([expect.stringContaining(mistake)]);
    });

    test("are refused if the stack does not deploy Mimir", () => {
        const absent = { ...distributed, components: { mimir: false, alloyMetrics: false } };
        expect(mistakesOf(absent)).toEqual([
            'mode.mimir is "distributed", but the stack does not deploy Mimir; remove it.',
        ]);
    });

    test("with one replica of a part in prod are announced", () => {
        const replicas = { mimirDistributor: 1, mimirStoreGateway: 1 };
        const autoscaling = { mimirQuerier: { minReplicas: 1, maxReplicas: 4 } };
        expect(modeWarnings(resolveSettings({ ...distributed, replicas, autoscaling }))).toEqual([
            "replicas.mimirDistributor is 1: while its node is down, no samples are accepted",
            "autoscaling.mimirQuerier.minReplicas is 1: while its node is down, metric queries fail",
            "replicas.mimirStoreGateway is 1: while its node is down, queries of old samples fail",
        ]);
        expect(modeWarnings(resolveSettings(distributed))).toEqual([]);
    });

    test("refuse an autoscaler of the ingesters, which could go below the quorum", () => {
        const values = {
            mimir: { parts: { ingester: { autoscaling: { enabled: true, minReplicas: 1, maxReplicas: 3 } } } },
        };
        expect(mistakesOf({ ...distributed, values })).toEqual([
            "values.mimir.parts.ingester.autoscaling is not possible, because ingesters hold data; set replicas.mimir.",
        ]);
    });
});

describe("the volumes of Mimir", () => {
    const bucket = { endpoint: "s3.example.com", bucket: "mimir" };
    const args = { namespace: "monitoring", bucket, size: "50Gi", storageClass: "fast" };

    test("belong to the replicas in monolithic mode", () => {
        expect(mimirClaims(mimirValues({ ...args, replicas: 3 }))).toEqual([
            { template: "data", statefulSet: "mimir", replicas: 3, size: "50Gi", storageClass: "fast" },
        ]);
    });

    test("belong to the ingesters, store-gateways and compactors in distributed mode", () => {
        const values = mimirValues({ ...args, mode: "distributed", replicas: 3, storeGatewayReplicas: 2 });
        const owned = (part: string, replicas: number) => ({
            ...{ template: "data", statefulSet: `mimir-${part}`, resource: `${part}-data`, replicas },
            ...{ size: "50Gi", storageClass: "fast" },
        });
        expect(mimirClaims(values)).toEqual([owned("ingester", 3), owned("store-gateway", 2), owned("compactor", 1)]);
    });

    test("do not exist without persistence", () => {
        const values = { persistence: { enabled: false } };
        expect(mimirClaims(mimirValues({ ...args, mode: "distributed", values }))).toEqual([]);
    });

    test("are named in mistakes about sizes", () => {
        const sizes = claimSizes(resolveSettings({ ...distributed, storage: { sizes: { mimir: "7Gi" } } }));
        const found = sizes.filter(({ claim }) => claim.startsWith("data-mimir"));
        expect(found.map(({ claim }) => claim)).toEqual([
            ...["data-mimir-ingester-0", "data-mimir-ingester-1", "data-mimir-ingester-2"],
            ...["data-mimir-store-gateway-0", "data-mimir-store-gateway-1", "data-mimir-store-gateway-2"],
            "data-mimir-compactor-0",
        ]);
        expect(new Set(found.map(({ size, setting }) => `${size} ${setting}`))).toEqual(
            new Set(["7Gi storage.sizes.mimir"]),
        );
    });
});

test("the names of the parts are checked before the first deployment", () => {
    const added = objectNames(resolveSettings(distributed)).filter(
        (name) => !objectNames(resolveSettings({ profile: "prod" })).includes(name),
    );
    expect(added).toEqual(expect.arrayContaining(["mimir-ingester", "mimir-gateway", "mimir-query-scheduler"]));
    expect(added.length).toBe(18);
});

test.each<[string, object, string[]]>([
    ["dev", {}, ["chunks-cache", "chunks-cache-0", "index-cache", "index-cache-0", "results-cache", "results-cache-0"]],
    [
        "prod",
        { caches: { chunks: { replicas: 3 }, index: { enabled: false } } },
        [
            ...["chunks-cache", "chunks-cache-0", "chunks-cache-1", "chunks-cache-2"],
            ...["results-cache", "results-cache-0", "results-cache-1"],
        ],
    ],
])("the names of the caches are those of the replicas that exist, in %s", (profile, mimir, expected) => {
    const names = objectNames(resolveSettings({ ...distributed, profile, values: { mimir } }));
    const found = names.filter((name) => /^mimir-.*-cache/.test(name));
    expect(found).toEqual(expected.map((name) => `mimir-${name}`));
});

describe("the size of distributed Mimir", () => {
    test("is that of an ingester, without the samples that the distributors receive", () => {
        const need = mimirNeed({ ...none, series: 900_000 }, shapeOf(resolveSettings(distributed)));
        expect(need.cpu.value).toBeCloseTo(0.025 + 3, 4);
        // The volumes of all parts have the same size, and the WAL is the largest.
        expect(need.volume?.value).toBeCloseTo(1.5 * 15 * GB, -4);
        expect(need.volume?.formula).not.toContain("compactor");
    });

    test("has a volume for the blocks that each store-gateway reads, if they are the largest", () => {
        const settings = { ...distributed, replicas: { mimirStoreGateway: 1 }, retention: { metrics: "1460d" } };
        const { volume } = mimirNeed({ ...none, series: 900_000 }, shapeOf(resolveSettings(settings)));
        expect(volume?.value).toBeCloseTo(1.5 * 0.9 * 13 * GB * 4, -7);
        expect(volume?.formula).toContain("1,460 days");
    });

    test("has more distributors if one would need more than its limit, and says if they are too few or too small", () => {
        const settings = resolveSettings({ ...distributed, replicas: { mimirDistributor: 1 } });
        const sizing = sizeOf(settings, { ...none, series: 3_000_000 });
        expect(sizing.shape.mimirParts?.distributors).toBe(2);
        const [replicas, cpu] = sizing.findings.filter(({ component }) => component === "mimirDistributor");
        expect(replicas).toEqual({
            component: "mimirDistributor",
            path: ["replicas", "mimirDistributor"],
            unit: "replicas",
            configured: 1,
            needed: 2,
            verdict: "too small",
            change: 2,
        });
        // 50,000 samples per second are 2 cores.
        expect(cpu).toMatchObject({
            path: ["values", "mimir", "parts", "distributor", "resources", "requests", "cpu"],
            configured: 0.5,
            needed: 2.025,
            verdict: "too small",
            change: "2030m",
        });
        const cost = { currency: "", before: 0, after: 0, notes: [] };
        const text = formatSizing({ ...sizing, stack: "prod", cost });
        expect(text).toMatch(/Mimir: \d+ ingesters, replication factor 3, each with/);
        expect(text).toContain("Mimir, distributor: 2 replicas, each with");
    });

    test("never has fewer distributors than the stack, with and without an autoscaler", () => {
        for (const scaled of [
            { replicas: { mimirDistributor: 4 } },
            { autoscaling: { mimirDistributor: { minReplicas: 4, maxReplicas: 9 } } },
        ]) {
            const sizing = sizeOf(resolveSettings({ ...distributed, ...scaled }), { ...none, series: 300_000 });
            expect(sizing.shape.mimirParts?.distributors).toBe(4);
            expect(
                sizing.findings.find(({ unit, component }) => unit === "replicas" && component === "mimirDistributor")
                    ?.verdict,
            ).toBe("fits");
        }
    });

    test("compares the memory limit of an ingester, and names its value", () => {
        const limits = { metrics: { maxSeries: 10_000_000 } };
        expect(fitWarnings(resolveSettings({ ...distributed, limits }))).toContainEqual(
            expect.stringMatching(
                /raise replicas\.mimir or values\.mimir\.parts\.ingester\.resources\.limits\.memory$/,
            ),
        );
    });
});
