import * as fs from "fs";
import { describeWith } from "../helpers/prerequisites";
import { type Pod, podLogFile, podLogLine } from "./kubernetes";
import { eventually, pause } from "./process";
import { collector, type Part } from "./parts";
import { LiveStack } from "./stack";
import { get, closeConnections, newTraceId, otlpLogs, otlpSpans, otlpSum, post } from "./telemetry";

// The stack must survive outages of one minute. A shorter outage tests the same in less time.
const outageSeconds = Number(process.env["OUTAGE_SECONDS"] ?? 5);
const perSecond = 50;

jest.setTimeout((120 + 6 * outageSeconds) * 1000);

const stores: Part[] = ["loki", "tempo", "mimir"];
const agents: Part[] = ["lgtm-alloy-receiver", "lgtm-alloy-logs"];
const parts: Part[] = ["minio", ...stores, ...agents, collector];

const loggingPod = (address: (index: number) => string): Pod => ({
    name: "talker-0",
    namespace: "mathtrail",
    uid: "00000000-0000-0000-0000-000000000000",
    ip: address(0),
    deployment: "talker",
    labels: { app: "talker" },
    annotations: {},
    containers: [{ name: "app", ports: [8080] }],
});
const single = { loki: 1, mimir: 1, minio: 1, collector: 1, receiver: 1 };

describeWith(
    { programs: ["helm", "minio", ...stores, "alloy", "otelcol-contrib"], mirror: true },
    `live: prod with one replica each, during outages of ${outageSeconds} s with ${perSecond} traces, log records, samples and pod log lines per second`,
    () => {
        let live: LiveStack;
        const sent = { traces: 0, lines: 0, points: 0, podLines: 0 };
        const peakMemoryMib: Record<string, number> = {};
        let load: NodeJS.Timeout;
        let podLog: string;
        const pending = new Set<Promise<void>>();
        const rejected: string[] = [];
        const resource = { "service.name": "steady", "k8s.namespace.name": "mathtrail" };

        beforeAll(async () => {
            live = await LiveStack.start("prod", { replicas: single }, parts, (address) => [loggingPod(address)]);
            podLog = podLogFile(live.mounted("lgtm-alloy-logs", "/var/log"), loggingPod(String), "app");
        });

        afterAll(async () => {
            clearInterval(load);
            closeConnections();
            await live?.stop();
        });

        function sendBatch(): void {
            const traces = Array.from({ length: perSecond }, () => ({ traceId: newTraceId(), name: "steady" }));
            const lines = traces.map(({ traceId }, index) => ({ body: `line ${sent.lines + index}`, traceId }));
            const sending = Promise.all([
                sendAndCount("/v1/traces", otlpSpans(resource, traces), () => (sent.traces += perSecond)),
                sendAndCount("/v1/logs", otlpLogs(resource, lines), () => (sent.lines += perSecond)),
                sendAndCount("/v1/metrics", otlpSum(resource, "steady", perSecond), () => (sent.points += perSecond)),
            ]).then(() => undefined);
            pending.add(sending);
            void sending.finally(() => pending.delete(sending));
            fs.appendFileSync(podLog, lines.map(({ body }) => podLogLine(body)).join(""));
            sent.podLines += perSecond;
            for (const part of [collector, ...agents]) {
                peakMemoryMib[part] = Math.max(peakMemoryMib[part] ?? 0, live.process(part).memoryMib());
            }
        }

        async function sendAndCount(route: string, body: object, count: () => void): Promise<void> {
            const { status, body: responseBody } = await post(`http://${live.address(collector)}:4318${route}`, body);
            if (status === 200) {
                count();
            } else {
                rejected.push(`${route}: ${status} ${responseBody}`);
            }
        }

        test("accepts all data during the outages", async () => {
            load = setInterval(sendBatch, 1000);
            await pause(2);
            await Promise.all(stores.map((store) => live.process(store).stop()));
            await pause(outageSeconds);
            stores.forEach((store) => live.process(store).start());
            await Promise.all(stores.map((store) => live.process(store).ready()));
            await pause(2);
            // SIGKILL has the same effect as a node failure.
            await Promise.all(agents.map((agent) => live.process(agent).stop("SIGKILL")));
            await pause(outageSeconds);
            agents.forEach((agent) => live.process(agent).start());
            await Promise.all(agents.map((agent) => live.process(agent).ready()));
            await pause(2);
            await live.process(collector).stop("SIGKILL");
            clearInterval(load);
            await Promise.allSettled(pending);
            live.process(collector).start();
            await live.process(collector).ready();
            expect(sent.traces).toBeGreaterThan(perSecond * 2 * outageSeconds);
            expect(rejected).toEqual([]);
        });

        test("loses no data", async () => {
            const loki = `http://${live.address("loki")}:3100/loki/api/v1/query`;
            const tempo = `http://${live.address("tempo")}:3200/api/search`;
            const mimir = `http://${live.address("mimir")}:9009/prometheus/api/v1/query`;
            const number = (answer: any) => Number(answer.data.result[0]?.value[1] ?? 0);
            await eventually(
                "the backends contain everything that was sent",
                async () => {
                    const lines = await get(loki, { query: 'sum(count_over_time({service_name="steady"}[1h]))' });
                    const podLines = await get(loki, { query: 'sum(count_over_time({service_name="talker"}[1h]))' });
                    const points = await get(mimir, { query: "sum(count_over_time(steady_total[1h]))" });
                    const { traces } = await get(tempo, {
                        q: '{ resource.service.name = "steady" }',
                        limit: String(sent.traces * 2),
                        start: String(Math.floor(Date.now() / 1000) - 3600),
                        end: String(Math.floor(Date.now() / 1000) + 60),
                    });
                    expect({
                        traces: traces.length,
                        lines: number(lines),
                        points: number(points),
                        podLines: number(podLines),
                    }).toEqual(sent);
                },
                90,
            );
        });

        test("stays below the memory limits", () => {
            for (const part of [collector, ...agents]) {
                expect(peakMemoryMib[part]).toBeLessThan(live.process(part).command.memoryLimitMib);
            }
        });
    },
);
