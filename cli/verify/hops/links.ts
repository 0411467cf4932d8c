import { contract } from "../../../components/contract";
import { type Context, kubectl } from "../context";
import type { DataSource } from "../grafana";
import {
    type Correlation,
    correlationQuery,
    type DerivedField,
    derivedValue,
    type ExemplarDestination,
    exemplarTrace,
    type LinkQuery,
    rateInterval,
    type Span,
    substitute,
    traceToLogs,
    traceToMetrics,
    traceToProfiles,
} from "../links";
import { Fault, type Hop } from "../run";
import { profileIdAttribute } from "../signals";
import {
    findTrace,
    profileTotal,
    queryExemplars,
    queryLogs,
    queryMetrics,
    queryMetricsOver,
    type Reader,
    Refused,
    searchTraces,
} from "../stores";
import { dataSourceUids } from "../../../dashboards/lib/data-sources";

const { tempo, loki, mimir, pyroscope } = dataSourceUids;

/** For links to what has been found already, without them. */
const patienceSeconds = 10;

/** Each link that Grafana's data sources define leads where it should: its query, filled in as Grafana would, finds what was sent. */
export function linkHops(context: Context): Hop[] {
    return [
        ...fromTrace(context),
        ...fromLog(context),
        ...fromExemplar(context),
        ...serviceGraph(context),
        fromProfile(context),
    ];
}

function link(
    context: Context,
    id: string,
    title: string,
    source: string,
    hop: Pick<Hop, "after" | "since" | "check" | "patienceSeconds">,
): Hop {
    return {
        id: `link-${id}`,
        title,
        ...hop,
        cause: `the link in the data source ${source} asks for a label, a metric or a time that the other store does not have`,
        command: kubectl(context.stack, `get configmap ${contract.grafana.service} --output yaml`),
    };
}

function fromTrace(context: Context): Hop[] {
    const { grafana, signals } = context;
    const span = async (): Promise<Span> => {
        const spans = await findTrace(grafana.through(tempo), signals.http.traceId);
        return spans.find(({ spanId }) => spanId === signals.http.spanId) as Span;
    };
    return [
        link(context, "trace-logs", "trace → logs", tempo, {
            after: ["read-tempo", "read-loki"],
            since: "send-log",
            patienceSeconds,
            check: async () => {
                const options = part(await grafana.dataSource(tempo), "tracesToLogsV2");
                const query = shown(traceToLogs, options, await span());
                const lines = await run(context, query, (reader) =>
                    queryLogs(reader, query.query, query.fromMs, query.toMs),
                );
                if (!lines.some(({ line }) => line.includes(signals.run))) {
                    throw new Error(`${query.query} does not find the line`);
                }
            },
        }),
        link(context, "trace-metrics", "trace → metrics", tempo, {
            after: ["read-tempo", "read-mimir", "span-metrics"],
            since: "send-http",
            check: async () => {
                const options = part(await grafana.dataSource(tempo), "tracesToMetrics");
                const interval = await rateIntervalOf(context, options.datasourceUid);
                const queries = shown(
                    (given: any, from: Span) => traceToMetrics(given, from, interval),
                    options,
                    await span(),
                );
                if (queries.length === 0) {
                    throw new Fault("the link has no queries");
                }
                for (const query of queries) {
                    const series = await run(context, query, (reader) =>
                        queryMetricsOver(reader, query.query, query.fromMs, query.toMs),
                    );
                    if (series.length === 0) {
                        throw new Error(`"${query.name}" finds nothing: ${query.query}`);
                    }
                }
                return queries.map(({ name }) => name).join(", ");
            },
        }),
        link(context, "trace-profiles", "trace → profiles", tempo, {
            after: ["read-tempo", "read-pyroscope"],
            since: "send-profile",
            patienceSeconds,
            check: async () => {
                const options = part(await grafana.dataSource(tempo), "tracesToProfiles");
                const from = await span();
                const query = shown(traceToProfiles, options, from);
                const spanId = from.attributes[profileIdAttribute] ?? "";
                const total = await run(context, query, (reader) =>
                    profileTotal(reader, query.profileTypeId, query.query, [spanId], query.fromMs, query.toMs),
                );
                if (total === 0) {
                    throw new Error(`${query.query} has no ${query.profileTypeId} of span ${spanId}`);
                }
            },
        }),
    ];
}

