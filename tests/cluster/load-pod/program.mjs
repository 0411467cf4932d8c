// Stands for an application with a Dapr sidecar, the SDKs of OpenTelemetry and Pyroscope, and a log on standard output. It sends as exporters do:
// it retries a batch without changing it, and counts the batch when it is accepted. Only built-in modules, because no packages are installed.
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import process from "node:process";
import { setInterval } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { URL } from "node:url";

const endpoints = JSON.parse(process.env.ENDPOINTS);
const tenant = process.env.TENANT === undefined ? {} : { "x-scope-orgid": process.env.TENANT };
const retrySeconds = 600;
const profileEverySeconds = 10;

/** The counts of each service. */
const services = new Map();
let current;

function start(service, perSecond) {
    const zero = { zipkin: 0, traces: 0, logs: 0, samples: 0, profiles: 0, lines: 0 };
    current = { service, perSecond, second: 0, accepted: zero, pending: 0, rejected: [], retries: 0 };
    services.set(service, current);
}

function sendSecond() {
    if (current === undefined) {
        return;
    }
    const { service, perSecond, accepted } = current;
    const second = current.second++;
    const items = Array.from({ length: perSecond }, (_, index) => second * perSecond + index);
    const now = Date.now();
    const otlp = (path) => `${endpoints.otlpHttp}${path}`;
    deliver(current, "zipkin", endpoints.zipkin, zipkinSpans(service, items, now), perSecond);
    deliver(current, "traces", otlp("/v1/traces"), otlpSpans(service, items, now), perSecond);
    deliver(current, "logs", otlp("/v1/logs"), otlpLogs(service, items, now), perSecond);
    deliver(current, "samples", otlp("/v1/metrics"), otlpSamples(service, items.length, now), perSecond);
    if (second % profileEverySeconds === 0) {
        deliver(current, "profiles", profileUrl(service, second, now), "main;work 10\n", 1);
    }
    process.stdout.write(items.map((item) => `line ${item} of ${service}.\n`).join(""));
    accepted.lines += perSecond;
}

/** Sends a batch until it is accepted. */
async function deliver(run, signal, url, body, count) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    // Only profiles do not pass through the collector and Alloy, which set the tenant.
    const headers =
        typeof body === "string" ? { "content-type": "text/plain", ...tenant } : { "content-type": "application/json" };
    const end = Date.now() + retrySeconds * 1000;
    run.pending++;
    for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 5000)) {
        const failure = await attempt(url, headers, text);
        if (failure === undefined) {
            run.accepted[signal] += count;
            break;
        }
        if (!failure.retry || Date.now() > end) {
            run.rejected.push(`${signal}: ${failure.reason}`);
            break;
        }
        run.retries++;
        await setTimeout(pauseMs * (0.5 + Math.random()));
    }
    run.pending--;
}

/** Returns undefined if the batch was accepted. */
async function attempt(url, headers, body) {
    try {
        const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) });
        const text = await response.text();
        return response.ok
            ? undefined
            : { retry: [429, 502, 503, 504].includes(response.status), reason: `${response.status} ${text}` };
    } catch (error) {
        return { retry: true, reason: String(error.cause ?? error) };
    }
}

const id = (bytes) => randomBytes(bytes).toString("hex");
// A different nanosecond for each item, so that Loki does not drop equal entries.
const nano = (milliseconds, index = 0) => `${milliseconds}${String(index).padStart(6, "0")}`;
const resource = (service) => ({ attributes: [{ key: "service.name", value: { stringValue: service } }] });

function zipkinSpans(service, items, now) {
    return items.map(() => ({
        traceId: id(16),
        id: id(8),
        kind: "SERVER",
        name: "call", // a name for each span would exceed the series limit of span metrics
        timestamp: now * 1000,
        duration: 20_000,
        localEndpoint: { serviceName: `${service}-sidecar` },
    }));
}

function otlpSpans(service, items, now) {
    const spans = items.map(() => ({
        traceId: id(16),
        spanId: id(8),
        kind: 2,
        name: "call", // a name for each span would exceed the series limit of span metrics
        startTimeUnixNano: nano(now - 20),
        endTimeUnixNano: nano(now),
    }));
    return { resourceSpans: [{ resource: resource(service), scopeSpans: [{ spans }] }] };
}

function otlpLogs(service, items, now) {
    const logRecords = items.map((item, index) => ({
        timeUnixNano: nano(now, index),
        severityText: "INFO",
        body: { stringValue: `record ${item} of ${service}.` },
    }));
    return { resourceLogs: [{ resource: resource(service), scopeLogs: [{ logRecords }] }] };
}

/** One sample of each series. */
function otlpSamples(service, series, now) {
    const dataPoints = Array.from({ length: series }, (_, index) => ({
        startTimeUnixNano: nano(now - 3_600_000),
        timeUnixNano: nano(now),
        asInt: String(Math.floor(now / 1000)),
        attributes: [{ key: "series", value: { stringValue: String(index) } }],
    }));
    const metrics = [{ name: "load.calls", sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints } }];
    return { resourceMetrics: [{ resource: resource(service), scopeMetrics: [{ metrics }] }] };
}

/** The label `push` identifies a profile, because Pyroscope does not drop equal profiles. */
function profileUrl(service, push, now) {
    const url = new URL("/ingest", endpoints.pyroscope);
    const until = Math.floor(now / 1000);
    const query = { name: `${service}{push=${push}}`, from: until - 10, until, format: "folded", sampleRate: 100 };
    Object.entries(query).forEach(([key, value]) => url.searchParams.set(key, value));
    return url;
}

createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://load");
    if (pathname === "/start") {
        start(searchParams.get("service"), Number(searchParams.get("perSecond")));
    } else if (pathname === "/stop") {
        current = undefined;
    }
    const stats = services.get(searchParams.get("service"));
    response.end(Buffer.from(JSON.stringify(stats ?? {})));
}).listen(8080);

process.on("SIGTERM", () => process.exit(0));
setInterval(sendSecond, 1000);
