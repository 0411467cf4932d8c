import * as fs from "fs";
import { compare, comparisonIds, passes, type Reported, serviceBoundsSeconds, table } from "../../load/compare";
import type { Config } from "../../load/config";
import { bucketIndex, quantile, quantileRange } from "../../load/histogram";
import { base64, extract, inject, type Span, spanKinds } from "../../load/otlp";
import { allJourneys, isAlwaysKept, journey, type Journey } from "../../load/plan";
import { edges, play, type Played, rootSpan, spansPerJourney } from "../../load/shop";

const config: Config = {
    vus: 2,
    seconds: 50,
    journeysPerSecond: 10,
    namespace: "load-test",
    cluster: "dev",
    sampling: { mode: "head", ratio: 0.1, slowerThanMs: 0 },
    urls: { zipkin: "", otlpGrpc: "", otlpHttp: "", tempo: "", loki: "", mimir: "" },
    tolerance: 0.01,
    samplingTolerance: 0.4,
    spanBoundsSeconds: [0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096],
    searchLimit: 262_144,
    waitSeconds: 120,
};
const run = { id: "1234567890abcdef", seed: 7 };
const all = allJourneys(config, run);
const sent = all.filter(({ sampled }) => sampled);

describe("the journeys of a run", () => {
    test("fail and are slow at exactly the known rates, and never both", () => {
        expect(all).toHaveLength(1000);
        expect(all.filter(({ failed }) => failed)).toHaveLength(50);
        expect(all.filter(({ slow }) => slow)).toHaveLength(50);
        expect(all.filter(({ failed, slow }) => failed && slow)).toEqual([]);
    });

    test("are the same in each process with the same seed, and others with another seed", () => {
        expect(journey(config, run, 321)).toEqual(all[321]);
        expect(journey(config, { ...run, seed: 8 }, 321)).not.toEqual(all[321]);
    });

    test("have different trace IDs, also in two runs with the same seed", () => {
        const other = allJourneys(config, { ...run, id: "fedcba0987654321" });
        expect(new Set([...all, ...other].map(({ traceId }) => traceId)).size).toBe(2000);
        expect(other.map(({ sampled }) => sampled)).toEqual(all.map(({ sampled }) => sampled));
    });

    test.each([0.1, 0.5, 0.9])("are sampled with the ratio %d", (ratio) => {
        const journeys = allJourneys({ ...config, sampling: { ...config.sampling, ratio } }, run);
        const sampled = journeys.filter((one) => one.sampled).length;
        expect(Math.abs(sampled - 1000 * ratio)).toBeLessThan(4 * Math.sqrt(1000 * ratio * (1 - ratio)));
    });

    test("are all sent with tail sampling, and slow ones take longer than slowerThan", () => {
        const journeys = allJourneys({ ...config, sampling: { mode: "tail", ratio: 0.1, slowerThanMs: 3000 } }, run);
        expect(journeys.filter(({ sampled }) => !sampled)).toEqual([]);
        const slow = journeys.filter((one) => one.slow);
        expect(slow.filter(({ total }) => total <= 3000)).toEqual([]);
        expect(journeys.filter(isAlwaysKept)).toHaveLength(100);
    });
});

