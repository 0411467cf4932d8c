import { evaluateStack } from "../../cli/evaluate";
import { keysOf } from "../../cli/value-keys/chart";
import { keysFromDefaults, keysFromDescriptor, keysFromReference, yamlTags } from "../../cli/value-keys/program";
import { templateUses } from "../../cli/value-keys/template";
import { Loki } from "../../exports";
import { type ChartPin, pins } from "../../components/helm/pins";
import { knownKeys, unknownSentence, unknownValues } from "../../components/helm/value-keys";
import { errorMessage } from "../helpers/record";
import { mistakesOf } from "../helpers/mistakes";

type Chart = keyof typeof pins;

const found = (chart: Chart, values: object) =>
    unknownValues(pins[chart], values).map((value) => `${value.path.join(".")} -> ${value.suggestion ?? ""}`);

describe("an unknown key is reported with a similar known key", () => {
    test.each<[Chart, object, string]>([
        ["grafana", { replicaCount: 2 }, "replicaCount -> replicas"],
        ["loki", { loki: { limits_confg: {} } }, "loki.limits_confg -> loki.limits_config"],
        [
            "mimir",
            { config: { limits: { ingestion_ratee: 1 } } },
            "config.limits.ingestion_ratee -> config.limits.ingestion_rate",
        ],
        ["grafana", { podAnnotation: {} }, "podAnnotation -> podAnnotations"],
        ["grafana", { persistance: { enabled: true } }, "persistance -> persistence"],
        ["grafana", { ingress: { host: "x" } }, "ingress.host -> ingress.hosts"],
        ["grafana", { envFromSecrt: "s" }, "envFromSecrt -> envFromSecret"],
        ["grafana", { plugin: [] }, "plugin -> plugins"],
        ["loki", { limits_config: {} }, "limits_config -> loki.limits_config"],
        ["loki", { singleBinnary: {} }, "singleBinnary -> singleBinary"],
        ["loki", { singleBinary: { replica: 3 } }, "singleBinary.replica -> singleBinary.replicas"],
        [
            "loki",
            { singleBinary: { persistance: { size: "5Gi" } } },
            "singleBinary.persistance -> singleBinary.persistence",
        ],
        [
            "loki",
            { loki: { limits_config: { ingestion_rate_mbb: 2 } } },
            "loki.limits_config.ingestion_rate_mbb -> loki.limits_config.ingestion_rate_mb",
        ],
        [
            "loki",
            { loki: { structuredConfig: { querier: { max_concurent: 4 } } } },
            "loki.structuredConfig.querier.max_concurent -> loki.structuredConfig.querier.max_concurrent",
        ],
        ["tempo", { tempo: { retenton: "1h" } }, "tempo.retenton -> tempo.retention"],
        [
            "tempo",
            { tempo: { overrides: { defaults: { metrics_generator: { processorz: [] } } } } },
            "tempo.overrides.defaults.metrics_generator.processorz -> tempo.overrides.defaults.metrics_generator.processor",
        ],
        [
            "mimir",
            { config: { blocks_storage: { tsdb: { retention_periode: "1d" } } } },
            "config.blocks_storage.tsdb.retention_periode -> config.blocks_storage.tsdb.retention_period",
        ],
        ["mimir", { replica: 3 }, "replica -> replicas"],
        [
            "pyroscope",
            { pyroscope: { structuredConfig: { limits: { ingestion_rate_mbs: 2 } } } },
            "pyroscope.structuredConfig.limits.ingestion_rate_mbs -> pyroscope.structuredConfig.limits.ingestion_rate_mb",
        ],
        ["pyroscope", { pyroscope: { replicaCounts: 2 } }, "pyroscope.replicaCounts -> pyroscope.replicaCount"],
        ["otelCollector", { resource: {} }, "resource -> resources"],
        ["otelCollector", { replicas: 2 }, "replicas -> replicaCount"],
        ["alloy", { alloy: { extraEnvv: [] } }, "alloy.extraEnvv -> alloy.extraEnv"],
        ["alloy", { controler: {} }, "controler -> controller"],
        ["minio", { persistence: { sise: "5Gi" } }, "persistence.sise -> persistence.size"],
    ])("%s: %j", (chart, values, expected) => {
        expect(found(chart, values)).toEqual([expected]);
    });

    test("a name without a similar known key has no suggestion", () => {
        expect(found("grafana", { xyzzy: 1 })).toEqual(["xyzzy -> "]);
    });
});

