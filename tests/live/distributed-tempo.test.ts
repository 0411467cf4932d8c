import * as fs from "fs";
import { describeWith } from "../helpers/prerequisites";
import { type DistributedStore, killUnderLoad, queryWhileKilled, start } from "./killed-parts";
import { Load, storedOf } from "./load";
import { grpcFrame, sendGrpc } from "./malformed/wire";
import { eventually, pause } from "./process";
import { bytesField, message } from "./protobuf";
import type { Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get, newTraceId, otlpSpans, post } from "./telemetry";

jest.setTimeout(600_000);

const ingesters: Part[] = ["tempo-ingester", "tempo-ingester-1", "tempo-ingester-2"];
const generators: Part[] = ["tempo-metrics-generator", "tempo-metrics-generator-1"];
const others: Part[] = ["tempo-distributor", "tempo-querier", "tempo-query-frontend", "tempo-compactor"];
const distributed: Part[] = ["tempo-memcached", ...ingesters, ...others, ...generators, "tempo-gateway"];

const monolithicSettings = {
    replicas: { minio: 1, mimir: 1 },
    // Blocks in the bucket are found after seconds.
    values: { tempo: { tempo: { storage: { trace: { blocklist_poll: "5s" } } } } },
};
const distributedSettings = {
    mode: { tempo: "distributed" },
    replicas: {
        ...monolithicSettings.replicas,
        tempo: 3,
        tempoDistributor: 1,
        tempoQuerier: 1,
        tempoMetricsGenerator: 2,
    },
    values: { tempo: { storage: { trace: { blocklist_poll: "5s" } } } },
};

const daySeconds = 86_400;
const gracePeriodSeconds = 300;
const count = 50;
const tracesPerSecond = 50;
const exportPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

