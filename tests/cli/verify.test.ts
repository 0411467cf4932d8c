import * as http from "http";
import { findCluster } from "../../cli/cluster/kubeconfig";
import { HttpStatusError } from "../../cli/verify/backends";
import { type Check, type CheckResult, NoDataError, PermanentError } from "../../cli/verify/check";
import { allChecks } from "../../cli/verify/checks";
import { clockProblem } from "../../cli/verify/checks/clocks";
import { isUnauthorized } from "../../cli/verify/checks/grafana";
import { requireLabels } from "../../cli/verify/checks/labels";
import {
    connectionsTo,
    forwardConnections,
    parseUrls,
    type TargetName,
    targetNames,
    targets,
} from "../../cli/verify/connections";
import { optionalSourceChecks } from "../../cli/verify/checks/optional-sources";
import { type Context, makeContext, type StackFacts } from "../../cli/verify/context";
import { exporterCounts } from "../../cli/verify/exporter";
import { clockAhead } from "../../cli/verify/http";
import {
    correlationQuery,
    derivedValue,
    exemplarTrace,
    rateInterval,
    type Span,
    substitute,
    traceToLogs,
    traceToMetrics,
    traceToProfiles,
} from "../../cli/verify/links";
import { formatResult, formatSummary, reportOf } from "../../cli/verify/report";
import { runChecks } from "../../cli/verify/run-checks";
import { expectedTraces, percentOf, samplingCause } from "../../cli/verify/sampling";
import { makeTestData } from "../../cli/verify/test-data";
import { type Answers, type KubernetesApi, serveKubernetesApi } from "../helpers/kubernetes-api";

const stack: StackFacts = {
    namespace: "monitoring",
    cluster: "prod-eu",
    kubeContext: "prod",
    samplingMode: "head",
    samplingRatio: 0.1,
    grafanaSecret: "grafana-admin",
    ruleGroups: { mimir: [], loki: [] },
};

const everyUrl = {
    zipkin: "http://c:9411",
    otlpGrpc: "http://c:4317",
    otlpHttp: "http://c:4318",
    collectorHealth: "http://c:13133",
    collectorMetrics: "http://c:8888",
    grafana: "http://g",
    loki: "http://l:3100",
    tempo: "http://t:3200",
    mimir: "http://m:9009",
    pyroscope: "http://p:4040",
};

function check(id: string, run: Check["run"], more: Partial<Check> = {}): Check {
    return { id, title: id, run, cause: `the cause of ${id}`, command: `show ${id}`, ...more };
}

const passes = () => Promise.resolve();
const fails = () => Promise.reject(new Error("the data does not exist"));
const statuses = (results: CheckResult[]) => Object.fromEntries(results.map(({ id, status }) => [id, status]));

