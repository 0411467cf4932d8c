import { describeWith } from "../helpers/prerequisites";
import { type Counts, Load, storedOf } from "./load";
import { eventually, pause } from "./process";
import { type Part, zoneOf } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get, post } from "./telemetry";

jest.setTimeout(900_000);

const gracePeriodSeconds = 300;
/** Series, or log streams. With 60 of them, some have two of three copies on any two of six replicas that are chosen without zones. */
const items = 60;
/** Enough time for queries and writes that a lost zone could disturb. */
const outageSeconds = 20;

interface Store {
    store: "loki" | "mimir";
    signal: keyof Counts;
    port: number;
    ring: string;
    otlp: string;
    /** Writes the data in memory to the bucket. */
    flush: string;
    /** Counts what was accepted of a service. */
    query: (service: string) => { path: string; query: string };
}

const stores: Store[] = [
    {
        store: "mimir",
        signal: "samples",
        port: 9009,
        ring: "/ingester/ring",
        otlp: "/otlp/v1/metrics",
        flush: "/ingester/flush?wait=true",
        query: (service) => ({
            path: "/prometheus/api/v1/query",
            query: `sum(count_over_time(${service.replace(/\W/g, "_")}_total[1h]))`,
        }),
    },
    {
        store: "loki",
        signal: "lines",
        port: 3100,
        ring: "/ring",
        otlp: "/otlp/v1/logs",
        flush: "/flush",
        query: (service) => ({
            path: "/loki/api/v1/query",
            query: `sum(count_over_time({service_name=~"${service}-.*"}[1h]))`,
        }),
    },
];

