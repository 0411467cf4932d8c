import { RE2JS } from "re2js";
import * as components from "../exports";
import { collectorComponents } from "../components/otel-collector/config";
import { alloyLogsValues, alloyMetricsValues } from "../components/alloy/values";
import { lokiLimits, mimirLimits, pyroscopeLimits, tempoLimits } from "../components/limits";
import { lokiValues } from "../components/loki/values";
import { mimirValues } from "../components/mimir/values";
import { pyroscopeValues } from "../components/pyroscope/values";
import { tempoValues } from "../components/tempo/values";
import { resolveSettings } from "../settings/resolve";
import { warnings } from "../settings/warnings";
import { redactionPatternNames, redactionPatterns, type RedactionPattern } from "../validation/redaction";
import { errorMessage } from "./helpers/record";
import { mistakesOf } from "./helpers/mistakes";

const required = { namespace: "watch", cluster: "c", exportEndpoint: "http://alloy:4318" };

/** A text after all matches of a pattern were replaced, as in the log collector. */
function redacted(name: string, line: string): string {
    const {
        before = "",
        secret,
        after = "",
    } = (redactionPatterns as Record<string, RedactionPattern>)[name] ?? {
        secret: "",
    };
    return RE2JS.compile(`(${before})(${secret})(${after})`).matcher(line).replaceAll("$1****$3");
}

describe("a built-in pattern", () => {
    test.each<[(typeof redactionPatternNames)[number], string, string]>([
        ["authorization", "authorization: Basic dXNlcjpwdw== path=/", "authorization: Basic **** path=/"],
        ["authorization", '{"Authorization":"Bearer abc.def","a":1}', '{"Authorization":"Bearer ****","a":1}'],
        ["bearerToken", "sent Bearer abcdefghijklmnop123", "sent Bearer ****"],
        ["cookie", '{"cookie":"sid=1; theme=dark","a":1}', '{"cookie":"****","a":1}'],
        ["cookie", "Set-Cookie: sid=1; Path=/", "Set-Cookie: ****"],
        ["password", '{"password":"hunter2","user":"a"}', '{"password":"****","user":"a"}'],
        ["password", "user=a db_password=hunter2 x=1", "user=a db_password=**** x=1"],
        ["password", String.raw`{"log":"{\"passwd\":\"x y\"}"}`, String.raw`{"log":"{\"passwd\":\"**** y\"}"}`],
        ["apiKey", "GET /?api_key=k1&page=2", "GET /?api_key=****&page=2"],
        ["apiKey", '{"access_token": "t1"}', '{"access_token": "****"}'],
        ["jwt", "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.s-_1 end", "token **** end"],
        ["awsAccessKey", "key AKIAIOSFODNN7EXAMPLE.", "key ****."],
        ["githubToken", `x ghp_${"a".repeat(36)} y`, "x **** y"],
        ["urlCredentials", "postgres://app:secret@db:5432/x", "postgres://app:****@db:5432/x"],
        ["privateKey", "k=-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- e", "k=**** e"],
        ["email", "from ada.l@example.co.uk to b", "from **** to b"],
        ["creditCard", "card 4111 1111 1111 1111, amex 378282246310005", "card ****, amex ****"],
        ["iban", "to DE89 3704 0044 0532 0130 00.", "to ****."],
        ["ipv4Address", "client 10.0.0.255:80", "client ****:80"],
    ])("%s replaces only the secret in %j", (name, line, expected) => {
        expect(redacted(name, line)).toBe(expected);
    });

    test.each(redactionPatternNames)("%s changes nothing in ordinary lines", (name) => {
        const lines = [
            "INFO password reset for user 12",
            "level=info trace_id=4bf92f3577b34da6a3ce929d0e0e4736 msg=done took=12ms",
            '{"url":"http://shop.example.com:8080/orders/17","status":200}',
            "GET /api/keys 200 1234567890123",
        ];
        expect(lines.map((line) => redacted(name, line))).toEqual(lines);
    });
});

