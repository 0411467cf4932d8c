import * as fs from "fs";
import * as pulumi from "@pulumi/pulumi";
import { load } from "js-yaml";
import { recordProgram } from "../cli/record";
import { loadSettings } from "../settings/load";
import { SettingsError } from "../settings/mistakes";
import { resolveSettings } from "../settings/resolve";
import { settingsSchema } from "../settings/schema";
import { warnings } from "../settings/warnings";

/** Every sentence with which settings are refused. */
function mistakes(raw: object): string[] {
    try {
        resolveSettings(raw, "observability:");
    } catch (error) {
        expect(error).toBeInstanceOf(SettingsError);
        return (error as SettingsError).mistakes;
    }
    return [];
}

const s3 = { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "keys" };

describe("the defaults", () => {
    test.each([
        ["dev", 1, ["2d", "2d", "7d", "2d"], [1, 1, 1, 1, 1], "5Gi"],
        ["prod", 0.1, ["30d", "14d", "30d", "7d"], [3, 3, 3, 3, 4], "100Gi"],
    ] as const)("of %s", (profile, ratio, retention, replicas, size) => {
        const settings = resolveSettings({ profile });
        expect(settings.tracing).toEqual({ samplingMode: "head", samplingRatio: ratio });
        expect(Object.values(settings.retention)).toEqual(retention);
        expect(Object.values(settings.replicas)).toEqual(replicas);
        expect(settings.replicationFactor).toEqual({ loki: replicas[2], mimir: replicas[3] });
        expect(settings.storage.sizes).toMatchObject({ loki: size, tempo: size, mimir: size, pyroscope: size });
        expect([settings.namespace, settings.cluster, settings.objectStore.kind]).toEqual([
            "monitoring",
            profile,
            "minio",
        ]);
    });

    test("of Grafana's password: known in dev, random in prod, none beside a Secret", () => {
        expect(resolveSettings({}).grafana.adminPassword).toBeDefined();
        expect(resolveSettings({ profile: "prod" }).grafana.adminPassword).toBeUndefined();
        expect(resolveSettings({ grafana: { existingSecret: "login" } }).grafana.adminPassword).toBeUndefined();
    });

    test("of a replication factor follow the replicas, up to 3", () => {
        expect(resolveSettings({ replicas: { loki: 5, mimir: 3 } }).replicationFactor).toEqual({ loki: 3, mimir: 3 });
        expect(resolveSettings({ replicas: { loki: 4 }, replicationFactor: { loki: 3 } }).replicationFactor.loki).toBe(
            3,
        );
    });

    test("hold in settings that are resolved again", () => {
        const once = resolveSettings({ profile: "prod", replicas: { mimir: 5 } });
        expect(resolveSettings(once)).toEqual(once);
    });

    test("give frozen settings", () => {
        const settings = resolveSettings({});
        expect(() => Object.assign(settings.replicas, { loki: 9 })).toThrow(TypeError);
    });
});

