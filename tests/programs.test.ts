import { spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import type { KubernetesObject } from "../cli/manifests";
import { type Program, programs } from "../cli/upgrade/programs";
import { alloyConfig, type AlloyFile } from "../components/alloy/config";
import { redactionPatternNames } from "../validation/redaction";
import { describeWith } from "./helpers/prerequisites";
import { type RenderedStack, renderStack, type Workload, workloads } from "./helpers/rendered";

let folder: string;
beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "configs-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const queryRanges = {
    logs: { maxQueryRange: "7d" },
    metrics: { maxQueryRange: "30d" },
    traces: { maxQueryRange: "2d" },
    profiles: { maxQueryRange: "2d" },
};
/** All limits of a tenant. */
const tenantLimits = {
    logs: {
        ingestionMiBPerSecond: 2,
        streamMiBPerSecond: 1,
        maxStreams: 100,
        maxLineKiB: 64,
        maxQueryGiB: 5,
        maxQueryRange: "7d",
        retention: "3d",
    },
    metrics: {
        samplesPerSecond: 1000,
        maxSeries: 30_000,
        maxLabelsPerSeries: 20,
        maxSeriesPerQuery: 10_000,
        maxQueryRange: "14d",
        retention: "14d",
    },
    traces: {
        ingestionMiBPerSecond: 1,
        maxTraces: 100,
        maxTraceMiB: 2,
        maxSpanMetricSeries: 1000,
        maxQueryRange: "1d",
        retention: "12h",
    },
    profiles: { ingestionMiBPerSecond: 1, maxQueryRange: "1d", retention: "1d" },
};

const rendered = new Map<string, Promise<RenderedStack>>();
const variants: [string, string, object][] = [
    ["dev", "dev", {}],
    ["prod", "prod", {}],
    ["prod with tail sampling", "prod", { tracing: { samplingMode: "tail", samplingRatio: 0.1 } }],
    [
        "prod on S3",
        "prod",
        {
            objectStore: {
                kind: "s3",
                endpoint: "https://s3.eu-central-1.amazonaws.com",
                workloadIdentity: true,
                bucketPrefix: "acme",
            },
        },
    ],
    ["dev for some namespaces", "dev", { collectFrom: { namespaces: ["shop"], nodes: false } }],
    [
        "dev with optional features",
        "dev",
        {
            tenant: "acme",
            limits: { ...queryRanges, tenants: [{ tenant: "shop", ...tenantLimits }] },
            collector: { jaeger: true, resourceAttributes: { "deployment.environment.name": "a b" } },
            logs: {
                retentionByNamespace: { audit: "365d" },
                dropLines: ["GET /healthz", '"quoted\\\\s"'],
                excludeNamespaces: ["kube-system", "noise"],
                minimumLevel: { shop: "warn", "*": "info" },
            },
            metrics: { dropNames: ["go_gc_.*", "jvm\\.buffer"] },
            profiling: { scrape: true },
            redaction: {
                deleteAttributes: ["cookie"],
                hashAttributes: ["enduser.id"],
                maskAttributes: ["mail"],
                patterns: [...redactionPatternNames],
                customPatterns: { student: "\\bS-\\d{8}$" },
                attributeValues: true,
            },
            tracing: {
                dropSpans: [{ name: "GET /health.*", attributes: { "url.path": "/(a|b)$" }, namespaces: ["shop"] }],
            },
        },
    ],
    [
        "dev with external stores, user name and password",
        "dev",
        {
            external: {
                mimir: {
                    url: "https://metrics.example.com/prometheus",
                    remoteWriteUrl: "https://metrics.example.com/write",
                    otlpUrl: "https://metrics.example.com/otlp",
                    existingSecret: "metrics-login",
                },
                alertmanager: { url: "http://alertmanager:9093" },
            },
        },
    ],
    [
        "dev with external stores and tokens",
        "dev",
        {
            external: {
                mimir: {
                    url: "https://metrics.example.com/prometheus",
                    remoteWriteUrl: "https://metrics.example.com/write",
                    otlpUrl: "https://metrics.example.com/otlp",
                    scheme: "bearer",
                    existingSecret: "metrics-token",
                },
            },
        },
    ],
    ["prod with distributed Loki", "prod", { mode: { loki: "distributed" } }],
    ["dev without traces", "dev", { components: { tempo: false } }],
    ["dev with kube-state-metrics", "dev", { components: { kubeStateMetrics: true } }],
];
/** Variants with data from outside of the cluster, for the collector. */
const ingestion: typeof variants = [
    ["dev with tokens of clients", "dev", { ingestion: { external: { enabled: true, clients: ["edge", "my-app"] } } }],
    [
        "prod with tail sampling, passwords of clients and a certificate",
        "prod",
        {
            tracing: { samplingMode: "tail" },
            ingestion: { external: { enabled: true, scheme: "basic", clients: ["edge", "my-app"], tlsSecret: "tls" } },
        },
    ],
];
/** Variants with external stores of all signals, for the programs that send data to them. */
const senders: typeof variants = (["basic", "bearer"] as const).map((scheme) => [
    `dev with external stores of all signals, ${scheme}`,
    "dev",
    {
        profiling: { scrape: true },
        external: {
            loki: { url: "https://loki.example.com", scheme, existingSecret: "loki" },
            tempo: {
                url: "https://tempo.example.com",
                otlpEndpoint: "https://tempo.example.com:4317",
                scheme,
                existingSecret: "tempo",
            },
            mimir: {
                url: "https://metrics.example.com/prometheus",
                remoteWriteUrl: "https://metrics.example.com/write",
                otlpUrl: "https://metrics.example.com/otlp",
                scheme,
                existingSecret: "metrics",
            },
            pyroscope: { url: "https://pyroscope.example.com", scheme, existingSecret: "pyroscope" },
        },
    },
]);

