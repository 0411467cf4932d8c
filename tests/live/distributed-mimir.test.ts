import { describeWith } from "../helpers/prerequisites";
import { type DistributedStore, killUnderLoad, queryWhileKilled, start } from "./killed-parts";
import { storedOf } from "./load";
import { eventually } from "./process";
import { metricOf } from "./sink";
import type { Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get, otlpSeries, post } from "./telemetry";

jest.setTimeout(600_000);

const ingesters: Part[] = ["mimir-ingester", "mimir-ingester-1", "mimir-ingester-2"];
const readers: Part[] = ["mimir-querier", "mimir-query-frontend", "mimir-query-scheduler", "mimir-store-gateway"];
const others: Part[] = ["mimir-distributor", ...readers, "mimir-compactor", "mimir-ruler", "mimir-alertmanager"];
const caches: Part[] = ["mimir-chunks-cache", "mimir-index-cache", "mimir-results-cache"];
const distributed: Part[] = [...caches, ...ingesters, ...others, "mimir-gateway"];

const config = {
    // Without it, Mimir rejects samples of yesterday after the rules have written newer ones.
    limits: { out_of_order_time_window: "2d" },
    // Blocks in the bucket are found after seconds instead of two minutes.
    compactor: { cleanup_interval: "5s" },
    blocks_storage: { bucket_store: { sync_interval: "5s" } },
};
const values = { mimir: { config } };
const one = { mimirDistributor: 1, mimirQuerier: 1, mimirStoreGateway: 1, minio: 1 };
const monolithicSettings = { replicas: { minio: 1, mimir: 1 }, values };
const distributedSettings = { mode: { mimir: "distributed" }, replicas: { ...one, mimir: 3 }, values };

const gracePeriodSeconds = 300;
const daySeconds = 86_400;
const count = 100;