describe("the checks of optional sources", () => {
    test.each([
        ["up-alloySingleton", { singletonReplicas: 3 }, [1, 1, 1], undefined],
        ["up-alloySingleton", { singletonReplicas: 3 }, [1, 1], "only 2 of 3 replicas are scraped"],
        ["up-alloySingleton", { singletonReplicas: 3 }, [1, 1, 0], "only 2 of 3 replicas are scraped"],
        ["up-alloySingleton", {}, [1, 1], "it has 2 targets instead of 1, so that its data is stored several times"],
        ["up-alloySingleton", {}, [0], "its scrape fails"],
        ["up-alloySingleton", {}, [], "it is not scraped"],
        ["redpanda", { redpandaBrokers: 3 }, [1, 1, 1], undefined],
        ["redpanda", { redpandaBrokers: 3 }, [1], "only 1 of 3 brokers are scraped"],
        ["redpanda", {}, [], "it is not scraped"],
        ["auto-instrumentation", {}, [1, 1], undefined],
        ["auto-instrumentation", {}, [1, 0], "the scrape of pod-1 fails"],
        ["auto-instrumentation", {}, [], "it is not scraped"],
        ["ebpf-profiles", {}, [1, 1], undefined],
        ["ebpf-profiles", {}, [0, 1], "the scrape of pod-0 fails"],
        ["ebpf-profiles", {}, [], "it is not scraped"],
    ])("%s with %j and the targets %j", async (id, facts, values, error) => {
        const result = values.map((value, index) => ({ metric: { pod: `pod-${index}` }, value: [0, String(value)] }));
        const get = () => Promise.resolve({ body: JSON.stringify({ data: { result } }) });
        const context = { stack: { ...stack, ...facts }, grafana: { through: () => ({ get }) } } as unknown as Context;
        const found = optionalSourceChecks(context).find((each) => each.id === id);
        const failure = await found?.run().then(
            () => undefined,
            (cause: Error) => cause.message,
        );
        expect(found).toBeDefined();
        expect(failure).toBe(error);
    });

    test.each([
        ["auto-instrumentation", new NoDataError("no process is selected by autoInstrumentation at present")],
        ["ebpf-profiles", new Error("no profile was collected in the last 10 minutes")],
    ])("%s needs more than a pod that is scraped", async (id, error) => {
        const up = [{ metric: { pod: "a" }, value: [0, "1"] }];
        const get = (_: string, { query }: { query: string }) => {
            const result = query.startsWith("up{") ? up : [];
            return Promise.resolve({ body: JSON.stringify({ data: { result } }) });
        };
        const context = { stack, grafana: { through: () => ({ get }) } } as unknown as Context;
        const found = optionalSourceChecks(context).find((each) => each.id === id);
        const failure: unknown = await found?.run().catch((cause: unknown) => cause);
        expect(failure).toEqual(error);
        expect(failure).toBeInstanceOf(error.constructor);
    });

    const failureWith = (id: string, series: Record<string, [pod: string, value: number][]>) => {
        const get = (_: string, { query }: { query: string }) => {
            const found = Object.entries(series).find(([metric]) => query.includes(metric))?.[1] ?? [];
            const result = found.map(([pod, value]) => ({ metric: { pod }, value: [0, String(value)] }));
            return Promise.resolve({ body: JSON.stringify({ data: { result } }) });
        };
        const context = { stack, grafana: { through: () => ({ get }) } } as unknown as Context;
        const found = optionalSourceChecks(context).find((each) => each.id === id);
        return found?.run().catch((cause: unknown) => cause);
    };

    test("ebpf-profiles fails with the pods that collect nothing, although they have targets", async () => {
        const up: [string, number][] = ["a", "b", "c"].map((pod) => [pod, 1]);
        const targets: [string, number][] = [
            ["a", 7],
            ["b", 3],
        ];
        const failure = (pprofs: [string, number][]) =>
            failureWith("ebpf-profiles", {
                "up{": up,
                pyroscope_ebpf_active_targets: targets,
                pyroscope_ebpf_pprofs_total: pprofs,
            });
        expect(await failure([["a", 5]])).toEqual(new Error("b collected no profile in the last 10 minutes"));
        expect(
            await failure([
                ["a", 5],
                ["b", 5],
            ]),
        ).toBe("profiles of 2 nodes");
    });

    test("auto-instrumentation fails with the number of errors if it instruments nothing because of errors", async () => {
        const failure: unknown = await failureWith("auto-instrumentation", {
            "up{": [["a", 1]],
            instrumented_processes: [["a", 0]],
            instrumentation_errors_total: [["a", 4]],
        });
        expect(failure).toEqual(new Error("no process is instrumented, and 4 attempts have failed"));
        expect(failure).not.toBeInstanceOf(NoDataError);
    });
});

