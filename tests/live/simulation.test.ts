import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { tokensOf } from "../../cli/simulate/balance";
import { bytesOfWaitingSpan, retrySeconds } from "../../cli/simulate/pipeline";
import { queueDuring } from "../../cli/simulate/queue";
import { randomOf } from "../../cli/simulate/random";
import { copiesOf, largestToMean, randomRing, type Ring, ringOf, withoutMember } from "../../cli/simulate/ring";
import { collectorRates } from "../../settings/sizing/rates";
import { describeWith } from "../helpers/prerequisites";
import { eventually, pause, type Process } from "./process";
import { collectorProcess, metricOf } from "./sink";
import { closeSenders, encodedRequests, send, spansPerRequest } from "./span-requests";
import { collector, type Part, secondCollector } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get, newTraceId, otlpLogs, otlpSpans, otlpSum, post } from "./telemetry";

jest.setTimeout(600_000);

const gracePeriodSeconds = 300;
const random = randomOf(1);

const stores = {
    mimir: {
        parts: ["mimir", "mimir-1", "mimir-2"] as Part[],
        port: 9009,
        ring: "/ingester/ring",
        metric: "cortex_ingester_memory_series",
        change: (replicationFactor: number) => ({ ingester: { ring: { replication_factor: replicationFactor } } }),
    },
    loki: {
        parts: ["loki", "loki-1", "loki-2"] as Part[],
        port: 3100,
        ring: "/ring",
        metric: "loki_ingester_memory_streams",
        change: (replicationFactor: number) => ({ common: { replication_factor: replicationFactor } }),
    },
};
type Store = keyof typeof stores;

// With a factor of 3, each of the three replicas would have a copy of everything. The settings do not accept 2, but the programs do.
describeWith(
    { programs: ["helm", "minio", "loki", "mimir"], mirror: true },
    "live: rings of three replicas of Mimir and Loki",
    () => {
        describe.each([1, 2])("with %i copies of each series and stream", (replicationFactor) => {
            let live: LiveStack;
            const items = 6000;

            beforeAll(async () => {
                live = await LiveStack.start(
                    "prod",
                    { replicas: { minio: 1 } },
                    ["minio", ...stores.mimir.parts, ...stores.loki.parts],
                    undefined,
                    (part) => stores[part.replace(/-\d$/, "") as Store].change(replicationFactor),
                );
            });

            afterAll(async () => {
                closeConnections();
                await live?.stop();
            });

            const url = (part: Part, store: Store) => `http://${live.address(part)}:${stores[store].port}`;

            /** The ring as the program sees it. Its members are in the order of the parts. */
            const ringIn = async (store: Store, parts: Part[]): Promise<Ring> => {
                const { ring: route } = stores[store];
                return eventually(`the ring of ${store} has ${parts.length} members`, async () => {
                    const { shards } = await get(`${url(parts[0] as Part, store)}${route}`, { tokens: "true" });
                    const members = shards as { id: string; state: string; tokens: number[] }[];
                    expect(members.map(({ state }) => state)).toEqual(parts.map(() => "ACTIVE"));
                    const idOf = (part: Part) => (store === "mimir" && part === "mimir" ? "mimir-0" : part);
                    return ringOf(
                        parts.map((part) => ({
                            tokens: members.find(({ id }) => id === idOf(part))?.tokens ?? [],
                            zone: 0,
                        })),
                    );
                });
            };

            const held = (store: Store, parts: Part[]) =>
                Promise.all(parts.map((part) => metricOf(url(part, store), stores[store].metric)));

            /** Sends new items, and returns how many of them each replica has received. */
            const added = async (store: Store, round: string, parts: Part[]): Promise<number[]> => {
                const before = await held(store, parts);
                const resource = { "service.name": "many", namespace: round };
                for (let from = 0; from < items; from += 500) {
                    const target = url(parts[(from / 500) % parts.length] as Part, store);
                    const streams = Array.from({ length: 500 }, (_, index) =>
                        otlpLogs({ ...resource, namespace: `${round}-${from + index}` }, [
                            { body: "a line" },
                        ]).resourceLogs.at(0),
                    );
                    const answer =
                        store === "mimir"
                            ? await post(`${target}/otlp/v1/metrics`, otlpSum(resource, `${round}_${from}`, 500))
                            : await post(`${target}/otlp/v1/logs`, { resourceLogs: streams });
                    expect(answer.status).toBeLessThan(300);
                }
                const after = await held(store, parts);
                return after.map((count, index) => count - (before[index] ?? 0));
            };

            /** Expects what the simulation predicts for a ring, with a tolerance of 4 standard deviations: the positions of the items are random. */
            const expectPrediction = (ring: Ring, found: number[], what: string) => {
                const predicted = copiesOf(ring, replicationFactor);
                process.stdout.write(
                    `${what}, ${replicationFactor} copies: predicted ${predicted.map((part) => Math.round(part * items)).join(", ")}, found ${found.join(", ")}\n`,
                );
                found.forEach((count, index) => {
                    const part = predicted[index] ?? 0;
                    const tolerance = 4 * Math.sqrt(items * part * (1 - part)) + 20;
                    expect(Math.abs(count - part * items)).toBeLessThan(tolerance);
                });
            };

            test.each(["mimir", "loki"] as const)(
                "each replica of %s has the simulated number of tokens",
                async (store) => {
                    const ring = await ringIn(store, stores[store].parts);
                    expect(ring.members.map(({ tokens }) => tokens.length)).toEqual(Array(3).fill(tokensOf[store]));
                },
            );

            test.each(["mimir", "loki"] as const)(
                "each replica of %s receives what the simulation predicts",
                async (store) => {
                    const { parts } = stores[store];
                    const ring = await ringIn(store, parts);
                    expectPrediction(ring, await added(store, "first", parts), store);
                },
            );

            test.each(["mimir", "loki"] as const)("the balance of %s is that of random rings", async (store) => {
                const found = largestToMean(copiesOf(await ringIn(store, stores[store].parts), replicationFactor));
                const simulated = Array.from({ length: 1000 }, () =>
                    largestToMean(copiesOf(randomRing(3, tokensOf[store], 1, random), replicationFactor)),
                );
                expect(found).toBeLessThanOrEqual(Math.max(...simulated));
                expect(found).toBeGreaterThanOrEqual(Math.min(...simulated));
            });

            test.each(["mimir", "loki"] as const)(
                "after a replica of %s has left, the others receive its part",
                async (store) => {
                    const { parts } = stores[store];
                    const before = await ringIn(store, parts);
                    await live.process(parts[2] as Part).stop("SIGTERM", gracePeriodSeconds);
                    const left = parts.slice(0, 2);
                    const after = await ringIn(store, left);
                    // The tokens of the others stay the same.
                    expect(after.tokens).toEqual(withoutMember(before, 2).tokens);
                    expectPrediction(
                        withoutMember(before, 2),
                        await added(store, "second", left),
                        `${store} without one`,
                    );
                },
            );
        });
    },
);

