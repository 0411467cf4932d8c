import { allNamespaces, type LogLevel, logLevels } from "../../validation/log-levels";
import { redactedText } from "../../validation/redaction";
import type { HelmValues } from "../helm/values";
import { patternsOf } from "../redaction";
import type { DropSpansArgs, OtelCollectorArgs } from "./args";

type Signal = "traces" | "metrics" | "logs";
type FilterArgs = Pick<
    OtelCollectorArgs,
    "redaction" | "dropSpans" | "dropMetrics" | "dropLogLines" | "minimumLogLevel"
>;

const dropName = "filter/drop";
/** Name of the processor that removes secrets and personal data. */
export const redactionName = "transform/redact";

/** Names of the processors that drop invalid spans, and attributes of logs with invalid keys. */
export const invalidNames: Record<Signal, string[]> = {
    traces: ["filter/invalid"],
    logs: ["transform/invalid"],
    metrics: [],
};

// 2100-01-01. A time above the signed integers is negative here.
const highestTime = 4_102_444_800_000_000_000n;

/**
 * The processors that drop what a store cannot accept, because a request also contains data of other services. Tempo rejects a whole request because of a span
 * without a trace ID or a span ID. A span with an impossible time, such as a start before 1970, makes searches of Tempo 2.10 miss all traces that it stores
 * together. Loki rejects a whole request because of one attribute whose key contains no ASCII letter or digit: it cannot form a label name from this key.
 */
export const invalidData: HelmValues = {
    "filter/invalid": {
        error_mode: "ignore",
        traces: {
            span: [
                `span.trace_id == TraceID(0x${"0".repeat(32)})`,
                `span.span_id == SpanID(0x${"0".repeat(16)})`,
                `span.start_time_unix_nano < 0 or span.start_time_unix_nano > ${highestTime}`,
                `span.end_time_unix_nano < 0 or span.end_time_unix_nano > ${highestTime}`,
            ],
        },
    },
    "transform/invalid": {
        error_mode: "ignore",
        log_statements: ["resource", "scope", "log"].map((context) => ({
            context,
            statements: [`delete_matching_keys(${context}.attributes, ${quote("^[^a-zA-Z0-9]*$")})`],
        })),
    },
};

/** The processors that drop data and remove secrets from it, as the settings require. */
export function filterProcessors(args: FilterArgs): HelmValues {
    const dropped = droppedBy(args);
    const filter = {
        ...(dropped.traces.length > 0 && { traces: { span: dropped.traces } }),
        ...(dropped.metrics.length > 0 && { metrics: { metric: dropped.metrics } }),
        ...(dropped.logs.length > 0 && { logs: { log_record: dropped.logs } }),
    };
    const statements = redactedBy(args);
    const transform = {
        ...(statements.traces.length > 0 && { trace_statements: statements.traces }),
        ...(statements.metrics.length > 0 && { metric_statements: statements.metrics }),
        ...(statements.logs.length > 0 && { log_statements: statements.logs }),
    };
    // The default "propagate" would reject a whole request because of a single entry.
    const onError = { error_mode: "ignore" };
    return {
        ...(Object.keys(filter).length > 0 && { [dropName]: { ...onError, ...filter } }),
        ...(Object.keys(transform).length > 0 && { [redactionName]: { ...onError, ...transform } }),
    };
}

/** The names of these processors for a signal. They need the namespace that the processor resource adds. */
export function filterNames(signal: Signal, args: FilterArgs): string[] {
    return [
        ...(droppedBy(args)[signal].length > 0 ? [dropName] : []),
        ...(redactedBy(args)[signal].length > 0 ? [redactionName] : []),
    ];
}

/** The conditions under which data is dropped. One that is true is enough. */
function droppedBy({ dropSpans, dropMetrics, dropLogLines, minimumLogLevel }: FilterArgs): Record<Signal, string[]> {
    return {
        traces: (dropSpans ?? []).map(spanCondition),
        metrics: (dropMetrics ?? []).map((name) => isMatch("metric.name", whole(name))),
        logs: [
            ...(dropLogLines ?? []).map((line) => isMatch("log.body", line)),
            ...Object.entries(minimumLogLevel ?? {}).flatMap(([namespace, level]) =>
                levelCondition(namespace, level as LogLevel, Object.keys(minimumLogLevel ?? {})),
            ),
        ],
    };
}

