import { spawnSync } from "child_process";
import * as fs from "fs";
import * as http from "http";
import { loadAll } from "js-yaml";
import * as net from "net";
import * as os from "os";
import * as path from "path";
import { backendAt, profileTotal } from "../../cli/verify/backends";
import { cpuProfileType } from "../../cli/verify/checks/stored";
import { describeWith, onPath } from "../helpers/prerequisites";
import { type Pod, podLogFile, podLogLine } from "./kubernetes";
import { eventually, Process } from "./process";
import { collector, devParts, type Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get, newSpanId, newTraceId, post, textsOf, zipkinSpans } from "./telemetry";

jest.setTimeout(300_000);

const folder = path.resolve("examples/services");
const parts = devParts.filter((part) => part !== "lgtm-alloy-metrics" && part !== "lgtm-grafana");

type Language = "typescript" | "go";
const names = { typescript: "TypeScript", go: "Go" };
/** The type of CPU profiles. Node.js samples wall time, and adds the CPU time of each sample, so Pyroscope names the profile `wall`. */
const cpuTypes = { typescript: "wall:cpu:nanoseconds:wall:nanoseconds", go: cpuProfileType };
const services = ["lesson-api", "profile-api", "solver-api", "answer-api", "grading-worker"] as const;
type Service = (typeof services)[number];

/** What is missing to build the services in a language. Nothing is downloaded. */
const missing: Record<Language, string[]> = {
    typescript: fs.existsSync(path.join(folder, "typescript/node_modules"))
        ? []
        : ["npm install in examples/services/typescript"],
    go: !onPath("go")
        ? ["go"]
        : spawnSync("go", ["list", "-deps", "./..."], { cwd: `${folder}/go`, env: offline(), stdio: "ignore" })
                .status === 0
          ? []
          : ["go mod download in examples/services/go"],
};
const languages = (Object.keys(names) as Language[]).filter((language) => missing[language].length === 0);
const partnerOf = (language: Language) => languages.find((other) => other !== language) ?? language;
const nameOf = (service: Service, language: Language) => `${service}-${language}`;

function offline(): NodeJS.ProcessEnv {
    return { ...process.env, GOPROXY: "off", GOFLAGS: "-mod=readonly" };
}

/** The pods of all services in all languages. */
const identities = languages.flatMap((language) => services.map((service) => nameOf(service, language)));
const pods = (address: (index: number) => string): Pod[] =>
    identities.map((name, index) => ({
        name: `${name}-7d9f-abcde`,
        namespace: "mathtrail",
        uid: `00000000-0000-0000-0000-0000000000${String(index).padStart(2, "0")}`,
        ip: address(index),
        deployment: name,
        labels: { app: name },
        annotations: {},
        containers: [{ name: "app", ports: [8080] }],
    }));

interface Span {
    id: string;
    parent: string | undefined;
    service: string;
    kind: string;
    name: string;
    resource: Record<string, string>;
    attributes: Record<string, string>;
}