const receiver = "lgtm-alloy-receiver";
const volume = "600Mi";
const capacity = (600 * 2 ** 20) / 12;

describeWith(
    { programs: ["helm", "alloy", "otelcol-contrib"], mirror: true },
    "live: the queue of the collector while Tempo is down",
    () => {
        let live: LiveStack;
        let sink: Process;
        let folder: string;
        const metrics = () => `http://${live.address(collector)}:8888`;
        const queued = () => metricOf(metrics(), "otelcol_exporter_queue_size", 'data_type="traces"');
        let accepted = 0;

        beforeAll(async () => {
            folder = fs.mkdtempSync(path.join(os.tmpdir(), "simulation-"));
            live = await LiveStack.start(
                "prod",
                {
                    replicas: { collector: 1, receiver: 1, loki: 1, mimir: 1 },
                    storage: { sizes: { collector: volume } },
                },
                [receiver, collector],
            );
            sink = collectorProcess(folder, "sink", live.address("tempo"), { nop: {} });
        });

        afterAll(async () => {
            closeSenders();
            await Promise.all([live?.stop(), sink?.stop("SIGKILL")]);
            fs.rmSync(folder, { recursive: true, force: true });
        });

        const bodies = encodedRequests(100, 1);
        const sendNext = async () => {
            const body = bodies[(accepted / spansPerRequest) % bodies.length] as Buffer;
            const status = await send(`http://${live.address(collector)}:4318/v1/traces`, { body, from: undefined });
            accepted += status === 200 ? spansPerRequest : 0;
            return status;
        };

        test("fills by the bytes that it accepts, and rejects data when the simulation says that it is full", async () => {
            expect(await metricOf(metrics(), "otelcol_exporter_queue_capacity", 'data_type="traces"')).toBe(capacity);
            for (let request = 0; request < 50; request++) {
                expect(await sendNext()).toBe(200);
            }
            await pause(2);
            const bytesPerSpan = (await queued()) / accepted;
            const predicted = queueDuring({
                capacity,
                received: bytesPerSpan * spansPerRequest,
                sent: 0,
                seconds: Infinity,
                retrySeconds: 0,
            });
            // One request is one simulated second.
            let requests = accepted / spansPerRequest;
            for (; (await sendNext()) === 200; requests++);
            process.stdout.write(
                `queue: ${bytesPerSpan.toFixed(0)} bytes for each span, full after ${requests} requests, predicted ${predicted.fullAfter?.toFixed(0)}\n`,
            );
            expect(requests / (predicted.fullAfter ?? 0)).toBeGreaterThan(0.95);
            expect(requests / (predicted.fullAfter ?? 0)).toBeLessThan(1.05);
        });

        test("drains without loss, after at most the predicted wait and with at most the predicted CPU time", async () => {
            const cpuBefore = live.process(collector).cpuSeconds();
            const start = Date.now();
            sink.start();
            await sink.ready();
            const received = () => metricOf(`http://${live.address("tempo")}:8888`, "otelcol_receiver_accepted_spans");
            await eventually("the first attempt succeeds", async () => expect(await received()).toBeGreaterThan(0), 90);
            const waited = (Date.now() - start) / 1000;
            await eventually(
                "all accepted spans are in the sink",
                async () => expect(await received()).toBe(accepted),
                240,
            );
            await eventually("the queue is empty", async () => expect(await queued()).toBe(0));
            const cpu = live.process(collector).cpuSeconds() - cpuBefore;
            // The rate includes receiving, which was before. Batches of spans from the queue need less than single requests.
            const predicted = accepted * collectorRates.cpuPerSpan.high;
            process.stdout.write(
                `drained ${accepted} spans after ${((Date.now() - start) / 1000).toFixed(1)} s, the first ones after ${waited.toFixed(1)} s, with ${cpu.toFixed(1)} CPU seconds, predicted at most ${predicted.toFixed(1)}\n`,
            );
            expect(cpu).toBeLessThan(predicted * 1.3);
            expect(waited).toBeLessThan(retrySeconds * 1.5);
        });
    },
);