describe("checks", () => {
    test("are repeated until they pass", async () => {
        let attempts = 0;
        const slow = () => (++attempts < 3 ? fails() : Promise.resolve("found"));
        const [result] = await runChecks([check("slow", slow)], 10);
        expect(result).toMatchObject({ status: "passed", detail: "found" });
        expect(attempts).toBe(3);
    });

    test("fail after the timeout, with the last error, the cause and a command", async () => {
        const [result] = await runChecks([check("missing", fails)], 0.5);
        expect(result).toMatchObject({
            status: "failed",
            detail: "the data does not exist",
            cause: "the cause of missing",
            command: "show missing",
        });
    });

    test("fail without a retry after a permanent error", async () => {
        let attempts = 0;
        const run = () => {
            attempts++;
            return Promise.reject(new PermanentError("the label is wrong", "someone renamed it"));
        };
        const [result] = await runChecks([check("label", run)], 60);
        expect(result).toMatchObject({ status: "failed", cause: "someone renamed it" });
        expect(attempts).toBe(1);
    });

    test("can have a shorter timeout than the command", async () => {
        const started = Date.now();
        const results = await runChecks([check("link", fails, { timeoutSeconds: 0.3 }), check("other", passes)], 60);
        expect(statuses(results)).toEqual({ link: "failed", other: "passed" });
        expect(Date.now() - started).toBeLessThan(2_000);
    });

    test("report the cause of the diagnosis, or the general cause if the diagnosis fails", async () => {
        const results = await runChecks(
            [
                check("found", fails, { diagnose: () => Promise.resolve("the queue is full") }),
                check("unknown", fails, { diagnose: () => Promise.reject(new Error("no response")) }),
            ],
            0.1,
        );
        expect(results.map(({ cause }) => cause)).toEqual(["the queue is full", "the cause of unknown"]);
    });

    test("are skipped if a dependency did not pass, and name this dependency", async () => {
        const run = jest.fn(passes);
        const results = await runChecks(
            [
                check("first", fails),
                check("second", run, { dependsOn: ["first"] }),
                check("third", run, { dependsOn: ["second"] }),
            ],
            0.1,
        );
        expect(statuses(results)).toEqual({ first: "failed", second: "skipped", third: "skipped" });
        expect(results.map(({ skippedBecause }) => skippedBecause)).toEqual([undefined, ["first"], ["second"]]);
        expect(run).not.toHaveBeenCalled();
    });

    test("run if one of several alternative dependencies passed", async () => {
        const results = await runChecks(
            [
                check("failing", fails),
                check("passing", passes),
                check("next", passes, { dependsOnAny: ["failing", "passing"] }),
                check("none", passes, { dependsOnAny: ["failing"] }),
            ],
            0.1,
        );
        expect(statuses(results)).toEqual({ failing: "failed", passing: "passed", next: "passed", none: "skipped" });
    });

    test("are skipped instead of failed if a failure of another check explains them, even a later one", async () => {
        const sampled = (run: Check["run"]) =>
            runChecks([check("stored", fails, { explainedBy: ["sampling"] }), check("sampling", run)], 0.1);
        expect(statuses(await sampled(fails))).toEqual({ stored: "skipped", sampling: "failed" });
        expect(statuses(await sampled(passes))).toEqual({ stored: "failed", sampling: "passed" });
        const noData = () => Promise.reject(new NoDataError("no data arrived"));
        expect(statuses(await sampled(noData))).toEqual({ stored: "failed", sampling: "skipped" });
    });

    test("run concurrently, are reported when they end, and are returned in their order", async () => {
        const after = (milliseconds: number) => () => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
        const reported: string[] = [];
        const started = Date.now();
        const results = await runChecks(
            [check("slow", after(300)), check("quick", after(10)), check("middle", after(150))],
            5,
            ({ id }) => reported.push(id),
        );
        expect(Date.now() - started).toBeLessThan(450);
        expect(reported).toEqual(["quick", "middle", "slow"]);
        expect(results.map(({ id }) => id)).toEqual(["slow", "quick", "middle"]);
    });

    test("measure the time since their data was sent", async () => {
        const after = (milliseconds: number) => () => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
        const results = await runChecks(
            [
                check("send", passes),
                check("stored", after(300), { dependsOn: ["send"] }),
                check("read", passes, { dependsOn: ["stored"], measuredFrom: "send" }),
            ],
            5,
        );
        expect(results[2]?.seconds).toBeGreaterThanOrEqual(0.29);
    });

    test.each([true, false])("depend only on existing and earlier checks, with sending %s", (sending) => {
        const urls = { ...everyUrl, alloyReceiver: "http://a:4317" };
        const context = makeContext(stack, connectionsTo(urls), { user: "admin", password: "x" });
        const checks = allChecks(context, { sending });
        const ids = checks.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        checks.forEach(({ id, dependsOn = [], dependsOnAny = [], explainedBy = [], measuredFrom = [] }, index) => {
            const earlier = ids.slice(0, index);
            const references = [...dependsOn, ...dependsOnAny, measuredFrom].flat();
            expect({ id, unknown: references.filter((other) => !earlier.includes(other)) }).toEqual({
                id,
                unknown: [],
            });
            expect({ id, unknown: explainedBy.filter((other) => !ids.includes(other)) }).toEqual({ id, unknown: [] });
        });
        expect(checks.filter(({ id }) => id.startsWith("send-")).length > 0).toBe(sending);
        expect(checks.map(({ command }) => command).join("\n")).toContain(
            "kubectl --context prod --namespace monitoring ",
        );
    });
});