function fromLog(context: Context): Hop[] {
    const { grafana, signals } = context;
    const leads = (id: string, title: string, kind: string, wanted: (field: DerivedField) => boolean) =>
        link(context, id, title, loki, {
            after: ["read-loki", "read-tempo"],
            since: "send-log",
            patienceSeconds,
            check: async () => {
                const all = part(await grafana.dataSource(loki), "derivedFields") as DerivedField[];
                const fields = all.filter(wanted);
                const [line] = await queryLogs(grafana.through(loki), `{service_name="${signals.services.app}"}`);
                const matching = fields.find(
                    (field) => derivedValue(field, line?.labels ?? {}, line?.line ?? "") === signals.http.traceId,
                );
                if (matching === undefined) {
                    throw new Fault(
                        fields.length === 0
                            ? `no derived field looks at ${kind}`
                            : `no derived field that looks at ${kind} finds the trace id: ${fields.map(({ matcherRegex }) => matcherRegex).join(", ")}`,
                    );
                }
                await leadsToTrace(context, matching.datasourceUid, signals.http.traceId);
            },
        });
    return [
        leads(
            "log-trace",
            "log → trace, by structured metadata",
            "labels",
            ({ matcherType }) => matcherType === "label",
        ),
        leads(
            "line-trace",
            "log → trace, by the text of the line",
            "the line",
            ({ matcherType }) => matcherType !== "label",
        ),
    ];
}

function fromExemplar(context: Context): Hop[] {
    const { grafana, signals } = context;
    const leads = (id: string, title: string, after: string, since: string, metric: string, more: Partial<Hop> = {}) =>
        link(context, id, title, mimir, {
            after: ["read-mimir", "read-tempo", after],
            since,
            ...more,
            check: async () => {
                const destinations = part(await grafana.dataSource(mimir), "exemplarTraceIdDestinations");
                const [labels] = await queryExemplars(grafana.through(mimir), metric);
                if (labels === undefined) {
                    throw new Error(`there is no exemplar of ${metric}`);
                }
                const trace = shown(exemplarTrace, destinations, labels);
                if (trace === undefined) {
                    const known = destinations.map(({ name }: { name: string }) => name).join(", ");
                    throw new Fault(
                        `the exemplar has the labels ${Object.keys(labels).join(", ")}, and the data source makes a link of ${known}`,
                    );
                }
                await leadsToTrace(context, trace.dataSourceUid, trace.traceId);
            },
        });
    return [
        leads(
            "exemplar-trace",
            "exemplar → trace, of an application's metric",
            "stored-exemplar",
            "send-metric",
            `${signals.metric.name}_bucket{verify_run="${signals.run}"}`,
            { patienceSeconds },
        ),
        leads(
            "span-exemplar-trace",
            "exemplar → trace, of a metric made from spans",
            "span-metrics",
            "send-http",
            `traces_spanmetrics_latency_bucket{service="${signals.services.app}"}`,
        ),
    ];
}

