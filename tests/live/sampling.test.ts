import { ROOT_CONTEXT } from "@opentelemetry/api";
import { SamplingDecision, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-base";
import { evaluateStack } from "../../cli/evaluate";
import { describeWith } from "../helpers/prerequisites";
import { eventually } from "./process";
import { collector, LiveStack, type Part, secondCollector } from "./stack";
import { get, hangUp, newSpanId, newTraceId, otlpSpans, post, type Span } from "./telemetry";

jest.setTimeout(240_000);

const parts: Part[] = ["minio", "mimir", "tempo", "lgtm-alloy-receiver", collector];
const programs = ["helm", "minio", "mimir", "tempo", "alloy", "otelcol-contrib"];
const single = { mimir: 1, minio: 1, receiver: 1 };

interface Trace {
    id: string;
    durationMs: number;
    error: boolean;
}

/** A shop that asks a till: two spans of the shop, one of the till. */
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
        // Services talk to whichever replica the Service leads to.
        const [first, second = first] = collectors as [Part, Part?];
        for (const [part, service, spans] of [
            [first, "shop", shop],
            [second, "till", till],
        ] as const) {
            // Of two pods, which are counted together.
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

/** Ids of the traces that are found. */
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

/** What a share of a number may be by chance, in all but one of 15,000 runs. */
function share(ratio: number, of: number): { least: number; most: number } {
    const noise = 4 * Math.sqrt(of * ratio * (1 - ratio));
    return { least: of * ratio - noise, most: of * ratio + noise };
}

function traces(count: number, kind: Partial<Trace> = {}): Trace[] {
    return Array.from({ length: count }, () => ({ id: newTraceId(), durationMs: 20, error: false, ...kind }));
}

describeWith({ programs, mirror: true }, "sampling heads at 0.1, live", () => {
    let live: LiveStack;
    let kept: Trace[];
    const all = traces(20_000);

    beforeAll(async () => {
        const { resources } = await evaluateStack("prod");
        const dapr = resources.find(({ type }) => type === "kubernetes:dapr.io/v1alpha1:Configuration");
        const { samplingRate } = (dapr?.inputs as { spec: { tracing: { samplingRate: string } } }).spec.tracing;
        const sampler = new TraceIdRatioBasedSampler(Number(samplingRate));
        // Who starts a trace decides, as SDKs and Dapr do; who is called follows.
        kept = all.filter(
            ({ id }) => sampler.shouldSample(ROOT_CONTEXT, id).decision === SamplingDecision.RECORD_AND_SAMPLED,
        );
        live = await LiveStack.start("prod", { replicas: { ...single, collector: 1 } }, parts);
        await sendTraces(live, [collector], kept);
    });
    afterAll(async () => {
        hangUp();
        await live?.stop();
    });

    test("keeps a tenth of the traces, all of them whole", async () => {
        const { least, most } = share(0.1, all.length);
        await eventually("every trace that was sent is found", async () => {
            expect((await search(live, "{ } | count() = 3")).size).toBe(kept.length);
        });
        expect((await search(live, "{ } | count() != 3")).size).toBe(0);
        expect(kept.length).toBeGreaterThan(least);
        expect(kept.length).toBeLessThan(most);
    });

    test.each([
        ["requests", 'traces_spanmetrics_calls_total{service="shop", span_name="buy"}'],
        ["durations", 'traces_spanmetrics_latency_count{service="till", span_name="pay"}'],
        ["calls between services", 'traces_service_graph_request_total{client="shop", server="till"}'],
    ])("has %s in metrics within 5 %% of the truth", async (_, selector) => {
        await eventually(
            "all are counted",
            async () => {
                const found = await sum(live, selector);
                expect(Math.abs(found - all.length) / all.length).toBeLessThan(0.05);
            },
            90,
        );
    });
});

describeWith({ programs, mirror: true }, "sampling tails at 0.1 with two replicas, live", () => {
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
        hangUp();
        await live?.stop();
    });

    test("keeps every error, every slow trace and a tenth of the rest, all of them whole", async () => {
        const { least, most } = share(0.1, rest.length);
        const found = await eventually("all that matter are found", async () => {
            const ids = await search(live, "{ } | count() = 3");
            expect([...errors, ...slow].filter(({ id }) => !ids.has(id))).toEqual([]);
            expect(ids.size).toBeGreaterThan(errors.length + slow.length + least);
            return ids;
        });
        expect((await search(live, "{ } | count() != 3")).size).toBe(0);
        expect(found.size).toBeLessThan(errors.length + slow.length + most);
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
    ])("has %s in metrics of every trace, kept or not", async (_, selector, truth) => {
        await eventually(
            "all are counted",
            async () => {
                expect(await sum(live, selector)).toBe(truth);
            },
            90,
        );
    });
});