describe("links are built in the same way as by Grafana:", () => {
    const span: Span = {
        traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
        spanId: "00f067aa0ba902b7",
        name: "GET /lesson",
        startMs: 1_000_000,
        endMs: 1_000_020,
        resource: { "service.name": "mentor-api", namespace: "mathtrail", "host.name": "node-1" },
        attributes: { "http.route": "/lesson" },
    };
    const tags = [
        { key: "service.name", value: "service_name" },
        { key: "namespace", value: "" },
        { key: "cluster", value: "cluster" },
    ];

    test("trace → logs with a custom query, in a time range around the span", () => {
        const link = {
            datasourceUid: "loki",
            tags,
            customQuery: true,
            query: '{${__tags}} | trace_id = "${__trace.traceId}" | route = "${__span.tags["http.route"]}"',
            spanStartTimeShift: "-5m",
            spanEndTimeShift: "1h",
        };
        expect(traceToLogs(link, span)).toEqual({
            dataSourceUid: "loki",
            query: `{service_name="mentor-api", namespace="mathtrail"} | trace_id = "${span.traceId}" | route = "/lesson"`,
            fromMs: 700_000,
            toMs: 4_600_020,
        });
    });

    test("trace → logs without a custom query, with the default tags", () => {
        expect(traceToLogs({ datasourceUid: "loki" }, span).query).toBe(
            '{service_name="mentor-api", namespace="mathtrail"}',
        );
        expect(traceToLogs({ datasourceUid: "loki", filterByTraceID: true }, span).query).toBe(
            '{service_name="mentor-api", namespace="mathtrail"}' +
                ` | label_format log_line_contains_trace_id=\`{{ contains "${span.traceId}" __line__  }}\`` +
                ` | log_line_contains_trace_id="true" OR trace_id="${span.traceId}"`,
        );
    });

    test("no link if the span has none of the tags, or a variable has no value", () => {
        const link = { datasourceUid: "loki", tags: [{ key: "pod" }] };
        expect(() => traceToLogs(link, span)).toThrow("none of the tags");
        expect(() => traceToLogs({ ...link, customQuery: true, query: '{a="${__span.tags.pod}"}' }, span)).toThrow(
            "the link uses the variable ${__span.tags.pod}, which has no value",
        );
        expect(() => traceToLogs({ tags }, span)).toThrow("the link has no data source UID");
    });

    test("trace → metrics, each query, with two minutes before and after the span by default", () => {
        const queries = [{ name: "Rate", query: 'rate(calls{$__tags, span="${__span.name}"}[$__rate_interval])' }, {}];
        expect(traceToMetrics({ datasourceUid: "mimir", tags, queries }, span, "120s")).toEqual([
            {
                name: "Rate",
                dataSourceUid: "mimir",
                query: 'rate(calls{service_name="mentor-api", namespace="mathtrail", span="GET /lesson"}[120s])',
                fromMs: 880_000,
                toMs: 1_120_020,
            },
            expect.objectContaining({
                query: 'histogram_quantile(0.5, sum(rate(traces_spanmetrics_latency_bucket{service="mentor-api"}[5m])) by (le))',
            }),
        ]);
    });

    test("trace → profiles, with the default tags", () => {
        const link = { datasourceUid: "pyroscope", profileTypeId: "cpu" };
        expect(traceToProfiles(link, span)).toEqual({
            dataSourceUid: "pyroscope",
            profileTypeId: "cpu",
            query: '{service_name="mentor-api"}',
            fromMs: 940_000,
            toMs: 1_060_020,
        });
    });

    test("log → trace, from a label or from the first group of a pattern in the line", () => {
        const url = "${__value.raw}";
        const label = { matcherType: "label", matcherRegex: "trace_id", url };
        expect(derivedValue(label, { level: "info", trace_id: "abc" }, "")).toBe("abc");
        expect(derivedValue(label, { level: "info" }, "trace_id=abc")).toBeUndefined();
        const inLine = { matcherRegex: "trace_?id=(\\w+)", url };
        expect(derivedValue(inLine, {}, "level=info traceid=abc")).toBe("abc");
        expect(derivedValue(inLine, { trace_id: "abc" }, "nothing")).toBeUndefined();
    });

    test("exemplar → trace, by the first destination whose label exists", () => {
        const destinations = [
            { name: "traceID", datasourceUid: "tempo" },
            { name: "trace_id", datasourceUid: "tempo-2" },
        ];
        expect(exemplarTrace(destinations, { trace_id: "abc" })).toEqual({ dataSourceUid: "tempo-2", traceId: "abc" });
        expect(exemplarTrace(destinations, { TraceId: "abc" })).toBeUndefined();
    });

    test("profile → trace, by the field of the correlation", () => {
        const correlation = (field: string) => ({
            targetUID: "tempo",
            config: { field, target: { query: '{ span:id = "${__value.raw}" }' } },
        });
        expect(correlationQuery(correlation("Id"), { Id: "00f0" })).toBe('{ span:id = "00f0" }');
        expect(() => correlationQuery(correlation("span_id"), { Id: "00f0" })).toThrow(
            "no field span_id; their fields are Id",
        );
    });

    test("variables with a format, and text that only looks like a variable", () => {
        expect(substitute("${a:raw}-$a-${b.c}", { a: "1", "b.c": "2" })).toBe("1-1-2");
        expect(substitute('x=~"^a$"', {})).toBe('x=~"^a$"');
    });

    test("$__rate_interval of four scrape intervals", () => {
        expect(rateInterval("30s")).toBe("120s");
        expect(rateInterval()).toBe("60s");
    });
});

