import { describeWith } from "../helpers/prerequisites";
import { type DistributedStore, killUnderLoad, queryWhileKilled, start } from "./killed-parts";
import { storedOf } from "./load";
import { eventually } from "./process";
import type { Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get, nano, otlpLogs, post } from "./telemetry";

jest.setTimeout(600_000);

const ingesters: Part[] = ["loki-ingester", "loki-ingester-1", "loki-ingester-2"];
const others: Part[] = [
    ...(["loki-gateway", "loki-distributor", "loki-querier", "loki-query-frontend", "loki-query-scheduler"] as const),
    ...(["loki-index-gateway", "loki-compactor", "loki-ruler", "loki-chunks-cache", "loki-results-cache"] as const),
];
const distributed: Part[] = [...ingesters, ...others];

const replicas = { minio: 1, loki: 3 };
const monolithicSettings = { replicas: { ...replicas, loki: 1 } };
const distributedSettings = {
    mode: { loki: "distributed" },
    replicas: { ...replicas, lokiDistributor: 1, lokiQuerier: 1 },
};
const gracePeriodSeconds = 300;
const daySeconds = 86_400;
const sent = 200;

describeWith(
    { programs: ["helm", "minio", "loki", "nginx", "memcached"], mirror: true },
    "live: Loki in monolithic and in distributed mode on the same bucket",
    () => {
        let live: LiveStack;
        const url = (part: Part) => `http://${live.address(part)}:3100`;
        const gateway = () => url("loki-gateway");

        beforeAll(async () => {
            live = await LiveStack.start("prod", monolithicSettings, ["minio", "loki"]);
        });

        afterAll(async () => {
            closeConnections();
            await live?.stop();
        });

        const send = async (service: string, ageSeconds: number) => {
            const timeUnixNano = nano(Date.now() - ageSeconds * 1000);
            const lines = Array.from({ length: sent }, (_, index) => ({ body: `line ${index}`, timeUnixNano }));
            const body = otlpLogs({ "service.name": service, namespace: "mathtrail" }, lines);
            expect(await post(`${url("loki")}/otlp/v1/logs`, body)).toMatchObject({ status: 204 });
        };
        const stored = async (part: Part, service: string) => {
            const answer = await get(`${url(part)}/loki/api/v1/query`, {
                query: `sum(count_over_time({service_name="${service}"}[2d]))`,
            });
            return Number(answer.data.result[0]?.value[1] ?? 0);
        };
        const ring = async (part: Part) => {
            const { shards } = await get(`${url(part)}/ring`);
            return (shards as { id: string; state: string }[]).map(({ id, state }) => `${id} ${state}`).sort();
        };
        const active = (parts: Part[]) => parts.map((part) => `${part} ACTIVE`).sort();

        test("the monolithic Loki accepts lines of yesterday and of now", async () => {
            await send("yesterday", daySeconds);
            await send("now", 0);
            await eventually("it finds those of now", async () => expect(await stored("loki", "now")).toBe(sent));
        });

        test("the parts join its ring, and find the lines in its memory", async () => {
            await live.configure("prod", distributedSettings, distributed);
            await start(live, distributed);
            await eventually("all ingesters are in one ring", async () =>
                expect(await ring("loki-distributor")).toEqual(active(["loki", ...ingesters])),
            );
            await eventually("the gateway finds the lines", async () =>
                expect(await stored("loki-gateway", "now")).toBe(sent),
            );
        });

        test("the parts find all lines in the bucket after the monolithic Loki has ended", async () => {
            expect(await live.process("loki").stop("SIGTERM", gracePeriodSeconds)).toBeLessThan(gracePeriodSeconds);
            await eventually("it has left the ring", async () =>
                expect(await ring("loki-distributor")).toEqual(active(ingesters)),
            );
            await eventually(
                "the gateway finds the lines",
                async () => {
                    expect(await stored("loki-gateway", "yesterday")).toBe(sent);
                    expect(await stored("loki-gateway", "now")).toBe(sent);
                },
                180,
            );
        });

        test("the gateway leads to the rules of the ruler", async () => {
            const { data } = await get(`${gateway()}/prometheus/api/v1/rules`);
            expect((data.groups as object[]).length).toBeGreaterThan(0);
        });

        const distributedStore = (): DistributedStore => ({
            live,
            store: "loki",
            signal: "lines",
            gateway: gateway(),
            otlpPath: "/otlp/v1/logs",
        });

        test("nothing is lost and every query is answered while one ingester after the other is killed under load", () =>
            queryWhileKilled(distributedStore(), "ingesters", ingesters, 2));

        test.each(others)("nothing is lost while %s is killed under load", (part) =>
            killUnderLoad(distributedStore(), `without-${part}`, part),
        );

        test("the monolithic Loki finds everything in the bucket after the parts have ended", async () => {
            const services = ["ingesters", ...others.map((part) => `without-${part}`)];
            const before = await Promise.all(services.map((service) => storedOf(service, { loki: gateway() })));
            await live.configure("prod", monolithicSettings, ["loki"]);
            await start(live, ["loki"]);
            for (const part of distributed) {
                await live.process(part).stop("SIGTERM", gracePeriodSeconds);
            }
            await eventually("its ring has only itself", async () =>
                expect(await ring("loki")).toEqual(["loki ACTIVE"]),
            );
            await eventually(
                "it finds the lines",
                async () => {
                    expect(await stored("loki", "yesterday")).toBe(sent);
                    expect(await stored("loki", "now")).toBe(sent);
                    const after = services.map((service) => storedOf(service, { loki: url("loki") }));
                    expect(await Promise.all(after)).toEqual(before);
                },
                180,
            );
        });
    },
);