describeWith(
    { programs: ["helm", "minio", "mimir", "nginx", "memcached"], mirror: true },
    "live: Mimir in monolithic and in distributed mode on the same bucket",
    () => {
        let live: LiveStack;
        const url = (part: Part) => `http://${live.address(part)}:9009`;
        const gateway = () => url("mimir-gateway");

        beforeAll(async () => {
            live = await LiveStack.start("prod", monolithicSettings, ["minio", "mimir"]);
        });

        afterAll(async () => {
            closeConnections();
            await live?.stop();
        });

        const seriesAt = async (part: Part, name: string, secondsAgo: number) => {
            const answer = await get(`${url(part)}/prometheus/api/v1/query`, {
                query: `count(last_over_time({__name__=~"${name}_.*"}[1h]))`,
                time: String(Math.floor(Date.now() / 1000) - secondsAgo),
            });
            return Number(answer.data.result[0]?.value[1] ?? 0);
        };
        const ring = async (part: Part, route = "/ingester/ring") => {
            const { shards } = await get(`${url(part)}${route}`);
            return (shards as { id: string; state: string }[]).map(({ id, state }) => `${id} ${state}`).sort();
        };
        const active = (...ids: string[]) => ids.map((id) => `${id} ACTIVE`).sort();
        const ingesterIds = ["mimir-ingester-0", "mimir-ingester-1", "mimir-ingester-2"];
        const send = async (name: string, secondsAgo: number) => {
            const series = Array.from({ length: count }, (_, index) => ({
                name: `${name}_${index}`,
                kind: "gauge" as const,
                labels: {},
            }));
            const answer = await post(`${url("mimir")}/otlp/v1/metrics`, otlpSeries(series, secondsAgo));
            expect(answer).toMatchObject({ status: 200 });
        };
        // The samples of yesterday are in the bucket: queries ask the ingesters only for the last 13 hours.
        const findsAll = (part: Part) =>
            eventually(
                `${part} finds the samples of yesterday and of today`,
                async () => {
                    expect(await seriesAt(part, "yesterday", daySeconds - 1800)).toBe(count);
                    expect(await seriesAt(part, "today", 0)).toBe(count);
                },
                240,
            );

        test("the monolithic Mimir stores samples of yesterday in the bucket, and newer ones in its memory", async () => {
            await send("yesterday", daySeconds);
            expect((await post(`${url("mimir")}/ingester/flush?wait=true`, {})).status).toBeLessThan(300);
            await send("today", 60);
            await findsAll("mimir");
        });

        test("the parts join its ring, and find the samples in the bucket and in its memory", async () => {
            await live.configure("prod", distributedSettings, distributed);
            await start(live, distributed);
            await eventually("all ingesters are in one ring", async () =>
                expect(await ring("mimir-gateway")).toEqual(active("mimir-0", ...ingesterIds)),
            );
            await findsAll("mimir-gateway");
        });

        test("the parts find all samples in the bucket after the monolithic Mimir has ended", async () => {
            expect(await live.process("mimir").stop("SIGTERM", gracePeriodSeconds)).toBeLessThan(gracePeriodSeconds);
            await eventually("it has left the ring", async () =>
                expect(await ring("mimir-gateway")).toEqual(active(...ingesterIds)),
            );
            await findsAll("mimir-gateway");
        });

        test("the gateway leads to the rules, to the Alertmanager and to the rings", async () => {
            const { data } = await get(`${gateway()}/prometheus/api/v1/rules`);
            expect((data.groups as object[]).length).toBeGreaterThan(0);
            expect(await get(`${gateway()}/alertmanager/api/v2/status`)).toMatchObject({ cluster: {} });
            const rings = {
                "mimir-ruler": "/ruler/ring",
                "mimir-store-gateway": "/store-gateway/ring",
                "mimir-compactor": "/compactor/ring",
                "mimir-distributor": "/distributor/ring",
                "mimir-alertmanager": "/multitenant_alertmanager/ring",
            };
            for (const [part, route] of Object.entries(rings)) {
                await eventually(`${route} has only ${part}`, async () =>
                    expect(await ring("mimir-gateway", route)).toEqual(active(part)),
                );
            }
        });

        const metric = (part: Part, name: string, label = "") => metricOf(url(part), name, label);
        const hits = async () => ({
            results: await metric("mimir-query-frontend", "thanos_cache_hits_total", 'name="frontend-cache"'),
            index: await metric("mimir-store-gateway", "thanos_cache_hits_total", 'name="index-cache"'),
            metadata: await metric("mimir-store-gateway", "thanos_cache_hits_total", 'name="metadata-cache"'),
            chunks: await metric("mimir-store-gateway", "thanos_cache_hits_total", 'name="chunks-cache"'),
        });
        /** Queries a range with the samples of yesterday, which are only in the bucket. @param variant changes the query, so that another has no result of it. */
        const countYesterday = async (variant: number) => {
            const middle = Math.floor(Date.now() / 1000 / daySeconds) * daySeconds;
            const answer = await get(`${gateway()}/prometheus/api/v1/query_range`, {
                query: `count(last_over_time({__name__=~"yesterday_.*"}[1d])) + 0 * ${variant}`,
                start: String(middle - daySeconds),
                end: String(middle),
                step: "60",
            });
            const values = (answer.data.result[0]?.values ?? []) as [number, string][];
            return Math.max(...values.map(([, value]) => Number(value)));
        };

        test("repeated queries are answered with the caches", async () => {
            expect(await countYesterday(0)).toBe(count);
            const before = await hits();
            expect(await countYesterday(0)).toBe(count);
            const repeated = await hits();
            expect(repeated.results).toBeGreaterThan(before.results);
            expect(await countYesterday(1)).toBe(count);
            const read = await hits();
            expect(read.results).toBe(repeated.results);
            expect(read.index).toBeGreaterThan(repeated.index);
            expect(read.chunks).toBeGreaterThan(repeated.chunks);
            expect(read.metadata).toBeGreaterThan(0);
        });

        test("queries are answered while no cache runs, also by parts that start then, and the caches are used again after it", async () => {
            await Promise.all(caches.map((cache) => live.process(cache).stop("SIGKILL")));
            expect(await countYesterday(2)).toBe(count);
            expect(await countYesterday(0)).toBe(count);
            await Promise.all(readers.map((part) => live.process(part).stop()));
            await start(live, readers);
            await eventually("the restarted parts answer", async () => expect(await countYesterday(3)).toBe(count));
            await findsAll("mimir-gateway");
            expect(await hits()).toEqual({ results: 0, index: 0, metadata: 0, chunks: 0 });
            await start(live, caches);
            await eventually("the caches are used", async () => {
                expect(await countYesterday(0)).toBe(count);
                expect(await countYesterday(4)).toBe(count);
                expect(Math.min(...Object.values(await hits()))).toBeGreaterThan(0);
            });
        });

        const distributedStore = (): DistributedStore => ({
            live,
            store: "mimir",
            signal: "samples",
            gateway: gateway(),
            otlpPath: "/otlp/v1/metrics",
        });

        test("nothing is lost and every query is answered while one ingester after the other is killed under load", () =>
            queryWhileKilled(distributedStore(), "ingesters", ingesters, 10));

        test.each([...others, ...caches, "mimir-gateway" as const])(
            "nothing is lost while %s is killed under load",
            (part) => killUnderLoad(distributedStore(), `without ${part}`, part),
        );

        test("the monolithic Mimir finds everything in the bucket after the parts have ended", async () => {
            const services = ["ingesters", "without mimir-gateway"];
            const before = await Promise.all(services.map((service) => storedOf(service, { mimir: gateway() })));
            await live.configure("prod", monolithicSettings, ["mimir"]);
            await start(live, ["mimir"]);
            await eventually("it is in the ring", async () =>
                expect(await ring("mimir")).toEqual(active("mimir-0", ...ingesterIds)),
            );
            await Promise.all(distributed.map((part) => live.process(part).stop("SIGTERM", gracePeriodSeconds)));
            await eventually("its ring has only itself", async () =>
                expect(await ring("mimir")).toEqual(active("mimir-0")),
            );
            await findsAll("mimir");
            await eventually(
                "it finds the samples of the parts",
                async () =>
                    expect(
                        await Promise.all(services.map((service) => storedOf(service, { mimir: url("mimir") }))),
                    ).toEqual(before),
                240,
            );
        });
    },
);
