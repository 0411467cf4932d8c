/** The parts of a span that links use. */
export interface Span {
    traceId: string;
    spanId: string;
    name: string;
    startMs: number;
    endMs: number;
    resource: Record<string, string>;
    attributes: Record<string, string>;
}

/** The query that Grafana runs when a user clicks a link. */
export interface LinkQuery {
    dataSourceUid: string;
    query: string;
    fromMs: number;
    toMs: number;
}

interface Tag {
    key: string;
    value?: string;
}

/** `jsonData.tracesToLogsV2` of a Tempo data source. */
export interface TraceToLogs {
    datasourceUid?: string;
    tags?: Tag[];
    customQuery?: boolean;
    query?: string;
    filterByTraceID?: boolean;
    filterBySpanID?: boolean;
    spanStartTimeShift?: string;
    spanEndTimeShift?: string;
}

/** `jsonData.tracesToMetrics` of a Tempo data source. */
export interface TraceToMetrics {
    datasourceUid?: string;
    tags?: Tag[];
    queries?: { name?: string; query?: string }[];
    spanStartTimeShift?: string;
    spanEndTimeShift?: string;
}

/** `jsonData.tracesToProfiles` of a Tempo data source. */
export interface TraceToProfiles {
    datasourceUid?: string;
    tags?: Tag[];
    profileTypeId?: string;
    customQuery?: boolean;
    query?: string;
}

/** One of `jsonData.derivedFields` of a Loki data source. */
export interface DerivedField {
    name?: string;
    matcherType?: string;
    matcherRegex: string;
    url?: string;
    datasourceUid?: string;
}

/** One of `jsonData.exemplarTraceIdDestinations` of a Prometheus data source. */
export interface ExemplarDestination {
    name: string;
    datasourceUid?: string;
}

// Grafana uses these tags if a link does not define any.
const defaultTags: Tag[] = ["cluster", "hostname", "namespace", "pod", "service.name", "service.namespace"].map(
    withDot,
);
const defaultProfileTags: Tag[] = ["service.name", "service.namespace"].map(withDot);

function withDot(key: string): Tag {
    return key.includes(".") ? { key, value: key.replace(".", "_") } : { key };
}

/** @throws Error if Grafana would not show the link. */
export function traceToLogs(link: TraceToLogs, span: Span): LinkQuery {
    const tags = tagsOf(link.tags, defaultTags, span);
    if (!link.customQuery && tags === "") {
        throw new Error("the span has none of the tags that the link uses");
    }
    const contains = (name: string, variable: string) =>
        ` | label_format log_line_contains_${name}=\`{{ contains "\${${variable}}" __line__  }}\`` +
        ` | log_line_contains_${name}="true" OR ${name}="\${${variable}}"`;
    const simple =
        "{${__tags}}" +
        (link.filterByTraceID ? contains("trace_id", "__span.traceId") : "") +
        (link.filterBySpanID ? contains("span_id", "__span.spanId") : "");
    return {
        dataSourceUid: uidOf(link),
        query: substitute(link.customQuery && link.query ? link.query : simple, spanVariables(span, tags)),
        fromMs: span.startMs + shiftMs(link.spanStartTimeShift, 0),
        toMs: span.endMs + shiftMs(link.spanEndTimeShift, 0),
    };
}

/** Returns each query of the link with its name. @throws Error if Grafana would not show the link. */
export function traceToMetrics(
    link: TraceToMetrics,
    span: Span,
    rateInterval: string,
): (LinkQuery & { name: string })[] {
    const tags = tagsOf(link.tags, defaultTags, span);
    const fallback = `histogram_quantile(0.5, sum(rate(traces_spanmetrics_latency_bucket{service="${span.resource["service.name"]}"}[5m])) by (le))`;
    return (link.queries ?? []).map(({ name, query }) => ({
        name: name ?? "unnamed query",
        dataSourceUid: uidOf(link),
        query: substitute(query === undefined || query === "" ? fallback : query, {
            ...spanVariables(span, tags),
            __rate_interval: rateInterval,
        }),
        fromMs: span.startMs + shiftMs(link.spanStartTimeShift, -120_000),
        toMs: span.endMs + shiftMs(link.spanEndTimeShift, 120_000),
    }));
}

