import { SpanKind } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import * as api from "@opentelemetry/api";
import { randomBytes } from "crypto";
import * as fs from "fs";
import * as http from "http";
import * as path from "path";
import { addRun } from "../../cli/growth/data";
import { sendProfile } from "../../cli/verify/send";
import { listOption, textOption } from "./options";
import { bytesField, doubleField, message, snappyLiterals, varintField } from "./protobuf";
import { metricOf } from "./sink";
import type { Part } from "./parts";
import { LiveStack } from "./stack";

/**
 * Measures what Mimir, Loki, Tempo and Pyroscope need: CPU time, memory, bytes and objects in the bucket, for each 10,000 samples, lines, spans and profiles. Each store
 * receives two loads. The difference between them is what a further sample, line, span or profile needs, without what the store always needs.
 *
 * Needs helm, the chart mirror, minio, mimir, loki, tempo and pyroscope. ROUNDS repeats the measurement (default 2), and SCALE multiplies the load (default 1).
 * ONLY names the stores, separated by commas. LINES is a file with log lines, instead of generated ones.
 *
 * `--series 10000,20000` measures instead the memory of Mimir with these numbers of series, and `--streams 1000,2000` that of Loki with these numbers of
 * streams. `--data FILE` adds the results to a file such as docs/growth.json.
 */
const rounds = Number(process.env["ROUNDS"] ?? 2);
const scale = Number(process.env["SCALE"] ?? 1);

/** What a store has used. */
interface Usage {
    cpuSeconds: number;
    minioCpuSeconds: number;
    memoryMib: number;
    storedBytes: number;
    objects: number;
}

/** A store, and how to send items to it. */
interface Subject {
    store: Part;
    item: string;
    /** Sends about `count` items. @returns the number of items and of bytes, before compression. */
    send: (url: string, count: number, stage: number) => Promise<{ items: number; bytes: number }>;
    port: number;
    flush: string;
    first: number;
    second: number;
}

async function main(): Promise<void> {
    const [series, streamCounts] = [listOption("series"), listOption("streams")];
    if (series.length + streamCounts.length > 0) {
        for (let round = 1; round <= rounds; round++) {
            await measureMemory("series", series);
            await measureMemory("streams", streamCounts);
        }
        return;
    }
    for (const subject of subjects.filter(({ store }) => (process.env["ONLY"] ?? store).split(",").includes(store))) {
        for (let round = 1; round <= rounds; round++) {
            await measure(subject, round);
        }
    }
}

/** The limits of a stack that accepts every load. */
const unlimited = {
    replicas: { loki: 1, mimir: 1, minio: 1, collector: 1, receiver: 1 },
    limits: {
        logs: { ingestionMiBPerSecond: 1000, streamMiBPerSecond: 1000, maxStreams: 1_000_000 },
        metrics: { samplesPerSecond: 10_000_000, maxSeries: 10_000_000 },
        traces: { ingestionMiBPerSecond: 1000, maxTraces: 10_000_000, maxSpanMetricSeries: 1_000_000 },
        profiles: { ingestionMiBPerSecond: 1000 },
    },
};

/** Stores whose memory depends on a number, and how to send items so that the store has this number. */
const held = {
    series: {
        store: "mimir",
        metric: "cortex_ingester_memory_series",
        fill: (url: string, from: number, to: number) => sendSeries(url, from, to),
    },
    streams: {
        store: "loki",
        metric: "loki_ingester_memory_streams",
        fill: (url: string, from: number, to: number) => sendStreams(url, from, to),
    },
} as const;

/** Measures the memory of a store with rising numbers of series or streams, one after the other in the same process. */
async function measureMemory(kind: keyof typeof held, counts: number[]): Promise<void> {
    if (counts.length === 0) {
        return;
    }
    const { store, metric, fill } = held[kind];
    const live = await LiveStack.start("prod", unlimited, ["minio", store]);
    const url = `http://${live.address(store)}:${httpPorts[store]}`;
    try {
        let sent = 0;
        for (const count of [0, ...counts.sort((one, other) => one - other)]) {
            await fill(url, sent, count);
            sent = count;
            // Two collections: the first one only marks pooled memory.
            await (await fetch(`${url}/debug/pprof/heap?gc=1`)).arrayBuffer();
            await (await fetch(`${url}/debug/pprof/heap?gc=1`)).arrayBuffer();
            const heapMib = (await metricOf(url, "go_memstats_heap_inuse_bytes")) / 2 ** 20;
            const inMemory = await metricOf(url, metric);
            const run = {
                heapMib: Math.round(heapMib * 10) / 10,
                residentMib: Math.round(live.process(store).memoryMib()),
            };
            console.log(`${store} with ${count} ${kind}: ${JSON.stringify(run)}, ${metric} ${inMemory}`);
            if (inMemory < count) {
                throw new Error(`${store} has only ${inMemory} of ${count} ${kind}`);
            }
            const file = textOption("data");
            if (file !== undefined) {
                addRun(file, kind, count, run);
            }
        }
    } finally {
        agent.destroy();
        await live.stop();
    }
}

