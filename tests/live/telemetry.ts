import { randomBytes } from "crypto";
import * as http from "http";

/** A response to an HTTP request. */
export interface HttpResponse {
    status: number;
    body: string;
}

/** Sends a POST request with JSON. @param from source address, for example that of a pod. */
export function post(url: string, body: unknown, from?: string): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
        const headers = { "content-type": "application/json" };
        const request = http.request(url, { method: "POST", headers, localAddress: from, agent }, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () =>
                resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
            );
        });
        request.on("error", reject);
        request.end(JSON.stringify(body));
    });
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

/** Closes all connections. Otherwise the test run would not end. */
export function closeConnections(): void {
    agent.destroy();
}

/** Sends a GET request and parses the JSON response. @throws Error if the status is not 2xx. */
export async function get(url: string, query: Record<string, string> = {}, tenant?: string): Promise<any> {
    const response = await fetch(`${url}?${new URLSearchParams(query).toString()}`, {
        headers: { accept: "application/json", ...(tenant && { "X-Scope-OrgID": tenant }) },
    });
    const body = await response.text();
    if (!response.ok) {
        throw new Error(`${response.status} from ${url}: ${body.slice(0, 500)}`);
    }
    return JSON.parse(body);
}

/** The values of attributes as text; JSON if a value is not a text. */
export function textsOf(attributes: { key: string; value: { stringValue?: string } }[]): Record<string, string> {
    return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? JSON.stringify(value)]));
}

export const newTraceId = () => randomBytes(16).toString("hex");
export const newSpanId = () => randomBytes(8).toString("hex");

/** Converts milliseconds to nanoseconds in the JSON format of OTLP. */
export function nano(milliseconds: number): string {
    return `${Math.round(milliseconds * 1000)}000`;
}

export interface Span {
    traceId: string;
    spanId?: string;
    parentSpanId?: string;
    name: string;
    kind?: "server" | "client";
    durationMs?: number;
    error?: boolean;
}

const kinds = { server: 2, client: 3 };

function attributes(map: Record<string, string>): object[] {
    return Object.entries(map).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** Spans of one service in the OTLP format. */
export function otlpSpans(resource: Record<string, string>, spans: Span[], secondsAgo = 0): object {
    const end = Date.now() - secondsAgo * 1000;
    return {
        resourceSpans: [
            {
                resource: { attributes: attributes(resource) },
                scopeSpans: [
                    {
                        spans: spans.map(({ durationMs = 20, kind = "server", error = false, ...span }) => ({
                            spanId: newSpanId(),
                            ...span,
                            kind: kinds[kind],
                            startTimeUnixNano: nano(end - durationMs),
                            endTimeUnixNano: nano(end),
                            status: error ? { code: 2 } : {},
                        })),
                    },
                ],
            },
        ],
    };
}

/** Spans in the Zipkin format of a Dapr sidecar. */
export function zipkinSpans(service: string, spans: Span[]): object[] {
    return spans.map(({ traceId, spanId = newSpanId(), parentSpanId, name, kind = "server", durationMs = 20 }) => ({
        traceId,
        id: spanId,
        ...(parentSpanId && { parentId: parentSpanId }),
        name,
        kind: kind.toUpperCase(),
        timestamp: (Date.now() - durationMs) * 1000,
        duration: durationMs * 1000,
        localEndpoint: { serviceName: service },
        tags: { "dapr.api": "GET /v1.0/invoke" },
    }));
}

/** Log records of one service in the OTLP format. */
export function otlpLogs(
    resource: Record<string, string>,
    lines: { body: string; timeUnixNano?: string; severityText?: string; traceId?: string; spanId?: string }[],
) {
    return {
        resourceLogs: [
            {
                resource: { attributes: attributes(resource) },
                scopeLogs: [
                    {
                        logRecords: lines.map(({ body, ...ids }) => ({
                            timeUnixNano: nano(Date.now()),
                            severityText: "INFO",
                            body: { stringValue: body },
                            ...ids,
                        })),
                    },
                ],
            },
        ],
    };
}

/** A counter and a histogram of one service in the OTLP format, each with an exemplar of a trace. */
export function otlpMetrics(resource: Record<string, string>, count: number, traceId: string): object {
    const now = Date.now();
    const point = { startTimeUnixNano: nano(now - 60_000), timeUnixNano: nano(now) };
    const exemplar = { timeUnixNano: nano(now), traceId, spanId: newSpanId(), asDouble: 0.03 };
    const counter = { ...point, asInt: String(count), exemplars: [exemplar] };
    const histogram = {
        ...point,
        count: String(count),
        sum: count * 0.03,
        explicitBounds: [0.01, 0.1],
        bucketCounts: ["0", String(count), "0"],
        exemplars: [exemplar],
    };
    return {
        resourceMetrics: [
            {
                resource: { attributes: attributes(resource) },
                scopeMetrics: [
                    {
                        metrics: [
                            {
                                name: "answers",
                                sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [counter] },
                            },
                            {
                                name: "answer.duration",
                                unit: "s",
                                histogram: { aggregationTemporality: 2, dataPoints: [histogram] },
                            },
                        ],
                    },
                ],
            },
        ],
    };
}

/** One data point for each series of a counter, in the OTLP format. @param series number of series. */
export function otlpSum(resource: Record<string, string>, name: string, series: number): object {
    const now = Date.now();
    const dataPoints = Array.from({ length: series }, (_, index) => ({
        startTimeUnixNano: nano(now - 3600_000),
        timeUnixNano: nano(now),
        asInt: String(Math.floor(now / 1000)),
        attributes: attributes({ series: String(index) }),
    }));
    const metrics = [{ name, sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints } }];
    return { resourceMetrics: [{ resource: { attributes: attributes(resource) }, scopeMetrics: [{ metrics }] }] };
}

/** Increasing series in the OTLP format, with a data point now and one some seconds ago. */
export function otlpSeries(
    series: { name: string; kind: "counter" | "gauge"; labels: Record<string, string> }[],
    seconds: number,
): object {
    const now = Date.now();
    const points = (labels: Record<string, string>) =>
        [now - seconds * 1000, now].map((time) => ({
            startTimeUnixNano: nano(now - 3600_000),
            timeUnixNano: nano(time),
            asInt: String(Math.floor(time / 1000)),
            attributes: attributes(labels),
        }));
    const metrics = series.map(({ name, kind, labels }) => ({
        name,
        ...(kind === "gauge"
            ? { gauge: { dataPoints: points(labels) } }
            : { sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: points(labels) } }),
    }));
    return { resourceMetrics: [{ resource: { attributes: [] }, scopeMetrics: [{ metrics }] }] };
}
