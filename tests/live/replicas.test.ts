import { describeWith } from "../helpers/prerequisites";
import { type Counts, Load, storedOf, targetsOf } from "./load";
import { eventually, pause } from "./process";
import { collector, type Part } from "./parts";
import { LiveStack } from "./stack";
import { get, closeConnections, otlpLogs, otlpSum, post } from "./telemetry";

jest.setTimeout(600_000);

const lokis: Part[] = ["loki", "loki-1", "loki-2"];
const mimirs: Part[] = ["mimir", "mimir-1", "mimir-2"];
const parts: Part[] = ["minio", ...lokis, ...mimirs, "lgtm-alloy-receiver", collector];

describeWith(
    { programs: ["helm", "minio", "loki", "mimir", "alloy", "otelcol-contrib"], mirror: true },
    "live: prod with three replicas of Loki and Mimir",
    () => {
        let live: LiveStack;
        const resource = { "service.name": "steady", "k8s.namespace.name": "mathtrail" };
        const number = (answer: any) => Number(answer.data.result[0]?.value[1] ?? 0);

        beforeAll(async () => {
            live = await LiveStack.start("prod", { replicas: { collector: 1, receiver: 1, minio: 1 } }, parts);
        });

        afterAll(async () => {
            closeConnections();
            await live?.stop();
        });

        const send = async (round: number) => {
            const url = (route: string) => `http://${live.address(collector)}:4318${route}`;
            const lines = Array.from({ length: 100 }, (_, index) => ({ body: `line ${index} of round ${round}` }));
            expect(await post(url("/v1/logs"), otlpLogs(resource, lines))).toMatchObject({ status: 200 });
            expect(await post(url("/v1/metrics"), otlpSum(resource, `round_${round}`, 100))).toMatchObject({
                status: 200,
            });
        };
        const found = async (loki: Part, mimir: Part, rounds: number) => {
            const lines = await get(`http://${live.address(loki)}:3100/loki/api/v1/query`, {
                query: 'sum(count_over_time({service_name="steady"}[1h]))',
            });
            const series = await get(`http://${live.address(mimir)}:9009/prometheus/api/v1/query`, {
                query: 'count({__name__=~"round_.*"})',
            });
            expect({ lines: number(lines), series: number(series) }).toEqual({
                lines: rounds * 100,
                series: rounds * 100,
            });
        };

        test("form their rings", async () => {
            const ring = async (part: Part, port: number, route: string) => {
                const { shards } = await get(`http://${live.address(part)}:${port}${route}`);
                return (shards as { state: string }[]).map(({ state }) => state);
            };
            await eventually("all members are active", async () => {
                for (const [part, route] of lokis.flatMap((loki) => [
                    [loki, "/ring"] as const,
                    [loki, "/ruler/ring"] as const,
                ])) {
                    expect(await ring(part, 3100, route)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
                }
                const rings = ["/ingester/ring", "/ruler/ring", "/multitenant_alertmanager/ring"];
                for (const [part, route] of mimirs.flatMap((mimir) => rings.map((route) => [mimir, route] as const))) {
                    expect(await ring(part, 9009, route)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
                }
            });
        });

        test("return data that any of them received", async () => {
            await send(1);
            for (const index of [0, 1, 2]) {
                await eventually(`replica ${index} finds the data`, () =>
                    found(lokis[index] as Part, mimirs[index] as Part, 1),
                );
            }
        });

        test("accept and return data after one of them was killed", async () => {
            await Promise.all([live.process("loki-2").stop("SIGKILL"), live.process("mimir-2").stop("SIGKILL")]);
            await send(2);
            for (const index of [0, 1]) {
                await eventually(`replica ${index} finds the data`, () =>
                    found(lokis[index] as Part, mimirs[index] as Part, 2),
                );
            }
        });

        test("return all data from the replica that was restarted", async () => {
            live.process("loki-2").start();
            live.process("mimir-2").start();
            await Promise.all([live.process("loki-2").ready(), live.process("mimir-2").ready()]);
            await eventually("the restarted replica finds everything", () => found("loki-2", "mimir-2", 2));
        });

        test("lose nothing and answer every query while one after the other is killed under load", async () => {
            const load = new ReplicaLoad(live, "killed");
            await load.during(async () => {
                for (const index of [1, 0]) {
                    await load.without(index, "SIGKILL", 5);
                }
            });
        });

        test("lose nothing and answer every query while one after the other is restarted under load", async () => {
            const load = new ReplicaLoad(live, "rolled");
            await load.during(async () => {
                for (const index of [2, 1, 0]) {
                    await load.without(index, "SIGTERM", 0);
                }
            });
        });
    },
);

const gracePeriodSeconds = 300;

/**
 * Sends to all replicas in turn and through the collector, and queries all replicas that run. In a cluster, the Service has only the replicas that are
 * ready.
 */
class ReplicaLoad {
    private readonly direct: Load;
    private readonly collected: Load;
    private readonly down = new Set<number>();
    private readonly wrong: string[] = [];
    private queries = 0;

    constructor(
        private readonly live: LiveStack,
        private readonly name: string,
    ) {
        this.direct = new Load(`${name}-direct`, {
            lines: lokis.map((part) => `${this.url(part)}/otlp/v1/logs`),
            samples: mimirs.map((part) => `${this.url(part)}/otlp/v1/metrics`),
        });
        const { lines = [], samples = [] } = targetsOf(`http://${live.address(collector)}:4318`);
        this.collected = new Load(`${name}-collected`, { lines, samples });
    }

    private url(part: Part | undefined): string {
        return `http://${this.live.address(part as Part)}:${part?.startsWith("loki") ? 3100 : 9009}`;
    }

    private stores(index: number) {
        return { loki: this.url(lokis[index]), mimir: this.url(mimirs[index]) };
    }

    /** Kills or stops replica `index` of Loki and of Mimir, waits, and starts them again. */
    async without(index: number, signal: NodeJS.Signals, seconds: number): Promise<void> {
        const processes = [lokis[index], mimirs[index]].map((part) => this.live.process(part as Part));
        this.down.add(index);
        await Promise.all(processes.map((process) => process.stop(signal, gracePeriodSeconds)));
        await pause(seconds);
        processes.forEach((process) => process.start());
        await Promise.all(processes.map((process) => process.ready(180)));
        this.down.delete(index);
        // The controller of a StatefulSet continues when the pod is ready. Queries must be right immediately.
        await pause(2);
    }

    /** Runs faults under load, and expects that nothing is lost and that every answer contained what had been accepted before. */
    async during(faults: () => Promise<void>): Promise<void> {
        let running = true;
        this.direct.start();
        this.collected.start();
        const querying = Promise.all([0, 1, 2].map((index) => this.query(index, () => running)));
        await pause(3);
        await faults();
        running = false;
        await querying;
        await Promise.all([this.direct.stop(), this.collected.stop()]);
        expect([...this.direct.rejected, ...this.collected.rejected, ...this.wrong]).toEqual([]);
        expect(this.queries).toBeGreaterThan(20);
        for (const load of [this.direct, this.collected]) {
            const { lines, samples } = load.accepted;
            expect(lines).toBeGreaterThan(500);
            for (const index of [0, 1, 2]) {
                await eventually(`replica ${index} finds what was accepted of ${load.service}`, async () =>
                    expect(await storedOf(load.service, this.stores(index))).toEqual({ lines, samples }),
                );
            }
        }
        const { accepted, repeated } = this.direct;
        process.stdout.write(
            `${this.name}: ${JSON.stringify(accepted)}, repeated ${repeated}, queries ${this.queries}\n`,
        );
    }

    private async query(index: number, running: () => boolean): Promise<void> {
        while (running()) {
            if (!this.down.has(index)) {
                const { lines, samples } = this.direct.accepted;
                const start = Date.now();
                const answer = await storedOf(this.direct.service, this.stores(index)).catch((error: unknown) => error);
                // A replica that was stopped after the query was sent is not asked in a cluster.
                if (!this.down.has(index)) {
                    this.queries++;
                    const counts = answer instanceof Error ? {} : (answer as Counts);
                    if (!((counts as Counts).lines >= lines && (counts as Counts).samples >= samples)) {
                        const detail = answer instanceof Error ? `${answer.message} ${String(answer.cause)}` : answer;
                        this.wrong.push(
                            `replica ${index} after ${Date.now() - start} ms: ${JSON.stringify(detail)}, accepted ${lines} and ${samples}`,
                        );
                    }
                }
            }
            await pause(0.5);
        }
    }
}
