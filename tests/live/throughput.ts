import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { addRun } from "../../cli/growth/data";
import type { Pod } from "./kubernetes";
import { listOption, textOption } from "./options";
import { eventually, type Process } from "./process";
import {
    closeSenders,
    encodedRequests,
    type Request,
    requestsAtATime,
    send,
    serviceName,
    spansPerRequest,
} from "./span-requests";
import { collectorProcess, metricOf, newProcess } from "./sink";
import { collector } from "./parts";
import { LiveStack } from "./stack";

/**
 * Measures spans per second and CPU time per 10,000 spans of the collector and the Alloy receiver. Compares them with a minimal
 * configuration of the same programs that only forwards OTLP. Both run alternately, so that other load on the machine affects both.
 *
 * Needs helm, the chart mirror, otelcol-contrib and alloy. SECONDS sets the duration of a run, RUNS the number of runs.
 * SETTINGS is a JSON document with further settings of the stack, to measure what they cost.
 *
 * `--services 1,10,100` measures the stack alone, once for each number of services. Each service has a pod with an address and connections of its own.
 * `--data FILE` adds the results to a file such as docs/growth.json.
 */
const seconds = Number(process.env["SECONDS"] ?? 15);
const runs = Number(process.env["RUNS"] ?? 3);
const settings = JSON.parse(process.env["SETTINGS"] ?? "{}") as object;
const warmUpSeconds = 3;
// More than an exporter puts into one batch. With repeated requests, compression would look better than it is.
const distinctRequests = 300;

/** A collector and a receiver that forward to a sink. */
interface Chain {
    name: string;
    entry: string;
    requests: Request[];
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

const programsOfStack = { replicas: { collector: 1, receiver: 1, loki: 1, mimir: 1 } };

const receiver = "lgtm-alloy-receiver";
const port = 4317;

async function main(): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "throughput-"));
    const stack = await LiveStack.start(
        "prod",
        { ...programsOfStack, ...settings },
        [receiver, collector],
        (address) => [podOf(0, address(0))],
    );
    const sink = collectorProcess(folder, "sink", stack.address("tempo"), { nop: {} });
    const minimalSubnet = `127.${1 + Math.floor(Math.random() * 250)}.255`;
    const minimalSink = collectorProcess(folder, "minimal-sink", `${minimalSubnet}.1`, { nop: {} });
    const minimalReceiver = alloyProcess(folder, `${minimalSubnet}.2`, `${minimalSubnet}.1:${port}`);
    const minimalCollector = collectorProcess(folder, "minimal-collector", `${minimalSubnet}.3`, {
        otlp_grpc: { endpoint: `${minimalSubnet}.2:${port}`, tls: { insecure: true } },
    });
    const started = [sink, minimalSink, minimalReceiver, minimalCollector];
    const requests = encodedRequests(distinctRequests, 1);
    const chains: Chain[] = [
        {
            name: "stack",
            entry: `http://${stack.address(collector)}:4318/v1/traces`,
            requests: requests.map((body) => ({ body, from: stack.podAddress(0) })),
            programs: [stack.process(collector), stack.process(receiver)],
            received: () => receivedBy(stack.address("tempo")),
        },
        {
            name: "minimal",
            entry: `http://${minimalSubnet}.3:4318/v1/traces`,
            requests: requests.map((body) => ({ body, from: undefined })),
            programs: [minimalCollector, minimalReceiver],
            received: () => receivedBy(`${minimalSubnet}.1`),
        },
    ];
    try {
        started.forEach((program) => program.start());
        await Promise.all(started.map((program) => program.ready()));
        const all: Record<string, Figures[]> = { stack: [], minimal: [] };
        for (let round = 0; round <= runs; round++) {
            for (const chain of chains) {
                const figures = await measure(chain, round === 0 ? warmUpSeconds : seconds);
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
        closeSenders();
        await Promise.all([stack.stop(), ...started.map((program) => program.stop("SIGKILL"))]);
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/** Measures the stack with a number of services. */
async function measureServices(services: number, file: string | undefined): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "throughput-"));
    const pods = Array.from({ length: services }, (_, index) => podOf(index, serviceAddress(index)));
    const stack = await LiveStack.start("prod", { ...programsOfStack, ...settings }, [receiver, collector], () => pods);
    const sink = collectorProcess(folder, "sink", stack.address("tempo"), { nop: {} });
    const bodies = encodedRequests(Math.max(distinctRequests, services), services);
    const chain: Chain = {
        name: "stack",
        entry: `http://${stack.address(collector)}:4318/v1/traces`,
        requests: bodies.map((body, index) => ({ body, from: serviceAddress(index % services) })),
        programs: [stack.process(collector), stack.process(receiver)],
        received: () => receivedBy(stack.address("tempo")),
    };
    try {
        sink.start();
        await sink.ready();
        for (let round = 0; round <= runs; round++) {
            const { cpuSecondsPer10kSpans: cpu, collectorShare } = await measure(
                chain,
                round === 0 ? warmUpSeconds : seconds,
            );
            const [collectorMib, receiverMib] = chain.programs.map((program) => Math.round(program.memoryMib()));
            const run = {
                collector: Math.round(10_000 / (cpu * collectorShare)),
                receiver: Math.round(10_000 / (cpu * (1 - collectorShare))),
                collectorMib: collectorMib ?? 0,
                receiverMib: receiverMib ?? 0,
            };
            if (round > 0) {
                console.log(`${services} services, ${round}: ${JSON.stringify(run)}`);
                if (file !== undefined) {
                    addRun(file, "services", services, run);
                }
            }
        }
    } finally {
        await Promise.all([stack.stop(), sink.stop("SIGKILL")]);
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/** Sends as fast as possible, waits until the sink has received all spans, and computes the figures. */
async function measure(chain: Chain, duration: number): Promise<Figures> {
    const cpu = (programs = chain.programs) => programs.reduce((sum, program) => sum + program.cpuSeconds(), 0);
    const collectors = chain.programs.slice(0, 1);
    const [before, cpuBefore, collectorBefore, start] = [await chain.received(), cpu(), cpu(collectors), Date.now()];
    let sent = 0;
    let next = 0;
    const sender = async () => {
        while (Date.now() - start < duration * 1000) {
            const status = await send(chain.entry, chain.requests[next++ % chain.requests.length] as Request);
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

function receivedBy(address: string): Promise<number> {
    return metricOf(`http://${address}:8888`, "otelcol_receiver_accepted_spans");
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

/** The address of the pod of a service. All of 127.0.0.0/8 is on the loopback interface. */
function serviceAddress(index: number): string {
    return `127.254.${Math.floor(index / 250)}.${1 + (index % 250)}`;
}

function podOf(index: number, ip: string): Pod {
    const name = serviceName(index);
    const containers = [{ name: "app", ports: [8080] }];
    const identity = { name: `${name}-7d9f-abcde`, namespace: "mathtrail", uid: String(index), deployment: name };
    return { ...identity, ip, labels: { app: name }, annotations: {}, containers };
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

async function run(): Promise<void> {
    const counts = listOption("services");
    if (counts.length === 0) {
        return main();
    }
    for (const services of counts) {
        await measureServices(services, textOption("data"));
    }
    closeSenders();
}

run().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