describe("the telemetry of a journey", () => {
    const end = Date.UTC(2026, 0, 1);
    const failed = sent.find((one) => one.failed) as Journey;
    const played = play(config, run.id, failed, end);

    function spansOf({ spans, zipkin }: Played): { service: string; span: Partial<Span> & { id?: string } }[] {
        return [
            ...Object.entries(spans).flatMap(([service, list]) => list.map((span) => ({ service, span }))),
            ...(zipkin as { id: string; parentId: string; kind: string; localEndpoint: { serviceName: string } }[]).map(
                (span) => ({
                    service: span.localEndpoint.serviceName.replace("load-test-", ""),
                    span: {
                        id: span.id,
                        spanId: span.id,
                        parentSpanId: span.parentId,
                        kind: span.kind === "CLIENT" ? spanKinds.client : spanKinds.server,
                    },
                }),
            ),
        ];
    }

    test("is one connected trace with the known edges between services", () => {
        const spans = spansOf(played);
        expect(spans).toHaveLength(spansPerJourney);
        expect(new Set(spans.map(({ span }) => span.spanId)).size).toBe(spansPerJourney);
        const byId = new Map(spans.map((one) => [one.span.spanId, one]));
        const roots = spans.filter(({ span }) => span.parentSpanId === undefined);
        expect(roots.map(({ service, span }) => [service, span.name])).toEqual([["frontend", rootSpan]]);
        const calls = spans.flatMap(({ service, span }) => {
            const parent = byId.get(span.parentSpanId ?? "");
            return parent !== undefined && parent.service !== service ? [`${parent.service} ${service}`] : [];
        });
        const database = spans.filter(({ span }) => span.attributes?.["db.system.name"] !== undefined);
        expect(database.map(({ service, span }) => [service, span.attributes?.["server.address"]])).toEqual([
            ["user", "load-test-db"],
        ]);
        expect([...calls, "user db"].sort()).toEqual(edges.map((edge) => edge.join(" ")).sort());
    });

    test("links the consumer to the message of the producer", () => {
        const [producer] = played.spans.frontend.filter(({ kind }) => kind === spanKinds.producer);
        const [consumer] = played.spans.billing;
        expect(consumer?.kind).toBe(spanKinds.consumer);
        expect(consumer?.links).toEqual([{ traceId: failed.traceId, spanId: producer?.spanId }]);
    });

    test("has errors in the user service and in all spans above it", () => {
        const erroneous = Object.values(played.spans)
            .flat()
            .filter(({ status }) => status?.code === 2);
        expect(erroneous.map(({ name }) => name)).toEqual(["GET", rootSpan, "GET /users/{id}"]);
        expect(played.measured.map(({ service, status }) => [service, status])).toEqual([
            ["user", 500],
            ["frontend", 500],
        ]);
    });

    test("has a log record of each service with the trace ID", () => {
        const records = Object.values(played.logs).flat();
        expect(records).toHaveLength(5);
        expect(records.map(({ context }) => context.traceId)).toEqual(Array(5).fill(failed.traceId));
    });

    test("has log records and metrics but no spans and exemplars if the trace is not sampled", () => {
        const unsampled = play(config, run.id, all.find(({ sampled }) => !sampled) as Journey, end);
        expect(spansOf(unsampled)).toEqual([]);
        expect(Object.values(unsampled.logs).flat()).toHaveLength(5);
        expect(unsampled.measured.map(({ traceId }) => traceId)).toEqual([undefined, undefined]);
    });

    test("ends when the front end has answered, except the processing of the message", () => {
        const [root] = played.spans.frontend.filter(({ name }) => name === rootSpan);
        expect(root).toMatchObject({ start: end - failed.total, end });
        const children = played.spans.frontend.filter(({ name }) => name !== rootSpan);
        expect(children.filter((span) => span.start < end - failed.total || span.end > end)).toEqual([]);
    });
});

test("the trace context survives the header traceparent", () => {
    const context = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", sampled: true };
    expect(inject(context)).toBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    expect(extract({ traceparent: inject(context) })).toEqual(context);
    expect(extract({ traceparent: inject({ ...context, sampled: false }) }).sampled).toBe(false);
    expect(() => extract({ traceparent: "00-0af7-b7ad-01" })).toThrow("traceparent is");
});

test("IDs are Base64 for gRPC", () => {
    const digits = "0af7651916cd43dd8448eb211c80319c";
    expect(base64(digits)).toBe(Buffer.from(digits, "hex").toString("base64"));
    expect(base64(digits.slice(16))).toBe(Buffer.from(digits.slice(16), "hex").toString("base64"));
});

test("quantiles are estimated as in PromQL", () => {
    const buckets = [
        { bound: Infinity, count: 100 },
        { bound: 0.2, count: 95 },
        { bound: 0.1, count: 50 },
    ];
    expect(quantile(buckets, 0.5)).toBeCloseTo(0.1);
    expect(quantile(buckets, 0.725)).toBeCloseTo(0.15);
    expect(quantile(buckets, 0.99)).toBe(0.2);
    expect(quantile([], 0.5)).toBeNaN();
    expect(quantileRange([0.05, 0.05, 0.15, 0.15], [0.1, 0.2], 0.75, 0.01)).toEqual({ low: 0.1, high: 0.2 });
});