describe("stack config", () => {
    const read = async (config: Record<string, string>) =>
        (await recordProgram({ project: "shop", stack: "test", config }, loadSettings)).result;

    test("belongs to the project, whatever its name", async () => {
        const settings = await read({ "shop:namespace": "watch", "other:namespace": "elsewhere" });
        expect(settings.namespace).toBe("watch");
    });

    test("may hold numbers and booleans as texts, as `pulumi config set` writes them", async () => {
        const settings = await read({
            "shop:tracing": JSON.stringify({ samplingRatio: "0.25" }),
            "shop:replicas": JSON.stringify({ loki: "3" }),
            "shop:skipAwait": "true",
        });
        expect([settings.tracing.samplingRatio, settings.replicas.loki, settings.skipAwait]).toEqual([0.25, 3, true]);
    });

    test("takes an empty text for none", async () => {
        expect((await read({ "shop:cluster": "" })).cluster).toBe("dev");
    });

    test("is refused under the keys that it has in the stack file", async () => {
        await expect(read({ "shop:tracing": '{"samplingRatio": "lots"}' })).rejects.toThrow(
            'shop:tracing.samplingRatio is "lots"; it must be a number from 0 to 1.',
        );
    });

    test("may be secret only where it stays secret", async () => {
        const secretly = (config: Record<string, string>, secretKeys: string[]) =>
            recordProgram({ project: "shop", stack: "test", config, secretKeys }, loadSettings);
        const keys = { "shop:grafana": '{"adminPassword": "hunter2"}', "shop:objectStore": '{"kind": "minio"}' };
        await expect(secretly(keys, Object.keys(keys))).resolves.toBeDefined();
        const refused = secretly({ ...keys, "shop:tracing": '{"samplingRatio": "hunter2"}', "shop:replicas": "x" }, [
            "shop:tracing",
        ]).catch((error: SettingsError) => error.mistakes);
        expect(await refused).toEqual([
            "shop:tracing is secret; only grafana.adminPassword, objectStore.accessKeyId and objectStore.secretAccessKey may be, as all else can end in a chart, in clear text.",
            expect.stringMatching(/^shop:replicas is "x"/) as string,
        ]);
    });

    test("keeps secrets secret, and out of messages", async () => {
        const settings = await read({ "shop:grafana": '{"adminPassword": "hunter2"}' });
        const password = settings.grafana.adminPassword;
        expect(await pulumi.isSecret(pulumi.output(password))).toBe(true);
        expect(mistakes({ grafana: { adminPassword: ["hunter2"] } })).toEqual([
            "observability:grafana.adminPassword is [secret]; it must be a text that is not empty.",
        ]);
    });
});

