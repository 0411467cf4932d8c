import { describeWith } from "../helpers/prerequisites";
import { eventually } from "./process";
import { collector, LiveStack, type Part } from "./stack";
import { get, closeConnections, otlpLogs, otlpSum, post } from "./telemetry";

jest.setTimeout(240_000);

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
    },
);
