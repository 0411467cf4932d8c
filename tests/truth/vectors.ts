import { didYouMean } from "./nearest";

/** How the values of series behave. `scalar` is no series at all. */
export type Kind = "counter" | "bucket" | "gauge" | "unknown" | "computed" | "scalar";

/** What is known of the result of an expression without evaluating it. */
export interface Vector {
    kind: Kind;
    /** Labels that its series may have. */
    labels: ReadonlySet<string>;
    /** Those among them that all of its series have. */
    sure: ReadonlySet<string>;
    /** Whether it may have labels beyond these, as log lines that were parsed have. */
    open?: boolean;
    /** What a sentence calls it. */
    name: string;
}

/** The label that is a metric's name, which whatever is computed has lost. */
export const nameLabel = "__name__";

export const scalar: Vector = { kind: "scalar", labels: new Set(), sure: new Set(), name: "a number" };

export interface Grouping {
    by: boolean;
    labels: string[];
}

export interface Matching {
    /** `on` or `ignoring`, if anything is said. */
    on?: boolean;
    labels: string[];
    group?: "left" | "right";
    /** Labels that the side with one series gives to the other. */
    included: string[];
}

type Say = (mistake: string) => void;

export function hasLabel(vector: Vector, label: string): boolean {
    return vector.labels.has(label) || vector.open === true;
}

/** Says so where a vector has no such label. */
export function requireLabel(vector: Vector, label: string, where: string, say: Say): void {
    if (!hasLabel(vector, label)) {
        say(`${where} the label "${label}", which ${vector.name} does not have${didYouMean(label, vector.labels)}`);
    }
}

/** @param keepsLabels as topk does, which only chooses among series. */
export function aggregate(vector: Vector, grouping: Grouping | undefined, keepsLabels: boolean, say: Say): Vector {
    const { by, labels } = grouping ?? { by: true, labels: [] };
    labels.forEach((label) => requireLabel(vector, label, by ? "groups by" : "groups without", say));
    if (keepsLabels) {
        return vector;
    }
    const kept = by ? new Set(labels) : minus(vector.labels, [...labels, nameLabel]);
    return {
        kind: vector.kind === "bucket" && kept.has("le") ? "bucket" : "computed",
        labels: kept,
        sure: intersection(kept, vector.sure),
        open: !by && vector.open,
        name: by ? `what is left of ${vector.name} by (${labels.join(", ")})` : vector.name,
    };
}

/** The result of an operator between two vectors. */
export function match(operator: string, left: Vector, right: Vector, matching: Matching, say: Say): Vector {
    // A comparison only chooses.
    const chooses = /[<>]|[=!]=/.test(operator);
    if (left.kind === "scalar" || right.kind === "scalar") {
        const vector = left.kind === "scalar" ? right : left;
        return vector.kind === "scalar" || chooses
            ? vector
            : { ...vector, kind: "computed", labels: minus(vector.labels, [nameLabel]) };
    }
    const set = ["and", "or", "unless"].includes(operator);
    if (operator === "or") {
        return {
            kind: left.kind === right.kind ? left.kind : "computed",
            labels: union(left.labels, right.labels),
            sure: intersection(left.sure, right.sure),
            open: left.open || right.open,
            name: `${left.name} or ${right.name}`,
        };
    }
    const { on, labels, group, included } = matching;
    for (const label of labels) {
        for (const side of on ? [left, right] : []) {
            requireLabel(side, label, "matches on", say);
        }
        if (on === false && !hasLabel(left, label) && !hasLabel(right, label)) {
            requireLabel(left, label, "ignores", say);
        }
    }
    if (!on) {
        const ignored = on === undefined ? [] : labels;
        requireSameLabels(operator, left, right, ignored, say);
        requireSameLabels(operator, right, left, ignored, say);
    }
    if (set) {
        return left;
    }
    const [many, one] = group === "right" ? [right, left] : [left, right];
    included.forEach((label) => requireLabel(one, label, "takes", say));
    const matched = on ? new Set(labels) : minus(left.labels, labels);
    const kept = minus(group ? union(many.labels, included) : matched, chooses ? [] : [nameLabel]);
    const sure = group ? many.sure : intersection(matched, union(left.sure, right.sure));
    return { kind: "computed", labels: kept, sure, open: many.open, name: `${left.name} ${operator} ${right.name}` };
}

/** Series match when all of their labels are the same, so that a label that only one side has leaves nothing. */
function requireSameLabels(operator: string, one: Vector, other: Vector, ignored: string[], say: Say): void {
    const lost = [...one.sure].filter((label) => !ignored.includes(label) && !hasLabel(other, label));
    if (lost.length > 0) {
        say(
            `finds no pairs for "${operator}": ${one.name} has the label "${lost.join('", "')}", ` +
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
