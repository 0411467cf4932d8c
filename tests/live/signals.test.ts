import { SpanKind } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import * as fs from "fs";
import * as http from "http";
import { evaluateStack } from "../../cli/evaluate";
import { queueFindings } from "../../cli/health/queues";
import { basicSignals } from "../../cli/health/signals";
import { contract } from "../../components/contract";
import { describeWith } from "../helpers/prerequisites";
import { nodeName, type Pod, podLogFile, podLogLine } from "./kubernetes";
import { eventually } from "./process";
import { collector, devParts, type Part, programs } from "./parts";
import { LiveStack } from "./stack";
import {
    get,
    closeConnections,
    newSpanId,
    newTraceId,
    otlpLogs,
    otlpMetrics,
    otlpSpans,
    otlpSum,
    post,
    zipkinSpans,
    textsOf,
} from "./telemetry";

jest.setTimeout(240_000);

const parts = devParts.filter((part) => part !== "pyroscope" && part !== "lgtm-grafana");
const needed = [...new Set(parts.map((part) => programs[part]))];

/** The services of an application: mentor calls profile. */
function pods(address: (index: number) => string): Pod[] {
    return ["mentor-api", "profile-api"].map((service, index) => ({
        name: `${service}-7d9f-abcde`,
        namespace: "mathtrail",
        uid: `00000000-0000-0000-0000-00000000000${index}`,
        ip: address(index),
        deployment: service,
        labels: { app: service, "app.kubernetes.io/component": "api" },
        annotations: {
            "prometheus.io/scrape": "true",
            // The first pod annotates its own port, the second one the port of its sidecar, as older guides of Dapr recommended.
            "prometheus.io/port": ["9000", "9090"][index] as string,
            "dapr.io/enabled": "true",
            "dapr.io/app-id": service,
        },
        containers: [
            { name: "app", ports: [8080, 8081] },
            { name: "daprd", ports: [3500, { name: "dapr-metrics", containerPort: 9090 }] },
        ],
    }));
}