describeWith(
    { programs: ["helm", "minio", "tempo", "mimir", "nginx", "memcached"], mirror: true },
    "live: Tempo in monolithic and in distributed mode on the same bucket",
    () => {
        let live: LiveStack;
        const yesterday = Array.from({ length: count }, newTraceId);
        const url = (part: Part, port: number) => `http://${live.address(part)}:${port}`;
        const monolithic = () => url("tempo", 3200);
        const gateway = () => url("tempo-gateway", 8080);

        beforeAll(async () => {
            live = await LiveStack.start("prod", monolithicSettings, ["minio", "mimir", "tempo"]);
        });

        afterAll(async () => {
            closeConnections();
            await live?.stop();
        });

        const resource = (service: string) => ({ "service.name": service });
        const findsYesterday = (base: string) =>
            eventually(
                `${base} finds the traces of yesterday`,
                async () => {
                    for (const traceId of yesterday) {
                        const { batches } = await get(`${base}/api/traces/${traceId}`);
                        expect(batches[0].scopeSpans[0].spans.length).toBe(1);
                    }
                },
                120,
            );
        const finds = (base: string, service: string, traces: number) =>
            eventually(
                `${base} finds ${traces} traces of ${service}`,
                async () => expect(await storedOf(service, { tempo: base })).toEqual({ traces }),
                120,
            );
        /** Stops a load. @returns the number of accepted traces, of which there are some of each second. */
        const stopped = async (load: Load, seconds: number): Promise<number> => {
            await load.stop();
            expect(load.rejected).toEqual([]);
            expect(load.accepted.traces).toBeGreaterThanOrEqual((seconds - 1) * tracesPerSecond);
            return load.accepted.traces;
        };
        /** As the plan of the migration does. */
        const stopIngester = async (part: Part) => {
            expect(await post(`${url(part, 3200)}/shutdown`, {})).toMatchObject({ status: 200 });
            await eventually(`the ingester of ${part} has ended`, async () => {
                const services = await (await fetch(`${url(part, 3200)}/status/services`)).text();
                expect(services).toMatch(/^\|\s*ingester\s*\|\s*Terminated\b/m);
            });
        };
        let acceptedThere: number | undefined;

        test("the monolithic Tempo stores traces of yesterday in the bucket", async () => {
            const spans = yesterday.map((traceId) => ({ traceId, name: "old" }));
            const body = otlpSpans(resource("yesterday"), spans, daySeconds);
            expect(await post(`${url("tempo", 4318)}/v1/traces`, body)).toMatchObject({ status: 200 });
            expect((await post(`${monolithic()}/flush`, {})).status).toBeLessThan(300);
            await findsYesterday(monolithic());
        });

        test("no trace is lost while the distributed Tempo replaces it", async () => {
            const load = new Load(
                "there",
                { traces: [`${url("tempo", 4318)}/v1/traces`, `${gateway()}/v1/traces`] },
                tracesPerSecond,
            );
            load.start();
            await pause(5);
            await stopIngester("tempo");
            await live.configure("prod", distributedSettings, distributed);
            await start(live, distributed);
            await live.process("tempo").stop("SIGTERM");
            await pause(3);
            acceptedThere = await stopped(load, 8);
            expect(load.repeated).toBeGreaterThan(0);
            await finds(gateway(), "there", acceptedThere);
            await findsYesterday(gateway());
        });

        const distributedStore = (): DistributedStore => ({
            live,
            store: "tempo",
            signal: "traces",
            gateway: gateway(),
            otlpPath: "/v1/traces",
            // An ingester finds a trace after it has not changed for 5 s, at its next check. It checks every 10 s.
            delaySeconds: 20,
        });

        test("nothing is lost and every query is answered while one ingester after the other is killed under load", () =>
            queryWhileKilled(distributedStore(), "ingesters", ingesters, 10));

        test.each([...others, ...generators, "tempo-memcached" as const, "tempo-gateway" as const])(
            "nothing is lost while %s is killed under load",
            (part) => killUnderLoad(distributedStore(), `without ${part}`, part),
        );

        test("two metrics-generators count each span once, with the labels of the monolithic Tempo", async () => {
            const spans = Array.from({ length: 200 }, () => ({ traceId: newTraceId(), name: "pay" }));
            const service = { ...resource("till"), namespace: "shop", cluster: "here" };
            expect((await post(`${url("tempo-gateway", 4318)}/v1/traces`, otlpSpans(service, spans))).status).toBe(200);
            const query = async (expression: string) =>
                (
                    await get(`${url("mimir", 9009)}/prometheus/api/v1/query`, {
                        query: `${expression}(traces_spanmetrics_calls_total{service="till", span_name="pay", namespace="shop", cluster="here"})`,
                    })
                ).data.result[0]?.value[1];
            await eventually("Mimir has all spans", async () => expect(await query("sum")).toBe("200"), 90);
            expect(await query("count by (service)")).toBe("2");
        });

        test("the gateway accepts OTLP over gRPC, also messages that are larger than 1 MiB", async () => {
            const traceId = newTraceId();
            const span = message([
                bytesField(1, Buffer.from(traceId, "hex")),
                bytesField(2, Buffer.from("0102030405060708", "hex")),
                bytesField(5, Buffer.from("n".repeat(2 * 2 ** 20))),
            ]);
            // resource_spans, scope_spans and spans.
            const request = bytesField(1, bytesField(2, bytesField(2, span)));
            expect(await sendGrpc(url("tempo-gateway", 4317), exportPath, grpcFrame(request))).toBe(0);
            await eventually("the trace is found", async () =>
                expect((await get(`${gateway()}/api/traces/${traceId}`)).batches.length).toBe(1),
            );
        });

        test("an ingester that ends writes its traces to the bucket", async () => {
            const load = new Load("removed", { traces: [`${gateway()}/v1/traces`] }, tracesPerSecond);
            load.start();
            await pause(3);
            const accepted = await stopped(load, 3);
            await Promise.all(ingesters.map((part) => live.process(part).stop("SIGTERM", gracePeriodSeconds)));
            for (const part of ingesters) {
                const volume = live.mounted(part, "/var/tempo");
                fs.rmSync(volume, { recursive: true });
                fs.mkdirSync(volume);
            }
            await start(live, ingesters);
            await finds(gateway(), "removed", accepted);
        });

        test("the monolithic Tempo finds everything in the bucket after the parts have ended", async () => {
            const load = new Load(
                "back",
                { traces: [`${gateway()}/v1/traces`, `${url("tempo", 4318)}/v1/traces`] },
                tracesPerSecond,
            );
            load.start();
            await pause(5);
            await Promise.all(ingesters.map(stopIngester));
            await live.configure("prod", monolithicSettings, ["tempo"]);
            await start(live, ["tempo"]);
            await Promise.all(distributed.map((part) => live.process(part).stop("SIGTERM")));
            await pause(3);
            await finds(monolithic(), "back", await stopped(load, 8));
            await finds(monolithic(), "there", acceptedThere ?? NaN);
            await findsYesterday(monolithic());
        });
    },
);