describe("a known key is accepted", () => {
    test.each<[Chart, object]>([
        // Charts use these keys, but their values.yaml does not contain them.
        ["grafana", { podAnnotations: { a: "b" } }],
        ["grafana", { "grafana.ini": { "auth.generic_oauth": { enabled: true } } }],
        ["grafana", { extraInitContainers: [{ name: "a" }], envFromSecret: "s", env: { A: "1" } }],
        ["grafana", { resources: { limits: { cpu: "1", "example.com/gpu": 1 } } }],
        ["grafana", { nodeSelector: { "example.com/pool": "a" }, ingress: { annotations: { a: "b" } } }],
        ["grafana", { datasources: { "more.yaml": { apiVersion: 1 } }, replicas: 2, service: { type: "NodePort" } }],
        ["loki", { loki: { limits_config: { ingestion_rate_mb: 20, otlp_config: { log_attributes: [] } } } }],
        ["loki", { loki: { structuredConfig: { querier: { max_concurrent: 4 } }, containerSecurityContext: {} } }],
        [
            "loki",
            { singleBinary: { extraEnv: [], resources: {}, podAnnotations: { a: "b" } }, gateway: { enabled: false } },
        ],
        ["loki", { loki: { schemaConfig: { configs: [] }, storage: { s3: { insecure: true } } } }],
        ["mimir", { config: { limits: { ingestion_rate: 5, max_global_series_per_user: 9 } } }],
        ["mimir", { config: { ingester: { ring: { replication_factor: 1 } } }, resources: {} }],
        ["tempo", { tempo: { ingester: { max_block_duration: "5m" }, resources: {} }, podAnnotations: { a: "b" } }],
        ["tempo", { tempo: { overrides: { defaults: { metrics_generator: { processors: ["span-metrics"] } } } } }],
        ["pyroscope", { pyroscope: { extraArgs: { "log.level": "debug" }, extraEnvVars: { A: "b" } } }],
        ["pyroscope", { pyroscope: { structuredConfig: { limits: { ingestion_rate_mb: 9 } } } }],
        ["otelCollector", { resources: {}, extraEnvs: [], podAnnotations: { a: "b" }, replicaCount: 2 }],
        ["otelCollector", { alternateConfig: { receivers: { otlp: {} } }, config: { exporters: { debug: {} } } }],
        [
            "alloy",
            { alloy: { extraEnv: [], envFrom: [], mounts: { varlog: true } }, controller: { type: "daemonset" } },
        ],
        ["minio", { persistence: { size: "5Gi" }, resources: { requests: { cpu: 1 } } }],
        // null removes the default of the chart.
        ["grafana", { persistence: null, testFramework: { enabled: null } }],
    ])("%s: %j", (chart, values) => {
        expect(found(chart, values)).toEqual([]);
    });

    test.each<[string, string, object]>([
        ["dev", "dev", {}],
        ["prod", "prod", {}],
        ["prod with tail sampling", "prod", { tracing: { samplingMode: "tail" } }],
        [
            "dev with a tenant, Jaeger and scraped profiles",
            "dev",
            { tenant: "a", profiling: { scrape: true }, collector: { jaeger: true } },
        ],
        [
            "prod on S3 behind an ingress",
            "prod",
            {
                objectStore: {
                    kind: "s3",
                    endpoint: "https://s3.example.com",
                    workloadIdentity: true,
                    bucketPrefix: "a",
                },
                grafana: { ingress: { host: "grafana.example.com", tlsSecret: "tls" } },
                images: { registry: "registry.example.com", pullSecrets: ["login"] },
                storage: { className: "fast" },
                nodeSelector: { pool: "a" },
                tolerations: [{ key: "a", operator: "Exists" }],
            },
        ],
    ])("in all values that the stack sets: %s", async (_, stack, settings) => {
        const { charts } = await evaluateStack(stack, settings);
        expect(charts).toHaveLength(stack === "prod" && "objectStore" in settings ? 9 : 10);
        const unknown = charts.flatMap(({ chart, values }) => {
            const pin = Object.values<ChartPin>(pins).find(({ name }) => name === chart) as ChartPin;
            return unknownValues(pin, values).map((value) => `${value.path.join(".")} ${unknownSentence(value)}`);
        });
        expect(unknown).toEqual([]);
    });
});