for (const { store, signal, port, ring, otlp, flush, query } of stores) {
    describeWith(
        { programs: ["helm", "minio", store], mirror: true },
        `live: ${store} with six replicas in three zones, and three copies`,
        () => {
            const parts = [store, ...[1, 2, 3, 4, 5].map((index) => `${store}-${index}`)] as Part[];
            const lost = parts.filter((part) => zoneOf(part) === "zone-0");
            const survivors = parts.filter((part) => !lost.includes(part));
            const settings = (stage: string) => ({
                replicas: { minio: 1, [store]: 6 },
                zones: { count: 3, stage },
            });
            let live: LiveStack;
            const url = (part: Part) => `http://${live.address(part)}:${port}`;

            beforeAll(async () => {
                live = await LiveStack.start("prod", settings("prepare"), ["minio", ...parts]);
            });

            afterAll(async () => {
                closeConnections();
                await live?.stop();
            });

            const load = (service: string, to: Part[]) =>
                new Load(service, { [signal]: to.map((part) => url(part) + otlp) }, items, items);
            const found = async (part: Part, service: string) => {
                const { path, query: expression } = query(service);
                const answer = await get(url(part) + path, { query: expression });
                return Number(answer.data.result[0]?.value[1] ?? 0);
            };
            const expectStored = async (sent: Load, at: Part[]) => {
                expect(sent.rejected).toEqual([]);
                expect(sent.accepted[signal]).toBeGreaterThanOrEqual(items);
                for (const part of at) {
                    await eventually(
                        `${part} finds what was accepted of ${sent.service}`,
                        async () => expect(await found(part, sent.service)).toBe(sent.accepted[signal]),
                        240,
                    );
                }
            };
            const start = async (starting: Part[]) => {
                starting.forEach((part) => live.process(part).start());
                await Promise.all(starting.map((part) => live.process(part).ready(300)));
            };
            const isMember = (members: number) =>
                Promise.all(
                    parts.map((part) =>
                        eventually(`${part} finds all replicas with their zones`, async () => {
                            const { shards } = (await get(url(part) + ring)) as {
                                shards: { id: string; state: string; zone: string }[];
                            };
                            expect(shards.filter(({ state }) => state === "ACTIVE")).toHaveLength(members);
                            const zones = [...new Set(shards.map(({ zone }) => zone))].sort();
                            expect(zones).toEqual(["zone-0", "zone-1", "zone-2"]);
                        }),
                    ),
                );
            const kill = (killed: Part[]) => Promise.all(killed.map((part) => live.process(part).stop("SIGKILL")));

            /** Queries replicas in turn until `during` ends. Each answer must have what was accepted before it. */
            const queryDuring = async (sent: Load, running: () => Part[], during: () => Promise<unknown>) => {
                const lacking: { part: Part; answer: number; accepted: number }[] = [];
                const state = { ended: false, queries: 0, failed: [] as string[], lacking };
                const ask = async () => {
                    for (let index = 0; !state.ended; index++) {
                        const asked = running();
                        const part = asked[index % asked.length] as Part;
                        const accepted = sent.accepted[signal] ?? 0;
                        const answer = await found(part, sent.service).catch((error: Error) => error);
                        // The Service of the stack no longer leads to a replica that has been stopped meanwhile.
                        if (running().includes(part)) {
                            state.queries++;
                            if (answer instanceof Error) {
                                state.failed.push(`${part}: ${answer.message}`);
                            } else if (answer < accepted) {
                                lacking.push({ part, answer, accepted });
                            }
                        }
                        await pause(0.25);
                    }
                };
                const asking = ask();
                try {
                    await during();
                } finally {
                    state.ended = true;
                    await asking;
                }
                return state;
            };

            test("announce their zones", () => isMember(6));

            test("refuse writes and fail queries without zone-aware replication while the replicas of a zone are down", async () => {
                const before = load("unaware-before", parts);
                before.send();
                await before.stop();
                await expectStored(before, survivors);
                await kill(lost);
                const sent = load("unaware", survivors);
                sent.start();
                const { queries, failed } = await queryDuring(
                    before,
                    () => survivors,
                    () => pause(outageSeconds),
                );
                expect(sent.repeated).toBeGreaterThan(5);
                expect(failed.length).toBeGreaterThan(queries / 2);
                await start(lost);
                await sent.stop(120);
                await isMember(6);
                await expectStored(before, parts);
            });

            test("accept every write and lose nothing while zone-aware replication is switched on", async () => {
                const sent = load("switched", parts);
                let down: Part | undefined;
                sent.start();
                const { queries, failed, lacking } = await queryDuring(
                    sent,
                    () => parts.filter((part) => part !== down),
                    async () => {
                        for (const part of [...parts].reverse()) {
                            down = part;
                            await live.configure("prod", settings("replicate"), [part], gracePeriodSeconds);
                            await start([part]);
                            await pause(2);
                            down = undefined;
                        }
                    },
                );
                await sent.stop();
                expect(failed).toEqual([]);
                expect(queries).toBeGreaterThan(20);
                await isMember(6);
                // Copies from before can be in one zone, which a query may leave out, until they are in the bucket.
                for (const part of parts) {
                    expect((await post(url(part) + flush, {})).status).toBeLessThan(300);
                }
                await expectStored(sent, parts);
                const most = Math.max(0, ...lacking.map(({ answer, accepted }) => 1 - answer / accepted));
                process.stdout.write(
                    `${store}: ${lacking.length} of ${queries} answers lacked up to ${(100 * most).toFixed(1)} % while zones were switched on\n`,
                );
            });

            test("accept every write and answer every query while all replicas of a zone are down, and lose nothing", async () => {
                const sent = load("aware", survivors);
                sent.start();
                await pause(5);
                const { queries, failed, lacking } = await queryDuring(
                    sent,
                    () => survivors,
                    async () => {
                        await pause(1);
                        await kill(lost);
                        await pause(outageSeconds);
                    },
                );
                await sent.stop();
                expect({ failed, lacking, repeated: sent.repeated }).toEqual({ failed: [], lacking: [], repeated: 0 });
                expect(queries).toBeGreaterThan(20);
                // While the zone is down, its copies are missing.
                await expectStored(sent, survivors);
                await start(lost);
                await isMember(6);
                await expectStored(sent, parts);
                process.stdout.write(
                    `${store}: ${JSON.stringify(sent.accepted)} accepted and ${queries} queries answered during the loss of a zone\n`,
                );
            });
        },
    );
}