describe("refused, each with key, value and what is allowed", () => {
    test.each<[string, object, string]>([
        ["an unknown key", { retentoin: {} }, "observability:retentoin is not a setting; known are profile, "],
        [
            "an unknown key inside",
            { retention: { log: "1d" } },
            "observability:retention.log is not a setting; known there are logs, traces, metrics, profiles.",
        ],
        [
            "an unknown key in a list",
            { tolerations: [{ kye: "a" }] },
            "observability:tolerations[0].kye is not a setting; known there are key, operator, value, effect, tolerationSeconds.",
        ],
        [
            "an unknown component in values",
            { values: { redis: {} } },
            "observability:values.redis is not a setting; known there are otelCollector, ",
        ],
        [
            "a text for a map",
            { retention: "7d" },
            'observability:retention is "7d"; it must be a map with the keys logs, traces, metrics, profiles.',
        ],
        [
            "a list for a map",
            { tracing: [1] },
            "observability:tracing is [1]; it must be a map with the keys samplingMode, samplingRatio, tail.",
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
        ["null", { namespace: null }, "observability:namespace is null; it must be a Kubernetes name"],
        [
            "a profile that is none",
            { profile: "staging" },
            'observability:profile is "staging"; it must be one of "dev", "prod".',
        ],
        [
            "a ratio above 1",
            { tracing: { samplingRatio: 1.5 } },
            "observability:tracing.samplingRatio is 1.5; it must be a number from 0 to 1.",
        ],
        [
            "a ratio below 0",
            { tracing: { samplingRatio: "-0.1" } },
            'observability:tracing.samplingRatio is "-0.1"; it must be a number from 0 to 1.',
        ],
        [
            "too short a retention of logs",
            { retention: { logs: "12h" } },
            'observability:retention.logs is "12h"; it must be a duration such as "90m", "36h", "14d" or "2w" (at most 2562047h), at least 24h (Loki deletes whole days).',
        ],
        [
            "too short a retention of traces",
            { retention: { traces: "30m" } },
            'observability:retention.traces is "30m"; it must be a duration',
        ],
        [
            "a longer retention than the backends can count",
            { retention: { logs: "106752d" } },
            'observability:retention.logs is "106752d"; it must be a duration such as "90m", "36h", "14d" or "2w" (at most 2562047h)',
        ],
        [
            "a duration without unit",
            { retention: { metrics: 30 } },
            "observability:retention.metrics is 30; it must be a duration",
        ],
        [
            "tail settings in head mode",
            { tracing: { tail: { decisionWait: "10s" } } },
            'observability:tracing.tail has no effect with tracing.samplingMode "head"',
        ],
        [
            "a replication factor above the replicas",
            { replicationFactor: { loki: 3 } },
            "observability:replicationFactor.loki is 3; it must be at most the number of replicas, which is 1.",
        ],
        [
            "an even replication factor",
            { replicas: { mimir: 3 }, replicationFactor: { mimir: 2 } },
            "observability:replicationFactor.mimir is 2; it must be an odd number",
        ],
        [
            "an even number of replicas that all hold a copy",
            { replicas: { loki: 2 } },
            "observability:replicas.loki is 2; it must be an odd number",
        ],
        [
            "too few replicas for erasure coding",
            { replicas: { minio: 2 } },
            "observability:replicas.minio is 2; it must be 1 (one drive, no redundancy) or a whole number from 4 to 16",
        ],
        [
            "a size that is none",
            { storage: { sizes: { loki: "10GB" } } },
            'observability:storage.sizes.loki is "10GB"; it must be a Kubernetes quantity',
        ],
        [
            "a namespace that is none",
            { namespace: "My_Space" },
            'observability:namespace is "My_Space"; it must be a Kubernetes name: at most 63',
        ],
        [
            "S3 without endpoint",
            { objectStore: { kind: "s3", existingSecret: "keys" } },
            'observability:objectStore.endpoint is missing; with kind "s3"',
        ],
        [
            "S3 without credentials",
            { objectStore: { kind: "s3", endpoint: "https://s3.example.com" } },
            "observability:objectStore needs exactly one kind of credentials, and has none: existingSecret",
        ],
        [
            "S3 with two kinds of credentials",
            { objectStore: { ...s3, workloadIdentity: true } },
            "observability:objectStore needs exactly one kind of credentials, and has existingSecret and workloadIdentity",
        ],
        [
            "half a key",
            { objectStore: { kind: "s3", endpoint: "https://s3.example.com", accessKeyId: "a" } },
            "observability:objectStore.secretAccessKey is missing; objectStore.accessKeyId is of no use without it.",
        ],
        [
            "an endpoint with a path",
            { objectStore: { ...s3, endpoint: "https://s3.example.com/bucket" } },
            'observability:objectStore.endpoint is "https://s3.example.com/bucket"; it must be a host',
        ],
        [
            "one bucket for two backends",
            { objectStore: { ...s3, buckets: { loki: "all", tempo: "all" } } },
            'observability:objectStore.buckets.tempo is "all"; it must be another bucket than that of loki.',
        ],
        [
            "a bucket that another backend has by default",
            { objectStore: { ...s3, buckets: { loki: "tempo" } } },
            'observability:objectStore.buckets.loki is "tempo"; it must be another bucket than that of tempo.',
        ],
        [
            "a bucket that another backend has by the prefix",
            { objectStore: { ...s3, bucketPrefix: "acme", buckets: { mimir: "acme-loki" } } },
            'observability:objectStore.buckets.mimir is "acme-loki"; it must be another bucket than that of loki.',
        ],
        [
            "a bucket that looks like an IP address",
            { objectStore: { ...s3, buckets: { loki: "10.0.0.1" } } },
            'observability:objectStore.buckets.loki is "10.0.0.1"; it must be a bucket name',
        ],
        [
            "a region that is none",
            { objectStore: { ...s3, region: "eu central 1" } },
            'observability:objectStore.region is "eu central 1"; it must be a region such as "eu-central-1"',
        ],
        [
            "a bad key of an annotation",
            { grafana: { ingress: { host: "a.example", annotations: { "a/b/c": "d" } } } },
            "observability:grafana.ingress.annotations.a/b/c is not allowed as a key; it must be a Kubernetes label key",
        ],
        [
            "an annotation that is no text",
            {
                objectStore: {
                    ...s3,
                    existingSecret: undefined,
                    workloadIdentity: true,
                    serviceAccountAnnotations: { a: 1 },
                },
            },
            "observability:objectStore.serviceAccountAnnotations.a is 1; it must be a text.",
        ],
        [
            "S3 settings for MinIO",
            { objectStore: { endpoint: "https://s3.example.com" } },
            'observability:objectStore.endpoint has no effect with objectStore.kind "minio"',
        ],
        [
            "both a password and a Secret",
            { grafana: { adminPassword: "a", existingSecret: "b" } },
            "observability:grafana.adminPassword and grafana.existingSecret are both set",
        ],
        [
            "both a user and a Secret",
            { grafana: { adminUser: "root", existingSecret: "b" } },
            "observability:grafana.adminUser and grafana.existingSecret are both set",
        ],
        [
            "an ingress without host",
            { grafana: { ingress: { enabled: true } } },
            "observability:grafana.ingress.host is missing; an ingress needs the host name",
        ],
        [
            "an ingress with a certificate and no host",
            { grafana: { ingress: { tlsSecret: "tls" } } },
            "observability:grafana.ingress.host is missing",
        ],
        [
            "a host with a scheme",
            { grafana: { ingress: { host: "https://a.example" } } },
            'observability:grafana.ingress.host is "https://a.example"; it must be a host name',
        ],
        [
            "an application namespace listed twice",
            { dapr: { enabled: true, namespaces: ["a", "b", "a"] } },
            'observability:dapr.namespaces[2] is "a"; it must be listed once',
        ],
        [
            "a folder of dashboards that is none",
            { dashboards: { disabledFolders: ["dapr", "slo"] } },
            'observability:dashboards.disabledFolders[1] is "slo"; it must be one of "cost", "dapr", "kubernetes", "platform", "stack", "stores".',
        ],
        ["Dapr without application namespaces", { dapr: { enabled: true } }, "observability:dapr.namespaces is empty"],
        [
            "a registry with a scheme",
            { images: { registry: "https://registry.example.com" } },
            'observability:images.registry is "https://registry.example.com"; it must be a registry',
        ],
        [
            "a registry that ends in a slash",
            { images: { registry: "registry.example.com/mirror/" } },
            'observability:images.registry is "registry.example.com/mirror/"; it must be a registry',
        ],
        [
            "a mirror with an unknown scheme",
            { charts: { mirror: "ftp://charts.example.com" } },
            'observability:charts.mirror is "ftp://charts.example.com"; it must be a folder of .tgz files',
        ],
        [
            "a pipeline of the collector with components that are not there",
            {
                collector: {
                    pipelines: {
                        "traces/x": { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["debug"] },
                    },
                },
            },
            'observability:collector.pipelines.traces/x.exporters[0] is "debug", which is not defined; it must be one of otlp_grpc.',
        ],
        [
            "an unknown key in a pipeline",
            { collector: { pipelines: { logs: { receivers: ["otlp"], exporters: ["otlp_grpc"], recievers: [] } } } },
            "observability:collector.pipelines.logs.recievers is not a setting; known there are receivers, processors, exporters.",
        ],
        [
            "a bad label of a node",
            { nodeSelector: { "a b": "c" } },
            "observability:nodeSelector.a b is not allowed as a key",
        ],
        [
            "a label of a node that is no text",
            { nodeSelector: { a: true } },
            "observability:nodeSelector.a is true; it must be",
        ],
        [
            "an effect that is none",
            { tolerations: [{ effect: "Never" }] },
            'observability:tolerations[0].effect is "Never"; it must be one of "NoSchedule"',
        ],
        [
            "a toleration of no key",
            { tolerations: [{ key: "a" }, { value: "b" }] },
            'observability:tolerations[1].key is missing; only operator "Exists" goes without',
        ],
        [
            "a toleration of any value with a value",
            { tolerations: [{ key: "a", operator: "Exists", value: "b" }] },
            'observability:tolerations[0].value has no meaning with operator "Exists"',
        ],
        [
            "seconds that a toleration without eviction cannot have",
            { tolerations: [{ key: "a", effect: "NoSchedule", tolerationSeconds: 60 }] },
            'observability:tolerations[0].tolerationSeconds has no meaning without effect "NoExecute"',
        ],
        [
            "a toleration of a value that no taint has",
            { tolerations: [{ key: "a", value: "b c" }] },
            'observability:tolerations[0].value is "b c"; it must be empty, or 1 to 63 letters',
        ],
        [
            "an Output where only plain data will do",
            { namespace: pulumi.output("watch") },
            "observability:namespace is an Output; it must be a Kubernetes name",
        ],
    ])("%s", (_, raw, sentence) => {
        const found = mistakes(raw);
        expect(found).toHaveLength(1);
        expect(found[0]?.startsWith(sentence) ? sentence : found[0]).toBe(sentence);
    });

    test("all mistakes at once, those between keys too", () => {
        const found = mistakes({
            tracing: { samplingRatio: 2, tail: {} },
            retention: { logs: "1h", nonsense: 1 },
            grafana: { ingress: { enabled: true } },
            dapr: { enabled: true, namespaces: ["Bad_Name"] },
            replicas: { mimir: 4 },
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
        ["dapr.namespaces", { dapr: { enabled: true, namespaces: "shop" } }],
        ["dapr.namespaces[0]", { dapr: { enabled: true, namespaces: ["Shop"] } }],
        ["tolerations[0].key", { tolerations: [{ key: "a b" }] }],
        [
            "collector.pipelines.traces.receivers[0]",
            { collector: { pipelines: { traces: { receivers: [1], exporters: [] } } } },
        ],
    ])("nothing that only follows from another mistake, in %s", (key, raw) => {
        expect(mistakes(raw).map((sentence) => sentence.split(" ")[0])).toEqual([`observability:${key}`]);
    });

    test("what is wrong elsewhere, also where something is missing that must be there", () => {
        const raw = { collector: { pipelines: { traces: { receivers: ["otlp"] } } }, dapr: { enabled: true } };
        expect(mistakes(raw).map((sentence) => sentence.split(";")[0])).toEqual([
            "observability:collector.pipelines.traces.exporters is missing",
            "observability:dapr.namespaces is empty",
        ]);
    });

    test("values of the wrong type, in words for people", () => {
        const leaves = (schema: unknown, path: string[]): string[][] => {
            let node = schema as Node;
            while (node.def?.innerType) {
                node = node.def.innerType;
            }
            const below = Object.entries(node.def?.shape ?? {}).flatMap(([key, child]) =>
                leaves(child, [...path, key]),
            );
            return path.length === 0 ? below : [path, ...below];
        };
        const paths = leaves(settingsSchema("dev"), []);
        expect(paths.length).toBeGreaterThan(80);
        for (const path of paths) {
            for (const value of [1, true, null, "", "\u0000", [], [1], { "a b": 1 }, [[]]]) {
                const raw = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;
                expect(
                    mistakes(raw).filter((sentence) => /invalid|expected|received|undefined/i.test(sentence)),
                ).toEqual([]);
            }
        }
    });
});

describe("nothing of a secret is in a message", () => {
    test.each<[string, object]>([
        ["in a list instead of a map", { objectStore: [{ secretAccessKey: "hunter2" }] }],
        ["in a text instead of a map", { grafana: '{adminPassword: "hunter2"' }],
        ["in a map instead of a text", { grafana: { adminPassword: { value: "hunter2" } } }],
        ["under a key that is not known", { objectStore: { secretAccesKey: "hunter2" } }],
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

describe("accepted", () => {
    test.each<[string, object]>([
        ["S3 with a Secret", { objectStore: s3 }],
        [
            "S3 with keys",
            { objectStore: { kind: "s3", endpoint: "s3.example.com", accessKeyId: "a", secretAccessKey: "b" } },
        ],
        [
            "S3 with workload identity",
            {
                objectStore: {
                    kind: "s3",
                    endpoint: "s3.example.com",
                    workloadIdentity: true,
                    serviceAccountAnnotations: { role: "x" },
                },
            },
        ],
        ["tail sampling", { tracing: { samplingMode: "tail", tail: { decisionWait: "30s" } } }],
        ["an ingress by its host alone", { grafana: { ingress: { host: "grafana.example.com" } } }],
        ["an ingress that is switched off", { grafana: { ingress: { enabled: false, tlsSecret: "tls" } } }],
        ["secrets as Outputs", { grafana: { adminPassword: pulumi.secret("x") } }],
        ["any Helm value", { values: { loki: { loki: { limits_config: { max_line_size: null } } } } }],
    ])("%s", (_, raw) => {
        expect(mistakes(raw)).toEqual([]);
    });
});

describe("warnings", () => {
    test("dev has none", () => {
        expect(warnings(resolveSettings({}))).toEqual([]);
    });

    test.each<[object, string]>([
        [{ profile: "prod" }, 'objectStore.kind is "minio"'],
        [{ profile: "prod", replicas: { mimir: 1 } }, "replicationFactor.mimir is 1"],
        [{ objectStore: s3 }, "neither objectStore.bucketPrefix nor objectStore.buckets is set"],
        [{ grafana: { persistence: false } }, "grafana.persistence is false"],
        [{ profile: "prod", skipAwait: true }, "skipAwait is true"],
        [{ profile: "prod" }, 'createNamespace is true: "pulumi destroy" deletes the namespace'],
        [
            { grafana: { existingSecret: "login" }, images: { pullSecrets: ["pull", "more"] } },
            "grafana.existingSecret names login, images.pullSecrets names pull and more in a namespace that is still to be made",
        ],
    ])("%j", (raw, warning) => {
        expect(warnings(resolveSettings(raw)).some((text) => text.startsWith(warning))).toBe(true);
    });
});

test("a namespace and Secrets that are there need no warning", () => {
    const raw = { profile: "prod", createNamespace: false, grafana: { existingSecret: "login" } };
    expect(warnings(resolveSettings(raw)).filter((text) => /namespace/i.test(text))).toEqual([]);
});

/** A zod schema, as far as tests look into it. */
interface Node {
    def?: { innerType?: Node; shape?: Record<string, Node> };
}

describe("Pulumi.yaml", () => {
    interface Property {
        type?: string;
        default?: unknown;
        description?: string;
    }
    const { config } = load(fs.readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, Property> };
    const { shape } = settingsSchema("dev");

    test("describes every key that can be set, and no other", () => {
        const described = Object.keys(config).filter((key) => !key.startsWith("pulumi:"));
        expect(described.sort()).toEqual(Object.keys(shape).sort());
        for (const [key, path] of keysBelow(shape)) {
            expect({ key: path, text: config[path.split(".")[0] ?? ""]?.description }).toEqual({
                key: path,
                text: expect.stringMatching(new RegExp(`(^|\\W)${key}(\\W|$)`)) as string,
            });
        }
    });

    test("gives each key a default that changes nothing, as Pulumi asks for keys without one", () => {
        const defaults = Object.entries(config).flatMap(([key, { default: value }]) =>
            key.startsWith("pulumi:") || value === "" ? [] : [[key, value]],
        );
        expect(defaults.length).toBeGreaterThan(10);
        expect(warnings(resolveSettings(Object.fromEntries(defaults) as object))).toEqual([]);
        expect(JSON.stringify(resolveSettings(Object.fromEntries(defaults) as object))).toBe(
            JSON.stringify(resolveSettings({})),
        );
    });

    function keysBelow(shapeOf: Record<string, unknown>, path = ""): [string, string][] {
        return Object.entries(shapeOf).flatMap(([key, schema]) => {
            let node = schema as Node;
            while (node.def?.innerType) {
                node = node.def.innerType;
            }
            const here = path === "" ? key : `${path}.${key}`;
            const below = keysBelow(node.def?.shape ?? {}, here);
            return path === "" ? below : [[key, here] as [string, string], ...below];
        });
    }
});
