import { ROOT_CONTEXT } from "@opentelemetry/api";
import { SamplingDecision, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-base";
import { evaluateStack } from "../../cli/evaluate";
import { describeWith } from "../helpers/prerequisites";
import { eventually } from "./process";
import { collector, type Part, secondCollector } from "./parts";
import { LiveStack } from "./stack";
import { get, closeConnections, newSpanId, newTraceId, otlpSpans, post, type Span } from "./telemetry";

jest.setTimeout(240_000);

const parts: Part[] = ["minio", "mimir", "tempo", "lgtm-alloy-receiver", collector];
const programs = ["helm", "minio", "mimir", "tempo", "alloy", "otelcol-contrib"];
const single = { mimir: 1, minio: 1, receiver: 1 };

interface Trace {
    id: string;
    durationMs: number;
    error: boolean;
}

/** Sends traces in which a shop calls a till: two spans of the shop, and one span of the till. */
async function sendTraces(live: LiveStack, collectors: Part[], traces: Trace[]): Promise<void> {
    for (let from = 0; from < traces.length; from += 100) {
        const batch = traces
            .slice(from, from + 100)
            .map((trace) => ({ ...trace, server: newSpanId(), client: newSpanId() }));
        const shop = batch.flatMap(({ id: traceId, server, client, durationMs, error }): Span[] => [
            { traceId, spanId: server, name: "buy", durationMs, error },
            { traceId, spanId: client, parentSpanId: server, name: "pay", kind: "client", durationMs: 5 },
        ]);
        const till = batch.map(({ id: traceId, client }): Span => ({
            traceId,
            parentSpanId: client,
            name: "pay",
            durationMs: 3,
        }));
        // Each service sends to another replica.
        const [first, second = first] = collectors as [Part, Part?];
        for (const [part, service, spans] of [
            [first, "shop", shop],
            [second, "till", till],
        ] as const) {
            // Each service has two pods.
            const pod = `${service}-${(from / 100) % 2}`;
            const resource = { "service.name": service, "k8s.namespace.name": "mathtrail", "k8s.pod.name": pod };
            const { status, body } = await post(
                `http://${live.address(part)}:4318/v1/traces`,
                otlpSpans(resource, spans),
            );
            expect({ status, body }).toMatchObject({ status: 200 });
        }
    }
}

/** Returns the IDs of the traces that a TraceQL query finds. */
async function search(live: LiveStack, q: string): Promise<Set<string>> {
    const now = Math.floor(Date.now() / 1000);
    const range = { start: String(now - 3600), end: String(now + 60) };
    const { traces = [] } = await get(`http://${live.address("tempo")}:3200/api/search`, {
        q,
        limit: "100000",
        ...range,
    });
    return new Set((traces as { traceID: string }[]).map(({ traceID }) => traceID.padStart(32, "0")));
}

async function sum(live: LiveStack, selector: string): Promise<number> {
    const answer = await get(`http://${live.address("mimir")}:9009/prometheus/api/v1/query`, {
        query: `sum(${selector})`,
    });
    return Number(answer.data.result[0]?.value[1] ?? 0);
}

/** The expected number of sampled traces, with a tolerance of 4 standard deviations. */
function expectedCount(ratio: number, of: number): { min: number; max: number } {
    const tolerance = 4 * Math.sqrt(of * ratio * (1 - ratio));
    return { min: of * ratio - tolerance, max: of * ratio + tolerance };
}

function traces(count: number, kind: Partial<Trace> = {}): Trace[] {
    return Array.from({ length: count }, () => ({ id: newTraceId(), durationMs: 20, error: false, ...kind }));
}

describeWith({ programs, mirror: true }, "live: head sampling with a ratio of 0.1", () => {
    let live: LiveStack;
    let kept: Trace[];
    const all = traces(20_000);

    beforeAll(async () => {
        const { resources } = await evaluateStack("prod");
        const dapr = resources.find(({ type }) => type === "kubernetes:dapr.io/v1alpha1:Configuration");
        const { samplingRate } = (dapr?.inputs as { spec: { tracing: { samplingRate: string } } }).spec.tracing;
        const sampler = new TraceIdRatioBasedSampler(Number(samplingRate));
        // As with SDKs and Dapr, the first service of a trace decides.
        kept = all.filter(
            ({ id }) => sampler.shouldSample(ROOT_CONTEXT, id).decision === SamplingDecision.RECORD_AND_SAMPLED,
        );
        live = await LiveStack.start("prod", { replicas: { ...single, collector: 1 } }, parts);
        await sendTraces(live, [collector], kept);
    });
    afterAll(async () => {
        closeConnections();
        await live?.stop();
    });

    test("keeps a tenth of the traces, all of them complete", async () => {
        const { min, max } = expectedCount(0.1, all.length);
        await eventually("every trace that was sent is found", async () => {
            expect((await search(live, "{ } | count() = 3")).size).toBe(kept.length);
        });
        expect((await search(live, "{ } | count() != 3")).size).toBe(0);
        expect(kept.length).toBeGreaterThan(min);
        expect(kept.length).toBeLessThan(max);
    });

    test.each([
        ["requests", 'traces_spanmetrics_calls_total{service="shop", span_name="buy"}'],
        ["durations", 'traces_spanmetrics_latency_count{service="till", span_name="pay"}'],
        ["calls between services", 'traces_service_graph_request_total{client="shop", server="till"}'],
    ])("counts %s in span metrics with an error below 5 %%", async (_, selector) => {
        await eventually(
            "the count is correct",
            async () => {
                const found = await sum(live, selector);
                expect(Math.abs(found - all.length) / all.length).toBeLessThan(0.05);
            },
            90,
        );
    });
});

describeWith({ programs, mirror: true }, "live: tail sampling with a ratio of 0.1 and two replicas", () => {
    let live: LiveStack;
    const errors = traces(100, { error: true });
    const slow = traces(100, { durationMs: 2_500 });
    const rest = traces(4_000);
    const all = [...errors, ...slow, ...rest].sort((one, other) => one.id.localeCompare(other.id));

    beforeAll(async () => {
        const tracing = { samplingMode: "tail", samplingRatio: 0.1, tail: { decisionWait: "5s", slowerThan: "2s" } };
        live = await LiveStack.start("prod", { tracing, replicas: { ...single, collector: 2 } }, [
            ...parts,
            secondCollector,
        ]);
        await sendTraces(live, [collector, secondCollector], all);
    });
    afterAll(async () => {
        closeConnections();
        await live?.stop();
    });

    test("keeps every error, every slow trace and a tenth of the other traces, all of them complete", async () => {
        const { min, max } = expectedCount(0.1, rest.length);
        const found = await eventually("all errors and slow traces are found", async () => {
            const ids = await search(live, "{ } | count() = 3");
            expect([...errors, ...slow].filter(({ id }) => !ids.has(id))).toEqual([]);
            expect(ids.size).toBeGreaterThan(errors.length + slow.length + min);
            return ids;
        });
        expect((await search(live, "{ } | count() != 3")).size).toBe(0);
        expect(found.size).toBeLessThan(errors.length + slow.length + max);
    });

    test.each([
        ["requests", 'traces_spanmetrics_calls_total{service="shop", span_name="buy"}', all.length],
        ["errors", 'traces_spanmetrics_calls_total{service="shop", status_code="STATUS_CODE_ERROR"}', errors.length],
        ["durations", 'traces_spanmetrics_latency_count{service="till", span_name="pay"}', all.length],
        [
            "calls between services",
            'traces_service_graph_request_total{client="shop", server="till", cluster="mathtrail-prod", namespace="mathtrail"}',
            all.length,
        ],
    ])("counts %s of every trace in span metrics, including dropped traces", async (_, selector, expected) => {
        await eventually(
            "the count is correct",
            async () => {
                expect(await sum(live, selector)).toBe(expected);
            },
            90,
        );
    });
});