// Sends the signals of a small application in the same way as its pods would, and reads each signal from its backend.
describeWith({ programs: ["helm", ...needed], mirror: true }, "the stack, live, dev", () => {
    let live: LiveStack;
    let links: Record<string, any>;
    const servers: http.Server[] = [];
    const url = (part: Part, port: number, route = "") => `http://${live.address(part)}:${port}${route}`;
    const send = async (route: string, body: unknown, pod = 0) => {
        const answer = await post(url(collector, 4318, route), body, live.podAddress(pod));
        expect(answer).toMatchObject({ status: 200 });
    };
    const loki = async (query: string) => {
        const answer = await get(url("loki", 3100, "/loki/api/v1/query_range"), { query, limit: "100" });
        return answer.data.result as { stream: Record<string, string>; values: [string, string][] }[];
    };
    const mimir = async (query: string) => {
        const answer = await get(url("mimir", 9009, "/prometheus/api/v1/query"), { query });
        return answer.data.result as { metric: Record<string, string>; value: [number, string] }[];
    };
    const trace = async (id: string) => {
        const { batches } = await get(url("tempo", 3200, `/api/traces/${id}`));
        return batches.map((batch: any) => ({
            resource: textsOf(batch.resource.attributes),
            spans: batch.scopeSpans.flatMap(({ spans }: any) => spans),
        })) as { resource: Record<string, string>; spans: Record<string, any>[] }[];
    };
    const exemplars = async (query: string) => {
        const hour = 3600;
        const now = Date.now() / 1000;
        const range = { start: String(now - hour), end: String(now + 60) };
        return (await get(url("mimir", 9009, "/prometheus/api/v1/query_exemplars"), { query, ...range })).data.flatMap(
            (series: any) => series.exemplars,
        ) as { labels: Record<string, string> }[];
    };

    const traceIds = { zipkin: newTraceId(), grpc: newTraceId(), http: newTraceId(), logged: newTraceId() };
    const expectedAttributes = {
        "k8s.namespace.name": "mathtrail",
        "k8s.pod.name": "mentor-api-7d9f-abcde",
        "k8s.deployment.name": "mentor-api",
        "k8s.node.name": nodeName,
        "k8s.cluster.name": "mathtrail-dev",
        "app.label.component": "api",
        namespace: "mathtrail",
        cluster: "mathtrail-dev",
    };

    beforeAll(async () => {
        const { charts } = await evaluateStack("dev");
        const lgtm = charts.find(({ release }) => release === "lgtm");
        const sources = lgtm?.values["datasources"]["datasources.yaml"].datasources as { uid: string }[];
        links = Object.fromEntries(sources.map((source) => [source.uid, source]));
        live = await LiveStack.start("dev", {}, parts, pods);
        await serveMetrics(0, 9000, "lessons_total 7");
        await serveMetrics(0, 9090, 'dapr_http_server_request_count{app_id="mentor-api"} 3');
        await serveMetrics(1, 9090, 'dapr_http_server_request_count{app_id="profile-api"} 5');
        await sendEverything();
    });

    afterAll(async () => {
        closeConnections();
        servers.forEach((server) => server.close());
        await live?.stop();
    });

    async function serveMetrics(pod: number, port: number, metric: string): Promise<void> {
        const server = http.createServer((_, response) => response.end(`${metric}\n`));
        await new Promise<void>((resolve) => server.listen(port, live.podAddress(pod), resolve));
        servers.push(server);
    }

    async function sendEverything(): Promise<void> {
        // Dapr reports a call between services as a client span and a server span.
        const client = newSpanId();
        const zipkin = (body: unknown, pod: number) =>
            post(url(collector, 9411, "/api/v2/spans"), body, live.podAddress(pod));
        const answers = [
            await zipkin(
                zipkinSpans("mentor-api", [{ traceId: traceIds.zipkin, spanId: client, name: "ask", kind: "client" }]),
                0,
            ),
            await zipkin(
                zipkinSpans("profile-api", [{ traceId: traceIds.zipkin, parentSpanId: client, name: "ask" }]),
                1,
            ),
        ];
        expect(answers.map(({ status }) => status)).toEqual([202, 202]);
        await sendOverGrpc(url(collector, 4317), traceIds.grpc, live.podAddress(0));
        const resource = { "service.name": "mentor-api" };
        await send("/v1/traces", otlpSpans(resource, [{ traceId: traceIds.http, name: "GET /lesson", error: true }]));
        await send(
            "/v1/logs",
            otlpLogs(resource, [
                { body: "with a trace", traceId: traceIds.logged, spanId: newSpanId() },
                { body: "without a trace" },
            ]),
        );
        await send("/v1/metrics", otlpMetrics(resource, 12, traceIds.http));
        await send("/v1/metrics", otlpSum({ "service.name": "pair" }, "pair", 1), 0);
        await send("/v1/metrics", otlpSum({ "service.name": "pair" }, "pair", 1), 1);
        writePodLogs();
    }

    function writePodLogs(): void {
        const file = podLogFile(live.mounted("lgtm-alloy-logs", "/var/log"), pods(() => "")[1] as Pod, "app");
        const lines = [
            `{"level":"info","trace_id":"${traceIds.logged}","msg":"as JSON"}`,
            `level=info traceID=${traceIds.logged} spanID=00f067aa0ba902b7 msg="as logfmt"`,
            "java.lang.IllegalStateException: no such lesson",
            "\tat com.example.Lessons.find(Lessons.java:12)",
            "Caused by: java.sql.SQLException: gone",
            "\t... 3 more",
            "   ",
            "plain and last",
        ];
        // Container runtimes split long lines: P is a part, F is the rest.
        const cut = [podLogLine("cut in ", "P"), podLogLine("two")];
        fs.writeFileSync(file, [...lines.map((line) => podLogLine(line)), ...cut].join(""));
    }

    describe("traces", () => {
        test("are received over Zipkin, from both services of a call", async () => {
            const batches = await eventually("both spans are found", async () => {
                const found = await trace(traceIds.zipkin);
                expect(found.flatMap(({ spans }) => spans)).toHaveLength(2);
                return found;
            });
            const of = (service: string) => batches.find(({ resource }) => resource["service.name"] === service);
            expect(of("mentor-api")?.resource).toMatchObject(expectedAttributes);
            expect(of("profile-api")?.resource).toMatchObject({
                "k8s.deployment.name": "profile-api",
                namespace: "mathtrail",
                cluster: "mathtrail-dev",
            });
        });

        test.each(["grpc", "http"] as const)("are received over OTLP %s", async (protocol) => {
            const [batch] = await eventually("the trace is found", () => trace(traceIds[protocol]));
            expect(batch?.resource).toMatchObject({ "service.name": "mentor-api", ...expectedAttributes });
        });

        test("can be found by the common labels", async () => {
            const q = '{ resource.namespace = "mathtrail" && resource.cluster = "mathtrail-dev" && status = error }';
            await eventually("the search finds the trace", async () => {
                const { traces } = await get(url("tempo", 3200, "/api/search"), { q });
                expect(traces.map(({ traceID }: { traceID: string }) => traceID.padStart(32, "0"))).toEqual([
                    traceIds.http,
                ]);
            });
        });
    });

    describe("logs", () => {
        test("are received over OTLP, with their trace ID", async () => {
            const streams = await eventually("both lines are found", async () => {
                const found = await loki('{namespace="mathtrail", service_name="mentor-api", cluster="mathtrail-dev"}');
                expect(found.flatMap(({ values }) => values)).toHaveLength(2);
                return found;
            });
            const stream = (line: string) =>
                streams.find(({ values }) => values.some(([, text]) => text === line))?.stream;
            expect(stream("with a trace")).toMatchObject({
                trace_id: traceIds.logged,
                k8s_pod_name: "mentor-api-7d9f-abcde",
            });
            expect(stream("without a trace")).not.toHaveProperty("trace_id");
        });

        test("are collected from pods, each entry once and complete, with the same labels", async () => {
            await eventually("all entries are found", async () => {
                const found = await loki(
                    '{namespace="mathtrail", service_name="profile-api", cluster="mathtrail-dev"}',
                );
                const entries = found.flatMap(({ stream, values }) =>
                    values.map(([, line]) => [
                        line.split("\n")[0],
                        line.split("\n").length,
                        stream["trace_id"],
                        stream["span_id"],
                    ]),
                );
                expect(entries.sort()).toEqual(
                    [
                        [
                            `{"level":"info","trace_id":"${traceIds.logged}","msg":"as JSON"}`,
                            1,
                            traceIds.logged,
                            undefined,
                        ],
                        [
                            `level=info traceID=${traceIds.logged} spanID=00f067aa0ba902b7 msg="as logfmt"`,
                            // A stack trace belongs to the preceding line.
                            5,
                            traceIds.logged,
                            "00f067aa0ba902b7",
                        ],
                        ["plain and last", 1, undefined, undefined],
                        ["cut in two", 1, undefined, undefined],
                    ].sort(),
                );
                expect(found[0]?.stream).toMatchObject({ pod: "profile-api-7d9f-abcde", container: "app" });
            });
        });
    });

    describe("metrics", () => {
        const labels = { namespace: "mathtrail", cluster: "mathtrail-dev", service_name: "mentor-api" };

        test("are received over OTLP, as counter and histogram, with exemplars of their trace", async () => {
            await eventually("the counter and the histogram are found", async () => {
                const [counter] = await mimir("answers_total");
                const [histogram] = await mimir("answer_duration_seconds_count");
                expect(counter).toMatchObject({ metric: labels, value: [expect.any(Number), "12"] });
                expect(histogram).toMatchObject({ metric: labels, value: [expect.any(Number), "12"] });
            });
            for (const metric of ["answers_total", "answer_duration_seconds_bucket"]) {
                await eventually(`exemplars of ${metric} are found`, async () => {
                    expect((await exemplars(metric)).map(({ labels: found }) => found["trace_id"])).toContain(
                        traceIds.http,
                    );
                });
            }
        });

        test("have different labels for different pods", async () => {
            await eventually("both pods' series are found", async () => {
                const instances = (await mimir("pair_total")).map(({ metric }) => metric["instance"]);
                expect(instances.sort()).toEqual(["mentor-api-7d9f-abcde", "profile-api-7d9f-abcde"]);
            });
        });

        test("are scraped from annotated pods, each once", async () => {
            await eventually(
                "the metric of the pod is found",
                async () => {
                    const found = await mimir(
                        'count by (namespace, pod, cluster, service_name) (lessons_total{job="mentor-api"})',
                    );
                    expect(found).toMatchObject([
                        { metric: { ...labels, pod: "mentor-api-7d9f-abcde" }, value: [expect.any(Number), "1"] },
                    ]);
                },
                90,
            );
        });

        test("of Dapr sidecars are scraped once, even if the pod annotates their port", async () => {
            await eventually(
                "both sidecars are found",
                async () => {
                    const found = await mimir("dapr_http_server_request_count");
                    expect(
                        found.map(({ metric }) => [metric["job"], metric["service_name"], metric["app_id"]]),
                    ).toEqual([
                        ["dapr", "mentor-api", "mentor-api"],
                        ["dapr", "profile-api", "profile-api"],
                    ]);
                    const up = await mimir('sum by (job) (up{namespace="mathtrail"})');
                    expect(up.map(({ metric, value }) => [metric["job"], value[1]]).sort()).toEqual([
                        ["dapr", "2"],
                        ["mentor-api", "1"],
                    ]);
                    expect(await mimir('up{namespace="mathtrail"} == 0')).toEqual([]);
                },
                90,
            );
        });

        test("of the node are scraped once", async () => {
            await eventually(
                "the metrics of the node are found",
                async () => {
                    const [load] = await mimir("node_load1");
                    expect(load?.metric).toMatchObject({ cluster: "mathtrail-dev", node: nodeName, job: "node" });
                },
                90,
            );
            await eventually("each target is scraped once", async () => {
                const found = await mimir('count by (job) (up{job=~"node|kubelet|cadvisor"})');
                const counts = Object.fromEntries(found.map(({ metric, value }) => [metric["job"], value[1]]));
                expect(counts).toEqual({ node: "1", kubelet: "1", cadvisor: "1" });
            });
        });

        test("are generated from spans, with exemplars and a service graph", async () => {
            await eventually(
                "calls are counted",
                async () => {
                    const [calls] = await mimir(
                        'traces_spanmetrics_calls_total{service="profile-api", span_name="ask"}',
                    );
                    expect(calls).toMatchObject({
                        metric: { namespace: "mathtrail", cluster: "mathtrail-dev", span_kind: "SPAN_KIND_SERVER" },
                        value: [expect.any(Number), "1"],
                    });
                    const [edge] = await mimir("traces_service_graph_request_total");
                    expect(edge?.metric).toMatchObject({ client: "mentor-api", server: "profile-api" });
                    const found = await exemplars("traces_spanmetrics_latency_bucket");
                    // Tempo omits leading zeros.
                    expect(found.map(({ labels: { traceID } }) => traceID?.padStart(32, "0"))).toContain(
                        traceIds.zipkin,
                    );
                },
                120,
            );
        });
    });

    describe("links", () => {
        // Replaces the variables in a link in the same way as Grafana.
        const fill = (text: string, values: Record<string, string>) =>
            text.replace(/\$\$\{?([\w.]+)\}?/g, (_, name: string) => values[name] ?? `no value for ${name}`);
        const tagsOf = (link: { tags: { key: string; value: string }[] }, resource: Record<string, string>) =>
            link.tags.flatMap(({ key, value }) => (resource[key] ? [`${value}="${resource[key]}"`] : [])).join(", ");

        test("from a trace find its logs", async () => {
            const link = links["tempo"].jsonData.tracesToLogsV2;
            const query = fill(link.query, {
                __tags: tagsOf(link, { namespace: "mathtrail", cluster: "mathtrail-dev" }),
                "__trace.traceId": traceIds.logged,
            });
            const services = (await loki(query)).flatMap(({ stream, values }) =>
                values.map(() => stream["service_name"]),
            );
            expect(services.sort()).toEqual(["mentor-api", "profile-api", "profile-api"]);
        });

        test("from a span find the rate, errors and duration of its operation", async () => {
            const link = links["tempo"].jsonData.tracesToMetrics;
            const { resource, spans } = (await trace(traceIds.http))[0] as {
                resource: Record<string, string>;
                spans: any[];
            };
            const values = { __tags: tagsOf(link, resource), "__span.name": spans[0].name };
            for (const { query } of link.queries as { query: string }[]) {
                const series = fill(query, { ...values, __rate_interval: "2m" });
                // A rate needs two samples, but the series exist after one.
                const [selector] = /traces_\w+\{[^}]*\}/.exec(series) ?? [""];
                await eventually(`${selector} exists`, async () => {
                    expect(await mimir(selector)).not.toEqual([]);
                });
                await mimir(series);
            }
        });

        test("from an exemplar find its trace", async () => {
            const names = links["mimir"].jsonData.exemplarTraceIdDestinations.map(({ name }: { name: string }) => name);
            for (const metric of ["answers_total", "traces_spanmetrics_latency_bucket"]) {
                const [exemplar] = await exemplars(metric);
                const id = names.map((name: string) => exemplar?.labels[name]).find(Boolean);
                expect(await trace(id)).not.toEqual([]);
            }
        });
    });

    describe("health", () => {
        test.each(
            basicSignals("mathtrail-dev")
                .filter(({ backend }) => backend !== "pyroscope")
                .map((signal) => [signal.name, signal] as const),
        )("finds the newest sample of %s", async (_, signal) => {
            const { service, ports } = contract[signal.backend];
            const now = new Date();
            const newest = await signal.newest(
                async (path) => (await fetch(url(service, ports.http, path))).json(),
                now,
            );
            expect(Math.abs((newest ?? 0) - now.getTime() / 1000)).toBeLessThan(300);
        });

        test("finds the queues of the collector", async () => {
            const metrics = await (await fetch(url(collector, 8888, "/metrics"))).text();
            const queues = queueFindings(collector, metrics);
            expect(queues).not.toEqual([]);
            for (const { ok, text } of queues) {
                expect({ ok, text }).toEqual({
                    ok: true,
                    text: expect.stringMatching(/^\d+ % of the queue is used \(\d+ of \d+\)$/) as string,
                });
            }
        });
    });

    test("programs requested only the resources that their roles allow from the Kubernetes API", () => {
        expect([...live.kubernetes.requested]).toEqual(["pods"]);
    });

    test("no program logged a problem with its configuration or its data", () => {
        const complaints = [...live.processes.values()].flatMap((process) =>
            process
                .output()
                .split("\n")
                .filter((line) =>
                    /permanent error|dropping data|out of order|rejected|unknown field|deprecat/i.test(line),
                )
                .map((line) => `${process.name}: ${line}`),
        );
        expect(complaints).toEqual([]);
    });
});

async function sendOverGrpc(endpoint: string, traceId: string, podIp: string): Promise<void> {
    const exporter = new OTLPTraceExporter({ url: endpoint });
    const provider = new BasicTracerProvider({
        // A gRPC client cannot choose its source address. Therefore the attribute contains the address of the pod.
        resource: resourceFromAttributes({ "service.name": "mentor-api", "k8s.pod.ip": podIp }),
        spanProcessors: [new SimpleSpanProcessor(exporter)],
        idGenerator: { generateTraceId: () => traceId, generateSpanId: newSpanId },
    });
    provider.getTracer("test").startSpan("over gRPC", { kind: SpanKind.SERVER }).end();
    await provider.forceFlush();
    await provider.shutdown();
}