/** What Grafana asks for a service graph, and what one may ask by clicking on an edge. They are Grafana's own queries. */
function serviceGraph(context: Context): Hop[] {
    const { grafana, signals } = context;
    const { caller, callee } = signals.services;
    const edge = `client="${caller}",server="${callee}"`;
    const all = (queries: Record<string, string>) => async () => {
        const { datasourceUid } = part(await grafana.dataSource(tempo), "serviceMap");
        const interval = await rateIntervalOf(context, datasourceUid);
        for (const [name, text] of Object.entries(queries)) {
            const query = substitute(text, { __rate_interval: interval, __range: "900s" });
            const to = { dataSourceUid: datasourceUid, query, fromMs: Date.now() - 900_000, toMs: Date.now() };
            const series = await run(context, to, (reader) =>
                name === "edges" ? queryMetrics(reader, query) : queryMetricsOver(reader, query, to.fromMs, to.toMs),
            );
            if (!series.some(({ labels }) => labels["client"] === caller && labels["server"] === callee)) {
                throw new Error(`"${name}" does not have the call: ${query}`);
            }
        }
    };
    const after = ["source-tempo", "source-mimir", "service-graph"];
    return [
        link(context, "service-graph", "service graph", tempo, {
            after,
            since: "send-zipkin",
            check: all({ edges: "sum by (client, server) (rate(traces_service_graph_request_total[$__range]))" }),
        }),
        link(context, "service-graph-metrics", "service graph → metrics", tempo, {
            after,
            since: "send-zipkin",
            check: all({
                "Request rate": `sum by (client, server)(rate(traces_service_graph_request_total{${edge}}[$__rate_interval]))`,
                "Request histogram": `histogram_quantile(0.9, sum(rate(traces_service_graph_request_server_seconds_bucket{${edge}}[$__rate_interval])) by (le, client, server))`,
                "Failed request rate": `sum by (client, server)(rate(traces_service_graph_request_failed_total{${edge}}[$__rate_interval]))`,
            }),
        }),
    ];
}

function fromProfile(context: Context): Hop {
    const { grafana, signals } = context;
    return link(context, "profile-trace", "profile → trace", pyroscope, {
        after: ["read-pyroscope", "read-tempo"],
        since: "send-profile",
        check: async () => {
            const correlation = correlationToTraces(await grafana.correlations(pyroscope));
            const query = shown(correlationQuery, correlation, { [spanField]: signals.profile.spanId });
            const found = await run(context, { dataSourceUid: tempo, query, fromMs: 0, toMs: 0 }, (reader) =>
                searchTraces(reader, query, 10),
            );
            if (!found.includes(signals.http.traceId)) {
                throw new Error(`${query} does not find the trace`);
            }
        },
    });
}

/** Where Grafana puts the span of a profile. */
const spanField = "Id";

/** @throws Fault when there is none. */
function correlationToTraces(correlations: Correlation[]): Correlation {
    const found = correlations.find(({ targetUID }) => targetUID === tempo);
    if (found === undefined) {
        throw new Fault("the data source has no correlation to traces");
    }
    return found;
}

/** @throws Fault when the data source does not define the link at all. */
function part({ uid, jsonData }: DataSource, name: string): any {
    const found: unknown = jsonData[name];
    if (found === undefined) {
        throw new Fault(`the data source ${uid} has no ${name}`);
    }
    return found;
}

/** @throws Fault where Grafana would show no link: waiting changes nothing. */
function shown<Options, From, Result>(
    fill: (options: Options, from: From) => Result,
    options: Options,
    from: From,
): Result {
    try {
        return fill(options, from);
    } catch (error) {
        throw new Fault((error as Error).message);
    }
}

/** @throws Fault when there is no such data source, or it refuses the query as malformed. */
async function run<T>(
    context: Context,
    { dataSourceUid, query }: LinkQuery,
    ask: (reader: Reader) => Promise<T>,
): Promise<T> {
    await context.grafana.dataSource(dataSourceUid);
    try {
        return await ask(context.grafana.through(dataSourceUid));
    } catch (error) {
        if (error instanceof Refused && [400, 404, 422].includes(error.status)) {
            throw new Fault(`${query}: ${error.message}`);
        }
        throw error;
    }
}

