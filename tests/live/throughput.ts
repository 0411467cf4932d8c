import { InMemorySpanExporter, BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { SpanKind } from "@opentelemetry/api";
import * as http from "http";
import { dump } from "js-yaml";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import type { Pod } from "./kubernetes";
import { eventually, Process } from "./process";
import { collector, LiveStack } from "./stack";

/**
 * Measures spans per second and CPU time per 10,000 spans of the collector and the Alloy receiver. Compares them with a minimal
 * configuration of the same programs that only forwards OTLP. Both run alternately, so that other load on the machine affects both.
 *
 * Needs helm, the chart mirror, otelcol-contrib and alloy. SECONDS sets the duration of a run, RUNS the number of runs.
 * SETTINGS is a JSON document with further settings of the stack, to measure what they cost.
 */
const seconds = Number(process.env["SECONDS"] ?? 15);
const runs = Number(process.env["RUNS"] ?? 3);
const settings = JSON.parse(process.env["SETTINGS"] ?? "{}") as object;
const spansPerRequest = 200;
const requestsAtATime = 8;
// More than an exporter puts into one batch. With repeated requests, compression would look better than it is.
const distinctRequests = 300;

/** A collector and a receiver that forward to a sink. */
interface Chain {
    name: string;
    entry: string;
    from?: string;
    programs: Process[];
    received: () => Promise<number>;
}

interface Figures {
    spansPerSecond: number;
    cpuSecondsPer10kSpans: number;
    memoryMib: number;
    /** CPU time of the collector, as a part of that of both programs. */
    collectorShare: number;
}

const receiver = "lgtm-alloy-receiver";
const port = 4317;

async function main(): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "throughput-"));
    const stack = await LiveStack.start(
        "prod",
        { replicas: { collector: 1, receiver: 1, loki: 1, mimir: 1 }, ...settings },
        [receiver, collector],
        (address) => [shop(address(0))],
    );
    const sink = collectorProcess(folder, "sink", stack.address("tempo"), { nop: {} });
    const minimalSubnet = `127.${1 + Math.floor(Math.random() * 250)}.255`;
    const minimalSink = collectorProcess(folder, "minimal-sink", `${minimalSubnet}.1`, { nop: {} });
    const minimalReceiver = alloyProcess(folder, `${minimalSubnet}.2`, `${minimalSubnet}.1:${port}`);
    const minimalCollector = collectorProcess(folder, "minimal-collector", `${minimalSubnet}.3`, {
        otlp_grpc: { endpoint: `${minimalSubnet}.2:${port}`, tls: { insecure: true } },
    });
    const started = [sink, minimalSink, minimalReceiver, minimalCollector];
    const chains: Chain[] = [
        {
            name: "stack",
            entry: `http://${stack.address(collector)}:4318/v1/traces`,
            from: stack.podAddress(0),
            programs: [stack.process(collector), stack.process(receiver)],
            received: () => receivedBy(stack.address("tempo")),
        },
        {
            name: "minimal",
            entry: `http://${minimalSubnet}.3:4318/v1/traces`,
            programs: [minimalCollector, minimalReceiver],
            received: () => receivedBy(`${minimalSubnet}.1`),
        },
    ];
    try {
        started.forEach((program) => program.start());
        await Promise.all(started.map((program) => program.ready()));
        const requests = encodedRequests();
        const all: Record<string, Figures[]> = { stack: [], minimal: [] };
        for (let round = 0; round <= runs; round++) {
            for (const chain of chains) {
                const figures = await measure(chain, requests, round === 0 ? 3 : seconds);
                // The first round is a warm-up.
                if (round > 0) {
                    all[chain.name]?.push(figures);
                    console.log(`${chain.name} ${round}: ${describeFigures(figures)}`);
                }
            }
        }
        const [stackMean, minimalMean] = ["stack", "minimal"].map((name) => mean(all[name] as Figures[])) as [
            Figures,
            Figures,
        ];
        console.log(`stack: ${describeFigures(stackMean)}`);
        console.log(`minimal: ${describeFigures(minimalMean)}`);
        const ratio = (key: keyof Figures) => (stackMean[key] / minimalMean[key]).toFixed(2);
        console.log(
            `stack / minimal: spans per second ${ratio("spansPerSecond")}, CPU ${ratio("cpuSecondsPer10kSpans")}`,
        );
    } finally {
        agent.destroy();
        await Promise.all([stack.stop(), ...started.map((program) => program.stop("SIGKILL"))]);
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/** Sends as fast as possible, waits until the sink has received all spans, and computes the figures. */
async function measure(chain: Chain, requests: Buffer[], duration: number): Promise<Figures> {
    const cpu = (programs = chain.programs) => programs.reduce((sum, program) => sum + program.cpuSeconds(), 0);
    const collectors = chain.programs.slice(0, 1);
    const [before, cpuBefore, collectorBefore, start] = [await chain.received(), cpu(), cpu(collectors), Date.now()];
    let sent = 0;
    const sender = async () => {
        while (Date.now() - start < duration * 1000) {
            const status = await send(chain, requests[sent % requests.length] as Buffer);
            if (status === 200) {
                sent += 1;
            } else if (status === 503) {
                // The queue is full.
                await new Promise((resolve) => setTimeout(resolve, 100));
            } else {
                throw new Error(`${status} from ${chain.entry}`);
            }
        }
    };
    await Promise.all(Array.from({ length: requestsAtATime }, sender));
    const spans = sent * spansPerRequest;
    await eventually("the sink has received all spans", async () => {
        const received = (await chain.received()) - before;
        if (received !== spans) {
            throw new Error(`the sink has received ${received} of ${spans} spans`);
        }
    });
    return {
        spansPerSecond: (spans / (Date.now() - start)) * 1000,
        cpuSecondsPer10kSpans: ((cpu() - cpuBefore) / spans) * 10_000,
        memoryMib: chain.programs.reduce((sum, program) => sum + program.memoryMib(), 0),
        collectorShare: (cpu(collectors) - collectorBefore) / (cpu() - cpuBefore),
    };
}

const agent = new http.Agent({ keepAlive: true, maxSockets: requestsAtATime });

function send({ entry, from }: Chain, body: Buffer): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
        const headers = { "content-type": "application/x-protobuf", "content-length": body.length };
        const request = http.request(entry, { method: "POST", headers, localAddress: from, agent }, (response) => {
            response.resume();
            response.on("end", () => resolve(response.statusCode));
        });
        request.on("error", reject);
        request.end(body);
    });
}