describe("the collector", () => {
    const processors = (more: object) => collectorComponents({ ...required, ...more }).processors;
    const pipelines = (more: object) => collectorComponents({ ...required, ...more }).pipelines;

    test("has no further processors by default", () => {
        expect(Object.keys(processors({}))).not.toContain("filter/drop");
        expect(Object.keys(processors({}))).not.toContain("transform/redact");
    });

    test("drops spans without IDs and attributes without a valid key before all other processors", () => {
        const { traces, logs } = pipelines({});
        expect(traces?.processors?.slice(0, 2)).toEqual(["memory_limiter", "filter/invalid"]);
        expect(logs?.processors).not.toContain("filter/invalid");
        expect(logs?.processors?.slice(0, 2)).toEqual(["memory_limiter", "transform/invalid"]);
        const replaced = { pipelines: { traces: { processors: ["memory_limiter", "resource"] } } };
        expect(Object.keys(processors({ components: replaced }))).not.toContain("filter/invalid");
        expect(Object.keys(processors({}))).toEqual(expect.arrayContaining(["filter/invalid", "transform/invalid"]));
    });

    test("deletes, hashes and masks attributes in every signal", () => {
        const redaction = { deleteAttributes: ["cookie"], hashAttributes: ["enduser.id"], maskAttributes: ["mail"] };
        const statements = (context: string) => [
            `delete_key(${context}.attributes, "cookie")`,
            `set(${context}.attributes["enduser.id"], SHA256(String(${context}.attributes["enduser.id"]))) where ${context}.attributes["enduser.id"] != nil`,
            `set(${context}.attributes["mail"], "****") where ${context}.attributes["mail"] != nil`,
        ];
        const inContexts = (...contexts: string[]) =>
            contexts.map((context) => ({ context, statements: statements(context) }));
        expect(processors({ redaction })["transform/redact"]).toEqual({
            error_mode: "ignore",
            trace_statements: inContexts("resource", "span", "spanevent"),
            metric_statements: inContexts("resource", "datapoint"),
            log_statements: inContexts("resource", "log"),
        });
        for (const pipeline of Object.values(pipelines({ redaction }))) {
            expect(pipeline.processors?.filter((name) => !name.endsWith("/invalid")).slice(0, 5)).toEqual([
                "memory_limiter",
                "k8s_attributes",
                "resource_detection",
                "resource",
                "transform/redact",
            ]);
        }
    });

    test("replaces patterns in bodies and attributes of logs, and in other attributes only on request", () => {
        const redaction = { patterns: ["urlCredentials"], customPatterns: { student: "S-\\d+$" } };
        // The collector reads $$ as $.
        const calls = (start: string) => [
            `${start}, "(://[^\\\\s/:@]*:)[^\\\\s/@]+(@)", "$$1****$$2")`,
            `${start}, "S-\\\\d+$$", "****")`,
        ];
        const { trace_statements, log_statements } = processors({ redaction })["transform/redact"];
        expect(trace_statements).toBeUndefined();
        expect(log_statements).toEqual([
            { context: "resource", statements: calls('replace_all_patterns(resource.attributes, "value"') },
            { context: "log", statements: calls('replace_all_patterns(log.attributes, "value"') },
            {
                context: "log",
                statements: [
                    "set(log.body, log.body.string) where IsMap(log.body) or IsList(log.body)",
                    ...calls("replace_pattern(log.body"),
                ],
            },
        ]);
        const everywhere = processors({ redaction: { ...redaction, attributeValues: true } })["transform/redact"];
        expect(everywhere.trace_statements.map(({ context }: { context: string }) => context)).toEqual([
            "resource",
            "span",
            "spanevent",
        ]);
    });

    test("redacts before it samples and computes metrics", () => {
        const tail = pipelines({
            replicas: 3,
            tailSampling: { ratio: 0.1 },
            redaction: { deleteAttributes: ["cookie"] },
            dropSpans: [{ name: "GET /healthz" }],
        });
        expect(tail["traces/route"]?.processors?.slice(-2)).toEqual(["filter/drop", "transform/redact"]);
        expect(tail["traces/complete"]?.processors).toEqual(["memory_limiter"]);
    });

    test("drops spans, metrics, log records by text, and log records below the level of their namespace", () => {
        const { "filter/drop": filter } = processors({
            dropSpans: [
                { name: "GET /health.*", attributes: { "url.path": "/(livez|readyz)" }, namespaces: ["shop", "jobs"] },
                { name: "ping" },
            ],
            dropMetrics: ["jvm\\.buffer\\..*"],
            dropLogLines: ["GET /healthz"],
            minimumLogLevel: { shop: "warn", jobs: "trace", "*": "info" },
        });
        expect(filter).toEqual({
            error_mode: "ignore",
            traces: {
                span: [
                    'IsMatch(span.name, "^(?:GET /health.*)$$") and IsMatch(span.attributes["url.path"], "^(?:/(livez|readyz))$$") and IsMatch(resource.attributes["namespace"], "^(?:shop|jobs)$$")',
                    'IsMatch(span.name, "^(?:ping)$$")',
                ],
            },
            metrics: { metric: ['IsMatch(metric.name, "^(?:jvm\\\\.buffer\\\\..*)$$")'] },
            logs: {
                log_record: [
                    'IsMatch(log.body, "GET /healthz")',
                    'resource.attributes["namespace"] == "shop" and log.severity_number > 0 and log.severity_number < 13',
                    'not IsMatch(resource.attributes["namespace"], "^(?:shop|jobs)$$") and log.severity_number > 0 and log.severity_number < 9',
                ],
            },
        });
    });

    test("rejects unknown patterns, levels and invalid expressions", async () => {
        const collector = (more: object) =>
            errorMessage((opts) => new components.OtelCollector("o", { ...required, ...more }, opts));
        expect(await collector({ redaction: { patterns: ["emial"] } })).toContain(
            'redaction.patterns[0] is "emial"; it must be',
        );
        expect(await collector({ redaction: { customPatterns: { id: "(a)" } } })).toContain(
            'redaction.customPatterns.id is "(a)"; it must be a regular expression without capturing groups',
        );
        expect(await collector({ minimumLogLevel: { shop: "loud" } })).toContain('minimumLogLevel.shop is "loud"');
        expect(await collector({ dropMetrics: ["("] })).toContain('dropMetrics[0] is "("');
    });
});

