import { describeWith } from "../helpers/prerequisites";
import { eventually, pause } from "./process";
import { metricOf } from "./sink";
import { collector, type Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get, newSpanId, newTraceId, otlpSpans, post } from "./telemetry";

jest.setTimeout(300_000);

const parts: Part[] = ["minio", "tempo", "lgtm-alloy-receiver", collector];
const programs = ["helm", "minio", "tempo", "alloy", "otelcol-contrib"];
const spansPerRequest = 50;
const spanBytes = 2000;
const senders = 4;
const queueBytes = 2 * 1024 * 1024;
const decisionWaitSeconds = 3;
// Longer than the decision wait, and more data than the queue has space for.
const blockedRequests = 40;

/** Settings with a small queue, so that it is full after a few requests. */
const settingsOf = (tracing: object, queue: object = {}) => ({
    replicas: { mimir: 1, minio: 1, collector: 1, receiver: 1 },
    tracing,
    collector: {
        exporters: {
            otlp_http: {
                sending_queue: {
                    queue_size: queueBytes,
                    batch: { min_size: 128 * 1024, max_size: 256 * 1024 },
                    ...queue,
                },
            },
        },
    },
});
const tail = { samplingMode: "tail", samplingRatio: 1, tail: { decisionWait: `${decisionWaitSeconds}s` } };

interface Outcome {
    accepted: string[];
    /** The bodies of the responses that are not 200, without duplicates. */
    refusals: Map<string, number>;
    longestSeconds: number;
}

describeWith({ programs, mirror: true }, "live: a queue of the collector that is full, because Tempo is down", () => {
    let live: LiveStack;

    beforeAll(async () => {
        live = await LiveStack.start("prod", settingsOf({ samplingMode: "head", samplingRatio: 1 }), parts);
    });

    afterAll(async () => {
        closeConnections();
        await live?.stop();
    });

    /** Sends traces of one span each. Each sender waits for its response. It stops at its first response that is not 200, or after some requests. */
    async function send(service: string, requests: number, pauseSeconds = 0): Promise<Outcome> {
        const outcome: Outcome = { accepted: [], refusals: new Map(), longestSeconds: 0 };
        const sender = async () => {
            for (let request = 0; request < requests; request++) {
                const ids = Array.from({ length: spansPerRequest }, newTraceId);
                // The response to a search would contain the name of a root span.
                const spans = ids.map((traceId) => ({
                    traceId,
                    parentSpanId: newSpanId(),
                    name: traceId.padEnd(spanBytes, traceId),
                }));
                const start = Date.now();
                const url = `http://${live.address(collector)}:4318/v1/traces`;
                const { status, body } = await post(url, otlpSpans({ "service.name": service }, spans));
                outcome.longestSeconds = Math.max(outcome.longestSeconds, (Date.now() - start) / 1000);
                if (status !== 200) {
                    outcome.refusals.set(body, status);
                    return;
                }
                outcome.accepted.push(...ids);
                await pause(pauseSeconds);
            }
        };
        await Promise.all(Array.from({ length: senders }, sender));
        return outcome;
    }

    async function stored(service: string): Promise<Set<string>> {
        const now = Math.floor(Date.now() / 1000);
        const { traces = [] } = await get(`http://${live.address("tempo")}:3200/api/search`, {
            q: `{ resource.service.name = "${service}" }`,
            limit: "100000",
            start: String(now - 3600),
            end: String(now + 60),
        });
        return new Set((traces as { traceID: string }[]).map(({ traceID }) => traceID.padStart(32, "0")));
    }

    async function lost(service: string, accepted: string[]): Promise<number> {
        const found = await stored(service);
        return accepted.filter((id) => !found.has(id)).length;
    }

    const counter = (name: string) => metricOf(`http://${live.address(collector)}:8888`, name);

    async function startTempo(): Promise<void> {
        live.process("tempo").start();
        await live.process("tempo").ready();
    }

    async function reconfigure(settings: object): Promise<void> {
        await live.configure("prod", settings, [collector]);
        live.process(collector).start();
        await live.process(collector).ready();
        await live.process("tempo").stop();
    }

    test("answers 503 and UNAVAILABLE to the SDK, and loses nothing that it accepted", async () => {
        await live.process("tempo").stop();
        const { accepted, refusals } = await send("head", 100);
        expect([...refusals]).toEqual([[expect.stringContaining('"code":14'), 503]]);
        expect([...refusals.keys()]).toEqual([expect.stringContaining("sending queue is full")]);
        expect(accepted.length).toBeGreaterThan(0);
        expect(await counter("otelcol_receiver_refused_spans")).toBe(senders * spansPerRequest);
        expect(await counter("otelcol_exporter_enqueue_failed_spans")).toBe(senders * spansPerRequest);
        await startTempo();
        await eventually("Tempo has all accepted traces", async () => expect(await lost("head", accepted)).toBe(0), 90);
        expect((await send("head", 1)).refusals.size).toBe(0);
    });

    test("accepts traces with tail sampling, and counts the sampled traces that it drops", async () => {
        await reconfigure(settingsOf(tail));
        const { accepted, refusals } = await send("tail", 20);
        expect(refusals.size).toBe(0);
        await pause(decisionWaitSeconds + 5);
        const dropped = await counter("otelcol_exporter_enqueue_failed_spans");
        expect(dropped).toBeGreaterThan(0);
        expect(await counter("otelcol_receiver_refused_spans")).toBe(0);
        await startTempo();
        await eventually(
            "Tempo has all other traces",
            async () => expect(await lost("tail", accepted)).toBe(dropped),
            90,
        );
    });

    test("lets senders wait with tail sampling and block_on_overflow, and loses nothing that it accepted", async () => {
        await reconfigure(settingsOf(tail, { block_on_overflow: true }));
        const sending = send("blocked", blockedRequests, 0.25);
        await pause(30);
        await startTempo();
        const { accepted, refusals, longestSeconds } = await sending;
        expect(refusals.size).toBe(0);
        expect(longestSeconds).toBeGreaterThan(5);
        expect(accepted).toHaveLength(senders * blockedRequests * spansPerRequest);
        expect(await counter("otelcol_exporter_enqueue_failed_spans")).toBe(0);
        await eventually(
            "Tempo has all accepted traces",
            async () => expect(await lost("blocked", accepted)).toBe(0),
            90,
        );
    });
});
