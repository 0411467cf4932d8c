import { didYouMean } from "./suggestion";

/** The kind of the values of a series. `scalar` is a number without a series. */
export type SeriesKind = "counter" | "bucket" | "gauge" | "unknown" | "computed" | "scalar";

/** The properties of the result of an expression that are known without an evaluation. */
export interface QueryResult {
    kind: SeriesKind;
    /** Labels that the series can have. */
    labels: ReadonlySet<string>;
    /** Labels that all series have. */
    guaranteed: ReadonlySet<string>;
    /** Whether the series can have other labels too, such as labels from a log parser. Default: false. */
    anyLabels?: boolean;
    /** Name of the result in error messages. */
    name: string;
}

/** The label with the name of the metric. Computed values do not have it. */
export const nameLabel = "__name__";

export const scalar: QueryResult = { kind: "scalar", labels: new Set(), guaranteed: new Set(), name: "a number" };

export interface Grouping {
    by: boolean;
    labels: string[];
}

export interface Matching {
    /** true: on, false: ignoring, undefined: neither. */
    on?: boolean;
    labels: string[];
    group?: "left" | "right";
    /** Labels of group_left or group_right, which are copied from the "one" side. */
    included: string[];
}

type Report = (problem: string) => void;

export function hasLabel(vector: QueryResult, label: string): boolean {
    return vector.labels.has(label) || vector.anyLabels === true;
}

/** Reports a label that a result does not have. */
export function requireLabel(vector: QueryResult, label: string, usage: string, report: Report): void {
    if (!hasLabel(vector, label)) {
        report(`${usage} the label "${label}", which ${vector.name} does not have${didYouMean(label, vector.labels)}`);
    }
}

/** @param keepsLabels Whether the operator only selects series, such as topk. */
export function aggregate(
    vector: QueryResult,
    grouping: Grouping | undefined,
    keepsLabels: boolean,
    report: Report,
): QueryResult {
    const { by, labels } = grouping ?? { by: true, labels: [] };
    labels.forEach((label) => requireLabel(vector, label, by ? "groups by" : "groups without", report));
    if (keepsLabels) {
        return vector;
    }
    const kept = by ? new Set(labels) : minus(vector.labels, [...labels, nameLabel]);
    return {
        kind: vector.kind === "bucket" && kept.has("le") ? "bucket" : "computed",
        labels: kept,
        guaranteed: intersection(kept, vector.guaranteed),
        anyLabels: !by && vector.anyLabels,
        name: by ? `${vector.name} aggregated by (${labels.join(", ")})` : vector.name,
    };
}

/** The result of a binary operator. */
export function match(
    operator: string,
    left: QueryResult,
    right: QueryResult,
    matching: Matching,
    report: Report,
): QueryResult {
    // A comparison only filters series.
    const filters = /[<>]|[=!]=/.test(operator);
    if (left.kind === "scalar" || right.kind === "scalar") {
        const vector = left.kind === "scalar" ? right : left;
        return vector.kind === "scalar" || filters
            ? vector
            : { ...vector, kind: "computed", labels: minus(vector.labels, [nameLabel]) };
    }
    const set = ["and", "or", "unless"].includes(operator);
    if (operator === "or") {
        return {
            kind: left.kind === right.kind ? left.kind : "computed",
            labels: union(left.labels, right.labels),
            guaranteed: intersection(left.guaranteed, right.guaranteed),
            anyLabels: left.anyLabels || right.anyLabels,
            name: `${left.name} or ${right.name}`,
        };
    }
    const { on, labels, group, included } = matching;
    for (const label of labels) {
        for (const side of on ? [left, right] : []) {
            requireLabel(side, label, "matches on", report);
        }
        if (on === false && !hasLabel(left, label) && !hasLabel(right, label)) {
            requireLabel(left, label, "ignores", report);
        }
    }
    if (!on) {
        const ignored = on === undefined ? [] : labels;
        requireSameLabels(operator, left, right, ignored, report);
        requireSameLabels(operator, right, left, ignored, report);
    }
    if (set) {
        return left;
    }
    const [many, one] = group === "right" ? [right, left] : [left, right];
    included.forEach((label) => requireLabel(one, label, "uses", report));
    const matched = on ? new Set(labels) : minus(left.labels, labels);
    const kept = minus(group ? union(many.labels, included) : matched, filters ? [] : [nameLabel]);
    const guaranteed = group ? many.guaranteed : intersection(matched, union(left.guaranteed, right.guaranteed));
    return {
        kind: "computed",
        labels: kept,
        guaranteed,
        anyLabels: many.anyLabels,
        name: `${left.name} ${operator} ${right.name}`,
    };
}

/** Without on and ignoring, series match only if all labels are equal. A label on only one side prevents all matches. */
function requireSameLabels(
    operator: string,
    one: QueryResult,
    other: QueryResult,
    ignored: string[],
    report: Report,
): void {
    const unmatched = [...one.guaranteed].filter((label) => !ignored.includes(label) && !hasLabel(other, label));
    if (unmatched.length > 0) {
        report(
            `matches no series with "${operator}": ${one.name} has the label "${unmatched.join('", "')}", ` +
                `which ${other.name} does not have`,
        );
    }
}

export function union<T>(one: Iterable<T>, other: Iterable<T>): Set<T> {
    return new Set([...one, ...other]);
}

export function minus<T>(one: Iterable<T>, other: Iterable<T>): Set<T> {
    const without = new Set(other);
    return new Set([...one].filter((item) => !without.has(item)));
}

export function intersection<T>(one: Iterable<T>, other: Iterable<T>): Set<T> {
    const both = new Set(other);
    return new Set([...one].filter((item) => both.has(item)));
}
