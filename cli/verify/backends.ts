import type { Span } from "./links";
import { request, type HttpResponse } from "./http";

/** The query API of a backend, either directly or through a Grafana data source. */
export interface Backend {
    get: (path: string, query?: Record<string, string>) => Promise<HttpResponse>;
    post: (path: string, body: object) => Promise<HttpResponse>;
}

/** A response with a status other than 2xx. */
export class HttpStatusError extends Error {
    constructor(
        readonly status: number,
        body: string,
    ) {
        super(`the response has status ${status}: ${body.trim().slice(0, 300)}`);
    }
}

export function backendAt(baseUrl: () => Promise<string>, headers: Record<string, string>): Backend {
    return {
        get: async (path, query) => requireSuccess(await request(`${await baseUrl()}${path}`, { query, headers })),
        post: async (path, body) =>
            requireSuccess(
                await request(`${await baseUrl()}${path}`, {
                    method: "POST",
                    headers: { ...headers, "content-type": "application/json" },
                    body: JSON.stringify(body),
                }),
            ),
    };
}

function requireSuccess(response: HttpResponse): HttpResponse {
    if (response.status < 200 || response.status >= 300) {
        throw new HttpStatusError(response.status, response.body);
    }
    return response;
}

async function json(response: Promise<HttpResponse>): Promise<any> {
    const { body } = await response;
    try {
        return JSON.parse(body);
    } catch (error) {
        throw new Error(`the response is not JSON: ${body.slice(0, 100)}`, { cause: error });
    }
}

/** Returns the spans of a trace. @throws Error if Tempo does not have the trace. */
export async function findTrace(tempo: Backend, traceId: string): Promise<Span[]> {
    const { batches = [] } = await json(
        tempo.get(`/api/traces/${traceId}`).catch((error: unknown) => {
            throw error instanceof HttpStatusError && error.status === 404
                ? new Error(`trace ${traceId} does not exist`)
                : error;
        }),
    );
    const spans = (batches as any[]).flatMap(({ resource, scopeSpans }) =>
        (scopeSpans as any[]).flatMap((scope) => scope.spans).map((span) => spanOf(span, resource)),
    );
    if (spans.length === 0) {
        throw new Error(`trace ${traceId} does not exist`);
    }
    return spans;
}

function spanOf(span: any, resource: any): Span {
    return {
        traceId: Buffer.from(span.traceId, "base64").toString("hex"),
        spanId: Buffer.from(span.spanId, "base64").toString("hex"),
        name: span.name,
        startMs: Math.floor(Number(span.startTimeUnixNano) / 1e6),
        endMs: Math.floor(Number(span.endTimeUnixNano) / 1e6),
        resource: attributes(resource?.attributes),
        attributes: attributes(span.attributes),
    };
}