function spanCondition({ name, attributes = {}, namespaces = [] }: DropSpansArgs): string {
    return [
        ...(name === undefined ? [] : [isMatch("span.name", whole(name))]),
        ...Object.entries(attributes).map(([key, value]) => isMatch(`span.attributes[${quote(key)}]`, whole(value))),
        ...(namespaces.length === 0 ? [] : [isMatch(namespaceOfResource, whole(namespaces.join("|")))]),
    ].join(" and ");
}

const namespaceOfResource = 'resource.attributes["namespace"]';

/** Entries below a level. An entry without a level has the number 0. */
function levelCondition(namespace: string, level: LogLevel, listed: string[]): string[] {
    const others = listed.filter((other) => other !== allNamespaces);
    const place =
        namespace !== allNamespaces
            ? [`${namespaceOfResource} == ${quote(namespace)}`]
            : others.length > 0
              ? [`not ${isMatch(namespaceOfResource, whole(others.join("|")))}`]
              : [];
    // OpenTelemetry has four numbers for each level: 1 to 4 for trace, 5 to 8 for debug, and so on.
    const lowest = 1 + 4 * logLevels.indexOf(level);
    return lowest > 1 ? [[...place, "log.severity_number > 0", `log.severity_number < ${lowest}`].join(" and ")] : [];
}

interface Statements {
    context: string;
    statements: string[];
}

function redactedBy({ redaction = {} }: FilterArgs): Record<Signal, Statements[]> {
    const patterns = patternsOf(redaction).map(({ before, secret, after }) => ({
        expression: `${before === undefined ? "" : `(${before})`}${secret}${after === undefined ? "" : `(${after})`}`,
        replacement: `${before === undefined ? "" : "$1"}${redactedText}${after === undefined ? "" : before === undefined ? "$1" : "$2"}`,
    }));
    const replace = (call: string, condition = "") =>
        patterns.map(
            ({ expression, replacement }) => `${call}, ${quote(expression)}, ${quote(replacement)})${condition}`,
        );
    const inAttributes = (context: string, withValues: boolean): Statements => ({
        context,
        statements: [
            ...(redaction.deleteAttributes ?? []).map((name) => `delete_key(${context}.attributes, ${quote(name)})`),
            ...(redaction.hashAttributes ?? []).map((name) => {
                const attribute = `${context}.attributes[${quote(name)}]`;
                return `set(${attribute}, SHA256(String(${attribute}))) where ${attribute} != nil`;
            }),
            ...(redaction.maskAttributes ?? []).map((name) => {
                const attribute = `${context}.attributes[${quote(name)}]`;
                return `set(${attribute}, ${quote(redactedText)}) where ${attribute} != nil`;
            }),
            ...(withValues ? replace(`replace_all_patterns(${context}.attributes, "value"`) : []),
        ],
    });
    const values = redaction.attributeValues ?? false;
    const body: Statements = {
        context: "log",
        statements:
            patterns.length === 0
                ? []
                : [
                      // Patterns apply to texts only. Loki stores every other body as this text.
                      "set(log.body, log.body.string) where IsMap(log.body) or IsList(log.body)",
                      ...replace("replace_pattern(log.body"),
                  ],
    };
    const used = (...all: Statements[]) => all.filter(({ statements }) => statements.length > 0);
    return {
        traces: used(inAttributes("resource", values), inAttributes("span", values), inAttributes("spanevent", values)),
        metrics: used(inAttributes("resource", values), inAttributes("datapoint", values)),
        logs: used(inAttributes("resource", true), inAttributes("log", true), body),
    };
}

function isMatch(target: string, expression: string): string {
    return `IsMatch(${target}, ${quote(expression)})`;
}

function whole(expression: string): string {
    return `^(?:${expression})$`;
}

/** A string literal of OTTL. The collector reads $$ in its configuration file as $, and ${…} as a variable. */
function quote(text: string): string {
    return JSON.stringify(text).replace(/\$/g, "$$$$");
}
