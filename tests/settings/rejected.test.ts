import { type HelmValues, mergeValues } from "../../components/helm/values";
import { settingsSchema } from "../../settings/schema";
import { oidc, s3 } from "./examples";
import { innerSchema } from "./schema-node";
import { mistakes, rejected, testRejected } from "./tables";

testRejected([
    ["an unknown key", { retentoin: {} }, "observability:retentoin is unknown. Did you mean retention?"],
    [
        "an unknown key inside",
        { retention: { log: "1d" } },
        "observability:retention.log is unknown. Did you mean retention.logs?",
    ],
    [
        "an unknown key in a list",
        { tolerations: [{ kye: "a" }] },
        "observability:tolerations[0].kye is unknown. Did you mean tolerations[0].key?",
    ],
    [
        "an unknown component in values",
        { values: { redis: {} } },
        'observability:values.redis is unknown; "npm run plan -- STACK --verbose" lists the allowed keys.',
    ],
    [
        "a text for a map",
        { retention: "7d" },
        'observability:retention is "7d"; it must be a map with the keys logs, traces, metrics, profiles.',
    ],
    [
        "a list for a map",
        { tracing: [1] },
        "observability:tracing is [1]; it must be a map with the keys samplingMode, samplingRatio, tail, dropSpans.",
    ],
    [
        "a text for a number",
        { replicas: { loki: "many" } },
        'observability:replicas.loki is "many"; it must be a whole number from 1 to 50.',
    ],
    [
        "a fraction of a replica",
        { replicas: { loki: 1.5 } },
        "observability:replicas.loki is 1.5; it must be a whole number from 1 to 50.",
    ],
    [
        "no replica at all",
        { replicas: { collector: 0 } },
        "observability:replicas.collector is 0; it must be a whole number from 1 to 50.",
    ],
    ["a text for a boolean", { skipAwait: "yes" }, 'observability:skipAwait is "yes"; it must be true or false.'],
    [
        "null",
        { namespace: null },
        "observability:namespace is null; remove the key, or set it to a Kubernetes name: at most 63",
    ],
]);

describe(rejected, () => {
    test("all errors at once, including errors between keys", () => {
        const found = mistakes({
            tracing: { samplingRatio: 2, tail: {} },
            retention: { logs: "1h", nonsense: 1 },
            grafana: { ingress: { enabled: true } },
            dapr: { enabled: true, namespaces: ["Bad_Name"] },
            replicas: { mimir: 2 },
        });
        expect(found.map((sentence) => sentence.split(" ")[0])).toEqual([
            "observability:tracing.samplingRatio",
            "observability:retention.logs",
            "observability:retention.nonsense",
            "observability:dapr.namespaces[0]",
            "observability:replicas.mimir",
            "observability:tracing.tail",
            "observability:grafana.ingress.host",
        ]);
    });

    test.each<[string, object]>([
        ["objectStore.endpoint", { objectStore: { kind: "s3", endpoint: "not an endpoint", existingSecret: "keys" } }],
        ["objectStore.accessKeyId", { objectStore: { kind: "s3", endpoint: "a.example", accessKeyId: 1 } }],
        ["objectStore.kind", { objectStore: { ...s3, kind: "S3" } }],
        ["objectStore.buckets", { objectStore: { ...s3, bucketPrefix: "x", buckets: "x" } }],
        ["tracing.samplingMode", { tracing: { samplingMode: "tale", tail: {} } }],
        ["replicas", { replicas: 3, replicationFactor: { loki: 3 } }],
        ["profile", { profile: "production", replicationFactor: { loki: 3 } }],
        ["grafana.ingress.host", { grafana: { ingress: { host: "a b", tlsSecret: "tls" } } }],
        ["grafana.ingress", { grafana: { ingress: true } }],
        ["grafana.gateway.host", { grafana: { gateway: { host: "a b", parents: [{ name: "g" }] } } }],
        ["grafana.oidc.apiUrl", { grafana: { oidc: { ...oidc, apiUrl: "login" } } }],
        [
            "ingestion.external.clients",
            {
                ingestion: {
                    external: { enabled: true, clients: "edge", host: "a.example", ingress: { className: "c" } },
                },
            },
        ],
        ["dapr.namespaces", { dapr: { enabled: true, namespaces: "shop" } }],
        ["dapr.namespaces[0]", { dapr: { enabled: true, namespaces: ["Shop"] } }],
        ["tolerations[0].key", { tolerations: [{ key: "a b" }] }],
        [
            "collector.pipelines.traces.receivers[0]",
            { collector: { pipelines: { traces: { receivers: [1], exporters: [] } } } },
        ],
    ])("only the cause of related errors, in %s", (key, raw) => {
        expect(mistakes(raw).map((sentence) => sentence.split(" ")[0])).toEqual([`observability:${key}`]);
    });

    test("other errors, even if required keys are missing", () => {
        const raw = { collector: { pipelines: { traces: { receivers: ["otlp"] } } }, dapr: { enabled: true } };
        expect(mistakes(raw).map((sentence) => sentence.split(";")[0])).toEqual([
            "observability:collector.pipelines.traces.exporters is missing",
            "observability:dapr.namespaces is empty",
        ]);
    });

    test("values of the wrong type, without messages of the schema library", () => {
        const leaves = (schema: unknown, path: string[]): string[][] => {
            const node = innerSchema(schema);
            const below = Object.entries(node.def?.shape ?? {}).flatMap(([key, child]) =>
                leaves(child, [...path, key]),
            );
            return path.length === 0 ? below : [path, ...below];
        };
        const paths = leaves(settingsSchema("dev"), []);
        expect(paths.length).toBeGreaterThan(80);
        // Keys of the same depth are not inside of each other, so all of them can be wrong at once.
        for (const depth of new Set(paths.map(({ length }) => length))) {
            const keys = paths.filter(({ length }) => length === depth);
            for (const value of [1, true, null, "", "\u0000", [], [1], [[]], { "a b": 1 }]) {
                const raw = keys
                    .map((path) => path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as HelmValues)
                    .reduce((merged, one) => mergeValues(merged, one), {});
                const found = mistakes(raw);
                expect(found.length).toBeGreaterThan(keys.length / 2);
                expect(found.filter((sentence) => /invalid|expected|received|undefined/i.test(sentence))).toEqual([]);
            }
        }
    });
});

describe("messages contain no secrets", () => {
    test.each<[string, object]>([
        ["in a list instead of a map", { objectStore: [{ secretAccessKey: "hunter2" }] }],
        ["in a text instead of a map", { grafana: '{adminPassword: "hunter2"' }],
        ["in a map instead of a text", { grafana: { adminPassword: { value: "hunter2" } } }],
        ["under an unknown key", { objectStore: { secretAccesKey: "hunter2" } }],
        [
            "in the address of an S3 service",
            { objectStore: { ...s3, endpoint: "https://root:hunter2@s3.example.com" } },
        ],
        ["in the address of a mirror", { charts: { mirror: "https://root:hunter2@charts.example.com" } }],
        ["in the address of a registry of charts", { charts: { mirror: "oci://root:hunter2@charts.example.com" } }],
        ["in Grafana's address", { grafana: { rootUrl: "https://root:hunter2@grafana.example.com" } }],
    ])("%s", (_, raw) => {
        const found = mistakes(raw);
        expect(found).toHaveLength(1);
        expect(found[0]).not.toContain("hunter2");
    });
});