/** What a stack reports that loses nothing. */
function complete(journeys: Journey[], serviceBounds = serviceBoundsSeconds): Reported {
    const requests = (list: Journey[], bounds: number[], weight: number): Reported["service"] => ({
        count: list.length * weight,
        errors: list.filter(({ failed }) => failed).length * weight,
        buckets: [...bounds, Infinity].map((bound, index) => ({
            bound,
            count: weight * list.filter(({ total }) => bucketIndex(bounds, total / 1000) <= index).length,
        })),
    });
    return {
        traces: sent.length,
        spans: sent.length * 10,
        zipkinSpans: sent.length * 2,
        logs: 5000,
        samples: 400,
        exemplars: 3,
        service: requests(journeys, serviceBounds, 1),
        fromSpans: requests(sent, config.spanBoundsSeconds, 10),
        edges: Object.fromEntries(edges.map((edge) => [edge.join(" "), sent.length * 10])),
        iterations: 100,
    };
}

describe("the comparison", () => {
    test("passes if nothing is lost, and each comparison has a threshold", () => {
        const comparisons = compare(config, all, complete(all));
        expect(comparisons.filter((comparison) => !passes(comparison))).toEqual([]);
        expect(comparisons.map(({ id }) => id)).toEqual(comparisonIds);
        expect(table(config, run, comparisons)).toContain("All 23 comparisons passed.");
    });

    test("fails and says by how much if a twentieth of the spans is lost", () => {
        const reported = complete(all);
        const comparisons = compare(config, all, { ...reported, spans: 865 });
        expect(comparisons.filter((comparison) => !passes(comparison)).map(({ id }) => id)).toEqual(["spans"]);
        expect(table(config, run, comparisons).split("\n").slice(-2)).toEqual([
            `FAILED  spans${" ".repeat(41)} sent 910, found 865, deviation 4.95 %, allowed 1 %`,
            "1 of 23 comparisons failed.",
        ]);
    });

    test.each<[string, Partial<Reported>, string[]]>([
        [
            "traces that are sampled twice",
            { traces: 10, spans: 100, zipkinSpans: 20 },
            ["traces", "spans", "zipkin-spans", "sampling-ratio"],
        ],
        ["log records", { logs: 4900 }, ["log-records"]],
        ["samples", { samples: 390 }, ["samples"]],
        ["exemplars", { exemplars: 0 }, ["exemplars"]],
        ["an edge of the service graph", { edges: { ...complete(all).edges, "user db": 0 } }, ["edge-user-db"]],
        ["the metrics of k6", { iterations: 0 }, ["k6-iterations"]],
        [
            "span metrics",
            { fromSpans: { count: 0, errors: 0, buckets: [] } },
            ["span-requests", "span-error-rate", "span-latency-p50", "span-latency-p95", "span-latency-p99"],
        ],
        ["errors", { service: { ...complete(all).service, errors: 20 } }, ["error-rate"]],
        [
            "slow requests",
            { service: complete(all.map((one) => ({ ...one, total: Math.min(one.total, 90) }))).service },
            ["latency-p99"],
        ],
    ])("finds missing %s", (_, missing, ids) => {
        const comparisons = compare(config, all, { ...complete(all), ...missing });
        expect(comparisons.filter((comparison) => !passes(comparison)).map(({ id }) => id)).toEqual(ids);
    });

    test("allows the sampling error of traces that tail sampling drops, but no loss of errors in span metrics", () => {
        const tail: Config = { ...config, sampling: { mode: "tail", ratio: 0.1, slowerThanMs: 2000 } };
        const journeys = allJourneys(tail, run);
        const nothingLost: Reported = {
            ...complete(journeys),
            fromSpans: complete(journeys, tail.spanBoundsSeconds).service,
            edges: Object.fromEntries(edges.map((edge) => [edge.join(" "), 1000])),
        };
        const failedOf = (traces: number, errors = 50) =>
            compare(tail, journeys, {
                ...nothingLost,
                traces,
                spans: traces * 10,
                zipkinSpans: traces * 2,
                fromSpans: { ...nothingLost.fromSpans, errors },
            })
                .filter((comparison) => !passes(comparison))
                .map(({ id }) => id);
        // 100 of 1000 are kept in any case, and 90 of the others on average.
        expect(failedOf(200)).toEqual([]);
        expect(failedOf(1000)).toEqual(["traces", "spans", "zipkin-spans", "sampling-ratio"]);
        expect(failedOf(200, 39)).toEqual(["span-error-rate"]);
    });
});

test("the schema for gRPC is one that the collector has", () => {
    const proto = fs.readFileSync("load/otlp.proto", "utf8");
    expect(proto).toContain("package opentelemetry.proto.collector.trace.v1;");
    expect(fs.readFileSync("load/main.ts", "utf8")).toContain(
        '"opentelemetry.proto.collector.trace.v1.TraceService/Export"',
    );
});
