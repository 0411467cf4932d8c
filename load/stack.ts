import http, { type RefinedResponse } from "k6/http";
import type { Reported, Requests } from "./compare.ts";
import type { Config } from "./config.ts";
import { edges, nameOf, rootSpan } from "./shop.ts";

/** The counters of span metrics, which continue over runs. The values before a run are subtracted from those after it. */
export interface SpanCounters {
    fromSpans: Requests;
    edges: Record<string, number>;
}

type Series = { labels: Record<string, string>; value: number }[];

/** Reads what a stack reports, from the APIs of Tempo, Loki and Mimir. */
export class Stack {
    private readonly frontend: string;

    constructor(private readonly config: Config) {
        this.frontend = nameOf(config, "frontend");
    }

    spanCounters(): SpanCounters {
        const { cluster } = this.config;
        const root = `service="${this.frontend}",span_name="${rootSpan}",cluster="${cluster}"`;
        const graph = this.metric(
            `sum by (client, server) (traces_service_graph_request_total{client=~"${this.config.namespace}-.*",cluster="${cluster}"})`,
        );
        const shortName = (name = "") => name.replace(`${this.config.namespace}-`, "");
        return {
            fromSpans: {
                count: this.number(`sum(traces_spanmetrics_calls_total{${root}})`),
                errors: this.number(`sum(traces_spanmetrics_calls_total{${root},status_code="STATUS_CODE_ERROR"})`),
                buckets: this.buckets(`sum by (le) (traces_spanmetrics_latency_bucket{${root}})`),
            },
            edges: Object.fromEntries(
                graph.map(({ labels, value }) => [
                    `${shortName(labels["client"])} ${shortName(labels["server"])}`,
                    value,
                ]),
            ),
        };
    }

    /** @param started start of the run, in milliseconds since 1970. */
    reported(run: string, started: number, before: SpanCounters): Reported {
        const range = `[${Math.ceil((Date.now() - started) / 1000)}s]`;
        const metric = "http_server_request_duration_seconds";
        const own = `service_name="${this.frontend}",cluster="${this.config.cluster}"`;
        const total = (selector: string) => `sum(max_over_time(${selector}${range}))`;
        const { traces, spans } = this.search(`{ span.load.run = "${run}" }`, started);
        const zipkin = this.search(`{ span.load.run = "${run}" && span.dapr.api != nil }`, started);
        const after = this.spanCounters();
        return {
            traces,
            spans,
            zipkinSpans: zipkin.spans,
            logs: this.logs(run, range),
            samples: this.number(
                `sum(count_over_time(${metric}_count{service_name=~"${this.config.namespace}-.*",cluster="${this.config.cluster}"}${range}))`,
            ),
            exemplars: this.exemplars(`${metric}_bucket{${own}}`, run, started),
            service: {
                count: this.number(total(`${metric}_count{${own}}`)),
                errors: this.number(total(`${metric}_count{${own},http_response_status_code="500"}`)),
                buckets: this.buckets(`sum by (le) (max_over_time(${metric}_bucket{${own}}${range}))`),
            },
            fromSpans: difference(before.fromSpans, after.fromSpans),
            edges: Object.fromEntries(
                edges
                    .map(([client, server]) => `${client} ${server}`)
                    .map((edge) => [edge, (after.edges[edge] ?? 0) - (before.edges[edge] ?? 0)]),
            ),
            iterations: this.number(
                total(`k6_iterations_total{namespace="${this.config.namespace}",cluster="${this.config.cluster}"}`),
            ),
        };
    }

    /** Counts traces and spans. */
    private search(q: string, started: number): { traces: number; spans: number } {
        const { searchLimit: limit, urls } = this.config;
        const query = { q, limit, spss: 1, ...this.range(started) };
        const { traces = [] } = (this.get(`${urls.tempo}/api/search`, query) ?? {}) as { traces?: Found[] };
        return {
            traces: traces.length,
            spans: traces.reduce((total, { spanSets = [] }) => total + (spanSets[0]?.matched ?? 0), 0),
        };
    }

    private logs(run: string, range: string): number {
        const selector = `{service_name=~"${this.config.namespace}-.*",cluster="${this.config.cluster}"}`;
        const query = `sum(count_over_time(${selector} | load_run="${run}" | trace_id!="" ${range}))`;
        return valueOf(seriesOf(this.get(`${this.config.urls.loki}/loki/api/v1/query`, { query })));
    }

    private exemplars(query: string, run: string, started: number): number {
        const url = `${this.config.urls.mimir}/prometheus/api/v1/query_exemplars`;
        const { data } = (this.get(url, { query, ...this.range(started) }) ?? {}) as { data?: Exemplars[] | null };
        return (data ?? [])
            .flatMap(({ exemplars }) => exemplars)
            .filter(({ labels }) => (labels["trace_id"] ?? labels["traceID"] ?? "").startsWith(run)).length;
    }

    private metric(query: string): Series {
        return seriesOf(this.get(`${this.config.urls.mimir}/prometheus/api/v1/query`, { query }));
    }

    private number(query: string): number {
        return valueOf(this.metric(query));
    }

    private buckets(query: string): Requests["buckets"] {
        return this.metric(query).map(({ labels, value }) => ({
            bound: labels["le"] === "+Inf" ? Infinity : Number(labels["le"]),
            count: value,
        }));
    }

    private range(started: number): { start: number; end: number } {
        return { start: Math.floor(started / 1000) - 60, end: Math.ceil(Date.now() / 1000) + 60 };
    }

    /** The JSON document of an API. Undefined if it does not respond; then the comparison fails. */
    private get(url: string, query: Record<string, string | number>): unknown {
        const search = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
        const { tenant } = this.config;
        const response: RefinedResponse<"text"> = http.get(`${url}?${search.join("&")}`, {
            headers: { accept: "application/json", ...(tenant !== undefined && { "X-Scope-OrgID": tenant }) },
            responseType: "text",
            // Without the query, which would be a label with many values.
            tags: { name: url },
        });
        if (response.status !== 200) {
            console.warn(`${url}: ${response.error || `status ${response.status}: ${response.body}`}`);
            return undefined;
        }
        return response.json();
    }
}

interface Found {
    spanSets?: { matched?: number }[];
}

interface Exemplars {
    exemplars: { labels: Record<string, string> }[];
}

function seriesOf(response: unknown): Series {
    const { data } = (response ?? {}) as {
        data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return (data?.result ?? []).map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

function valueOf([series]: Series): number {
    return series?.value ?? 0;
}

function difference(before: Requests, after: Requests): Requests {
    const counted = new Map(before.buckets.map(({ bound, count }) => [bound, count]));
    return {
        count: after.count - before.count,
        errors: after.errors - before.errors,
        buckets: after.buckets.map(({ bound, count }) => ({ bound, count: count - (counted.get(bound) ?? 0) })),
    };
}