/** OTLP requests with the usual attributes of an instrumented HTTP server. */
function encodedRequests(): Buffer[] {
    return Array.from({ length: distinctRequests }, () => {
        const exporter = new InMemorySpanExporter();
        const provider = new BasicTracerProvider({
            resource: resourceFromAttributes({ "service.name": "shop", "service.version": "1.2.3" }),
            spanProcessors: [new SimpleSpanProcessor(exporter)],
        });
        for (let index = 0; index < spansPerRequest; index++) {
            const attributes = {
                "http.request.method": "GET",
                "http.response.status_code": 200,
                "http.route": "/lessons/{id}",
                "url.path": `/lessons/${index}`,
                "url.scheme": "https",
                "server.address": "shop.example.com",
                "network.protocol.version": "1.1",
                "client.address": "192.0.2.7",
                "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64)",
            };
            provider
                .getTracer("throughput")
                .startSpan("GET /lessons/{id}", { kind: SpanKind.SERVER, attributes })
                .end();
        }
        return Buffer.from(ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans()) as Uint8Array);
    });
}

async function receivedBy(address: string): Promise<number> {
    const text = await (await fetch(`http://${address}:8888/metrics`)).text();
    const counts = [...text.matchAll(/^otelcol_receiver_accepted_spans\{.*\} (\S+)$/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

function collectorProcess(folder: string, name: string, address: string, exporters: object): Process {
    const reader = { pull: { exporter: { prometheus: { host: address, port: 8888 } } } };
    const config = {
        extensions: { health_check: { endpoint: `${address}:13133` } },
        receivers: {
            otlp: { protocols: { grpc: { endpoint: `${address}:${port}` }, http: { endpoint: `${address}:4318` } } },
        },
        exporters,
        service: {
            extensions: ["health_check"],
            telemetry: { metrics: { readers: [reader] } },
            pipelines: { traces: { receivers: ["otlp"], exporters: Object.keys(exporters) } },
        },
    };
    return newProcess(folder, name, "otelcol-contrib", dump(config), (file) => ["--config", file], `${address}:13133`);
}

function alloyProcess(folder: string, address: string, next: string): Process {
    const config = `
otelcol.receiver.otlp "in" {
	grpc { endpoint = "${address}:${port}" }
	output { traces = [otelcol.exporter.otlp.out.input] }
}
otelcol.exporter.otlp "out" {
	client {
		endpoint = "${next}"
		tls { insecure = true }
	}
}
`;
    const args = (file: string) => [
        "run",
        file,
        "--storage.path=storage",
        `--server.http.listen-addr=${address}:12345`,
        "--disable-reporting",
    ];
    return newProcess(folder, "minimal-receiver", "alloy", config, args, `${address}:12345/-/ready`);
}

function newProcess(
    folder: string,
    name: string,
    program: string,
    config: string,
    args: (file: string) => string[],
    ready: string,
): Process {
    const processFolder = path.join(folder, name);
    fs.mkdirSync(processFolder);
    fs.writeFileSync(path.join(processFolder, "config"), config);
    const command = { program, args: args("config"), env: {}, folder: processFolder, memoryLimitMib: Infinity };
    return new Process(name, { ...command, readyUrl: `http://${ready}` });
}

function shop(ip: string): Pod {
    const containers = [{ name: "app", ports: [8080] }];
    const identity = { name: "shop-7d9f-abcde", namespace: "mathtrail", uid: "0", deployment: "shop" };
    return { ...identity, ip, labels: { app: "shop" }, annotations: {}, containers };
}

function mean(all: Figures[]): Figures {
    const of = (key: keyof Figures) => all.reduce((sum, figures) => sum + figures[key], 0) / all.length;
    return {
        spansPerSecond: of("spansPerSecond"),
        cpuSecondsPer10kSpans: of("cpuSecondsPer10kSpans"),
        memoryMib: of("memoryMib"),
        collectorShare: of("collectorShare"),
    };
}

function describeFigures({ spansPerSecond, cpuSecondsPer10kSpans, memoryMib, collectorShare }: Figures): string {
    return `${Math.round(spansPerSecond)} spans per second, ${cpuSecondsPer10kSpans.toFixed(3)} CPU seconds per 10,000 spans (${Math.round(100 * collectorShare)} % of it in the collector), ${Math.round(memoryMib)} MiB`;
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