async function measure(subject: Subject, round: number): Promise<void> {
    const { store, item } = subject;
    const parts: Part[] = store === "tempo" ? ["minio", "mimir", "tempo"] : ["minio", store];
    const live = await LiveStack.start("prod", unlimited, parts);
    try {
        const url = `http://${live.address(store)}:${subject.port}`;
        const idle = usage(live, store);
        for (const [stage, count] of [subject.first, subject.second].entries()) {
            const before = usage(live, store);
            const peak = new Peak(() => live.process(store).memoryMib());
            const sent = await subject.send(url, count * scale, stage);
            const beforeFlush = usage(live, store);
            await flush(
                subject.flush && `http://${live.address(store)}:${httpPorts[store]}${subject.flush}`,
                live,
                store,
            );
            const after = usage(live, store);
            const memoryMib = peak.stop();
            const per10k = (value: number) => (value / sent.items) * 10_000;
            console.log(
                `${new Date().toISOString()} ${store} ${round}.${stage + 1}: ${sent.items} ${item}, ${(sent.bytes / sent.items).toFixed(1)} bytes each; per 10,000: ` +
                    `${per10k(after.cpuSeconds - before.cpuSeconds).toFixed(4)} CPU seconds (${per10k(beforeFlush.cpuSeconds - before.cpuSeconds).toFixed(4)} without the flush), ` +
                    `${per10k(after.storedBytes - before.storedBytes).toFixed(0)} stored bytes; ` +
                    `${per10k(after.minioCpuSeconds - before.minioCpuSeconds).toFixed(4)} CPU seconds of MinIO; ` +
                    `${after.objects - before.objects} objects; memory: idle ${idle.memoryMib.toFixed(0)}, highest ${memoryMib.toFixed(0)} MiB; volume ${(folderUsage(live.mounted(store, "")).bytes / 1e6).toFixed(0)} MB`,
            );
        }
    } finally {
        agent.destroy();
        await live.stop();
    }
}

const httpPorts: Partial<Record<Part, number>> = { mimir: 9009, loki: 3100, tempo: 3200 };

/** The highest value of a function that is called several times a second. */
class Peak {
    private highest = 0;
    private readonly timer: NodeJS.Timeout;

    constructor(private readonly read: () => number) {
        this.timer = setInterval(() => this.sample(), 200);
    }

    private sample(): void {
        this.highest = Math.max(this.highest, this.read());
    }

    stop(): number {
        clearInterval(this.timer);
        this.sample();
        return this.highest;
    }
}

function usage(live: LiveStack, store: Part): Usage {
    const process = live.process(store);
    const { bytes, files } = folderUsage(path.join(live.mounted("minio", "/data"), "drive", store));
    return {
        cpuSeconds: process.cpuSeconds(),
        minioCpuSeconds: live.process("minio").cpuSeconds(),
        memoryMib: process.memoryMib(),
        storedBytes: bytes,
        objects: files,
    };
}

/** The size of all files. MinIO stores each object as a file xl.meta, and larger ones as further files. */
function folderUsage(folder: string): { bytes: number; files: number } {
    const files = fs.existsSync(folder)
        ? fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
        : [];
    const sizes = files.map(
        (entry) => fs.statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0,
    );
    return {
        bytes: sizes.reduce((sum, size) => sum + size, 0),
        files: files.filter(({ name }) => name === "xl.meta").length,
    };
}

/** Lets a store write everything to the bucket, and waits until nothing more arrives. Pyroscope writes every profile at once. */
async function flush(url: string, live: LiveStack, store: Part): Promise<void> {
    const response = url === "" ? undefined : await fetch(url, { method: "POST" });
    if (response?.ok === false) {
        throw new Error(`${response.status} from ${url}: ${await response.text()}`);
    }
    const [first, start] = [usage(live, store).storedBytes, Date.now()];
    let last = first;
    for (let unchanged = 0; unchanged < 5;) {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const { storedBytes } = usage(live, store);
        const isWaiting = storedBytes === first && Date.now() - start < 45_000;
        unchanged = storedBytes === last && !isWaiting ? unchanged + 1 : 0;
        last = storedBytes;
    }
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });

