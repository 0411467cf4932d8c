import { describeWith } from "../helpers/prerequisites";
import { eventually } from "./process";
import { metricOf } from "./sink";
import { collector, type Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get, newTraceId, otlpLogs, post } from "./telemetry";

jest.setTimeout(180_000);

const parts: Part[] = ["minio", "loki", "lgtm-alloy-receiver", collector];
const requests = 24;
const linesPerRequest = 50;
const lineBytes = 5_000;

describeWith(
    { programs: ["helm", "minio", "loki", "alloy", "otelcol-contrib"], mirror: true },
    "live: Loki with a rate limit below the rate of the logs",
    () => {
        let live: LiveStack;

        beforeAll(async () => {
            const limits_config = { ingestion_rate_mb: 0.5, ingestion_burst_size_mb: 2.5 };
            live = await LiveStack.start(
                "prod",
                {
                    replicas: { loki: 1, mimir: 1, minio: 1, collector: 1, receiver: 1 },
                    values: { loki: { loki: { limits_config } } },
                },
                parts,
            );
        });

        afterAll(async () => {
            closeConnections();
            await live?.stop();
        });

        test("stores all logs later, because the collector retries what the limit rejects", async () => {
            const resource = { "service.name": "chatty", "k8s.namespace.name": "mathtrail" };
            for (let request = 0; request < requests; request++) {
                const lines = Array.from({ length: linesPerRequest }, (_, line) => ({
                    body: `${request}-${line} `.padEnd(lineBytes, "x"),
                    traceId: newTraceId(),
                }));
                const { status } = await post(
                    `http://${live.address(collector)}:4318/v1/logs`,
                    otlpLogs(resource, lines),
                );
                expect(status).toBe(200);
            }
            const query = 'sum(count_over_time({service_name="chatty"}[1h]))';
            await eventually(
                "Loki contains all lines",
                async () => {
                    const { data } = await get(`http://${live.address("loki")}:3100/loki/api/v1/query`, { query });
                    expect(Number(data.result[0]?.value[1] ?? 0)).toBe(requests * linesPerRequest);
                },
                90,
            );
            const metric = (part: Part, port: number, name: string, ...labels: string[]) =>
                metricOf(`http://${live.address(part)}:${port}`, name, ...labels);
            // The limit was reached, and nothing was dropped.
            expect(await metric("loki", 3100, "loki_discarded_samples_total", 'reason="rate_limited"')).toBeGreaterThan(
                0,
            );
            expect(await metric(collector, 8888, "otelcol_exporter_send_failed_log_records")).toBe(0);
        });
    },
);