describeWith(
    { programs: ["helm", "alloy", "otelcol-contrib"], mirror: true },
    "live: two collectors with tail sampling",
    () => {
        let live: LiveStack;
        const traces = 20_000;

        beforeAll(async () => {
            const tracing = { samplingMode: "tail", samplingRatio: 0.1, tail: { decisionWait: "5m" } };
            live = await LiveStack.start(
                "prod",
                { tracing, replicas: { collector: 2, receiver: 1, loki: 1, mimir: 1 } },
                [receiver, collector, secondCollector],
            );
        });

        afterAll(async () => {
            closeConnections();
            await live?.stop();
        });

        test("divide the traces as the simulation predicts, and keep them in memory until the decision", async () => {
            const collectors: Part[] = [collector, secondCollector];
            const memory = () => collectors.map((part) => live.process(part).memoryMib());
            const before = memory();
            for (let from = 0; from < traces; from += 250) {
                const resource = { "service.name": "shop", "k8s.namespace.name": "mathtrail" };
                const spans = Array.from({ length: 250 }, () => newTraceId()).flatMap((traceId) =>
                    Array.from({ length: 8 }, (_, span) => ({ traceId, name: `GET /lessons/${span}` })),
                );
                const target = `http://${live.address(collectors[(from / 250) % 2] as Part)}:4318/v1/traces`;
                expect(await post(target, otlpSpans(resource, spans))).toMatchObject({ status: 200 });
            }
            const counts = async () =>
                Promise.all(
                    collectors.map((part) =>
                        metricOf(
                            `http://${live.address(part)}:8888`,
                            "otelcol_receiver_accepted_spans",
                            'receiver="otlp/peers"',
                        ),
                    ),
                );
            await eventually("the peers have received all spans", async () =>
                expect((await counts()).reduce((sum, count) => sum + count, 0)).toBe(8 * traces),
            );
            const found = largestToMean(await counts());
            const simulated = Array.from({ length: 1000 }, () =>
                largestToMean(copiesOf(randomRing(2, tokensOf.collector, 1, random), 1)),
            );
            const grown = memory().reduce((sum, mib, index) => sum + mib - (before[index] ?? 0), 0);
            const bytes = (grown * 2 ** 20) / (8 * traces);
            process.stdout.write(
                `tail sampling: ${(await counts()).join(" and ")} spans, largest ${found.toFixed(2)} of the mean; ${bytes.toFixed(0)} bytes of memory for each span\n`,
            );
            expect(found).toBeGreaterThanOrEqual(Math.min(...simulated));
            expect(found).toBeLessThanOrEqual(Math.max(...simulated));
            // The low value is that of spans without attributes, and garbage of requests comes and goes.
            expect(bytes).toBeGreaterThan(bytesOfWaitingSpan.low / 2);
            expect(bytes).toBeLessThan(bytesOfWaitingSpan.high);
        });
    },
);
