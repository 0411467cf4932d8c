import { type Attributes, context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import {
    InMemoryLogRecordExporter,
    LoggerProvider,
    type ReadableLogRecord,
    SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import {
    AlwaysOnSampler,
    BasicTracerProvider,
    InMemorySpanExporter,
    RandomIdGenerator,
    type ReadableSpan,
    type Sampler,
    SimpleSpanProcessor,
    TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import { randomBytes } from "crypto";
import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from "pprof-format";
import { gzipSync } from "zlib";

/** The namespace of all test data, by which it can be told apart. */
export const testNamespace = "verify";

/** How many traces are started to measure how many arrive. */
export const sampledTraces = 1_000;

/** What instrumented code says of a span that has a profile, for Grafana to offer it. */
export const profileIdAttribute = "pyroscope.profile.id";

/** Test data of one run, named such that no earlier run's can be taken for it. */
export interface Signals {
    /** Stands in every name: "verify-3f9a2c". */
    run: string;
    services: { app: string; caller: string; callee: string; sampled: string };
    zipkin: { traceId: string; spans: object[] };
    grpc: { traceId: string; spans: ReadableSpan[] };
    http: { traceId: string; spanId: string; spanName: string; spans: ReadableSpan[] };
    /** One line that belongs to the trace sent over HTTP, and names it in its text, too. */
    log: { line: string; records: ReadableLogRecord[] };
    metric: { name: string; body: object };
    /** CPU time of the span sent over HTTP, as pprof. */
    profile: { body: Buffer; spanId: string };
    /** Of the traces started those that an application with this sampling ratio sends. */
    sampled: ReadableSpan[];
}

/**
 * Makes test data as clients of the stack make theirs.
 *
 * @param samplingRatio the share of traces that applications are told to send.
 */
export function makeSignals(samplingRatio: number): Signals {
    const run = `verify-${randomBytes(3).toString("hex")}`;
    const services = {
        app: `${run}-app`,
        caller: `${run}-caller`,
        callee: `${run}-callee`,
        sampled: `${run}-sampled`,
    };
    const resource = resourceFromAttributes({ "service.name": services.app, "k8s.namespace.name": testNamespace });
    const grpc = makeSpans(resource, new AlwaysOnSampler(), 1, "over gRPC", {});
    const spanName = "GET /verify";
    const http = makeSpans(resource, new AlwaysOnSampler(), 1, spanName, {});
    const { traceId, spanId } = idsOf(http);
    const line = `${run}: this line belongs to a trace, trace_id=${traceId}`;
    const sampledResource = resourceFromAttributes({
        "service.name": services.sampled,
        "k8s.namespace.name": testNamespace,
    });
    const sampler = new TraceIdRatioBasedSampler(samplingRatio);
    return {
        run,
        services,
        zipkin: zipkinCall(services.caller, services.callee),
        grpc: { traceId: idsOf(grpc).traceId, spans: grpc },
        http: { traceId, spanId, spanName, spans: http },
        log: { line, records: makeLog(resource, line, http) },
        metric: { name: "verify_duration_seconds", body: histogram(services.app, run, traceId, spanId) },
        profile: { body: cpuProfile(spanId), spanId },
        sampled: makeSpans(sampledResource, sampler, sampledTraces, "one of many", { ok: true }),
    };
}

/** Ended spans, each a trace of its own. Unless told otherwise they are errors, which every way of sampling keeps. */
function makeSpans(
    resource: Resource,
    sampler: Sampler,
    count: number,
    name: string,
    { ok = false }: { ok?: boolean },
): ReadableSpan[] {
    const memory = new InMemorySpanExporter();
    const tracer = new BasicTracerProvider({
        resource,
        sampler,
        idGenerator: findableIds,
        spanProcessors: [new SimpleSpanProcessor(memory)],
    }).getTracer("verify");
    const end = Date.now();
    for (let index = 0; index < count; index++) {
        const span = tracer.startSpan(name, { kind: SpanKind.SERVER, startTime: end - 20 }, ROOT_CONTEXT);
        // As Pyroscope's SDKs for spans do.
        span.setAttribute(profileIdAttribute, span.spanContext().spanId);
        if (!ok) {
            span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end(end);
    }
    return memory.getFinishedSpans();
}

const random = new RandomIdGenerator();

/** Tempo 2.10 does not find a span by an id that begins with 0, which is no fault of the stack's. */
const findableIds = {
    generateTraceId: random.generateTraceId,
    generateSpanId: (): string => random.generateSpanId().replace(/^0/, "1"),
};

function idsOf([span]: ReadableSpan[]): { traceId: string; spanId: string } {
    const { traceId, spanId } = (span as ReadableSpan).spanContext();
    return { traceId, spanId };
}

function makeLog(resource: Resource, body: string, [span]: ReadableSpan[]): ReadableLogRecord[] {
    const memory = new InMemoryLogRecordExporter();
    const provider = new LoggerProvider({
        resource,
        processors: [new SimpleLogRecordProcessor({ exporter: memory })],
    });
    provider.getLogger("verify").emit({
        body,
        severityText: "INFO",
        context: trace.setSpanContext(context.active(), (span as ReadableSpan).spanContext()),
    });
    return memory.getFinishedLogRecords();
}

/** A call from one service to another, as their Dapr sidecars report it: a span on each side. */
function zipkinCall(caller: string, callee: string): Signals["zipkin"] {
    const traceId = randomBytes(16).toString("hex");
    const id = randomBytes(8).toString("hex");
    const timestamp = (Date.now() - 20) * 1000;
    const name = `calllocal/${callee}/verify`;
    const tags = { "dapr.api": "GET /v1.0/invoke", "dapr.invoke_method": "verify", error: "this is a test" };
    const side = { traceId, name, timestamp, duration: 20_000, tags };
    return {
        traceId,
        spans: [
            { ...side, id, kind: "CLIENT", localEndpoint: { serviceName: caller } },
            {
                ...side,
                id: randomBytes(8).toString("hex"),
                parentId: id,
                kind: "SERVER",
                localEndpoint: { serviceName: callee },
            },
        ],
    };
}

/** A histogram whose exemplar names a trace, as OTLP's JSON. The SDK for JavaScript sends no exemplars. */
function histogram(service: string, run: string, traceId: string, spanId: string): object {
    const now = Date.now();
    const nano = (milliseconds: number) => `${milliseconds}000000`;
    const point = {
        startTimeUnixNano: nano(now - 60_000),
        timeUnixNano: nano(now),
        attributes: attributes({ verify_run: run }),
        count: "1",
        sum: 0.02,
        explicitBounds: [0.01, 0.1, 1],
        bucketCounts: ["0", "1", "0", "0"],
        exemplars: [{ timeUnixNano: nano(now), traceId, spanId, asDouble: 0.02 }],
    };
    const metric = {
        name: "verify.duration",
        unit: "s",
        histogram: { aggregationTemporality: 2, dataPoints: [point] },
    };
    const resource = { attributes: attributes({ "service.name": service, "k8s.namespace.name": testNamespace }) };
    return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] };
}

function attributes(map: Attributes): object[] {
    return Object.entries(map).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

/** Half a second of CPU time in one function, under the label that ties it to a span. */
function cpuProfile(spanId: string): Buffer {
    const strings = new StringTable();
    const text = (value: string) => strings.dedup(value);
    const cpu = new ValueType({ type: text("cpu"), unit: text("nanoseconds") });
    const sample = new Sample({
        locationId: [1],
        value: [1, 500_000_000],
        label: [{ key: text("span_id"), str: text(spanId) }],
    });
    const profile = new Profile({
        sampleType: [new ValueType({ type: text("samples"), unit: text("count") }), cpu],
        sample: [sample],
        location: [new Location({ id: 1, line: [new Line({ functionId: 1, line: 1 })] })],
        function: [new PprofFunction({ id: 1, name: text("verify"), filename: text("verify.ts") })],
        timeNanos: BigInt(Date.now()) * 1_000_000n,
        durationNanos: 10_000_000_000n,
        periodType: cpu,
        period: 10_000_000,
        stringTable: strings,
    });
    return gzipSync(profile.encode());
}
