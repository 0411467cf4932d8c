import * as fs from "fs";
import * as http from "http";
import type { AddressInfo } from "net";
import * as os from "os";
import * as path from "path";
import { spawnSync } from "child_process";
import { serviceHost } from "../../components/contract";
import { peerPort, peerServiceName } from "../../components/otel-collector/peers";
import { describeWith } from "../helpers/prerequisites";
import { pause, Process } from "./process";
import { collector, type Part, secondCollector, thirdCollector } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, newSpanId, newTraceId, otlpSpans, post, type Span } from "./telemetry";

jest.setTimeout(300_000);

const replicas: Part[] = [collector, secondCollector, thirdCollector];
const peers = serviceHost(peerServiceName, "monitoring");
const services = ["shop", "cart", "till"];
const tracesPerSecond = 100;
const decisionWaitSeconds = 10;

/** Whether this machine can give a program its own /etc/hosts. */
const ownMounts = spawnSync("unshare", ["--user", "--map-root-user", "--mount", "true"]).status === 0;

interface SinkSpan {
    traceId: string;
    spanId: string;
}

/** Receives the spans of the replicas after their decision, and counts which replica sent which. */
class Sink {
    /** The replicas that sent each span, once for each time. */
    readonly sentBy = new Map<string, { traceId: string; by: number[] }>();
    private readonly server: http.Server;

    constructor() {
        this.server = http.createServer((request, response) => {
            const chunks: Buffer[] = [];
            request.on("data", (chunk: Buffer) => chunks.push(chunk));
            request.on("end", () => {
                const [, replica, , signal] = (request.url ?? "").split("/");
                if (signal === "traces") {
                    this.add(Number(replica), JSON.parse(Buffer.concat(chunks).toString()));
                }
                response.setHeader("content-type", "application/json").end("{}");
            });
        });
    }

    async listen(): Promise<string> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    close(): void {
        this.server.closeAllConnections();
        this.server.close();
    }

    private add(replica: number, { resourceSpans }: any): void {
        for (const { scopeSpans } of resourceSpans) {
            for (const { spans } of scopeSpans) {
                for (const { traceId, spanId } of spans as SinkSpan[]) {
                    const { by } = this.sentBy.get(spanId) ?? { by: [] };
                    this.sentBy.set(spanId, { traceId, by: [...by, replica] });
                }
            }
        }
    }
}

/** Sends traces of three services. Each span is sent some seconds after the one before it, as the exporters of SDKs do. */
class TraceLoad {
    /** The traces of all accepted spans, by the id of the span. */
    readonly accepted = new Map<string, string>();
    /** Requests that had to be sent again. */
    repeated = 0;
    private readonly pending = new Set<Promise<void>>();
    private timer: NodeJS.Timeout | undefined;
    private round = 0;

    /** @param urls the replicas to which the Service of the collector leads. */
    constructor(private readonly urls: () => string[]) {}

    start(): void {
        this.timer = setInterval(() => {
            const ids = Array.from({ length: tracesPerSecond }, newTraceId);
            services.forEach((service, index) => {
                const sending = pause(index * 1.5).then(() => this.deliver(service, ids));
                this.pending.add(sending);
                void sending.finally(() => this.pending.delete(sending));
            });
        }, 1000);
    }

    async stop(): Promise<void> {
        clearInterval(this.timer);
        await Promise.all(this.pending);
    }

    private async deliver(service: string, ids: string[]): Promise<void> {
        const spans = ids.flatMap((traceId): Span[] => [
            { traceId, spanId: newSpanId(), name: "answer" },
            { traceId, spanId: newSpanId(), name: "ask", kind: "client" },
        ]);
        const body = otlpSpans({ "service.name": service }, spans);
        for (;;) {
            const urls = this.urls();
            const url = urls[this.round++ % urls.length] as string;
            const response = await post(`${url}/v1/traces`, body).catch(() => undefined);
            if (response?.status === 200) {
                spans.forEach(({ traceId, spanId = "" }) => this.accepted.set(spanId, traceId));
                return;
            }
            this.repeated++;
            await pause(0.5);
        }
    }
}

interface Outcome {
    traces: number;
    /** Traces with spans that different replicas decided. */
    splitTraces: number;
    spans: number;
    /** Spans in the queue of the removed replica, which arrive when it comes back. */
    keptSpans: number;
    lostSpans: number;
    duplicateSpans: number;
    repeatedRequests: number;
}