describe("sampling", () => {
    test("at the head keeps all traces that were sent", () => {
        const head = { samplingMode: "head", samplingRatio: 0.1 } as const;
        expect(expectedTraces(head, 98)).toEqual({ min: 98, max: 98 });
        expect(samplingCause(head, 11, { min: 98, max: 98 })).toMatch(/sampled twice: .* 10 %/);
    });

    test("at the tail keeps the ratio, within a statistical tolerance", () => {
        const tail = { samplingMode: "tail", samplingRatio: 0.1 } as const;
        const expected = expectedTraces(tail, 1000);
        expect(expected).toEqual({ min: 62, max: 138 });
        expect(samplingCause(tail, 1000, expected)).toMatch(/no tail_sampling/);
        expect(samplingCause(tail, 10, expected)).toMatch(/ratio of the tail_sampling processor differs/);
        expect(expectedTraces({ samplingMode: "tail", samplingRatio: 1 }, 1000)).toEqual({ min: 1000, max: 1000 });
    });

    test("is reported as a percentage of the started traces", () => {
        expect(percentOf(98, 1000)).toBe("9.8 % of 1000 traces");
    });

    test("at the head happens in applications before they send", () => {
        expect(makeTestData(1).sampled).toHaveLength(1000);
        expect(makeTestData(0).sampled).toHaveLength(0);
        const { length } = makeTestData(0.5).sampled;
        expect(length).toBeGreaterThan(430);
        expect(length).toBeLessThan(570);
    });
});

describe("test data", () => {
    test("of two runs has different names", () => {
        const [one, other] = [makeTestData(0), makeTestData(0)];
        expect(one.runId).toMatch(/^verify-[0-9a-f]{6}$/);
        expect(one.runId).not.toBe(other.runId);
        expect(Object.values(one.services).every((name) => name.startsWith(one.runId))).toBe(true);
        expect(JSON.stringify(one.metric.body)).toContain('"stringValue":"verify"');
    });

    test("has span IDs that Tempo can find", () => {
        const ids = makeTestData(1).sampled.map((span) => span.spanContext().spanId);
        expect(ids.filter((id) => !/^[1-9a-f][0-9a-f]{15}$/.test(id))).toEqual([]);
        expect(new Set(ids).size).toBe(1000);
    });

    test("uses the same trace in span, log line, exemplar and profile", () => {
        const { http, log, metric, profile } = makeTestData(0);
        expect(http.spans[0]?.attributes).toMatchObject({ "pyroscope.profile.id": http.spanId });
        expect(log.records[0]?.spanContext).toMatchObject({ traceId: http.traceId, spanId: http.spanId });
        expect(log.line).toContain(`trace_id=${http.traceId}`);
        expect(JSON.stringify(metric.body)).toContain(http.traceId);
        expect(profile.spanId).toBe(http.spanId);
    });
});