/** Whether the settings leave out the program or replace it. */
function isAbsent(program: string, settings: object): boolean {
    const { components = {}, external = {} } = settings as Record<string, Record<string, unknown>>;
    return components[program] === false || program in external;
}

/** The value of a key in a ConfigMap. The chart of the collector appends "-statefulset" to the name of the ConfigMap in this mode. */
function dataOf(objects: KubernetesObject[], configMap: string, key: string): string {
    const names = [configMap, `${configMap}-statefulset`];
    const found = objects.filter(({ kind, metadata }) => kind === "ConfigMap" && names.includes(metadata.name));
    expect(found).toHaveLength(1);
    return (found[0] as Record<string, any>)["data"][key];
}

/** Writes the value of a key in a ConfigMap to a file. */
async function configFile(variant: (typeof variants)[number], configMap: string, key: string): Promise<string> {
    const [title, stack, settings] = variant;
    const stackOf = rendered.get(title) ?? renderStack(stack, settings);
    rendered.set(title, stackOf);
    const file = path.join(folder, `${title.replace(/\W/g, "-")}-${configMap}-${key}`);
    // The chart of Alloy removes the newline at the end.
    fs.writeFileSync(file, `${dataOf((await stackOf).objects, configMap, key).trimEnd()}\n`);
    return file;
}

/** Runs a program, and returns its output if the exit code is not 0. All programs also log to stderr if they succeed. */
function failure(program: string, args: string[]): string {
    const { status, stdout, stderr } = spawnSync(program, args, {
        encoding: "utf8",
        timeout: 30_000,
        env: {
            ...process.env,
            POD_IP: "127.0.0.1",
            POD_NAME: "mimir-0",
            MY_POD_IP: "127.0.0.1",
            K8S_NODE_NAME: "node",
            NODE_IP: "127.0.0.1",
        },
    });
    return status === 0 ? "" : `exit code ${status}: ${stdout}${stderr}`;
}

// The last part of the image, the ConfigMap and its key, and arguments of the container that the configuration needs.
const checks: [string, string, string, string[]][] = [
    ["opentelemetry-collector-contrib", "otel-collector-opentelemetry-collector", "relay", []],
    ["loki", "loki", "config.yaml", ["-config.expand-env=true"]],
    ["tempo", "tempo", "tempo.yaml", []],
    ["mimir", "mimir", "mimir.yaml", ["-config.expand-env=true"]],
    ["pyroscope", "pyroscope-config", "config.yaml", []],
    ["alloy", "lgtm-alloy-receiver", "config.alloy", ["--stability.level=public-preview"]],
    ["alloy", "lgtm-alloy-logs", "config.alloy", []],
    ["alloy", "lgtm-alloy-metrics", "config.alloy", []],
];

