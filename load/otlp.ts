/** Position in a trace, which services pass on to each other. */
export interface SpanContext {
    traceId: string;
    spanId: string;
    sampled: boolean;
}

export interface Span {
    traceId: string;
    spanId: string;
    parentSpanId?: string;
    name: string;
    kind: number;
    /** In milliseconds since 1970. */
    start: number;
    end: number;
    attributes: Attributes;
    links?: { traceId: string; spanId: string }[];
    status?: { code: number; message?: string };
}

export interface Log {
    /** In milliseconds since 1970. */
    time: number;
    severity: "INFO" | "ERROR";
    body: string;
    attributes: Attributes;
    context: SpanContext;
}

export type Attributes = Record<string, string | number>;

export const spanKinds = { server: 2, client: 3, producer: 4, consumer: 5 };
export const errorStatus = { status: { code: 2, message: "the user cannot be read" } };

const severityNumbers = { INFO: 9, ERROR: 17 };
const scope = { name: "load" };

export function newContext(traceId: string, spanId: string, sampled: boolean): SpanContext {
    return { traceId, spanId, sampled };
}

/** The header `traceparent` of W3C Trace Context. */
export function inject({ traceId, spanId, sampled }: SpanContext): string {
    return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/** @throws Error if the header is missing or not valid. */
export function extract({ traceparent = "" }: Record<string, string>): SpanContext {
    const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? [];
    if (traceId === undefined || spanId === undefined) {
        throw new Error(`traceparent is "${traceparent}"; it must have the form of W3C Trace Context`);
    }
    return { traceId, spanId, sampled: (parseInt(flags as string, 16) & 1) === 1 };
}

/** Spans in OTLP. @param id converts an ID: for JSON over HTTP it stays hexadecimal, for gRPC it becomes Base64. */
export function traces(
    resource: Attributes,
    spans: Span[],
    id: (digits: string) => string = (digits) => digits,
): object {
    return {
        resourceSpans: [
            {
                resource: { attributes: keyValues(resource) },
                scopeSpans: [
                    {
                        scope,
                        spans: spans.map(({ traceId, spanId, parentSpanId, links = [], start, end, ...span }) => ({
                            ...span,
                            traceId: id(traceId),
                            spanId: id(spanId),
                            ...(parentSpanId !== undefined && { parentSpanId: id(parentSpanId) }),
                            links: links.map((link) => ({ traceId: id(link.traceId), spanId: id(link.spanId) })),
                            startTimeUnixNano: nano(start),
                            endTimeUnixNano: nano(end),
                            attributes: keyValues(span.attributes),
                            status: span.status ?? {},
                            flags: 1,
                        })),
                    },
                ],
            },
        ],
    };
}

/** Log records in OTLP. */
export function logs(records: { resource: Attributes; logs: Log[] }[]): object {
    return {
        resourceLogs: records.map((record) => ({
            resource: { attributes: keyValues(record.resource) },
            scopeLogs: [
                {
                    scope,
                    logRecords: record.logs.map(({ time, severity, body, attributes, context }) => ({
                        timeUnixNano: nano(time),
                        severityText: severity,
                        severityNumber: severityNumbers[severity],
                        body: { stringValue: body },
                        attributes: keyValues(attributes),
                        traceId: context.traceId,
                        spanId: context.spanId,
                        flags: context.sampled ? 1 : 0,
                    })),
                },
            ],
        })),
    };
}

export interface Histogram {
    attributes: Attributes;
    count: number;
    sum: number;
    bucketCounts: number[];
    exemplars: { seconds: number; traceId: string; spanId: string }[];
}

/** The histogram `http.server.request.duration` of each service in OTLP, cumulative since `start`. */
export function durations(
    services: { resource: Attributes; histograms: Histogram[] }[],
    bounds: number[],
    start: number,
    now: number,
): object {
    return {
        resourceMetrics: services.map(({ resource, histograms }) => ({
            resource: { attributes: keyValues(resource) },
            scopeMetrics: [
                {
                    scope,
                    metrics: [
                        {
                            name: "http.server.request.duration",
                            unit: "s",
                            histogram: {
                                aggregationTemporality: 2,
                                dataPoints: histograms.map(({ attributes, count, sum, bucketCounts, exemplars }) => ({
                                    attributes: keyValues(attributes),
                                    startTimeUnixNano: nano(start),
                                    timeUnixNano: nano(now),
                                    count: String(count),
                                    sum,
                                    explicitBounds: bounds,
                                    bucketCounts: bucketCounts.map(String),
                                    exemplars: exemplars.map(({ seconds, traceId, spanId }) => ({
                                        timeUnixNano: nano(now),
                                        asDouble: seconds,
                                        traceId,
                                        spanId,
                                    })),
                                })),
                            },
                        },
                    ],
                },
            ],
        })),
    };
}

function keyValues(attributes: Attributes): object[] {
    return Object.entries(attributes).map(([key, value]) => ({
        key,
        value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
    }));
}

/** Milliseconds since 1970 as nanoseconds. A number has not enough digits for them. */
function nano(milliseconds: number): string {
    return `${Math.round(milliseconds * 1000)}000`;
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Hexadecimal digits as Base64, the form of bytes in the JSON that k6 sends over gRPC. */
export function base64(digits: string): string {
    const bits = digits.replace(/./g, (digit) => parseInt(digit, 16).toString(2).padStart(4, "0"));
    const encoded = (bits.match(/.{1,6}/g) ?? []).map((six) => base64Digits[parseInt(six.padEnd(6, "0"), 2)]).join("");
    return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, "=");
}