describe("labels", () => {
    test("that are missing or wrong are listed, with all existing labels", () => {
        const expected = { namespace: "verify", cluster: "prod-eu" };
        expect(() => requireLabels({ ...expected, pod: "a" }, expected)).not.toThrow();
        expect(() => requireLabels({ kluster: "prod-eu", namespace: "default" }, expected)).toThrow(
            'the label namespace is "default" instead of "verify", the label cluster is missing; the existing labels are kluster, namespace',
        );
    });
});

describe("a request without a tenant", () => {
    test("is detected directly and through Grafana", () => {
        expect(isUnauthorized(new HttpStatusError(401, "no org id"))).toBe(true);
        expect(isUnauthorized(new HttpStatusError(400, "Authentication to data source failed"))).toBe(true);
        expect(isUnauthorized(new HttpStatusError(400, "parse error"))).toBe(false);
    });
});

describe("clocks", () => {
    test("are compared at the middle of a request", () => {
        expect(
            clockAhead("Sat, 21 Nov 2026 09:00:00 GMT", Date.UTC(2026, 10, 21, 9), Date.UTC(2026, 10, 21, 9, 0, 1)),
        ).toBe(0);
        expect(clockAhead(null, 0, 0)).toBeUndefined();
    });

    test("that are wrong are reported; if all others differ, the clock of this machine is wrong", () => {
        expect(clockProblem({ tempo: 2, loki: -3 })).toBeUndefined();
        expect(clockProblem({ tempo: 420, loki: -3 })).toBe(
            "the clock of tempo is 7 minutes ahead of the clock of this machine",
        );
        expect(clockProblem({ tempo: -150, loki: -151 })).toBe(
            "the clock of this machine is wrong: all other clocks are 2.5 minutes behind it",
        );
    });
});

describe("the metrics of the collector", () => {
    test("contain how much was sent and how much is queued", () => {
        const text = [
            "# TYPE otelcol_exporter_sent_spans counter",
            'otelcol_exporter_sent_spans_total{exporter="otlp_grpc"} 12',
            'otelcol_exporter_sent_log_records{exporter="otlp_grpc"} 3',
            'otelcol_exporter_queue_size{data_type="logs",exporter="otlp_grpc"} 2.5e+03',
            'otelcol_exporter_queue_capacity{data_type="logs",exporter="otlp_grpc"} 1e+09',
            'otelcol_exporter_sent_spans_failed{exporter="otlp_grpc"} 7',
        ].join("\n");
        expect(exporterCounts(text)).toEqual({ sent: 15, queued: 2500 });
    });
});

describe("the option --url", () => {
    const given = (urls: Record<string, string>) => Object.entries(urls).map(([name, url]) => `${name}=${url}`);

    test("accepts endpoints by name, or by the port of the DNS contract", () => {
        expect(parseUrls(given(everyUrl))).toEqual(everyUrl);
        expect(parseUrls(Object.values(everyUrl))).toEqual(everyUrl);
    });

    test("accepts the URLs of the stack output, including the paths that clients append", () => {
        const outputs = { ...everyUrl, zipkin: "http://c:9411/api/v2/spans", collectorHealth: "http://c:13133/health" };
        expect(parseUrls(given(outputs))).toEqual(everyUrl);
    });

    test.each<[string, Partial<Record<TargetName, string>>, string]>([
        ["is no URL", { ...everyUrl, loki: "loki" }, '--url "loki=loki" contains no http or https URL; write NAME=URL'],
        ["is missing", { grafana: everyUrl.grafana }, "--url is missing for collectorHealth, zipkin, "],
    ])("is rejected if a value %s", (_, urls, message) => {
        expect(() => parseUrls(given(urls as Record<string, string>))).toThrow(message);
    });

    test("is rejected if a value matches no endpoint", () => {
        expect(() => parseUrls(["http://x:1234"])).toThrow(
            '--url "http://x:1234" has no name, and its port is not the port of an endpoint',
        );
        expect(() => parseUrls(["prometheus=http://x:9090"])).toThrow(
            '--url "prometheus=http://x:9090" has an unknown name; the names are collectorHealth, ',
        );
    });
});