describe.each(checks)("%s", (image, configMap, key, args) => {
    const { name: program, validation } = programs[image] as Required<Program>;
    describeWith({ programs: ["helm", program], mirror: true }, `accepts the configuration in ${configMap}`, () => {
        const possible = [
            ...variants,
            ...(program === "alloy" ? senders : program === "otelcol-contrib" ? ingestion : []),
        ];
        const deploys = ([, , settings]: (typeof variants)[number]) => !isAbsent(program, settings);
        test.each(possible.filter(deploys))("in %s", async (...variant) => {
            expect(failure(program, validation(await configFile(variant, configMap, key), args))).toBe("");
        });

        test("and rejects an invalid configuration", async () => {
            const file = await configFile(variants[0] as (typeof variants)[number], configMap, key);
            const invalid = `${file}-invalid`;
            fs.writeFileSync(invalid, `${fs.readFileSync(file, "utf8")}\nno_such_key: true\n`);
            expect(failure(program, validation(invalid, args))).not.toBe("");
        });
    });
});

describeWith({ programs: ["helm", "pyroscope"], mirror: true }, "pyroscope", () => {
    test("accepts its command line flags", async () => {
        const { byRelease } = await renderStack("dev");
        const [{ pod }] = workloads(byRelease.get("pyroscope") ?? []) as [Workload];
        // These files exist only in the cluster.
        const flags = (pod.containers[0]?.["args"] as string[]).filter((flag) => !/config\.file=/.test(flag));
        expect(flags).toEqual(expect.arrayContaining(["-usage-stats.enabled=false", "-retention-period=48h"]));
        expect(failure("pyroscope", [...flags, "-modules"])).toBe("");
        expect(failure("pyroscope", ["-no-such-flag=1", "-modules"])).not.toBe("");
    });
});

describeWith({ programs: ["helm", "alloy"], mirror: true }, "lgtm-alloy-singleton", () => {
    const events = { logs: { kubernetesEvents: true } };
    const modules = ["http_2xx", "tcp_connect", "tls_connect", "grpc", "grpc_plain"].map((module) => ({
        name: module,
        url: module === "http_2xx" ? 'https://shop.example.com/?q="a"' : "shop.example.com:443",
        module,
    }));
    const databases = (["disable", "require", "verify"] as const).flatMap((tls) =>
        (["postgresql", "mysql", "mongodb", "redis"] as const).map((kind) => ({
            name: `${kind}-${tls}`,
            kind,
            address: `${kind}-${tls}.shop.svc:1234`,
            existingSecret: "login",
            usernameKey: "user",
            tls,
        })),
    );
    test("the configuration of all kinds of databases is formatted, and valid if the program has their exporters", async () => {
        const file = await configFile(["databases", "prod", { databases }], "lgtm-alloy-singleton", "config.alloy");
        const { validation } = programs["alloy"] as Required<Program>;
        expect(failure("alloy", ["fmt", "--test", file])).toBe("");
        // A build of Alloy can lack them.
        const found = failure("alloy", validation(file, []));
        const missing =
            /definition of component name "prometheus\.exporter\.(postgres|mysql|mongodb)"|: validation failed/;
        expect(found.split("\n").filter((line) => /Error:/.test(line) && !missing.test(line))).toEqual([]);
    });

    test("the configuration of Kafka clusters is formatted, and valid if the program has their exporter", async () => {
        const kafka = [
            { name: "plain", brokers: ["a.shop.svc:9092", "b.shop.svc:9092"] },
            { name: "login", brokers: ["kafka.example.com:9094"], existingSecret: "login", mechanism: "plain" },
            { name: "unverified", brokers: ["kafka.example.com:9095"], tls: "require" },
        ];
        const settings = { kafka, components: { redpanda: true }, metrics: { dropNames: ["go_.*"] }, tenant: "acme" };
        const file = await configFile(["kafka", "prod", settings], "lgtm-alloy-kafka", "config.alloy");
        const { validation } = programs["alloy"] as Required<Program>;
        expect(failure("alloy", ["fmt", "--test", file])).toBe("");
        // A build of Alloy can lack it.
        const found = failure("alloy", validation(file, []));
        const missing = /definition of component name "prometheus\.exporter\.kafka"|: validation failed/;
        expect(found.split("\n").filter((line) => /Error:/.test(line) && !missing.test(line))).toEqual([]);
    });

    test.each<[string, object]>([
        ["events", events],
        ["probes with every module", { probes: modules }],
        [
            "monitors in some namespaces",
            { metrics: { prometheusOperator: true }, collectFrom: { namespaces: ["shop", "pay"] } },
        ],
        [
            "monitors without the metrics scraper",
            { metrics: { prometheusOperator: true }, components: { alloyMetrics: false } },
        ],
        [
            "rules of all namespaces but one",
            { metrics: { prometheusRules: true }, collectFrom: { excludeNamespaces: ["dev"] } },
        ],
        [
            "rules of a store with other clusters",
            {
                metrics: { prometheusRules: true },
                ingestion: { external: { enabled: true, otherClusters: true, clients: ["edge"] } },
            },
        ],
        ["Redis servers", { databases: databases.filter(({ kind }) => kind === "redis") }],
        [
            "all sources with redaction, dropped metrics and a tenant",
            {
                ...events,
                probes: modules,
                tenant: "acme",
                metrics: {
                    dropNames: ["probe_ip_.*"],
                    prometheusOperator: true,
                    controlPlane: ["apiServer", "coreDns", "controllers", "etcd"],
                },
                redaction: { patterns: [...redactionPatternNames] },
            },
        ],
    ])("accepts the configuration of %s", async (title, settings) => {
        const file = await configFile([title, "prod", settings], "lgtm-alloy-singleton", "config.alloy");
        const { validation } = programs["alloy"] as Required<Program>;
        expect(failure("alloy", validation(file, []))).toBe("");
        expect(failure("alloy", ["fmt", "--test", file])).toBe("");
    });
});