async function leadsToTrace({ grafana }: Context, dataSourceUid: string | undefined, traceId: string): Promise<void> {
    if (dataSourceUid === undefined) {
        throw new Fault("the link names no data source");
    }
    await grafana.dataSource(dataSourceUid);
    await findTrace(grafana.through(dataSourceUid), traceId);
}

async function rateIntervalOf({ grafana }: Context, dataSourceUid: string): Promise<string> {
    const { jsonData } = await grafana.dataSource(dataSourceUid);
    return rateInterval(jsonData["timeInterval"] as string | undefined);
}

/** Stands for a span that somebody clicks on, where none may be sent. */
const anySpan: Span = {
    traceId: "0".repeat(31) + "1",
    spanId: "0".repeat(15) + "1",
    name: "verify",
    startMs: Date.now() - 1_000,
    endMs: Date.now(),
    resource: { "service.name": "verify", namespace: "verify", cluster: "verify" },
    attributes: { [profileIdAttribute]: "0".repeat(15) + "1" },
};

/** Without sending: each link names a data source that exists, and a query that its store takes, whatever it finds. */
export function definedLinkHops(context: Context): Hop[] {
    const { grafana } = context;
    const defined = (id: string, title: string, source: string, others: string[], check: () => Promise<void>) =>
        link(context, id, `${title} is defined`, source, {
            after: [source, ...others].map((uid) => `source-${uid}`),
            check,
        });
    const exists = async (uid: string | undefined) => {
        await grafana.dataSource(uid ?? "");
    };
    const allExist = async (targets: { datasourceUid?: string }[]) => {
        if (targets.length === 0) {
            throw new Fault("nothing leads to a trace");
        }
        await Promise.all(targets.map(({ datasourceUid }) => exists(datasourceUid)));
    };
    return [
        defined("trace-logs", "trace → logs", tempo, [loki], async () => {
            const query = shown(traceToLogs, part(await grafana.dataSource(tempo), "tracesToLogsV2"), anySpan);
            await run(context, query, (reader) => queryLogs(reader, query.query, query.fromMs, query.toMs));
        }),
        defined("trace-metrics", "trace → metrics", tempo, [mimir], async () => {
            const options = part(await grafana.dataSource(tempo), "tracesToMetrics");
            const interval = await rateIntervalOf(context, options.datasourceUid);
            for (const query of shown(
                (given: any, from: Span) => traceToMetrics(given, from, interval),
                options,
                anySpan,
            )) {
                await run(context, query, (reader) => queryMetrics(reader, query.query));
            }
        }),
        defined("trace-profiles", "trace → profiles", tempo, [pyroscope], async () => {
            const query = shown(traceToProfiles, part(await grafana.dataSource(tempo), "tracesToProfiles"), anySpan);
            await run(context, query, (reader) =>
                profileTotal(reader, query.profileTypeId, query.query, [anySpan.spanId], query.fromMs, query.toMs),
            );
        }),
        defined("log-trace", "log → trace", loki, [tempo], async () => {
            const fields = part(await grafana.dataSource(loki), "derivedFields") as DerivedField[];
            await allExist(fields);
        }),
        defined("exemplar-trace", "exemplar → trace", mimir, [tempo], async () => {
            const found = part(await grafana.dataSource(mimir), "exemplarTraceIdDestinations") as ExemplarDestination[];
            await allExist(found);
        }),
        defined("service-graph", "service graph", tempo, [mimir], async () => {
            await exists(part(await grafana.dataSource(tempo), "serviceMap").datasourceUid);
        }),
        defined("profile-trace", "profile → trace", pyroscope, [tempo], async () => {
            const correlation = correlationToTraces(await grafana.correlations(pyroscope));
            const query = shown(correlationQuery, correlation, { [spanField]: anySpan.spanId });
            await run(context, { dataSourceUid: tempo, query, fromMs: 0, toMs: 0 }, (reader) =>
                searchTraces(reader, query, 1),
            );
        }),
    ];
}