describe("settings", () => {
    const values = { grafana: { replicaCount: 2 }, mimir: { config: { limits: { ingestion_ratee: 1 } } } };
    const mistakes = (settings: object) => mistakesOf(settings, "observability:");

    test("are rejected with all unknown keys at once", () => {
        expect(mistakes({ values })).toEqual([
            "observability:values.mimir.config.limits.ingestion_ratee does not exist in the configuration of Mimir (main branch, 2026-04-23). Did you mean values.mimir.config.limits.ingestion_rate? To pass it anyway, set valuesUnchecked.mimir: true.",
            "observability:values.grafana.replicaCount does not exist in chart grafana 12.11.1. Did you mean values.grafana.replicas? To pass it anyway, set valuesUnchecked.grafana: true.",
        ]);
    });

    test("accept unknown keys of the components in valuesUnchecked", () => {
        expect(mistakes({ values, valuesUnchecked: { grafana: true, mimir: true } })).toEqual([]);
        expect(mistakes({ values, valuesUnchecked: { grafana: true } })).toHaveLength(1);
    });
});

test("a component rejects unknown keys, unless valuesUnchecked is set", async () => {
    const args = { namespace: "logs", bucket: { endpoint: "s3", bucket: "b" }, values: { loki: { limits_confg: {} } } };
    expect(await errorMessage((opts) => new Loki("loki", args, opts))).toBe(
        "values.loki.limits_confg does not exist in chart loki 18.11.0. Did you mean values.loki.limits_config?\nSet valuesUnchecked to true to allow unknown keys.",
    );
    await expect(errorMessage((opts) => new Loki("loki", { ...args, valuesUnchecked: true }, opts))).rejects.toThrow(
        "the program did not fail",
    );
});

describe("the known keys", () => {
    test.each(Object.values<ChartPin>(pins))("are those of $name $version, which npm run value-keys writes", (pin) => {
        expect(knownKeys(pin.name).version).toBe(pin.version);
    });

    test.each(["mimir", "minio"])("of our own chart %s are up to date", (chart) => {
        expect(knownKeys(chart)).toEqual(keysOf(`charts/${chart}`));
    });

    test("of a template include keys in with, index and variables, but not keys of other maps", () => {
        const { read, whole, passed } = templateUses([
            '{{ with .Values.a }}{{ .b }}{{ end }}{{ index .Values.c "d" }}{{ $x := .Values.e }}{{ $x.f }}{{ .Release.Name }}',
            '{{ toYaml .Values.g | nindent 2 }}{{ include "h" (dict "i" .Values.j) }}{{ range .Values.k }}{{ .l }}{{ end }}',
        ]);
        const names = (places: string[][]) => [...new Set(places.map((place) => place.join(".")))].sort();
        expect(names(read)).toEqual(["a", "a.b", "c", "c.d", "e", "e.f", "g", "j", "k"]);
        expect(names(whole)).toEqual(["g", "k"]);
        expect(names(passed)).toEqual(["j"]);
    });

    test("of a program are read from all formats of its reference", () => {
        const reference =
            '## All\n\n```yaml\n[target: <string> | default = "all"]\n\n[server: <server>]\n\nui:\n  # CLI flag\n  [enabled: <boolean>]\n```\n\n### server\n\n```yaml\n[port: <int> | default = 1]\ntls:\n  <name>:\n```\n';
        expect(keysFromReference(reference)).toEqual({
            target: "*",
            server: { port: "*", tls: "*" },
            ui: { enabled: "*" },
        });
        const block = (name: string, blockEntries: object[]) => ({ kind: "block", name, blockEntries });
        const field = (name: string) => ({ kind: "field", name });
        expect(
            keysFromDescriptor(JSON.stringify(block("", [field("target"), block("server", [field("port")])]))),
        ).toEqual({
            target: "*",
            server: { port: "*" },
        });
        expect(keysFromDefaults("```yaml\ntarget: all\nserver:\n  port: 1\n```\n")).toEqual({
            target: "*",
            server: { port: "*", "~": "*" },
        });
        expect(yamlTags(['A int `yaml:"port,omitempty"`', 'B int `yaml:"host" json:"h"`'])).toEqual(["host", "port"]);
    });
});
