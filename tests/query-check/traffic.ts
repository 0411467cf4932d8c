import * as fs from "fs";
import type { Pod } from "../live/kubernetes";
import { podLogFile, podLogLine } from "../live/kubernetes";
import { collector, type Part } from "../live/parts";
import { grafanaLogin, type LiveStack } from "../live/stack";
import { get, newSpanId, newTraceId, otlpLogs, otlpSpans, post, zipkinSpans } from "../live/telemetry";
import { conventionMetrics, otlpConventions } from "./conventions";

/** The URL of a program of a live stack. */
export const urlOf = (live: LiveStack, part: Part, port: number, route: string) =>
    `http://${live.address(part)}:${port}${route}`;

/**
 * Sends valid and invalid signals and queries for some time, because programs expose many metrics only after the event that they
 * count.
 *
 * @param conventions Folder `model` of the OpenTelemetry semantic conventions, whose metrics are sent too. Default: none.
 */
export async function generateTraffic(
    live: LiveStack,
    seconds: number,
    conventions: string | undefined,
): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
        await sendSignals(live, conventions);
        await sendQueries(live);
        await new Promise((resolve) => setTimeout(resolve, 5000));
    }
}

async function sendSignals(live: LiveStack, conventions: string | undefined): Promise<void> {
    const otlp = (route: string, body: unknown, pod = 0) =>
        post(urlOf(live, collector, 4318, route), body, live.podAddress(pod));
    const traceId = newTraceId();
    const spanId = newSpanId();
    const resource = {
        "service.name": "mentor-api",
        "service.version": "1.2.3",
        "service.instance.id": "mentor-api-0",
    };
    const clientSpans = zipkinSpans("mentor-api", [{ traceId, spanId, name: "ask", kind: "client" }]);
    const databaseSpans = zipkinSpans("mentor-api", [{ traceId: newTraceId(), name: "get", kind: "client" }]);
    const tags = { "db.system": "redis", "db.name": "lessons", "peer.service": "redis" };
    for (const sent of [clientSpans, databaseSpans.map((span) => ({ ...span, tags }))]) {
        await post(urlOf(live, collector, 9411, "/api/v2/spans"), sent, live.podAddress(0));
    }
    await otlp(
        "/v1/traces",
        otlpSpans({ "service.name": "profile-api" }, [{ traceId, parentSpanId: spanId, name: "ask", error: true }]),
        1,
    );
    await otlp("/v1/logs", otlpLogs(resource, [{ body: "level=error asked", traceId, spanId }]));
    if (conventions) {
        await otlp("/v1/metrics", otlpConventions(resource, conventionMetrics(conventions)));
    }
    if (live.processes.has("lgtm-alloy-logs")) {
        const pod = {
            name: "profile-api-7d9f-abcde",
            namespace: "mathtrail",
            uid: "00000000-0000-0000-0000-000000000001",
        };
        const file = podLogFile(live.mounted("lgtm-alloy-logs", "/var/log"), pod as Pod, "app");
        fs.appendFileSync(
            file,
            podLogLine(`{"level":"error","trace_id":"${traceId}","span_id":"${spanId}","msg":"asked"}`),
        );
    }
    if (live.processes.has("pyroscope")) {
        await sendProfiles(live);
    }
    // Data that the stack rejects.
    await otlp("/v1/logs", oldLog(resource));
    const old = [{ stream: { service_name: "old" }, values: [["1000000000000000000", "too old"]] }];
    await post(urlOf(live, "loki", 3100, "/loki/api/v1/push"), { streams: old });
    await otlp("/v1/traces", "no spans").catch(() => undefined);
    const tooMany = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`label.${index}`, "x"]));
    await otlp("/v1/metrics", manyLabels(resource, tooMany));
}

function oldLog(resource: Record<string, string>): object {
    const logs = otlpLogs(resource, [{ body: "too old" }]) as any;
    logs.resourceLogs[0].scopeLogs[0].logRecords[0].timeUnixNano = "1000000000000000000";
    return logs;
}

/** Sends a profile in the format of older Pyroscope SDKs, and a profile with an invalid time range. */
async function sendProfiles(live: LiveStack): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    for (const [from, until] of [
        [now - 10, now],
        [now, 0],
    ]) {
        const query = new URLSearchParams({
            name: 'process_cpu{service_name="mentor-api",namespace="mathtrail"}',
            from: String(from),
            until: String(until),
            format: "folded",
        });
        await fetch(`${urlOf(live, "pyroscope", 4040, "/ingest")}?${query.toString()}`, {
            method: "POST",
            body: "main;ask 7\n",
        });
    }
}

function manyLabels(resource: Record<string, string>, labels: Record<string, string>): object {
    return otlpConventions(resource, [
        { name: "too.many", instrument: "counter", unit: "1", attributes: Object.keys(labels) },
    ]);
}

/** Sends queries to each backend. The responses are ignored. */
async function sendQueries(live: LiveStack): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    const range = { start: String(now - 3600), end: String(now) };
    const queries: [Part, number, string, Record<string, string>][] = [
        ["loki", 3100, "/loki/api/v1/query_range", { query: '{namespace="mathtrail"}' }],
        ["loki", 3100, "/loki/api/v1/query_range", { query: 'sum(rate({namespace="mathtrail"}[5m]))' }],
        ["tempo", 3200, "/api/search", { q: "{ status = error }", ...range }],
        ["tempo", 3200, "/api/metrics/query_range", { q: "{} | rate()", ...range }],
        ["tempo", 3200, `/api/traces/${newTraceId()}`, {}],
        ["mimir", 9009, "/prometheus/api/v1/query", { query: "sum(up)" }],
        ["mimir", 9009, "/prometheus/api/v1/query_range", { query: "sum(up)", ...range, step: "30" }],
        ["mimir", 9009, "/prometheus/api/v1/query", { query: "sum(" }],
        [
            "pyroscope",
            4040,
            "/pyroscope/render",
            { query: "process_cpu:cpu:nanoseconds:cpu:nanoseconds{}", from: "now-1h" },
        ],
    ];
    for (const [part, port, route, query] of queries.filter(([part]) => live.processes.has(part))) {
        await get(urlOf(live, part, port, route), query).catch(() => undefined);
    }
    if (live.processes.has("lgtm-grafana")) {
        const authorization = `Basic ${Buffer.from(`${grafanaLogin.user}:${grafanaLogin.password}`).toString("base64")}`;
        const proxy = urlOf(live, "lgtm-grafana", 3000, "/api/datasources/proxy/uid/mimir/api/v1/query?query=1");
        await fetch(proxy, { headers: { authorization } });
        const panelQueries = [{ refId: "A", datasource: { uid: "mimir" }, expr: "up", instant: true }];
        await fetch(urlOf(live, "lgtm-grafana", 3000, "/api/ds/query"), {
            method: "POST",
            headers: { authorization, "content-type": "application/json" },
            body: JSON.stringify({ queries: panelQueries, from: "now-1h", to: "now" }),
        });
    }
}