describe("Alloy", () => {
    const args = { namespace: "watch", cluster: "c", lokiUrl: "http://loki", mimirUrl: "http://mimir" };
    const logs = (more: object) =>
        alloyLogsValues({ ...args, logs: more })["alloy"].configMap.content.replaceAll('{{ "{{" }}', "{{") as string;

    test("replaces only the secret part of a pattern", () => {
        const config = logs({ redaction: { patterns: ["urlCredentials"] } });
        expect(config).toContain(`
	stage.replace {
		expression = "://[^\\\\s/:@]*:([^\\\\s/@]+)@"
		replace    = "****"
	}
`);
        expect(config.indexOf("****")).toBeGreaterThan(config.indexOf("stage.structured_metadata"));
        expect(logs({})).not.toContain("****");
        expect(logs({})).not.toContain("<<");
    });

    test("drops entries below the level of their namespace", () => {
        const config = logs({ minimumLevel: { shop: "warn", jobs: "warn", lab: "trace", "*": "info" } });
        expect(
            [...config.matchAll(/^\tstage\.match \{\n\t\tselector = (.*)$/gm)].map(([, selector]) => selector),
        ).toEqual([
            String.raw`"{namespace=~\"shop|jobs\"}"`,
            String.raw`"{namespace=~\".+\", namespace!~\"shop|jobs|lab\"}"`,
        ]);
        const dropped = [...config.matchAll(/expression {10}= "\^\(\?i:(.*)\)\$"/g)].map(([, words = ""]) => words);
        expect(dropped[0]?.split("|")).toEqual(expect.arrayContaining(["debug", "info", "30"]));
        expect(dropped[0]?.split("|")).not.toContain("warn");
        expect(dropped[1]?.split("|")).not.toContain("info");
    });

    test("drops metrics by name", () => {
        const metrics = (more: object) =>
            alloyMetricsValues({ ...args, metrics: more })["alloy"].configMap.content as string;
        expect(metrics({ dropNames: ["go_gc_.*", "up"] })).toContain(`
		write_relabel_config {
			source_labels = ["__name__"]
			regex         = "go_gc_.*|up"
			action        = "drop"
		}
`);
        expect(metrics({})).not.toContain("write_relabel_config");
    });
});

describe("the limits", () => {
    test("of Loki, Mimir, Tempo and Pyroscope are those of the profile, unless they are set", () => {
        expect(lokiLimits(undefined, "prod")).toEqual({
            ingestion_rate_mb: 20,
            ingestion_burst_size_mb: 40,
            per_stream_rate_limit: "8MB",
            per_stream_rate_limit_burst: "32MB",
            max_global_streams_per_user: 20_000,
            max_line_size: "256KB",
            max_query_bytes_read: "100GB",
        });
        expect(lokiLimits({ ingestionMiBPerSecond: 1.5, streamMiBPerSecond: 1 }, "dev")).toMatchObject({
            ingestion_rate_mb: 1.5,
            ingestion_burst_size_mb: 3,
            per_stream_rate_limit_burst: "15MB",
            max_global_streams_per_user: 5000,
        });
        expect(mimirLimits({ maxSeries: 7 }, "prod")).toEqual({
            ingestion_rate: 200_000,
            ingestion_burst_size: 400_000,
            max_global_series_per_user: 7,
            max_label_names_per_series: 30,
            max_fetched_series_per_query: 3_000_000,
        });
        expect(mimirLimits(undefined, "dev")).toMatchObject({ ingestion_rate: 10_000, ingestion_burst_size: 200_000 });
        expect(tempoLimits({ maxTraceMiB: 1 }, "dev")).toEqual({
            metrics_generator: { max_active_series: 75_000 },
            ingestion: { rate_limit_bytes: 15_728_640, burst_size_bytes: 31_457_280, max_traces_per_user: 10_000 },
            global: { max_bytes_per_trace: 1_048_576 },
        });
        expect(pyroscopeLimits(undefined, "prod")).toEqual({ ingestion_rate_mb: 20, ingestion_burst_size_mb: 40 });
    });
});

describe("the settings", () => {
    test("redact credentials in prod, and nothing in dev", () => {
        const { redaction } = resolveSettings({ profile: "prod" });
        expect(redaction.deleteAttributes).toContain("http.request.header.authorization");
        expect(redaction.patterns).toEqual(expect.arrayContaining(["authorization", "cookie", "password"]));
        expect(resolveSettings({}).redaction).toMatchObject({ deleteAttributes: [], patterns: [] });
    });

    test.each<[string, object, string]>([
        [
            "an unknown pattern",
            { redaction: { patterns: ["emial"] } },
            'redaction.patterns[0] is "emial"; it must be one of 14 allowed values. Did you mean "email"?',
        ],
        [
            "a pattern that is not RE2",
            { redaction: { customPatterns: { id: "(?=a)" } } },
            'redaction.customPatterns.id is "(?=a)"; it must be a regular expression in RE2 syntax',
        ],
        [
            "a pattern with a capturing group",
            { redaction: { customPatterns: { id: "id=(\\d+)" } } },
            "without capturing groups",
        ],
        [
            "a pattern that matches an empty text",
            { redaction: { customPatterns: { id: "\\d*" } } },
            "it must be a regular expression that does not match an empty text",
        ],
        [
            "the deletion of an attribute that the stack needs",
            { redaction: { deleteAttributes: ["service.name"] } },
            "it must be the name of an attribute that the stack does not need itself",
        ],
        [
            "an attribute that is both masked and hashed",
            { redaction: { hashAttributes: ["a"], maskAttributes: ["a"] } },
            'redaction.maskAttributes[0] is "a"; it must be an attribute that is not in redaction.hashAttributes too.',
        ],
        [
            "an unknown level",
            { logs: { minimumLevel: { shop: "wran" } } },
            'logs.minimumLevel.shop is "wran"; it must be one of "trace", "debug", "info", "warn", "error", "fatal". Did you mean "warn"?',
        ],
        [
            "a level for something that is not a namespace",
            { logs: { minimumLevel: { "Shop!": "warn" } } },
            'a namespace, or "*" for all other namespaces',
        ],
        [
            "a condition that drops all spans",
            { tracing: { dropSpans: [{ namespaces: ["shop"] }] } },
            "tracing.dropSpans[0] has neither name nor attributes, so that it would drop all spans; set one of them.",
        ],
        [
            "an autoscaler with a minimum above the maximum",
            { autoscaling: { collector: { minReplicas: 5, maxReplicas: 3 } } },
            "autoscaling.collector.minReplicas is 5; it must be at most maxReplicas, which is 3.",
        ],
        [
            "a PodDisruptionBudget that blocks every drain",
            { profile: "prod", values: { loki: { singleBinary: { podDisruptionBudget: { maxUnavailable: 0 } } } } },
            "values.loki.singleBinary.podDisruptionBudget.maxUnavailable is 0 with 3 replicas, so that no pod can be evicted and no node can be drained; set maxUnavailable to 1.",
        ],
        [
            "a PodDisruptionBudget of a single replica",
            { values: { grafana: { podDisruptionBudget: { minAvailable: 1 } } } },
            "values.grafana.podDisruptionBudget.minAvailable is 1 with one replica",
        ],
        [
            "a PodDisruptionBudget that blocks the lowest number of replicas",
            {
                autoscaling: { receiver: { minReplicas: 2, maxReplicas: 4 } },
                values: { alloyReceiver: { controller: { podDisruptionBudget: { minAvailable: "67%" } } } },
            },
            'values.alloyReceiver.controller.podDisruptionBudget.minAvailable is "67%" with 2 replicas',
        ],
        [
            "more series from spans than Mimir accepts",
            { limits: { traces: { maxSpanMetricSeries: 2_000_000 }, metrics: { maxSeries: 1000 } } },
            "limits.traces.maxSpanMetricSeries is 2000000; it must be at most limits.metrics.maxSeries, which is 1000, because Mimir stores these series.",
        ],
        [
            "fewer series than the default of those from spans",
            { limits: { metrics: { maxSeries: 1000 } } },
            "limits.metrics.maxSeries is 1000; it must be at least limits.traces.maxSpanMetricSeries, which is 75000 by default, because Mimir stores these series.",
        ],
    ])("reject %s", (_, raw, message) => {
        expect(mistakesOf(raw)).toEqual([expect.stringContaining(message) as string]);
    });

    test("warn about a pipeline without redaction", () => {
        const pipeline = { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["otlp_http"] };
        const settings = resolveSettings({ profile: "prod", collector: { pipelines: { "logs/copy": pipeline } } });
        expect(warnings(settings)).toContain(
            "collector.pipelines.logs/copy does not have the processor transform/redact: the setting redaction does not apply to its data; add the processor after resource",
        );
    });
});

describe("limits of single tenants", () => {
    const bucket = { bucket: "b", endpoint: "s3:9000" };
    const shop = { maxQueryRange: "7d", retention: "3d" };

    test("become overrides of each store, without the limits that the tenant shares with all others", () => {
        const logs = { ...shop, ingestionMiBPerSecond: 2, streamMiBPerSecond: 1 };
        expect(lokiValues({ namespace: "watch", bucket, tenantLimits: { shop: logs } })["loki"].runtimeConfig).toEqual({
            overrides: {
                shop: {
                    ingestion_rate_mb: 2,
                    ingestion_burst_size_mb: 4,
                    per_stream_rate_limit: "1MB",
                    per_stream_rate_limit_burst: "15MB",
                    max_query_length: "168h",
                    retention_period: "72h",
                },
            },
        });
        const metrics = { ...shop, samplesPerSecond: 500_000 };
        expect(mimirValues({ namespace: "watch", bucket, tenantLimits: { shop: metrics } })["runtimeConfig"]).toEqual({
            overrides: {
                shop: {
                    ingestion_rate: 500_000,
                    ingestion_burst_size: 1_000_000,
                    max_total_query_length: "168h",
                    compactor_blocks_retention_period: "72h",
                },
            },
        });
        const profiles = { ...shop, ingestionMiBPerSecond: 1 };
        expect(
            pyroscopeValues({ namespace: "watch", bucket, tenantLimits: { shop: profiles } })["pyroscope"]
                .tenantOverrides,
        ).toEqual({
            shop: {
                ingestion_rate_mb: 1,
                ingestion_burst_size_mb: 2,
                max_query_length: "168h",
                retention_period: "72h",
            },
        });
    });

    test("contain all default limits in Tempo, which ignores them for a tenant with limits of its own", () => {
        const values = tempoValues({
            namespace: "watch",
            bucket,
            tenantLimits: { shop: { maxTraces: 5, retention: "36h" } },
            values: { tempo: { overrides: { defaults: { global: { max_bytes_per_trace: 7 } } } } },
        });
        const { defaults } = values["tempo"].overrides;
        expect(values["tempo"].per_tenant_overrides).toEqual({
            shop: {
                ...defaults,
                global: { max_bytes_per_trace: 7 },
                ingestion: { ...defaults.ingestion, max_traces_per_user: 5 },
                read: { max_search_duration: "36h" },
                compaction: { block_retention: "36h" },
            },
        });
        expect(defaults.metrics_generator.processors).toEqual(["service-graphs", "span-metrics"]);
    });

    test("are absent without tenants, so that no pod restarts", () => {
        expect(lokiValues({ namespace: "watch", bucket })["loki"]).not.toHaveProperty("runtimeConfig");
        expect(mimirValues({ namespace: "watch", bucket })).not.toHaveProperty("runtimeConfig");
        expect(tempoValues({ namespace: "watch", bucket })["tempo"]).not.toHaveProperty("per_tenant_overrides");
        expect(pyroscopeValues({ namespace: "watch", bucket })["pyroscope"]).not.toHaveProperty("tenantOverrides");
    });

    test("of Helm values have priority", () => {
        const values = { tempo: { per_tenant_overrides: { shop: { ingestion: { max_traces_per_user: 9 } } } } };
        const all = tempoValues({ namespace: "watch", bucket, tenantLimits: { shop: { maxTraces: 5 } }, values });
        expect(all["tempo"].per_tenant_overrides.shop.ingestion.max_traces_per_user).toBe(9);
    });

    test("the logs of single namespaces have their own retention", () => {
        const values = lokiValues({ namespace: "watch", bucket, namespaceRetention: { audit: "365d" } });
        expect(values["loki"].limits_config.retention_stream).toEqual([
            { selector: '{namespace="audit"}', priority: 1, period: "8760h" },
        ]);
        expect(lokiValues({ namespace: "watch", bucket })["loki"].limits_config).not.toHaveProperty("retention_stream");
    });

    test.each<[string, object, string]>([
        [
            "without the setting tenant",
            { limits: { tenants: [{ tenant: "shop" }] } },
            "limits.tenants has no effect without the setting tenant",
        ],
        [
            "twice for one tenant",
            { tenant: "acme", limits: { tenants: [{ tenant: "shop" }, { tenant: "shop" }] } },
            'limits.tenants[1].tenant is "shop"; it must be listed only once',
        ],
        ["without a name", { tenant: "acme", limits: { tenants: [{ logs: {} }] } }, "limits.tenants[0].tenant"],
        [
            "with an unknown key",
            { tenant: "acme", limits: { tenants: [{ tenant: "shop", logs: { maxStream: 1 } }] } },
            "limits.tenants[0].logs.maxStream is unknown",
        ],
        [
            "with a short range of queries",
            { limits: { logs: { maxQueryRange: "5m" } } },
            'limits.logs.maxQueryRange is "5m"; it must be a duration of at least 1h',
        ],
        [
            "with a short retention",
            { tenant: "acme", limits: { tenants: [{ tenant: "shop", logs: { retention: "1h" } }] } },
            'limits.tenants[0].logs.retention is "1h"; it must be a duration of at least 24h',
        ],
        [
            "of a namespace that cannot exist",
            { logs: { retentionByNamespace: { "a*": "7d" } } },
            "logs.retentionByNamespace",
        ],
    ])("are refused %s", (_, raw, message) => {
        expect(mistakesOf(raw)).toEqual([expect.stringContaining(message) as string]);
    });
});
