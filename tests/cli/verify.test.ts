import * as http from "http";
import { findCluster } from "../../cli/cluster/kubeconfig";
import { makeContext, type StackFacts } from "../../cli/verify/context";
import { exporterCounts } from "../../cli/verify/exporter";
import { allHops } from "../../cli/verify/hops";
import { saysUnauthorized } from "../../cli/verify/hops/grafana";
import { clockMistake } from "../../cli/verify/hops/reach";
import { mustHave } from "../../cli/verify/hops/stored";
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
import { formatOutcome, formatSummary, reportOf } from "../../cli/verify/report";
import { Fault, type Hop, NothingArrived, type Outcome, runHops } from "../../cli/verify/run";
import { expectedTraces, samplingCause, shareOf } from "../../cli/verify/sampling";
import { makeSignals } from "../../cli/verify/signals";
import { Refused } from "../../cli/verify/stores";
import { direct, parseUrls, type TargetName, targetNames, targets, throughCluster } from "../../cli/verify/targets";
import { type Answers, type KubernetesApi, serveKubernetesApi } from "../helpers/kubernetes-api";

const stack: StackFacts = {
    namespace: "monitoring",
    cluster: "prod-eu",
    kubeContext: "prod",
    samplingMode: "head",
    samplingRatio: 0.1,
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

function hop(id: string, check: Hop["check"], more: Partial<Hop> = {}): Hop {
    return { id, title: id, check, cause: `the cause of ${id}`, command: `show ${id}`, ...more };
}

const holds = () => Promise.resolve();
const fails = () => Promise.reject(new Error("it is not there"));
const statuses = (outcomes: Outcome[]) => Object.fromEntries(outcomes.map(({ id, status }) => [id, status]));

describe("hops", () => {
    test("are tried again until they hold", async () => {
        let attempts = 0;
        const slow = () => (++attempts < 3 ? fails() : Promise.resolve("at last"));
        const [outcome] = await runHops([hop("slow", slow)], 10);
        expect(outcome).toMatchObject({ status: "holds", detail: "at last" });
        expect(attempts).toBe(3);
    });

    test("are broken when time is up, with what was missing last, cause and command", async () => {
        const [outcome] = await runHops([hop("gone", fails)], 0.5);
        expect(outcome).toMatchObject({
            status: "broken",
            detail: "it is not there",
            cause: "the cause of gone",
            command: "show gone",
        });
    });

    test("are broken at once when no waiting will mend them", async () => {
        let attempts = 0;
        const check = () => {
            attempts++;
            return Promise.reject(new Fault("the label is another", "somebody renamed it"));
        };
        const [outcome] = await runHops([hop("label", check)], 60);
        expect(outcome).toMatchObject({ status: "broken", cause: "somebody renamed it" });
        expect(attempts).toBe(1);
    });

    test("are broken before time is up where longer patience is of no use", async () => {
        const started = Date.now();
        const outcomes = await runHops([hop("link", fails, { patienceSeconds: 0.3 }), hop("other", holds)], 60);
        expect(statuses(outcomes)).toEqual({ link: "broken", other: "holds" });
        expect(Date.now() - started).toBeLessThan(2_000);
    });

    test("have a cause that was looked for, unless that fails", async () => {
        const outcomes = await runHops(
            [
                hop("found", fails, { diagnose: () => Promise.resolve("the queue is full") }),
                hop("unknown", fails, { diagnose: () => Promise.reject(new Error("no answer")) }),
            ],
            0.1,
        );
        expect(outcomes.map(({ cause }) => cause)).toEqual(["the queue is full", "the cause of unknown"]);
    });

    test("are not reached where one before them is broken, which is named", async () => {
        const check = jest.fn(holds);
        const outcomes = await runHops(
            [
                hop("first", fails),
                hop("second", check, { after: ["first"] }),
                hop("third", check, { after: ["second"] }),
            ],
            0.1,
        );
        expect(statuses(outcomes)).toEqual({ first: "broken", second: "not reached", third: "not reached" });
        expect(outcomes.map(({ because }) => because)).toEqual([undefined, ["first"], ["second"]]);
        expect(check).not.toHaveBeenCalled();
    });

    test("need but one of several where that is enough", async () => {
        const either = { afterAny: ["gone", "here"] };
        const outcomes = await runHops(
            [
                hop("gone", fails),
                hop("here", holds),
                hop("next", holds, either),
                hop("none", holds, { afterAny: ["gone"] }),
            ],
            0.1,
        );
        expect(statuses(outcomes)).toEqual({ gone: "broken", here: "holds", next: "holds", none: "not reached" });
    });

    test("are no fault of their own where another explains them, even a later one", async () => {
        const sampled = (check: Hop["check"]) =>
            runHops([hop("stored", fails, { explainedBy: ["sampling"] }), hop("sampling", check)], 0.1);
        expect(statuses(await sampled(fails))).toEqual({ stored: "not reached", sampling: "broken" });
        expect(statuses(await sampled(holds))).toEqual({ stored: "broken", sampling: "holds" });
        const nothing = () => Promise.reject(new NothingArrived("nothing came"));
        expect(statuses(await sampled(nothing))).toEqual({ stored: "broken", sampling: "not reached" });
    });

    test("run at the same time, and are reported as they end and returned in order", async () => {
        const after = (milliseconds: number) => () => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
        const reported: string[] = [];
        const started = Date.now();
        const outcomes = await runHops(
            [hop("slow", after(300)), hop("quick", after(10)), hop("middle", after(150))],
            5,
            ({ id }) => reported.push(id),
        );
        expect(Date.now() - started).toBeLessThan(450);
        expect(reported).toEqual(["quick", "middle", "slow"]);
        expect(outcomes.map(({ id }) => id)).toEqual(["slow", "quick", "middle"]);
    });

    test("count time from when their data was sent", async () => {
        const after = (milliseconds: number) => () => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
        const outcomes = await runHops(
            [
                hop("send", holds),
                hop("stored", after(300), { after: ["send"] }),
                hop("read", holds, { after: ["stored"], since: "send" }),
            ],
            5,
        );
        expect(outcomes[2]?.seconds).toBeGreaterThanOrEqual(0.29);
    });

    test.each([true, false])("name only hops that exist, before themselves; sending: %s", (sending) => {
        const urls = { ...everyUrl, alloyReceiver: "http://a:4317" };
        const hops = allHops(makeContext(stack, direct(urls), { user: "admin", password: "x" }), { sending });
        const ids = hops.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        hops.forEach(({ id, after = [], afterAny = [], explainedBy = [], since = [] }, index) => {
            const before = ids.slice(0, index);
            expect({
                id,
                unknown: [...after, ...afterAny, since].flat().filter((other) => !before.includes(other)),
            }).toEqual({
                id,
                unknown: [],
            });
            expect({ id, unknown: explainedBy.filter((other) => !ids.includes(other)) }).toEqual({ id, unknown: [] });
        });
        expect(hops.filter(({ id }) => id.startsWith("send-")).length > 0).toBe(sending);
        expect(hops.map(({ command }) => command).join("\n")).toContain(
            "kubectl --context prod --namespace monitoring ",
        );
    });
});

describe("links are filled in as Grafana does:", () => {
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

    test("trace → logs with a query of its own, around the time of the span", () => {
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

    test("trace → logs without one, with the tags that are usual", () => {
        expect(traceToLogs({ datasourceUid: "loki" }, span).query).toBe(
            '{service_name="mentor-api", namespace="mathtrail"}',
        );
        expect(traceToLogs({ datasourceUid: "loki", filterByTraceID: true }, span).query).toBe(
            '{service_name="mentor-api", namespace="mathtrail"}' +
                ` | label_format log_line_contains_trace_id=\`{{ contains "${span.traceId}" __line__  }}\`` +
                ` | log_line_contains_trace_id="true" OR trace_id="${span.traceId}"`,
        );
    });

    test("no link where the span has none of its tags, or a variable has no value", () => {
        const link = { datasourceUid: "loki", tags: [{ key: "pod" }] };
        expect(() => traceToLogs(link, span)).toThrow("none of the tags");
        expect(() => traceToLogs({ ...link, customQuery: true, query: '{a="${__span.tags.pod}"}' }, span)).toThrow(
            "the link uses ${__span.tags.pod}, which has no value here",
        );
        expect(() => traceToLogs({ tags }, span)).toThrow("the link names no data source");
    });

    test("trace → metrics, each query, two minutes around unless told otherwise", () => {
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

    test("trace → profiles, of the tags that are usual", () => {
        const link = { datasourceUid: "pyroscope", profileTypeId: "cpu" };
        expect(traceToProfiles(link, span)).toEqual({
            dataSourceUid: "pyroscope",
            profileTypeId: "cpu",
            query: '{service_name="mentor-api"}',
            fromMs: 940_000,
            toMs: 1_060_020,
        });
    });

    test("log → trace, from a label or from the first group in the line", () => {
        const url = "${__value.raw}";
        const label = { matcherType: "label", matcherRegex: "trace_id", url };
        expect(derivedValue(label, { level: "info", trace_id: "abc" }, "")).toBe("abc");
        expect(derivedValue(label, { level: "info" }, "trace_id=abc")).toBeUndefined();
        const inLine = { matcherRegex: "trace_?id=(\\w+)", url };
        expect(derivedValue(inLine, {}, "level=info traceid=abc")).toBe("abc");
        expect(derivedValue(inLine, { trace_id: "abc" }, "nothing")).toBeUndefined();
    });

    test("exemplar → trace, by the first destination whose label is there", () => {
        const destinations = [
            { name: "traceID", datasourceUid: "tempo" },
            { name: "trace_id", datasourceUid: "tempo-2" },
        ];
        expect(exemplarTrace(destinations, { trace_id: "abc" })).toEqual({ dataSourceUid: "tempo-2", traceId: "abc" });
        expect(exemplarTrace(destinations, { TraceId: "abc" })).toBeUndefined();
    });

    test("profile → trace, beside the field that the correlation names", () => {
        const correlation = (field: string) => ({
            targetUID: "tempo",
            config: { field, target: { query: '{ span:id = "${__value.raw}" }' } },
        });
        expect(correlationQuery(correlation("Id"), { Id: "00f0" })).toBe('{ span:id = "00f0" }');
        expect(() => correlationQuery(correlation("span_id"), { Id: "00f0" })).toThrow(
            "no field span_id; they have Id",
        );
    });

    test("variables with a format, and text that only looks like one", () => {
        expect(substitute("${a:raw}-$a-${b.c}", { a: "1", "b.c": "2" })).toBe("1-1-2");
        expect(substitute('x=~"^a$"', {})).toBe('x=~"^a$"');
    });

    test("rates over four scrapes", () => {
        expect(rateInterval("30s")).toBe("120s");
        expect(rateInterval()).toBe("60s");
    });
});

describe("sampling", () => {
    test("with heads keeps exactly what was sent", () => {
        const head = { samplingMode: "head", samplingRatio: 0.1 } as const;
        expect(expectedTraces(head, 98)).toEqual({ least: 98, most: 98 });
        expect(samplingCause(head, 11, { least: 98, most: 98 })).toMatch(/twice: .* 10 % already/);
    });

    test("with tails keeps the ratio, give or take chance", () => {
        const tail = { samplingMode: "tail", samplingRatio: 0.1 } as const;
        const expected = expectedTraces(tail, 1000);
        expect(expected).toEqual({ least: 62, most: 138 });
        expect(samplingCause(tail, 1000, expected)).toMatch(/no tail_sampling/);
        expect(samplingCause(tail, 10, expected)).toMatch(/another ratio/);
        expect(expectedTraces({ samplingMode: "tail", samplingRatio: 1 }, 1000)).toEqual({ least: 1000, most: 1000 });
    });

    test("is told as a share of what was started", () => {
        expect(shareOf(98, 1000)).toBe("9.8 % of 1000 traces");
    });

    test("is done by applications before they send", () => {
        expect(makeSignals(1).sampled).toHaveLength(1000);
        expect(makeSignals(0).sampled).toHaveLength(0);
        const { length } = makeSignals(0.5).sampled;
        expect(length).toBeGreaterThan(430);
        expect(length).toBeLessThan(570);
    });
});

describe("test data", () => {
    test("of two runs has nothing in common but the namespace", () => {
        const [one, other] = [makeSignals(0), makeSignals(0)];
        expect(one.run).toMatch(/^verify-[0-9a-f]{6}$/);
        expect(one.run).not.toBe(other.run);
        expect(Object.values(one.services).every((name) => name.startsWith(one.run))).toBe(true);
        expect(JSON.stringify(one.metric.body)).toContain('"stringValue":"verify"');
    });

    test("has span ids that Tempo finds", () => {
        const ids = makeSignals(1).sampled.map((span) => span.spanContext().spanId);
        expect(ids.filter((id) => !/^[1-9a-f][0-9a-f]{15}$/.test(id))).toEqual([]);
        expect(new Set(ids).size).toBe(1000);
    });

    test("names one trace in span, log, exemplar and profile", () => {
        const { http, log, metric, profile } = makeSignals(0);
        expect(http.spans[0]?.attributes).toMatchObject({ "pyroscope.profile.id": http.spanId });
        expect(log.records[0]?.spanContext).toMatchObject({ traceId: http.traceId, spanId: http.spanId });
        expect(log.line).toContain(`trace_id=${http.traceId}`);
        expect(JSON.stringify(metric.body)).toContain(http.traceId);
        expect(profile.spanId).toBe(http.spanId);
    });
});

describe("labels", () => {
    test("that are missing or other are named, beside those that are there", () => {
        const wanted = { namespace: "verify", cluster: "prod-eu" };
        expect(() => mustHave({ ...wanted, pod: "a" }, wanted)).not.toThrow();
        expect(() => mustHave({ kluster: "prod-eu", namespace: "default" }, wanted)).toThrow(
            'it has namespace "default" instead of "verify", no cluster; its labels are kluster, namespace',
        );
    });
});

describe("a store that misses a tenant", () => {
    test("is heard through Grafana, too", () => {
        expect(saysUnauthorized(new Refused(401, "no org id"))).toBe(true);
        expect(saysUnauthorized(new Refused(400, "Authentication to data source failed"))).toBe(true);
        expect(saysUnauthorized(new Refused(400, "parse error"))).toBe(false);
    });
});

describe("clocks", () => {
    test("are compared in the middle of a request", () => {
        expect(
            clockAhead("Sat, 21 Nov 2026 09:00:00 GMT", Date.UTC(2026, 10, 21, 9), Date.UTC(2026, 10, 21, 9, 0, 1)),
        ).toBe(0);
        expect(clockAhead(null, 0, 0)).toBeUndefined();
    });

    test("that are off are named; where all are, it is this machine's", () => {
        expect(clockMistake({ tempo: 2, loki: -3 })).toBeUndefined();
        expect(clockMistake({ tempo: 420, loki: -3 })).toBe(
            "the clock of tempo is 7 minutes ahead of that of this machine",
        );
        expect(clockMistake({ tempo: -150, loki: -151 })).toBe(
            "the clock of this machine is wrong: the others are 2.5 minutes behind it",
        );
    });
});

describe("the collector's own metrics", () => {
    test("tell what was passed on and what waits", () => {
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

describe("addresses", () => {
    const given = (urls: Record<string, string>) => Object.entries(urls).map(([name, url]) => `${name}=${url}`);

    test("are given by name, or by the port of the contract", () => {
        expect(parseUrls(given(everyUrl))).toEqual(everyUrl);
        expect(parseUrls(Object.values(everyUrl))).toEqual(everyUrl);
    });

    test("may be those of the stack's output, with the path that clients append", () => {
        const outputs = { ...everyUrl, zipkin: "http://c:9411/api/v2/spans", collectorHealth: "http://c:13133/health" };
        expect(parseUrls(given(outputs))).toEqual(everyUrl);
    });

    test.each<[string, Partial<Record<TargetName, string>>, string]>([
        ["is no URL", { ...everyUrl, loki: "loki" }, '"loki=loki" is not "NAME=URL"'],
        ["is missing", { grafana: everyUrl.grafana }, "there is no address of collectorHealth, zipkin, "],
    ])("are refused where one %s", (_, urls, message) => {
        expect(() => parseUrls(given(urls as Record<string, string>))).toThrow(message);
    });

    test("are refused where nobody knows what they are of", () => {
        expect(() => parseUrls(["http://x:1234"])).toThrow('"http://x:1234" names none of ');
        expect(() => parseUrls(["prometheus=http://x:9090"])).toThrow('"prometheus=http://x:9090" names none of ');
    });
});

describe("the way through the cluster", () => {
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

    test("leads to every target", async () => {
        const way = await throughCluster(cluster(), "monitoring", "/grafana");
        for (const name of targetNames) {
            expect(await (await fetch(await way.url(name))).text()).toBe("here");
        }
        // Outside of its path it would send to the address of browsers.
        expect(await way.url("grafana")).toMatch(/:\d+\/grafana$/);
        await way.close();
    });

    test("is found again when a pod that was not ready is", async () => {
        answers[`${core}/pods`] = pod("False");
        const way = await throughCluster(cluster(), "monitoring", "");
        await expect(way.url("tempo")).rejects.toThrow("no pod of Service tempo is ready");
        answers[`${core}/pods`] = pod("True");
        expect(await (await fetch(await way.url("tempo"))).text()).toBe("here");
        await way.close();
    });

    test("is none where the cluster refuses, which is not the stack's fault", async () => {
        answers[`${core}/pods`] = 403;
        await expect(throughCluster(cluster(), "monitoring", "")).rejects.toThrow(
            /^cannot list the pods of monitoring: your user has no right to/,
        );
    });
});

describe("the report", () => {
    const outcomes: Outcome[] = [
        { id: "a", title: "Tempo is ready", status: "holds", seconds: 0.04, detail: "2.10" },
        {
            id: "b",
            title: "the trace is in Tempo",
            status: "broken",
            seconds: 31.26,
            detail: "there is none",
            cause: "Alloy",
            command: "kubectl logs",
        },
        { id: "c", title: "trace → logs", status: "not reached", seconds: 0, because: ["b"] },
    ];

    test("has a line for each hop, and more for one that is broken", () => {
        expect(outcomes.map(formatOutcome)).toEqual([
            "✔   0.0 s  Tempo is ready (2.10)",
            [
                "✘  31.3 s  the trace is in Tempo: there is none",
                "           likely: Alloy",
                "           more:   kubectl logs",
            ].join("\n"),
            "–          trace → logs: not reached, because of b",
        ]);
    });

    test("names the first that is broken", () => {
        const report = reportOf("dev", 31.34, outcomes);
        expect(report).toMatchObject({ stack: "dev", holds: false, firstBroken: "b", seconds: 31.3 });
        expect(formatSummary(report)).toBe("Broken: the trace is in Tempo. 1 broken, 1 not reached, 1 hold. 31.3 s.");
    });

    test("holds only where all do", () => {
        expect(formatSummary(reportOf("dev", 8, outcomes.slice(0, 1)))).toBe("All 1 hops hold. 8 s.");
        const unclear = reportOf("dev", 8, [outcomes[0] as Outcome, outcomes[2] as Outcome]);
        expect(unclear).toMatchObject({ holds: false, firstBroken: null });
    });
});
