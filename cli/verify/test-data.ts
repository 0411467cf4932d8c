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

/** The namespace of all test data. Queries can exclude it. */
export const testNamespace = "verify";

/** How many traces are started to measure the sampling ratio. */
export const startedTraceCount = 1_000;

/** Span attribute that the Pyroscope SDKs set on a span with a profile. Grafana shows the link to the profile if it exists. */
export const profileIdAttribute = "pyroscope.profile.id";

/** Test data of one run. Its names are unique, so that it cannot be confused with the data of an earlier run. */
export interface TestData {
    /** Part of every name, such as "verify-3f9a2c". */
    runId: string;
    services: { app: string; caller: string; callee: string; sampled: string };
    zipkin: { traceId: string; spans: object[] };
    grpc: { traceId: string; spans: ReadableSpan[] };
    http: { traceId: string; spanId: string; spanName: string; spans: ReadableSpan[] };
    /** A line that belongs to the trace sent over HTTP. Its text also contains the trace ID. */
    log: { line: string; records: ReadableLogRecord[] };
    metric: { name: string; body: object };
    /** CPU profile of the span sent over HTTP, in the pprof format. */
    profile: { body: Buffer; spanId: string };
    /** The traces that remain after an application has applied the sampling ratio. */
    sampled: ReadableSpan[];
}

/**
 * Creates test data with the same SDKs and formats as real clients.
 *
 * @param samplingRatio the ratio of traces that applications send, from 0 to 1.
 */
export function makeTestData(samplingRatio: number): TestData {
    const runId = `verify-${randomBytes(3).toString("hex")}`;
    const services = {
        app: `${runId}-app`,
        caller: `${runId}-caller`,
        callee: `${runId}-callee`,
        sampled: `${runId}-sampled`,
    };
    const resource = resourceFromAttributes({ "service.name": services.app, "k8s.namespace.name": testNamespace });
    const grpc = makeSpans(resource, new AlwaysOnSampler(), 1, "over gRPC", {});
    const spanName = "GET /verify";
    const http = makeSpans(resource, new AlwaysOnSampler(), 1, spanName, {});
    const { traceId, spanId } = idsOf(http);
    const line = `${runId}: this line belongs to a trace, trace_id=${traceId}`;
    const sampledResource = resourceFromAttributes({
        "service.name": services.sampled,
        "k8s.namespace.name": testNamespace,
    });
    const sampler = new TraceIdRatioBasedSampler(samplingRatio);
    return {
        runId,
        services,
        zipkin: zipkinCall(services.caller, services.callee),
        grpc: { traceId: idsOf(grpc).traceId, spans: grpc },
        http: { traceId, spanId, spanName, spans: http },
        log: { line, records: makeLog(resource, line, http) },
        metric: { name: "verify_duration_seconds", body: histogram(services.app, runId, traceId, spanId) },
        profile: { body: cpuProfile(spanId), spanId },
        sampled: makeSpans(sampledResource, sampler, startedTraceCount, "one of many", { ok: true }),
    };
}

/** Finished spans, each in a separate trace. Their status is error unless `ok` is set, because tail sampling keeps all errors. */
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
        idGenerator: searchableIds,
        spanProcessors: [new SimpleSpanProcessor(memory)],
    }).getTracer("verify");
    const end = Date.now();
    for (let index = 0; index < count; index++) {
        const span = tracer.startSpan(name, { kind: SpanKind.SERVER, startTime: end - 20 }, ROOT_CONTEXT);
        span.setAttribute(profileIdAttribute, span.spanContext().spanId);
        if (!ok) {
            span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end(end);
    }
    return memory.getFinishedSpans();
}

const random = new RandomIdGenerator();

// Tempo 2.10 does not find a span by an ID that starts with 0.
const searchableIds = {
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

/** A call between two services, as their Dapr sidecars report it: a client span and a server span. */
function zipkinCall(caller: string, callee: string): TestData["zipkin"] {
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

/** A histogram with an exemplar of a trace, in the JSON format of OTLP. The JavaScript SDK does not send exemplars. */
function histogram(service: string, runId: string, traceId: string, spanId: string): object {
    const now = Date.now();
    const nano = (milliseconds: number) => `${milliseconds}000000`;
    const point = {
        startTimeUnixNano: nano(now - 60_000),
        timeUnixNano: nano(now),
        attributes: attributes({ verify_run: runId }),
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

/** Half a second of CPU time in one function, with the ID of a span as a label. */
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