describe("connections through the cluster", () => {
    const core = "/api/v1/namespaces/monitoring";
    const pod = (ready: string) => ({
        items: [{ metadata: { name: "all-0" }, spec: {}, status: { conditions: [{ type: "Ready", status: ready }] } }],
    });
    let api: KubernetesApi;
    let answers: Answers;
    let server: http.Server;

    beforeEach(async () => {
        server = http.createServer((_, response) => response.end("here"));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as { port: number };
        const services = Object.values(targets).map(({ service }) => [
            `${core}/services/${service}`,
            {
                metadata: { name: service },
                spec: {
                    selector: { app: "all" },
                    ports: Object.values(targets).map((target) => ({ port: target.port })),
                },
            },
        ]);
        answers = { ...(Object.fromEntries(services) as Answers), [`${core}/pods`]: pod("True") };
        const pods = Object.values(targets).map((target) => [`monitoring/all-0:${target.port}`, port] as const);
        api = await serveKubernetesApi(answers, Object.fromEntries(pods));
    });
    afterEach(async () => {
        await api.close();
        server.closeAllConnections();
        server.close();
    });
    const cluster = () => {
        process.env["KUBECONFIG"] = api.kubeconfig;
        return findCluster();
    };

    test("reach every target", async () => {
        const connections = await forwardConnections(cluster(), "monitoring", "/grafana");
        for (const name of targetNames) {
            expect(await (await fetch(await connections.url(name))).text()).toBe("here");
        }
        // Outside of this path, Grafana redirects to its public URL.
        expect(await connections.url("grafana")).toMatch(/:\d+\/grafana$/);
        await connections.close();
    });

    test("are opened later if a pod was not ready at first", async () => {
        answers[`${core}/pods`] = pod("False");
        const connections = await forwardConnections(cluster(), "monitoring", "");
        await expect(connections.url("tempo")).rejects.toThrow("no pod of Service tempo is ready");
        answers[`${core}/pods`] = pod("True");
        expect(await (await fetch(await connections.url("tempo"))).text()).toBe("here");
        await connections.close();
    });

    test("fail with an error of the cluster if the API server rejects the requests", async () => {
        answers[`${core}/pods`] = 403;
        await expect(forwardConnections(cluster(), "monitoring", "")).rejects.toThrow(
            /^cannot list the pods of monitoring: your user has no permission in/,
        );
    });
});

describe("the report", () => {
    const results: CheckResult[] = [
        { id: "a", title: "Tempo is ready", status: "passed", seconds: 0.04, detail: "2.10" },
        {
            id: "b",
            title: "Tempo stores the trace",
            status: "failed",
            seconds: 31.26,
            detail: "the trace does not exist",
            cause: "Alloy is down",
            command: "kubectl logs",
        },
        { id: "c", title: "trace → logs", status: "skipped", seconds: 0, skippedBecause: ["b"] },
    ];

    test("has one line for each check, and more lines for a failed check", () => {
        expect(results.map(formatResult)).toEqual([
            "✔   0.0 s  Tempo is ready (2.10)",
            [
                "✘  31.3 s  FAILED b: Tempo stores the trace",
                "           reason:       the trace does not exist",
                "           likely cause: Alloy is down",
                "           next step:    kubectl logs",
            ].join("\n"),
            "–          skipped c: trace → logs (needs b)",
        ]);
    });

    test("names the first failed check", () => {
        const report = reportOf("dev", 31.34, results);
        expect(report).toMatchObject({ stack: "dev", passed: false, firstFailed: "b", seconds: 31.3 });
        expect(formatSummary(report)).toBe(
            "First failed check: b (Tempo stores the trace). Checks: 1 passed, 1 failed, 1 skipped. Time: 31.3 s.",
        );
    });

    test("passes only if all checks passed", () => {
        expect(formatSummary(reportOf("dev", 8, results.slice(0, 1)))).toBe("All 1 checks passed in 8 s.");
        const unclear = reportOf("dev", 8, [results[0] as CheckResult, results[2] as CheckResult]);
        expect(unclear).toMatchObject({ passed: false, firstFailed: null });
    });
});