describeWith({ programs: ["alloy"] }, "Alloy's formatter", () => {
    test.each<AlloyFile | "service-name" | "pod-labels" | "monitor-rules">([
        "receiver",
        "receiver-tempo",
        "receiver-loki",
        "receiver-mimir",
        "receiver-profiles",
        "pods",
        "logs",
        "metrics",
        "node",
        "profiles",
        "ebpf",
        "kube-state-metrics",
        "singleton",
        "events",
        "probes",
        "databases",
        "monitors",
        "prometheus-rules",
        "api-server",
        "coredns",
        "controllers",
        "etcd",
        "kafka",
        "pod-labels",
        "monitor-rules",
        "service-name",
        "write-loki",
        "write-mimir",
        "write-pyroscope",
    ])("changes nothing in %s.alloy", (role) => {
        expect(failure("alloy", ["fmt", "--test", `components/alloy/${role}.alloy`])).toBe("");
    });
});

describe("Alloy's configuration", () => {
    const values = {
        lokiUrl: "u",
        cluster: "c",
        tenant: "t",
        droppedEntries: "d",
        collectedNamespaces: ".+",
        excludedNamespaces: "-",
        excludedLogNamespaces: "",
    };
    const sections = { lokiBasic: false, lokiBearer: false };

    test("is rejected if a placeholder has no value, or a value has no placeholder", () => {
        expect(() =>
            alloyConfig(["pods", "logs", "write-loki"], { ...values, cluster: undefined } as never, sections),
        ).toThrow("pods.alloy: the placeholder <<cluster>> has no value");
        expect(() => alloyConfig(["pods", "logs", "write-loki"], { ...values, more: "m" }, sections)).toThrow(
            "pods.alloy, logs.alloy, write-loki.alloy: no placeholder for more",
        );
    });

    test("is rejected if a section is unknown", () => {
        expect(() => alloyConfig(["pods", "logs", "write-loki"], values, { lokiBasic: true })).toThrow(
            "write-loki.alloy: the section lokiBearer is unknown",
        );
    });

    test("contains only the sections that apply", () => {
        const config = alloyConfig(["pods", "logs", "write-loki"], values, { lokiBasic: false, lokiBearer: true });
        expect(config).toContain('bearer_token = sys.env("LOKI_token")');
        expect(config).not.toContain("basic_auth");
        expect(config).not.toContain("<<");
    });

    test("escapes values", () => {
        expect(alloyConfig(["pods", "logs", "write-loki"], { ...values, tenant: 'a"b\\' }, sections)).toContain(
            'tenant_id = "a\\"b\\\\"',
        );
    });
});
