import { describeWith } from "../helpers/prerequisites";
import { eventually } from "./process";
import { collector, type Part } from "./parts";
import { LiveStack } from "./stack";
import { get, closeConnections, newTraceId, otlpLogs, otlpSpans, otlpSum, post } from "./telemetry";

jest.setTimeout(240_000);

const stores: Part[] = ["loki", "tempo", "mimir"];
const parts: Part[] = ["minio", ...stores, "lgtm-alloy-receiver", collector];
const tenant = "acme";

describeWith(
    { programs: ["helm", "minio", ...stores, "alloy", "otelcol-contrib"], mirror: true },
    `live: dev with tenant ${tenant}`,
    () => {
        let live: LiveStack;
        const resource = { "service.name": "talkative", "k8s.namespace.name": "mathtrail" };
        const traceId = newTraceId();
        const queries: Partial<Record<Part, [route: string, query: Record<string, string>]>> = {
            loki: ["3100/loki/api/v1/query", { query: 'sum(count_over_time({service_name="talkative"}[1h]))' }],
            tempo: [`3200/api/traces/${traceId}`, {}],
            mimir: ["9009/prometheus/api/v1/query", { query: "talkative_total" }],
        };
        const queryAs = (store: Part, user?: string) => {
            const [route, query] = queries[store] as [string, Record<string, string>];
            return get(`http://${live.address(store)}:${route}`, query, user);
        };

        beforeAll(async () => {
            live = await LiveStack.start("dev", { tenant }, parts);
        });

        afterAll(async () => {
            closeConnections();
            await live?.stop();
        });

        test("accepts a burst of 15,000 log lines of 1 KB in three requests, and loses none", async () => {
            const lines = Array.from({ length: 15_000 }, (_, index) => ({ body: `${index} `.padEnd(1024, "x") }));
            // The collector refuses requests above 8 MiB.
            for (const part of [lines.slice(0, 5000), lines.slice(5000, 10_000), lines.slice(10_000)]) {
                const answer = await post(`http://${live.address(collector)}:4318/v1/logs`, otlpLogs(resource, part));
                expect(answer).toMatchObject({ status: 200 });
            }
            await eventually(
                "all lines are found",
                async () => {
                    expect((await queryAs("loki", tenant)).data.result[0]?.value[1]).toBe("15000");
                },
                90,
            );
        });

        test.each(stores)("%s returns the data only to its tenant", async (store) => {
            const url = (route: string) => `http://${live.address(collector)}:4318${route}`;
            await post(url("/v1/traces"), otlpSpans(resource, [{ traceId, name: "talk" }]));
            await post(url("/v1/metrics"), otlpSum(resource, "talkative", 1));
            await eventually("the tenant finds the data", async () => {
                expect((await queryAs(store, tenant)).data?.result).not.toEqual([]);
            });
            await expect(queryAs(store)).rejects.toThrow(/401/);
            const otherTenant = await queryAs(store, "other").catch((error: Error) => error.message);
            expect(otherTenant).toEqual(
                store === "tempo"
                    ? expect.stringContaining("404")
                    : expect.objectContaining({ data: expect.objectContaining({ result: [] }) }),
            );
        });
    },
);