function attributes(list: { key: string; value: Record<string, unknown> }[] = []): Record<string, string> {
    return Object.fromEntries(list.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}

const marginMs = 15 * 60_000;

/** A time range to 15 minutes in the future, in seconds since 1970. */
function rangeSince(fromMs = Date.now() - marginMs): { start: string; end: string } {
    const seconds = (milliseconds: number) => String(Math.floor(milliseconds / 1000));
    return { start: seconds(fromMs), end: seconds(Date.now() + marginMs) };
}

/** Returns the IDs of the traces that a TraceQL query finds. @param fromMs start of the time range. Default: 15 minutes ago. */
export async function searchTraces(tempo: Backend, q: string, limit: number, fromMs?: number): Promise<string[]> {
    const { traces = [] } = await json(
        // One span for each trace is enough.
        tempo.get("/api/search", { q, limit: String(limit), spss: "1", ...rangeSince(fromMs) }),
    );
    // Tempo omits leading zeros.
    return (traces as { traceID: string }[]).map(({ traceID }) => traceID.padStart(32, "0"));
}

export interface LogLine {
    /** Labels and structured metadata. */
    labels: Record<string, string>;
    line: string;
}

/** @throws Error if Loki rejects the query. */
export async function queryLogs(
    loki: Backend,
    query: string,
    fromMs = Date.now() - marginMs,
    toMs = Date.now() + marginMs,
): Promise<LogLine[]> {
    const response = await json(
        loki.get("/loki/api/v1/query_range", {
            query,
            start: `${fromMs}000000`,
            end: `${toMs}000000`,
            limit: "100",
        }),
    );
    return (response.data.result as any[]).flatMap(({ stream, values }) =>
        (values as [string, string][]).map(([, line]) => ({ labels: stream, line })),
    );
}

export interface Series {
    labels: Record<string, string>;
    /** The most recent value. */
    value: number;
}

/** Runs an instant query. @throws Error if Mimir rejects the query. */
export async function queryMetrics(mimir: Backend, query: string): Promise<Series[]> {
    const response = await json(mimir.get("/api/v1/query", { query }));
    return (response.data.result as any[]).map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** Runs a range query, as a graph does. @throws Error if Mimir rejects the query. */
export async function queryMetricRange(mimir: Backend, query: string, fromMs: number, toMs: number): Promise<Series[]> {
    const response = await json(
        mimir.get("/api/v1/query_range", { query, start: String(fromMs / 1000), end: String(toMs / 1000), step: "15" }),
    );
    return (response.data.result as any[]).map(({ metric, values }) => ({
        labels: metric,
        value: Number(values.at(-1)?.[1]),
    }));
}

/** Returns the labels of each exemplar of a metric. */
export async function queryExemplars(mimir: Backend, query: string): Promise<Record<string, string>[]> {
    const response = await json(mimir.get("/api/v1/query_exemplars", { query, ...rangeSince() }));
    return (response.data as any[]).flatMap(({ exemplars }) => exemplars as any[]).map(({ labels }) => labels);
}

/** Returns the sum of a profile over all functions. @param spanIds restricts the profile to these spans. */
export async function profileTotal(
    pyroscope: Backend,
    profileTypeId: string,
    labelSelector: string,
    spanIds: string[] = [],
    fromMs = Date.now() - marginMs,
    toMs = Date.now() + marginMs,
): Promise<number> {
    const route = spanIds.length > 0 ? "SelectMergeSpanProfile" : "SelectMergeStacktraces";
    const { flamegraph } = await json(
        pyroscope.post(`/querier.v1.QuerierService/${route}`, {
            profileTypeID: profileTypeId,
            labelSelector,
            start: fromMs,
            end: toMs,
            ...(spanIds.length > 0 && { spanSelector: spanIds }),
        }),
    );
    return Number(flamegraph?.total ?? 0);
}

/** Returns the label names that Pyroscope knows. */
export async function profileLabels(pyroscope: Backend): Promise<string[]> {
    const range = { start: Date.now() - marginMs, end: Date.now() };
    const { names = [] } = await json(pyroscope.post("/querier.v1.QuerierService/LabelNames", range));
    return names as string[];
}

export interface Rule {
    name: string;
    health: string;
    lastError?: string;
}

/** Returns the rules of groups. @throws Error if the evaluation of a rule fails. The message names each. */
export function evaluatedRules(groups: { rules: Rule[] }[]): Rule[] {
    const rules = groups.flatMap((group) => group.rules);
    const failing = rules.filter(({ health }) => health === "err");
    if (failing.length > 0) {
        throw new Error(failing.map(({ name, lastError }) => `${name}: ${lastError}`).join("; "));
    }
    return rules;
}

/** Returns the rule groups that a ruler has loaded. */
export async function loadedRuleGroups(backend: Backend, path: string): Promise<{ name: string; rules: Rule[] }[]> {
    const response = await json(backend.get(path));
    return response.data.groups as { name: string; rules: Rule[] }[];
}
