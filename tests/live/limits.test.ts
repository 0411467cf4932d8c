import { describeWith } from "../helpers/prerequisites";
import { sendProfile } from "../../cli/verify/send";
import { makeTestData } from "../../cli/verify/test-data";
import { eventually } from "./process";
import { metricOf } from "./sink";
import type { Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, newTraceId, otlpLogs, otlpSpans, otlpSum } from "./telemetry";

jest.setTimeout(300_000);

const parts: Part[] = ["minio", "loki", "tempo", "mimir", "pyroscope"];
const settings = {
    tenant: "acme",
    logs: { retentionByNamespace: { audit: "365d" } },
    limits: {
        tenants: [
            {
                tenant: "shop",
                logs: { maxStreams: 5, maxQueryRange: "1d", retention: "3d" },
                metrics: { maxSeries: 5, maxQueryRange: "1d", retention: "14d" },
                traces: { maxTraces: 5, maxQueryRange: "6h", retention: "12h" },
                profiles: { ingestionMiBPerSecond: 0.00001, retention: "1d" },
            },
        ],
    },
};
const resource = { "service.name": "cart", "k8s.namespace.name": "shop" };

describeWith(
    { programs: ["helm", "minio", "loki", "tempo", "mimir", "pyroscope"], mirror: true },
    "live: limits of a single tenant",
    () => {
        let live: LiveStack;
        beforeAll(async () => {
            live = await LiveStack.start("dev", settings, parts);
        });
        afterAll(async () => {
            closeConnections();
            await live?.stop();
        });

        const request = (part: Part, rest: string, tenant: string, body?: object) =>
            fetch(`http://${live.address(part)}:${rest}`, {
                headers: { "X-Scope-OrgID": tenant, ...(body && { "content-type": "application/json" }) },
                ...(body && { method: "POST", body: JSON.stringify(body) }),
            });
        const metric = (part: Part, port: number, name: string, ...labels: string[]) =>
            metricOf(`http://${live.address(part)}:${port}`, name, ...labels);
        const now = () => Math.floor(Date.now() / 1000);

        test("Loki rejects further streams of the tenant, and counts them, but not those of another tenant", async () => {
            const logs = Array.from({ length: 20 }, (_, index) =>
                otlpLogs({ ...resource, namespace: `n${index}` }, [{ body: "x" }]).resourceLogs.at(0),
            );
            const body = { resourceLogs: logs };
            expect((await request("loki", "3100/otlp/v1/logs", "acme", body)).status).toBe(204);
            expect((await request("loki", "3100/otlp/v1/logs", "shop", body)).status).toBe(429);
            const discarded = (tenant: string) =>
                metric("loki", 3100, "loki_discarded_samples_total", 'reason="stream_limit"', `tenant="${tenant}"`);
            expect(await discarded("shop")).toBeGreaterThan(0);
            expect(await discarded("acme")).toBe(0);
        });

        test("Mimir rejects further series of the tenant, and counts them, but not those of another tenant", async () => {
            const body = otlpSum(resource, "limited", 20);
            expect((await request("mimir", "9009/otlp/v1/metrics", "acme", body)).status).toBe(200);
            // The response to OTLP says what was rejected, with the status of a success.
            await request("mimir", "9009/otlp/v1/metrics", "shop", body);
            const stored = async (tenant: string) => {
                const query = '9009/prometheus/api/v1/query?query=count({__name__=~"limited.*"})';
                const { data } = (await (await request("mimir", query, tenant)).json()) as {
                    data: { result: { value: [number, string] }[] };
                };
                return Number(data.result[0]?.value[1]);
            };
            expect([await stored("acme"), await stored("shop")]).toEqual([20, 5]);
            // Mimir updates the limits in its metrics from time to time.
            await eventually("the metrics of Mimir contain the limits of both tenants", async () => {
                const reason = 'reason="per_user_series_limit"';
                const discarded = (user: string) =>
                    metric("mimir", 9009, "cortex_discarded_samples_total", reason, `user="${user}"`);
                expect(await discarded("shop")).toBeGreaterThan(0);
                expect(await discarded("acme")).toBe(0);
                const limit = (user: string) => metric("mimir", 9009, "cortex_ingester_local_limits", `user="${user}"`);
                expect([await limit("acme"), await limit("shop")]).toEqual([150_000, 5]);
            });
        });

        test("Tempo rejects further traces of the tenant, and counts them, but not those of another tenant", async () => {
            const body = () =>
                otlpSpans(
                    resource,
                    Array.from({ length: 20 }, () => ({ traceId: newTraceId(), name: "GET /" })),
                );
            await request("tempo", "4318/v1/traces", "acme", body());
            await request("tempo", "4318/v1/traces", "shop", body());
            await eventually("Tempo has discarded spans of the tenant", async () => {
                const discarded = (...labels: string[]) =>
                    metric("tempo", 3200, "tempo_discarded_spans_total", ...labels);
                expect(await discarded('reason="live_traces_exceeded"', 'tenant="shop"')).toBeGreaterThan(0);
                expect(await discarded('tenant="acme"')).toBe(0);
            });
        });

        test("Pyroscope rejects profiles of the tenant, and counts them, but not those of another tenant", async () => {
            const { body } = makeTestData(1).profile;
            const send = (tenant: string) =>
                sendProfile(`http://${live.address("pyroscope")}:4040`, "cart", {}, body, { "X-Scope-OrgID": tenant });
            await send("acme");
            await expect(send("shop")).rejects.toThrow(/429|rate limit/);
            const discarded = (tenant: string) =>
                metric(
                    "pyroscope",
                    4040,
                    "pyroscope_discarded_bytes_total",
                    'reason="rate_limited"',
                    `tenant="${tenant}"`,
                );
            expect(await discarded("shop")).toBeGreaterThan(0);
            expect(await discarded("acme")).toBe(0);
        });

        test.each<[Part, (start: number, end: number) => string, number]>([
            [
                "loki",
                (start, end) => `3100/loki/api/v1/query_range?query={a="b"}&start=${start}&end=${end}`,
                7 * 86_400,
            ],
            [
                "mimir",
                (start, end) => `9009/prometheus/api/v1/query_range?query=up&step=3600&start=${start}&end=${end}`,
                7 * 86_400,
            ],
            ["tempo", (start, end) => `3200/api/search?q={}&start=${start}&end=${end}`, 86_400],
        ])(
            "%s rejects a query of the tenant with a longer range, with the limit in its error",
            async (part, path, seconds) => {
                const rest = path(now() - seconds, now());
                expect((await request(part, rest, "acme")).status).toBe(200);
                const rejected = await request(part, rest, "shop");
                expect(rejected.status).toBeGreaterThanOrEqual(400);
                expect(await rejected.text()).toMatch(/1d|24h|6h/);
            },
        );
    },
);
