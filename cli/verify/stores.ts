import type { Span } from "./links";
import { type Answer, request } from "./http";

/** Reads from a store, straight or through Grafana. */
export interface Reader {
    get: (path: string, query?: Record<string, string>) => Promise<Answer>;
    post: (path: string, body: object) => Promise<Answer>;
}

/** A store said no. */
export class Refused extends Error {
    constructor(
        readonly status: number,
        body: string,
    ) {
        super(`it was answered ${status}: ${body.trim().slice(0, 300)}`);
    }
}

/** A Reader of what is below a URL. */
export function readerAt(base: () => Promise<string>, headers: Record<string, string>): Reader {
    return {
        get: async (path, query) => granted(await request(`${await base()}${path}`, { query, headers })),
        post: async (path, body) =>
            granted(
                await request(`${await base()}${path}`, {
                    method: "POST",
                    headers: { ...headers, "content-type": "application/json" },
                    body: JSON.stringify(body),
                }),
            ),
    };
}

function granted(answer: Answer): Answer {
    if (answer.status < 200 || answer.status >= 300) {
        throw new Refused(answer.status, answer.body);
    }
    return answer;
}

async function json(answer: Promise<Answer>): Promise<any> {
    const { body } = await answer;
    try {
        return JSON.parse(body);
    } catch (error) {
        throw new Error(`it answered what is not JSON: ${body.slice(0, 100)}`, { cause: error });
    }
}

/** The spans of a trace. @throws Error when Tempo does not have it. */
export async function findTrace(tempo: Reader, traceId: string): Promise<Span[]> {
    const { batches = [] } = await json(
        tempo.get(`/api/traces/${traceId}`).catch((error: unknown) => {
            throw error instanceof Refused && error.status === 404 ? new Error(`there is no trace ${traceId}`) : error;
        }),
    );
    const spans = (batches as any[]).flatMap(({ resource, scopeSpans }) =>
        (scopeSpans as any[]).flatMap((scope) => scope.spans).map((span) => spanOf(span, resource)),
    );
    if (spans.length === 0) {
        throw new Error(`there is no trace ${traceId}`);
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

const aroundMs = 15 * 60_000;

/** A quarter of an hour around now, in seconds. */
function around(): { start: string; end: string } {
    const seconds = (milliseconds: number) => String(Math.floor(milliseconds / 1000));
    return { start: seconds(Date.now() - aroundMs), end: seconds(Date.now() + aroundMs) };
}

/** Ids of the traces that TraceQL finds. */
export async function searchTraces(tempo: Reader, q: string, limit: number): Promise<string[]> {
    const { traces = [] } = await json(
        // More than one span a trace is of no interest.
        tempo.get("/api/search", { q, limit: String(limit), spss: "1", ...around() }),
    );
    // Tempo leaves out zeros at the beginning.
    return (traces as { traceID: string }[]).map(({ traceID }) => traceID.padStart(32, "0"));
}

export interface LogLine {
    /** Labels and structured metadata. */
    labels: Record<string, string>;
    line: string;
}

/** @throws Error when Loki refuses the query. */
export async function queryLogs(
    loki: Reader,
    query: string,
    fromMs = Date.now() - aroundMs,
    toMs = Date.now() + aroundMs,
): Promise<LogLine[]> {
    const answer = await json(
        loki.get("/loki/api/v1/query_range", {
            query,
            start: `${fromMs}000000`,
            end: `${toMs}000000`,
            limit: "100",
        }),
    );
    return (answer.data.result as any[]).flatMap(({ stream, values }) =>
        (values as [string, string][]).map(([, line]) => ({ labels: stream, line })),
    );
}

export interface Series {
    labels: Record<string, string>;
    /** The last value. */
    value: number;
}

/** Through Grafana's data source, whose address ends where Prometheus' API begins. @throws Error when Mimir refuses the query. */
export async function queryMetrics(mimir: Reader, query: string): Promise<Series[]> {
    const answer = await json(mimir.get("/api/v1/query", { query }));
    return (answer.data.result as any[]).map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** As a graph asks. @throws Error when Mimir refuses the query. */
export async function queryMetricsOver(mimir: Reader, query: string, fromMs: number, toMs: number): Promise<Series[]> {
    const answer = await json(
        mimir.get("/api/v1/query_range", { query, start: String(fromMs / 1000), end: String(toMs / 1000), step: "15" }),
    );
    return (answer.data.result as any[]).map(({ metric, values }) => ({
        labels: metric,
        value: Number(values.at(-1)?.[1]),
    }));
}

/** Labels of the exemplars of a metric. */
export async function queryExemplars(mimir: Reader, query: string): Promise<Record<string, string>[]> {
    const answer = await json(mimir.get("/api/v1/query_exemplars", { query, ...around() }));
    return (answer.data as any[]).flatMap(({ exemplars }) => exemplars as any[]).map(({ labels }) => labels);
}

/** A profile's sum over all functions. @param spanIds only what was measured in these spans. */
export async function profileTotal(
    pyroscope: Reader,
    profileTypeId: string,
    labelSelector: string,
    spanIds: string[] = [],
    fromMs = Date.now() - aroundMs,
    toMs = Date.now() + aroundMs,
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

/** Names of the labels that Pyroscope has: asked to see whether it answers. */
export async function profileLabels(pyroscope: Reader): Promise<string[]> {
    const range = { start: Date.now() - aroundMs, end: Date.now() };
    const { names = [] } = await json(pyroscope.post("/querier.v1.QuerierService/LabelNames", range));
    return names as string[];
}

export interface Rule {
    name: string;
    health: string;
    lastError?: string;
}

/** The groups of rules that a ruler has loaded. */
export async function loadedGroups(reader: Reader, path: string): Promise<{ name: string; rules: Rule[] }[]> {
    const answer = await json(reader.get(path));
    return answer.data.groups as { name: string; rules: Rule[] }[];
}