function send(url: string, body: Buffer, headers: Record<string, string> = {}): Promise<void> {
    return new Promise((resolve, reject) => {
        const all = { "content-type": "application/x-protobuf", "content-length": body.length, ...headers };
        const request = http.request(url, { method: "POST", headers: all, agent: new http.Agent() }, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () =>
                (response.statusCode ?? 500) < 300
                    ? resolve()
                    : reject(new Error(`${response.statusCode} from ${url}: ${Buffer.concat(chunks).toString()}`)),
            );
        });
        request.on("error", reject);
        request.end(body);
    });
}

const programStart = Date.now();
const scrapeIntervalMs = 30_000;
const samplesPerSeries = 60;
const seriesPerRequest = 2000;

/** Remote write of series with the labels of a scraped pod, one sample every 30 s of half an hour. */
async function sendSamples(url: string, series: number, stage: number): Promise<{ items: number; bytes: number }> {
    // The second load is newer, because Mimir rejects samples that are much older than others.
    const start = programStart + stage * samplesPerSeries * scrapeIntervalMs - 2 * samplesPerSeries * scrapeIntervalMs;
    const all = Array.from({ length: series }, (_, index) => seriesLabels(stage, index));
    const bytes = await writeSamples(url, all, start, samplesPerSeries);
    return { items: series * samplesPerSeries, bytes };
}

const samplesOfHeldSeries = 20;

/** Sends 10 minutes of samples of the series from number `from` to number `to`. */
async function sendSeries(url: string, from: number, to: number): Promise<void> {
    const all = Array.from({ length: to - from }, (_, index) => seriesLabels(0, from + index));
    await writeSamples(url, all, Date.now() - samplesOfHeldSeries * scrapeIntervalMs, samplesOfHeldSeries);
}

/** Sends samples of series by remote write. @returns the bytes before compression. */
async function writeSamples(url: string, all: Buffer[], start: number, samples: number): Promise<number> {
    let bytes = 0;
    for (let sample = 0; sample < samples; sample++) {
        for (let from = 0; from < all.length; from += seriesPerRequest) {
            const timestamp = start + sample * scrapeIntervalMs;
            const body = message(
                all.slice(from, from + seriesPerRequest).map((labels, index) => {
                    const value = Math.floor((sample + 1) * (index % 97) * 1.7);
                    return bytesField(
                        1,
                        message([labels, bytesField(2, message([doubleField(1, value), varintField(2, timestamp)]))]),
                    );
                }),
            );
            bytes += body.length;
            await send(`${url}/api/v1/push`, snappyLiterals(body), {
                "content-encoding": "snappy",
                "x-prometheus-remote-write-version": "0.1.0",
            });
        }
    }
    return bytes;
}

function seriesLabels(stage: number, index: number): Buffer {
    const service = `service-${index % 40}`;
    const labels: Record<string, string> = {
        __name__: `http_server_duration_${index % 400}_bucket`,
        cluster: "measured",
        container: "app",
        instance: `10.1.${stage}.${index % 40}:8080`,
        job: service,
        le: String((index % 12) / 10),
        namespace: "shop",
        node: `node-${index % 10}`,
        pod: `${service}-7d9f8c6b5-${stage}x${index % 40}`,
        route: `/lessons/{id}/${Math.floor(index / 400)}`,
        service_name: service,
    };
    return message(
        Object.entries(labels)
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .map(([name, value]) =>
                bytesField(1, message([bytesField(1, Buffer.from(name)), bytesField(2, Buffer.from(value))])),
            ),
    );
}

const linesPerRequest = 1000;
const streams = 100;

/** Access logs in JSON, in 100 streams. */
async function sendLines(url: string, lines: number, stage: number): Promise<{ items: number; bytes: number }> {
    let bytes = 0;
    for (let sent = 0; sent < lines; sent += linesPerRequest) {
        const all = Array.from({ length: linesPerRequest }, (_, index) => accessLine(sent + index));
        bytes += all.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
        const stream = (sent / linesPerRequest) % streams;
        await send(`${url}/loki/api/v1/push`, snappyLiterals(streamOf(stream, stage, all)));
    }
    return { items: lines, bytes };
}

const linesOfHeldStream = 20;
const streamsPerRequest = 100;

/** Sends lines of the streams from number `from` to number `to`. */
async function sendStreams(url: string, from: number, to: number): Promise<void> {
    for (let first = from; first < to; first += streamsPerRequest) {
        const count = Math.min(streamsPerRequest, to - first);
        const all = Array.from({ length: count }, (_, index) =>
            streamOf(
                first + index,
                0,
                Array.from({ length: linesOfHeldStream }, (__, line) => accessLine(line)),
            ),
        );
        await send(`${url}/loki/api/v1/push`, snappyLiterals(Buffer.concat(all)));
    }
}