describeWith(
    {
        programs: ["helm", "redis-server", "minio", "loki", "tempo", "mimir", "pyroscope", "alloy", "otelcol-contrib"],
        mirror: true,
        others: languages.length === 0 ? Object.values(missing).flat() : [],
    },
    "the instrumented services of examples/services, live",
    () => {
        let live: LiveStack;
        let scratch: string;
        const running = new Map<string, Process>();
        const sidecars = new Map<string, Sidecar>();
        const ports = new Map<string, number>();
        const url = (part: Part, port: number, route = "") => `http://${live.address(part)}:${port}${route}`;
        const portOf = (name: string) => ports.get(name) as number;
        const processOf = (name: string) => running.get(name) as Process;

        beforeAll(async () => {
            scratch = fs.mkdtempSync(path.join(os.tmpdir(), "services-"));
            live = await LiveStack.start("dev", {}, parts, pods);
            languages.forEach(build);
            for (const name of ["redis", ...identities, ...identities.map((name) => `${name}-sidecar`)]) {
                ports.set(name, await freePort());
            }
            await start("redis", {
                program: "redis-server",
                args: ["--port", String(portOf("redis")), "--bind", "127.0.0.1", "--save", ""],
                env: {},
            });
            for (const language of languages) {
                for (const service of ["lesson-api", "profile-api"] as const) {
                    const sidecar = new Sidecar(nameOf(service, language), portOf(nameOf(service, language)));
                    await sidecar.listen(portOf(`${sidecar.app}-sidecar`));
                    sidecars.set(sidecar.app, sidecar);
                }
                for (const service of services) {
                    await start(nameOf(service, language), {
                        ...program(service, language),
                        env: env(service, language),
                    });
                }
            }
        });

        afterAll(async () => {
            closeConnections();
            sidecars.forEach((sidecar) => sidecar.close());
            await Promise.all([...running.values()].map((process) => process.stop("SIGKILL")));
            await live?.stop();
            fs.rmSync(scratch, { recursive: true, force: true });
        });

        function build(language: Language): void {
            const { status, stdout, stderr } =
                language === "go"
                    ? spawnSync("go", ["build", "-o", `${scratch}/`, "./..."], { cwd: `${folder}/go`, env: offline() })
                    : spawnSync("npm", ["run", "build"], { cwd: `${folder}/typescript` });
            expect({ status, output: status === 0 ? "" : `${String(stdout)}${String(stderr)}` }).toEqual({
                status: 0,
                output: "",
            });
        }

        /** lesson-api and profile-api are the same program. */
        function program(service: Service, language: Language): { program: string; args: string[] } {
            const name = service === "profile-api" ? "lesson-api" : service;
            return language === "go"
                ? { program: path.join(scratch, name), args: [] }
                : { program: process.execPath, args: [`${folder}/typescript/dist/${name}.js`] };
        }

        /** The variables of the Kubernetes manifest. Only addresses and names are replaced, and data is sent sooner. */
        function env(service: Service, language: Language): Record<string, string> {
            const name = nameOf(service, language);
            const text = (value: string) =>
                value
                    .replace(/^http:\/\/otel-collector[\w.-]+(?=:4318$)/, `http://${live.address(collector)}`)
                    .replace(/^http:\/\/pyroscope[\w.-]+(?=:4040$)/, `http://${live.address("pyroscope")}`)
                    .replace(/^redis:.*/, `redis://127.0.0.1:${portOf("redis")}/${database(service, language)}`)
                    .replace(service, name);
            const given = manifestEnv(service).map(({ name: key, value, valueFrom }) => [
                key,
                value === undefined && valueFrom?.fieldRef.fieldPath === "metadata.namespace"
                    ? "mathtrail"
                    : text(value as string),
            ]);
            return {
                ...(Object.fromEntries(given) as Record<string, string>),
                PORT: String(portOf(name)),
                // Dapr sets this variable in the container of the service.
                DAPR_HTTP_PORT: String(ports.get(`${name}-sidecar`)),
                // All processes have the same IP address here.
                OTEL_RESOURCE_ATTRIBUTES: `k8s.pod.ip=${live.podAddress(identities.indexOf(name))}`,
                OTEL_BSP_SCHEDULE_DELAY: "200",
                OTEL_BLRP_SCHEDULE_DELAY: "200",
                OTEL_METRIC_EXPORT_INTERVAL: "1000",
                OTEL_METRIC_EXPORT_TIMEOUT: "1000",
            };
        }

        /** The messages of each producer are in a database of their own. Its consumer is in the other language, if that is available. */
        const database = (service: Service, language: Language) =>
            languages.indexOf(service === "answer-api" ? language : partnerOf(language));

        async function start(name: string, command: { program: string; args: string[]; env: Record<string, string> }) {
            const own = path.join(scratch, "run", name);
            fs.mkdirSync(own, { recursive: true });
            const readyUrl = `tcp://127.0.0.1:${portOf(name)}`;
            const process = new Process(name, { ...command, folder: own, memoryLimitMib: 256, readyUrl });
            running.set(name, process);
            process.start();
            if (name.startsWith("grading-worker")) {
                await eventually(`${name} is ready`, () => expect(process.output()).toContain("waiting for answers"));
            } else {
                await process.ready();
            }
        }

        /** What Dapr does for a call between services: it makes a client span and a server span, and sends traceparent. */
        class Sidecar {
            private readonly server: http.Server;
            constructor(
                readonly app: string,
                private readonly port: number,
            ) {
                this.server = http.createServer((request, response) => {
                    const [, called = "", method = ""] =
                        /^\/v1\.0\/invoke\/([\w-]+)\/method\/(\w+)$/.exec(request.url ?? "") ?? [];
                    this.call(calledBy(this.app, called), method, String(request.headers["traceparent"])).then(
                        (body) => response.end(body),
                        (error: unknown) => response.writeHead(500).end(String(error)),
                    );
                });
            }

            listen(port: number): Promise<void> {
                return new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
            }

            close(): void {
                this.server.closeAllConnections();
                this.server.close();
            }

            /** A call from this service to another one. */
            private async call(callee: string, method: string, traceparent: string): Promise<string> {
                const [, traceId = "", parentSpanId = ""] = /^00-(\w{32})-(\w{16})-01$/.exec(traceparent) ?? [];
                const spanId = newSpanId();
                const span = { traceId, parentSpanId, spanId, name: `CallLocal/${callee}/${method}` };
                await this.send([{ ...span, kind: "client" }]);
                return (sidecars.get(callee) as Sidecar).receive(method, traceId, spanId);
            }

            /** Forwards a call to the service. */
            async receive(method: string, traceId: string, parentSpanId?: string): Promise<string> {
                const spanId = newSpanId();
                await this.send([{ traceId, parentSpanId, spanId, name: `CallLocal/${this.app}/${method}` }]);
                const headers = { traceparent: `00-${traceId}-${spanId}-01` };
                return (await fetch(`http://127.0.0.1:${this.port}/${method}`, { headers })).text();
            }

            private async send(spans: Parameters<typeof zipkinSpans>[1]): Promise<void> {
                const answer = await post(url(collector, 9411, "/api/v2/spans"), zipkinSpans(this.app, spans));
                expect(answer).toMatchObject({ status: 202 });
            }
        }

        /** Calls and messages go to the services in the other language, if it is available. */
        function calledBy(caller: string, called: string): string {
            const own = languages.find((language) => caller.endsWith(`-${language}`)) as Language;
            return nameOf(called as Service, partnerOf(own));
        }

        /** The spans of a trace, from the root along the chain of parents. */
        async function chain(traceId: string, length: number): Promise<Span[]> {
            return eventually(`the trace has ${length} spans`, async () => {
                const { batches } = await get(url("tempo", 3200, `/api/traces/${traceId}`));
                const spans = (batches as any[]).flatMap(({ resource, scopeSpans }) =>
                    scopeSpans.flatMap((scope: any) =>
                        scope.spans.map((span: any): Span => ({
                            id: span.spanId,
                            parent: span.parentSpanId,
                            kind: span.kind.replace("SPAN_KIND_", ""),
                            name: span.name,
                            service: textsOf(resource.attributes)["service.name"] ?? "",
                            resource: textsOf(resource.attributes),
                            attributes: textsOf(span.attributes ?? []),
                        })),
                    ),
                );
                expect(spans).toHaveLength(length);
                const ids = new Set(spans.map(({ id }) => id));
                const ordered: Span[] = spans.filter(({ parent }) => !ids.has(parent ?? ""));
                expect(ordered).toHaveLength(1);
                for (let last = ordered[0]; last !== undefined; last = ordered[ordered.length - 1]) {
                    const children = spans.filter(({ parent }) => parent === last?.id);
                    if (children.length === 0) {
                        break;
                    }
                    ordered.push(...children.slice(0, 1));
                }
                return ordered;
            });
        }

        /** The lines of a service with a trace ID, which the container runtime would write to the log file of its pod. */
        function collectOutput(name: string, traceId: string): void {
            const pod = pods(() => "").find(({ labels }) => labels["app"] === name) as Pod;
            const lines = processOf(name)
                .output()
                .split("\n")
                .filter((line) => line.includes(traceId));
            expect(lines).toHaveLength(1);
            const file = podLogFile(live.mounted("lgtm-alloy-logs", "/var/log"), pod, "app");
            fs.appendFileSync(file, lines.map((line) => podLogLine(line)).join(""));
        }

        const logsOf = (name: string, traceId: string) =>
            eventually(`Loki has the line of ${name}`, async () => {
                const query = `{namespace="mathtrail", service_name="${name}"} | trace_id="${traceId}"`;
                const { data } = await get(url("loki", 3100, "/loki/api/v1/query_range"), { query });
                const lines = data.result.flatMap(({ stream, values }: any) =>
                    values.map(([, line]: string[]) => ({ line, span: stream.span_id })),
                ) as { line: string; span: string }[];
                expect(lines).toHaveLength(1);
                return lines[0] as { line: string; span: string };
            });
        const hex = (span: Span | undefined) => Buffer.from(span?.id ?? "", "base64").toString("hex");
        const mimir = async (query: string) =>
            (await get(url("mimir", 9009, "/prometheus/api/v1/query"), { query })).data.result as {
                metric: Record<string, string>;
            }[];

        for (const language of Object.keys(names) as Language[]) {
            describeWith({ others: missing[language] }, names[language], () => {
                const name = (service: Service) => nameOf(service, language);

                test("a service behind Dapr continues the trace of its sidecar, and its call through the sidecar continues it too", async () => {
                    const traceId = newTraceId();
                    const answer = await (sidecars.get(name("lesson-api")) as Sidecar).receive("lesson", traceId);
                    expect(JSON.parse(answer)).toEqual({ lesson: "fractions", student: "Ada" });
                    const profile = calledBy(name("lesson-api"), "profile-api");
                    const spans = await chain(traceId, 6);
                    expect(spans.map(({ service, kind }) => [service, kind])).toEqual([
                        [name("lesson-api"), "SERVER"],
                        [name("lesson-api"), "SERVER"],
                        [name("lesson-api"), "CLIENT"],
                        [name("lesson-api"), "CLIENT"],
                        [profile, "SERVER"],
                        [profile, "SERVER"],
                    ]);
                    expect(spans[5]?.resource).toMatchObject({
                        namespace: "mathtrail",
                        "k8s.deployment.name": profile,
                    });
                    collectOutput(name("lesson-api"), traceId);
                    collectOutput(profile, traceId);
                    const chosen = await logsOf(name("lesson-api"), traceId);
                    expect(JSON.parse(chosen.line)).toMatchObject({ msg: "lesson chosen", student: "Ada" });
                    expect(chosen.span).toBe(hex(spans[1]));
                    expect((await logsOf(profile, traceId)).span).toBe(hex(spans[5]));
                });

                test("the trace context goes through messages, and the service map shows the edge", async () => {
                    const traceId = newTraceId();
                    const answer = await fetch(`http://127.0.0.1:${portOf(name("answer-api"))}/answers`, {
                        method: "POST",
                        body: "42",
                        headers: { traceparent: `00-${traceId}-${newSpanId()}-01` },
                    });
                    expect(answer.status).toBe(202);
                    const { id } = (await answer.json()) as { id: string };
                    const consumer = calledBy(name("answer-api"), "grading-worker");
                    const spans = await chain(traceId, 3);
                    expect(spans.slice(0, 2).map(({ service, kind, name: title }) => [service, kind, title])).toEqual([
                        [name("answer-api"), "SERVER", expect.any(String)],
                        [name("answer-api"), "PRODUCER", "send answers"],
                    ]);
                    expect(spans[1]?.attributes).toMatchObject({
                        "messaging.system": "redis",
                        "messaging.destination.name": "answers",
                        "messaging.operation.type": "send",
                        "messaging.message.id": id,
                    });
                    expect(spans[2]).toMatchObject({ service: consumer, kind: "CONSUMER", name: "process answers" });
                    collectOutput(consumer, traceId);
                    const { line, span } = await logsOf(consumer, traceId);
                    expect(JSON.parse(line)).toMatchObject({ msg: "answer graded", id, correct: true });
                    expect(span).toBe(hex(spans[2]));
                    await eventually("the service map has the edge to the consumer", async () => {
                        const edges = await mimir("traces_service_graph_request_total");
                        expect(
                            edges.map(({ metric: { client, server, connection_type } }) => [
                                client,
                                server,
                                connection_type,
                            ]),
                        ).toContainEqual([name("answer-api"), consumer, "messaging_system"]);
                    });
                });

                test("traces, metrics and logs arrive over OTLP, and the profile has the same service name", async () => {
                    const traceId = newTraceId();
                    const started = Date.now();
                    // The profiler takes a sample every 10 ms.
                    do {
                        const headers = { traceparent: `00-${traceId}-${newSpanId()}-01` };
                        const answer = await fetch(`http://127.0.0.1:${portOf(name("solver-api"))}/solve`, { headers });
                        expect(answer.status).toBe(200);
                    } while (Date.now() - started < 1500);
                    await eventually("Mimir has the durations of the requests", async () => {
                        const labels = `namespace="mathtrail", service_name="${name("solver-api")}"`;
                        const [series] = await mimir(`sum(http_server_request_duration_seconds_count{${labels}}) > 0`);
                        expect(series).toBeDefined();
                    });
                    // On SIGTERM, a service sends its last data.
                    await processOf(name("solver-api")).stop("SIGTERM");
                    const { batches } = await eventually("the trace is found", () =>
                        get(url("tempo", 3200, `/api/traces/${traceId}`)),
                    );
                    const spans = batches.flatMap(({ scopeSpans }: any) =>
                        scopeSpans.flatMap(({ spans }: any) => spans),
                    );
                    await eventually("Loki has a line for each request", async () => {
                        const query = `{namespace="mathtrail", service_name="${name("solver-api")}"} | trace_id="${traceId}"`;
                        const { data } = await get(url("loki", 3100, "/loki/api/v1/query_range"), {
                            query,
                            limit: "500",
                        });
                        const lines = data.result.flatMap(({ values }: any) => values) as string[][];
                        expect(lines).toHaveLength(spans.length);
                        expect(lines[0]?.[1]).toMatch(/^found \d+ primes$/);
                    });
                    const pyroscope = backendAt(() => Promise.resolve(url("pyroscope", 4040)), {});
                    const labels = `service_name="${name("solver-api")}",namespace="mathtrail",cluster="mathtrail-dev"`;
                    await eventually("Pyroscope has CPU time of the service", async () =>
                        expect(await profileTotal(pyroscope, cpuTypes[language], `{${labels}}`)).toBeGreaterThan(0),
                    );
                    const linked = spans.filter(
                        ({ attributes = [] }: any) => "pyroscope.profile.id" in textsOf(attributes),
                    );
                    expect(linked).toHaveLength(language === "go" ? spans.length : 0);
                });
            });
        }

        test("every service ends on SIGTERM within 5 seconds", async () => {
            const seconds = await Promise.all(identities.map((name) => processOf(name).stop("SIGTERM")));
            expect(seconds.filter((duration) => duration > 5)).toEqual([]);
        });
    },
);

interface EnvVariable {
    name: string;
    value?: string;
    valueFrom?: { fieldRef: { fieldPath: string } };
}

/** The variables of a service in its Kubernetes manifest. */
function manifestEnv(service: Service): EnvVariable[] {
    const files = fs.readdirSync(`${folder}/kubernetes`).map((file) => `${folder}/kubernetes/${file}`);
    const objects = files.flatMap((file) => loadAll(fs.readFileSync(file, "utf8")) as any[]);
    return objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === service).spec.template.spec
        .containers[0].env as EnvVariable[];
}

function freePort(): Promise<number> {
    return new Promise((resolve) => {
        const server = net.createServer();
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as net.AddressInfo;
            server.close(() => resolve(port));
        });
    });
}