describeWith(
    { programs: ["helm", "minio", "tempo", "nginx", "memcached"], mirror: true },
    "live: tempo with six ingesters in three zones, and three copies",
    () => {
        const ingesters = ["tempo-ingester", ...[1, 2, 3, 4, 5].map((index) => `tempo-ingester-${index}`)] as Part[];
        const others: Part[] = ["tempo-distributor", "tempo-querier", "tempo-query-frontend", "tempo-gateway"];
        const lost = ingesters.filter((part) => zoneOf(part) === "zone-0");
        const settings = (stage: string) => ({
            mode: { tempo: "distributed" },
            replicas: { minio: 1, tempo: 6, tempoDistributor: 1, tempoQuerier: 1 },
            // The collector computes the metrics of spans, so that Tempo needs no store of metrics.
            tracing: { samplingMode: "tail" },
            zones: { count: 3, stage },
        });
        let live: LiveStack;
        const gateway = () => `http://${live.address("tempo-gateway")}`;
        const load = (service: string) => new Load(service, { traces: [`${gateway()}:4318/v1/traces`] });
        const found = async (service: string) => (await storedOf(service, { tempo: `${gateway()}:8080` })).traces ?? 0;
        const start = async (starting: Part[]) => {
            starting.forEach((part) => live.process(part).start());
            await Promise.all(starting.map((part) => live.process(part).ready(300)));
        };
        const kill = () => Promise.all(lost.map((part) => live.process(part).stop("SIGKILL")));
        const expectStored = (sent: Load) =>
            eventually(
                `what was accepted of ${sent.service} is found`,
                async () => {
                    expect(sent.accepted.traces).toBeGreaterThan(100);
                    expect(await found(sent.service)).toBe(sent.accepted.traces);
                },
                240,
            );

        beforeAll(async () => {
            live = await LiveStack.start("prod", settings("prepare"), [
                "minio",
                "tempo-memcached",
                ...ingesters,
                ...others,
            ]);
        });

        afterAll(async () => {
            closeConnections();
            await live?.stop();
        });

        test("refuse writes and fail queries without zone-aware replication while the ingesters of a zone are down", async () => {
            await kill();
            const sent = load("unaware");
            sent.start();
            await pause(outageSeconds);
            expect(sent.repeated).toBeGreaterThan(5);
            await expect(found("unaware")).rejects.toThrow();
            await start(lost);
            await sent.stop(120);
            expect(sent.rejected).toEqual([]);
            await expectStored(sent);
        });

        test("accept every write and answer every query with it, and lose nothing", async () => {
            await live.configure("prod", settings("replicate"), ingesters, gracePeriodSeconds);
            // A querier ends only when the query-frontend does.
            await live.configure("prod", settings("replicate"), others);
            await start([...ingesters, ...others]);
            // A search finds a trace some seconds after its last span. Therefore it looks for traces from before.
            const before = load("before");
            before.start();
            await pause(4);
            await before.stop();
            await expectStored(before);
            const sent = load("aware");
            const wrong: string[] = [];
            sent.start();
            await pause(5);
            await kill();
            for (let second = 0; second < outageSeconds; second++) {
                const answer = await found("before").catch((error: Error) => error.message);
                if (answer !== before.accepted.traces) {
                    wrong.push(`${answer} of ${before.accepted.traces}`);
                }
                await pause(1);
            }
            await sent.stop();
            expect({ wrong, repeated: sent.repeated, rejected: sent.rejected }).toEqual({
                wrong: [],
                repeated: 0,
                rejected: [],
            });
            await expectStored(sent);
            await start(lost);
            await expectStored(sent);
            process.stdout.write(`tempo: ${sent.accepted.traces} traces accepted during the loss of a zone\n`);
        });
    },
);