/** A stream with lines, as a part of a request. */
function streamOf(stream: number, stage: number, lines: string[]): Buffer {
    const now = Date.now();
    const entries = lines.map((line, index) => {
        const time = message([
            varintField(1, Math.floor(now / 1000)),
            varintField(2, (now % 1000) * 1_000_000 + index),
        ]);
        return bytesField(2, message([bytesField(1, time), bytesField(2, Buffer.from(line))]));
    });
    const labels = `{cluster="measured",namespace="shop",service_name="service-${stream}",pod="service-${stream}-${stage}",container="app"}`;
    return message([bytesField(1, message([bytesField(1, Buffer.from(labels)), ...entries]))]);
}

const routes = ["/lessons", "/lessons/{id}", "/exercises/{id}/answers", "/students/{id}", "/healthz"];
/** The lines of the file in the environment variable LINES, instead of generated ones. */
const givenLines = process.env["LINES"] && fs.readFileSync(process.env["LINES"], "utf8").trimEnd().split("\n");

const levels = ["info", "info", "info", "info", "debug", "warning", "error"];

function accessLine(index: number): string {
    if (givenLines) {
        return givenLines[index % givenLines.length] ?? "";
    }
    return JSON.stringify({
        time: new Date().toISOString(),
        level: levels[index % levels.length],
        message: "request completed",
        method: index % 3 === 0 ? "POST" : "GET",
        route: routes[index % routes.length],
        status: index % 50 === 0 ? 500 : 200,
        durationMs: Math.round(Math.random() * 100_000) / 100,
        traceId: randomBytes(16).toString("hex"),
        userId: Math.floor(Math.random() * 100_000),
    });
}

const spansPerTrace = 8;
const tracesPerRequest = 25;

/** Traces of 8 spans of 20 services, with the usual attributes of an HTTP server. */
async function sendSpans(url: string, spans: number): Promise<{ items: number; bytes: number }> {
    const perRequest = spansPerTrace * tracesPerRequest;
    let bytes = 0;
    let items = 0;
    for (; items < spans; items += perRequest) {
        const body = traces(items / perRequest);
        bytes += body.length;
        await send(`${url}/v1/traces`, body);
    }
    return { items, bytes };
}

function traces(request: number): Buffer {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({
        resource: resourceFromAttributes({
            "service.name": `service-${request % 20}`,
            "service.version": "1.2.3",
            cluster: "measured",
            namespace: "shop",
            "k8s.pod.name": `service-${request % 20}-7d9f8c6b5-abcde`,
        }),
        spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    const tracer = provider.getTracer("usage");
    for (let trace = 0; trace < tracesPerRequest; trace++) {
        let context = api.ROOT_CONTEXT;
        for (let index = 0; index < spansPerTrace; index++) {
            const route = routes[(trace + index) % routes.length] ?? "";
            const span = tracer.startSpan(
                `GET ${route}`,
                {
                    kind: index % 2 === 0 ? SpanKind.SERVER : SpanKind.CLIENT,
                    attributes: {
                        "http.request.method": "GET",
                        "http.response.status_code": 200,
                        "http.route": route,
                        "url.path": route.replace("{id}", String(Math.floor(Math.random() * 100_000))),
                        "url.scheme": "https",
                        "server.address": "shop.example.com",
                        "network.protocol.version": "1.1",
                        "client.address": "192.0.2.7",
                        "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64)",
                    },
                },
                context,
            );
            context = api.trace.setSpan(context, span);
            span.end();
        }
    }
    return Buffer.from(ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans()) as Uint8Array);
}

/** CPU and heap profiles of Pyroscope itself, sent again and again for 20 services. */
async function sendProfiles(url: string, profiles: number): Promise<{ items: number; bytes: number }> {
    const own = await Promise.all(
        ["profile?seconds=5", "heap"].map(async (kind) =>
            Buffer.from(await (await fetch(`${url}/debug/pprof/${kind}`)).arrayBuffer()),
        ),
    );
    let bytes = 0;
    for (let sent = 0; sent < profiles; sent++) {
        const body = own[sent % own.length] as Buffer;
        bytes += body.length;
        await sendProfile(url, `service-${sent % 20}`, { namespace: "shop", cluster: "measured" }, body, {});
    }
    return { items: profiles, bytes };
}

const subjects: Subject[] = [
    {
        store: "mimir",
        item: "samples",
        send: sendSamples,
        port: 9009,
        flush: "/ingester/flush",
        first: 20_000,
        second: 60_000,
    },
    { store: "loki", item: "lines", send: sendLines, port: 3100, flush: "/flush", first: 200_000, second: 600_000 },
    { store: "tempo", item: "spans", send: sendSpans, port: 4318, flush: "/flush", first: 50_000, second: 150_000 },
    { store: "pyroscope", item: "profiles", send: sendProfiles, port: 4040, flush: "", first: 200, second: 600 },
];

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
