import { describeWith } from "../helpers/found";
import { eventually } from "./process";
import { collector, LiveStack, type Part } from "./stack";
import { get, hangUp, newTraceId, otlpLogs, otlpSpans, otlpSum, post } from "./telemetry";

// A minute each is what the stack is built for; a shorter one shows the same sooner.
const outageSeconds = Number(process.env["OUTAGE_SECONDS"] ?? 5);
const perSecond = 50;

jest.setTimeout((120 + 6 * outageSeconds) * 1000);

const stores: Part[] = ["loki", "tempo", "mimir"];
const parts: Part[] = ["minio", ...stores, "lgtm-alloy-receiver", collector];
const single = { loki: 1, mimir: 1, minio: 1, collector: 1, receiver: 1 };

describeWith(
    { programs: ["helm", "minio", ...stores, "alloy", "otelcol-contrib"], mirror: true },
    `the stack, live, prod with one replica of each, through outages of ${outageSeconds} s under ${perSecond} traces, logs and points a second`,
    () => {
        let live: LiveStack;
        const sent = { traces: 0, lines: 0, points: 0 };
        const highest: Record<string, number> = {};
        let load: NodeJS.Timeout;
        const pending = new Set<Promise<void>>();
        const refused: string[] = [];
        const resource = { "service.name": "steady", "k8s.namespace.name": "mathtrail" };

        beforeAll(async () => {
            live = await LiveStack.start("prod", { replicas: single }, parts);
        });

        afterAll(async () => {
            clearInterval(load);
            hangUp();
            await live?.stop();
        });

        function sendASecond(): void {
            const traces = Array.from({ length: perSecond }, () => ({ traceId: newTraceId(), name: "steady" }));
            const lines = traces.map(({ traceId }, index) => ({ body: `line ${sent.lines + index}`, traceId }));
            const sending = Promise.all([
                accepted("/v1/traces", otlpSpans(resource, traces), () => (sent.traces += perSecond)),
                accepted("/v1/logs", otlpLogs(resource, lines), () => (sent.lines += perSecond)),
                accepted("/v1/metrics", otlpSum(resource, "steady", perSecond), () => (sent.points += perSecond)),
            ]).then(() => undefined);
            pending.add(sending);
            void sending.finally(() => pending.delete(sending));
            for (const part of [collector, "lgtm-alloy-receiver"] as const) {
                highest[part] = Math.max(highest[part] ?? 0, live.process(part).memoryMib());
            }
        }

        async function accepted(route: string, body: object, count: () => void): Promise<void> {
            const { status, body: answer } = await post(`http://${live.address(collector)}:4318${route}`, body);
            if (status === 200) {
                count();
            } else {
                refused.push(`${route}: ${status} ${answer}`);
            }
        }

        const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

        test("takes all that is sent meanwhile", async () => {
            load = setInterval(sendASecond, 1000);
            await pause(2);
            await Promise.all(stores.map((store) => live.process(store).stop()));
            await pause(outageSeconds);
            stores.forEach((store) => live.process(store).start());
            await Promise.all(stores.map((store) => live.process(store).ready()));
            await pause(2);
            // As a node takes it away.
            await live.process("lgtm-alloy-receiver").stop("SIGKILL");
            await pause(outageSeconds);
            live.process("lgtm-alloy-receiver").start();
            await live.process("lgtm-alloy-receiver").ready();
            await pause(2);
            await live.process(collector).stop("SIGKILL");
            clearInterval(load);
            await Promise.allSettled(pending);
            live.process(collector).start();
            await live.process(collector).ready();
            expect(sent.traces).toBeGreaterThan(perSecond * 2 * outageSeconds);
            expect(refused).toEqual([]);
        });

        test("loses nothing of it", async () => {
            const loki = `http://${live.address("loki")}:3100/loki/api/v1/query`;
            const tempo = `http://${live.address("tempo")}:3200/api/search`;
            const mimir = `http://${live.address("mimir")}:9009/prometheus/api/v1/query`;
            const number = (answer: any) => Number(answer.data.result[0]?.value[1] ?? 0);
            await eventually(
                "what came in is what is found",
                async () => {
                    const lines = await get(loki, { query: 'sum(count_over_time({service_name="steady"}[1h]))' });
                    const points = await get(mimir, { query: "sum(count_over_time(steady_total[1h]))" });
                    const { traces } = await get(tempo, {
                        q: '{ resource.service.name = "steady" }',
                        limit: String(sent.traces * 2),
                        start: String(Math.floor(Date.now() / 1000) - 3600),
                        end: String(Math.floor(Date.now() / 1000) + 60),
                    });
                    expect({ traces: traces.length, lines: number(lines), points: number(points) }).toEqual(sent);
                },
                90,
            );
        });

        test("stays within its memory", () => {
            for (const part of [collector, "lgtm-alloy-receiver"] as const) {
                expect(highest[part]).toBeLessThan(live.process(part).command.memoryLimitMib);
            }
        });
    },
);