describeWith(
    {
        programs: ["helm", "otelcol-contrib"],
        mirror: true,
        others: ownMounts ? [] : ["unshare with user and mount namespaces"],
    },
    "live: tail sampling while replicas of the collector come and go",
    () => {
        let live: LiveStack;
        let sink: Sink;
        let hosts: string;
        const address = (part: Part) => live.address(part);

        beforeAll(async () => {
            sink = new Sink();
            const base = await sink.listen();
            const tracing = {
                samplingMode: "tail",
                samplingRatio: 1,
                tail: { decisionWait: `${decisionWaitSeconds}s` },
            };
            live = await LiveStack.start(
                "prod",
                { tracing, replicas: { collector: 3, mimir: 1, minio: 1, receiver: 1 } },
                replicas,
                undefined,
                (part, config) => ({
                    exporters: {
                        otlp_http: {
                            endpoint: `${base}/${replicas.indexOf(part)}`,
                            encoding: "json",
                            compression: "none",
                        },
                        // The resolver of the rendered configuration. The name is in the hosts file of the program.
                        load_balancing: {
                            resolver: {
                                static: null,
                                dns: {
                                    ...config["exporters"].load_balancing.resolver.dns,
                                    hostname: peers,
                                    port: String(peerPort),
                                },
                            },
                        },
                    },
                }),
            );
            hosts = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "hosts-")), "hosts");
            setPeers([collector, secondCollector]);
            await Promise.all(replicas.map((part) => live.process(part).stop("SIGKILL")));
            for (const part of replicas) {
                const { command } = live.process(part);
                const script = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';
                const args = ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", hosts, command.program];
                live.processes.set(
                    part,
                    new Process(part, { ...command, program: "unshare", args: [...args, ...command.args] }),
                );
            }
        });

        afterAll(async () => {
            closeConnections();
            sink.close();
            await live?.stop();
            fs.rmSync(path.dirname(hosts), { recursive: true, force: true });
        });

        /** Changes the addresses of the headless Service. The program reads the file again after 5 s, as a DNS cache does. */
        function setPeers(parts: Part[]): void {
            fs.writeFileSync(hosts, parts.map((part) => `${address(part)} ${peers}\n`).join(""));
        }

        /** Runs two replicas, adds a third under load, and removes it again. @param pauseSeconds between the end of its endpoints and SIGTERM. */
        async function scaled(pauseSeconds: number): Promise<Outcome> {
            setPeers([collector, secondCollector]);
            const start = async (...parts: Part[]) => {
                parts.forEach((part) => live.process(part).start());
                await Promise.all(parts.map((part) => live.process(part).ready()));
            };
            sink.sentBy.clear();
            await start(collector, secondCollector);
            await pause(11);
            let serving = [collector, secondCollector] as Part[];
            const load = new TraceLoad(() => serving.map((part) => `http://${address(part)}:4318`));
            load.start();
            await pause(8);
            await start(thirdCollector);
            setPeers(replicas);
            serving = replicas;
            await pause(25);
            setPeers([collector, secondCollector]);
            serving = [collector, secondCollector];
            await pause(pauseSeconds);
            await live.process(thirdCollector).stop("SIGTERM", 60);
            await pause(20 - Math.min(pauseSeconds, 10));
            await load.stop();
            await pause(decisionWaitSeconds + 6);
            const missing = () => [...load.accepted.keys()].filter((spanId) => !sink.sentBy.has(spanId)).length;
            const missingBefore = missing();
            await start(thirdCollector);
            setPeers(replicas);
            await pause(decisionWaitSeconds + 16);
            await Promise.all(replicas.map((part) => live.process(part).stop("SIGTERM", 60)));
            const measured = { ...outcomeOf(load), keptSpans: missingBefore - missing(), lostSpans: missing() };
            process.stdout.write(`shutdown delay of ${pauseSeconds} s: ${JSON.stringify(measured)}\n`);
            return measured;
        }

        function outcomeOf({ accepted, repeated }: TraceLoad): Omit<Outcome, "keptSpans" | "lostSpans"> {
            const deciders = new Map<string, Set<number>>();
            let duplicateSpans = 0;
            for (const [spanId, { traceId, by }] of sink.sentBy) {
                if (!accepted.has(spanId)) {
                    continue;
                }
                const set = deciders.get(traceId) ?? new Set<number>();
                by.forEach((replica) => set.add(replica));
                deciders.set(traceId, set);
                duplicateSpans += by.length - 1;
            }
            return {
                traces: deciders.size,
                splitTraces: [...deciders.values()].filter(({ size }) => size > 1).length,
                spans: accepted.size,
                duplicateSpans,
                repeatedRequests: repeated,
            };
        }

        /** Expects that all traces are complete, and that there is one minute of them. */
        function expectAllTraces({ traces, spans }: Outcome): void {
            expect(spans).toBe(traces * services.length * 2);
            expect(traces).toBeGreaterThan(60 * tracesPerSecond * 0.8);
        }

        test("loses nothing, but sends spans twice, if a replica ends at once", async () => {
            const outcome = await scaled(0);
            expect(outcome.lostSpans).toBe(0);
            expect(outcome.duplicateSpans).toBeGreaterThan(0);
            expectAllTraces(outcome);
        });

        test("loses nothing, sends nothing twice, and splits few traces, with a shutdown delay", async () => {
            const outcome = await scaled(25);
            expect(outcome).toMatchObject({ lostSpans: 0, keptSpans: 0, duplicateSpans: 0, repeatedRequests: 0 });
            // Two changes of the replicas: a third of the traces that are not complete then moves to another replica.
            expect(outcome.splitTraces).toBeLessThan(2 * tracesPerSecond * 3);
            expectAllTraces(outcome);
        });
    },
);
