/** A span as far as links look at it. */
export interface Span {
    traceId: string;
    spanId: string;
    name: string;
    startMs: number;
    endMs: number;
    resource: Record<string, string>;
    attributes: Record<string, string>;
}

/** The query that Grafana would run when somebody clicks on a link. */
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

// What Grafana takes where a link names no tags.
const defaultTags: Tag[] = ["cluster", "hostname", "namespace", "pod", "service.name", "service.namespace"].map(
    withDot,
);
const defaultProfileTags: Tag[] = ["service.name", "service.namespace"].map(withDot);

function withDot(key: string): Tag {
    return key.includes(".") ? { key, value: key.replace(".", "_") } : { key };
}

/** @throws Error where Grafana would show no link. */
export function traceToLogs(link: TraceToLogs, span: Span): LinkQuery {
    const tags = tagsOf(link.tags, defaultTags, span);
    if (!link.customQuery && tags === "") {
        throw new Error("the span has none of the tags that the link asks for");
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

/** @returns a query for each that the link has, with its name. @throws Error where Grafana would show no link. */
export function traceToMetrics(
    link: TraceToMetrics,
    span: Span,
    rateInterval: string,
): (LinkQuery & { name: string })[] {
    const tags = tagsOf(link.tags, defaultTags, span);
    const fallback = `histogram_quantile(0.5, sum(rate(traces_spanmetrics_latency_bucket{service="${span.resource["service.name"]}"}[5m])) by (le))`;
    return (link.queries ?? []).map(({ name, query }) => ({
        name: name ?? "without a name",
        dataSourceUid: uidOf(link),
        query: substitute(query === undefined || query === "" ? fallback : query, {
            ...spanVariables(span, tags),
            __rate_interval: rateInterval,
        }),
        fromMs: span.startMs + shiftMs(link.spanStartTimeShift, -120_000),
        toMs: span.endMs + shiftMs(link.spanEndTimeShift, 120_000),
    }));
}

/** @throws Error where Grafana would show no link. */
export function traceToProfiles(link: TraceToProfiles, span: Span): LinkQuery & { profileTypeId: string } {
    const tags = tagsOf(link.tags, defaultProfileTags, span);
    return {
        dataSourceUid: uidOf(link),
        query: substitute(link.customQuery && link.query ? link.query : "{${__tags}}", spanVariables(span, tags)),
        profileTypeId: link.profileTypeId ?? "",
        // Grafana looks a minute around the span, as profiles are sent every few seconds.
        fromMs: span.startMs - 60_000,
        toMs: span.endMs + 60_000,
    };
}

/** What a derived field makes of a log line: the text that its link looks up. Undefined where it shows no link. */
export function derivedValue(field: DerivedField, labels: Record<string, string>, line: string): string | undefined {
    const pattern = new RegExp(field.matcherRegex);
    const label = Object.keys(labels).find((name) => pattern.test(name));
    const raw = field.matcherType === "label" ? label !== undefined && labels[label] : pattern.exec(line)?.[1];
    return raw ? substitute(field.url ?? "", { "__value.raw": raw }) : undefined;
}

/** The trace that an exemplar leads to, and the data source that has it. Undefined where no destination knows its labels. */
export function exemplarTrace(
    destinations: ExemplarDestination[],
    labels: Record<string, string>,
): { dataSourceUid: string; traceId: string } | undefined {
    const destination = destinations.find(({ name }) => labels[name] !== undefined);
    return destination && { dataSourceUid: uidOf(destination), traceId: labels[destination.name] ?? "" };
}

/** A query that a data source offers beside the fields of its results. */
export interface Correlation {
    targetUID: string;
    config: { field: string; target: { query?: string } };
}

/** @param fields what a row of the results has. @throws Error where Grafana would show no link. */
export function correlationQuery({ config }: Correlation, fields: Record<string, string>): string {
    const value = fields[config.field];
    if (value === undefined) {
        throw new Error(`results have no field ${config.field}; they have ${Object.keys(fields).join(", ")}`);
    }
    return substitute(config.target.query ?? "", { ...fields, "__value.raw": value });
}

/** What Grafana takes for $__rate_interval in a query over an hour or less. @param timeInterval of the data source. */
export function rateInterval(timeInterval = "15s"): string {
    return `${(4 * shiftMs(timeInterval, 15_000)) / 1000}s`;
}

/** @throws Error that names a variable that has no value: Grafana would show no link, or one that finds nothing. */
export function substitute(text: string, values: Record<string, string>): string {
    return text.replace(/\$\{([^}:]+)(?::[^}]*)?\}|\$(\w+)/g, (_, braced?: string, plain?: string) => {
        // ${__span.tags["service.name"]} is another way to write a path.
        const name = (braced ?? plain ?? "").replace(/\[["'](.+)["']\]$/, ".$1");
        const value = values[name];
        if (value === undefined) {
            throw new Error(`the link uses \${${name}}, which has no value here`);
        }
        return value;
    });
}

function uidOf({ datasourceUid }: { datasourceUid?: string }): string {
    if (datasourceUid === undefined || datasourceUid === "") {
        throw new Error("the link names no data source");
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

/** `service_name="shop", namespace="eu"`: those of the tags that the span has, under the names that the other store knows. */
function tagsOf(tags: Tag[] | undefined, defaults: Tag[], { resource, attributes }: Span): string {
    const wanted = tags && tags.length > 0 ? tags : defaults;
    return [...Object.entries(resource), ...Object.entries(attributes)]
        .flatMap(([key, value]) => {
            const tag = wanted.find((candidate) => candidate.key === key);
            return tag === undefined ? [] : `${tag.value || tag.key}="${value}"`;
        })
        .join(", ");
}

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of "-5m" and the like. */
function shiftMs(shift: string | undefined, otherwise: number): number {
    const [, number, unit] = /^(-?\d+)(ms|s|m|h|d)$/.exec(shift ?? "") ?? [];
    return number === undefined ? otherwise : Number(number) * (units[unit ?? ""] ?? 0);
}