/** @throws Error if Grafana would not show the link. */
export function traceToProfiles(link: TraceToProfiles, span: Span): LinkQuery & { profileTypeId: string } {
    const tags = tagsOf(link.tags, defaultProfileTags, span);
    return {
        dataSourceUid: uidOf(link),
        query: substitute(link.customQuery && link.query ? link.query : "{${__tags}}", spanVariables(span, tags)),
        profileTypeId: link.profileTypeId ?? "",
        // Grafana extends the time range by one minute on both sides.
        fromMs: span.startMs - 60_000,
        toMs: span.endMs + 60_000,
    };
}

/** Returns the value that a derived field extracts from a log line for its link. Undefined if Grafana would not show the link. */
export function derivedValue(field: DerivedField, labels: Record<string, string>, line: string): string | undefined {
    const pattern = new RegExp(field.matcherRegex);
    const label = Object.keys(labels).find((name) => pattern.test(name));
    const raw = field.matcherType === "label" ? label !== undefined && labels[label] : pattern.exec(line)?.[1];
    return raw ? substitute(field.url ?? "", { "__value.raw": raw }) : undefined;
}

/** Returns the trace that an exemplar links to and its data source. Undefined if no destination matches a label of the exemplar. */
export function exemplarTrace(
    destinations: ExemplarDestination[],
    labels: Record<string, string>,
): { dataSourceUid: string; traceId: string } | undefined {
    const destination = destinations.find(({ name }) => labels[name] !== undefined);
    return destination && { dataSourceUid: uidOf(destination), traceId: labels[destination.name] ?? "" };
}

/** A correlation: a link from a field of the results of a data source to a query of another data source. */
export interface Correlation {
    targetUID: string;
    config: { field: string; target: { query?: string } };
}

/** @param fields a row of the results. @throws Error if Grafana would not show the link. */
export function correlationQuery({ config }: Correlation, fields: Record<string, string>): string {
    const value = fields[config.field];
    if (value === undefined) {
        throw new Error(
            `the results have no field ${config.field}; their fields are ${Object.keys(fields).join(", ")}`,
        );
    }
    return substitute(config.target.query ?? "", { ...fields, "__value.raw": value });
}

/** Returns the value of $__rate_interval for a time range of up to one hour. @param timeInterval scrape interval of the data source. */
export function rateInterval(timeInterval = "15s"): string {
    return `${(4 * shiftMs(timeInterval, 15_000)) / 1000}s`;
}

/** Replaces the variables in a query. @throws Error if a variable has no value, because Grafana would not show the link. */
export function substitute(text: string, values: Record<string, string>): string {
    return text.replace(/\$\{([^}:]+)(?::[^}]*)?\}|\$(\w+)/g, (_, braced?: string, plain?: string) => {
        // ${__span.tags["service.name"]} is the same as ${__span.tags.service.name}.
        const name = (braced ?? plain ?? "").replace(/\[["'](.+)["']\]$/, ".$1");
        const value = values[name];
        if (value === undefined) {
            throw new Error(`the link uses the variable \${${name}}, which has no value`);
        }
        return value;
    });
}

function uidOf({ datasourceUid }: { datasourceUid?: string }): string {
    if (datasourceUid === undefined || datasourceUid === "") {
        throw new Error("the link has no data source UID");
    }
    return datasourceUid;
}

function spanVariables(span: Span, tags: string): Record<string, string> {
    const all = Object.entries({ ...span.resource, ...span.attributes });
    return {
        ...Object.fromEntries(all.map(([key, value]) => [`__span.tags.${key}`, value])),
        __tags: tags,
        "__span.name": span.name,
        "__span.spanId": span.spanId,
        "__span.traceId": span.traceId,
        "__span.duration": String((span.endMs - span.startMs) * 1000),
        "__trace.traceId": span.traceId,
    };
}

/** The tags of a span as label matchers for the other data source, such as `service_name="shop", namespace="eu"`. */
function tagsOf(tags: Tag[] | undefined, defaults: Tag[], { resource, attributes }: Span): string {
    const selected = tags && tags.length > 0 ? tags : defaults;
    return [...Object.entries(resource), ...Object.entries(attributes)]
        .flatMap(([key, value]) => {
            const tag = selected.find((candidate) => candidate.key === key);
            return tag === undefined ? [] : `${tag.value || tag.key}="${value}"`;
        })
        .join(", ");
}

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Converts a duration such as "-5m" to milliseconds. */
function shiftMs(shift: string | undefined, defaultMs: number): number {
    const [, number, unit] = /^(-?\d+)(ms|s|m|h|d)$/.exec(shift ?? "") ?? [];
    return number === undefined ? defaultMs : Number(number) * (units[unit ?? ""] ?? 0);
}
