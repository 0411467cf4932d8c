import { parser } from "@prometheus-io/lezer-promql";
import type { KnownSeries, Truth } from "./catalogue";
import { didYouMean } from "./nearest";
import { children, descendants, Expression, type SyntaxNode } from "./tree";
import { placeholder } from "./variables";
import {
    aggregate,
    type Grouping,
    intersection,
    match,
    type Matching,
    minus,
    nameLabel,
    requireLabel,
    scalar,
    union,
    type Vector,
} from "./vectors";

/** What an expression results in, and what is wrong with it. */
export interface Analysis {
    result: Vector;
    mistakes: string[];
}

const ofCounters = ["rate", "irate", "increase"];
const ofGauges = ["delta", "idelta", "deriv", "predict_linear", "double_exponential_smoothing"];
const choosing = ["topk", "bottomk", "limitk", "limit_ratio"];
const numbers = ["scalar", "time", "pi"];

/** Checks PromQL in which variables have been replaced. */
export function analysePromQL(text: string, truth: Truth): Analysis {
    const expression = new Expression(parser, text);
    const syntax = expression.syntaxMistake();
    if (syntax !== undefined) {
        return { result: { ...scalar, open: true }, mistakes: [syntax] };
    }
    const mistakes: string[] = [];
    const result = new Analyser(expression, truth, mistakes).vector(expression.top.firstChild as SyntaxNode);
    return { result, mistakes: [...new Set(mistakes)] };
}

/** Names of the metrics that PromQL asks for. */
export function metricsIn(text: string): string[] {
    const expression = new Expression(parser, text);
    return descendants(expression.top, "VectorSelector").flatMap((node) => {
        const name = node.getChild("Identifier");
        return name === null ? [] : [expression.of(name)];
    });
}

class Analyser {
    constructor(
        private readonly expression: Expression,
        private readonly truth: Truth,
        private readonly mistakes: string[],
    ) {}

    vector(node: SyntaxNode): Vector {
        switch (node.name) {
            case "VectorSelector":
                return this.selector(node);
            case "AggregateExpr":
                return this.aggregation(node);
            case "FunctionCall":
                return this.call(node);
            case "BinaryExpr":
                return this.operation(node);
            case "SubqueryExpr":
                return { ...this.only(node), kind: "computed" };
            case "MatrixSelector":
            case "OffsetExpr":
            case "StepInvariantExpr":
            case "ParenExpr":
            case "UnaryExpr":
                return this.only(node);
            default:
                return scalar;
        }
    }

    private say(node: SyntaxNode): (mistake: string) => void {
        return (mistake) => this.mistakes.push(`${this.expression.of(node)} ${mistake}`);
    }

    private only(node: SyntaxNode): Vector {
        const [inner] = children(node).filter(isExpression);
        return inner === undefined ? scalar : this.vector(inner);
    }

    private selector(node: SyntaxNode): Vector {
        const matchers = descendants(node, "UnquotedLabelMatcher", "QuotedLabelMatcher").map((matcher) => {
            const label = matcher.firstChild as SyntaxNode;
            const quoted = label.name === "QuotedLabelName";
            return {
                label: quoted ? this.expression.string(label) : this.expression.of(label),
                operator: this.expression.of(matcher.getChild("MatchOp") as SyntaxNode),
                value: this.expression.string(matcher.lastChild as SyntaxNode),
            };
        });
        matchers
            .filter(({ operator, value }) => operator.includes("~") && expressionOf(value) === undefined)
            .forEach(({ value }) => this.say(node)(`has "${value}", which is no regular expression`));
        const identifier = node.getChild("Identifier");
        const byName = matchers.find(({ label }) => label === "__name__");
        const name = identifier === null ? byName?.value : this.expression.of(identifier);
        const names =
            name === undefined || byName
                ? [...this.truth.metrics.keys()].filter((known) => byName === undefined || accepts(byName, known))
                : [name];
        const known = names.flatMap((each) => this.truth.metrics.get(each) ?? []);
        if (known.length === 0) {
            this.mistakes.push(
                `${name} is nothing that the stack scrapes, is sent or records${didYouMean(name ?? "", this.truth.metrics.keys())}`,
            );
            return { kind: "unknown", labels: new Set(), sure: new Set(), open: true, name: name ?? "" };
        }
        const series = this.ofJobs(node, known, matchers);
        const first = series[0] as KnownSeries;
        const result: Vector = {
            kind: series.every(({ kind }) => kind === first.kind) ? first.kind : "unknown",
            labels: new Set([...series.flatMap(({ labels }) => [...labels]), nameLabel]),
            sure: series.map(({ sure }) => sure).reduce((one, other) => intersection(one, other)),
            name: name ?? "any metric",
        };
        const own = matchers.filter(({ label }) => label !== "__name__" && label !== "job");
        for (const matcher of own) {
            requireLabel(result, matcher.label, "asks for", this.say(node));
            this.requireValue(node, names, matcher);
        }
        const equal = matchers.filter(({ operator, value }) => operator === "=" && value !== "");
        const named = equal.map(({ label }) => label).filter((label) => result.labels.has(label));
        return { ...result, sure: union(result.sure, named) };
    }

    /** Those that have a job that is asked for. */
    private ofJobs(node: SyntaxNode, known: KnownSeries[], matchers: Matcher[]): KnownSeries[] {
        const wanted = matchers.filter(({ label, value }) => label === "job" && !value.includes(placeholder));
        const left = known.filter(
            ({ jobs }) => jobs === undefined || jobs.some((job) => wanted.every((matcher) => accepts(matcher, job))),
        );
        if (left.length > 0) {
            return left;
        }
        const jobs = [...new Set(known.flatMap((series) => series.jobs ?? []))];
        const asked = wanted.map(({ operator, value }) => `job${operator}"${value}"`).join(", ");
        this.say(node)(`asks for ${asked}, but only these jobs have it: ${jobs.join(", ")}`);
        return known;
    }

    private requireValue(node: SyntaxNode, names: string[], matcher: Matcher): void {
        const { label, operator, value } = matcher;
        const known = this.truth.values.find(
            (values) => values.label === label && names.every((name) => values.metrics.test(name)),
        );
        if (known === undefined || value === "" || value.includes(placeholder) || operator.startsWith("!")) {
            return;
        }
        if (!known.values.some((each) => accepts(matcher, each))) {
            const near = didYouMean(value, known.values);
            this.say(node)(
                `asks for ${label}${operator}"${value}", which is none of ${known.values.join(", ")}${near}`,
            );
        }
    }

    private aggregation(node: SyntaxNode): Vector {
        const operator = this.expression.of(node.getChild("AggregateOp") as SyntaxNode);
        const body = children(node.getChild("FunctionCallBody") as SyntaxNode).filter(isExpression);
        const vector = this.vector(body.at(-1) as SyntaxNode);
        const modifier = node.getChild("AggregateModifier");
        const grouping: Grouping | undefined = modifier
            ? { by: modifier.getChild("By") !== null, labels: this.labelsIn(modifier.getChild("GroupingLabels")) }
            : undefined;
        const result = aggregate(vector, grouping, choosing.includes(operator), this.say(node));
        const [first] = body;
        return operator === "count_values" && first?.name === "StringLiteral"
            ? withLabel(result, this.expression.string(first))
            : result;
    }

    private call(node: SyntaxNode): Vector {
        const name = this.expression.of(node.getChild("FunctionIdentifier") as SyntaxNode);
        const args = children(node.getChild("FunctionCallBody") as SyntaxNode).filter(isExpression);
        const vectors = args.filter(({ name: kind }) => kind !== "StringLiteral").map((arg) => this.vector(arg));
        const strings = args
            .filter(({ name: kind }) => kind === "StringLiteral")
            .map((arg) => this.expression.string(arg));
        const vector = vectors.find(({ kind }) => kind !== "scalar") ?? scalar;
        const say = this.say(node);
        if (ofCounters.includes(name) && (vector.kind === "gauge" || vector.kind === "computed")) {
            say(`takes the ${name} of what is no counter: ${vector.name} is ${a(vector.kind)}`);
        }
        if (ofGauges.includes(name) && (vector.kind === "counter" || vector.kind === "bucket")) {
            say(`takes the ${name} of a counter, which starts from 0 with its process: use rate or increase`);
        }
        const computed: Vector = {
            ...vector,
            kind: vector.kind === "bucket" && keepsBuckets(name) ? "bucket" : "computed",
        };
        switch (name) {
            case "histogram_quantile":
                if (vector.kind !== "bucket") {
                    say(`needs buckets with their label "le", which ${vector.name} does not have`);
                }
                return without(computed, "le");
            case "label_replace":
            case "label_join": {
                const sources = name === "label_replace" ? strings.slice(2, 3) : strings.slice(2);
                sources.filter((label) => label !== "").forEach((label) => requireLabel(vector, label, "takes", say));
                return withLabel(vector, strings[0] ?? "");
            }
            case "sort_by_label":
            case "sort_by_label_desc":
                strings.forEach((label) => requireLabel(vector, label, "sorts by", say));
                return vector;
            case "absent":
            case "absent_over_time":
                // The labels that the selector says.
                return { ...vector, kind: "computed", labels: vector.sure };
            case "last_over_time":
            case "sort":
            case "sort_desc":
                return vector;
            case "vector":
                return { kind: "computed", labels: new Set(), sure: new Set(), name: "a number without labels" };
            default:
                return numbers.includes(name) ? scalar : computed;
        }
    }

    private operation(node: SyntaxNode): Vector {
        const all = children(node);
        const [left, right] = all.filter(isExpression).map((side) => this.vector(side)) as [Vector, Vector];
        const operator = this.expression.of(all.filter((child) => !isExpression(child))[0] as SyntaxNode);
        const modifier = node.getChild("MatchingModifierClause");
        const lists = modifier?.getChildren("GroupingLabels").map((list) => this.labelsIn(list)) ?? [];
        const said = modifier?.getChild("On") ?? modifier?.getChild("Ignoring");
        const group = modifier?.getChild("GroupLeft") ? "left" : modifier?.getChild("GroupRight") ? "right" : undefined;
        const matching: Matching = {
            ...(said && { on: said.name === "On" }),
            labels: said ? (lists[0] ?? []) : [],
            ...(group && { group }),
            included: (said ? lists[1] : lists[0]) ?? [],
        };
        return match(operator, left, right, matching, this.say(node));
    }

    private labelsIn(list: SyntaxNode | null): string[] {
        return list === null ? [] : list.getChildren("LabelName").map((label) => this.expression.of(label));
    }
}

interface Matcher {
    label: string;
    operator: string;
    value: string;
}

/** Whether a label's value is one that is asked for. */
function accepts({ operator, value }: Matcher, actual: string): boolean {
    const positive = operator.includes("~") ? (expressionOf(value)?.test(actual) ?? true) : value === actual;
    return operator.startsWith("!") ? !positive : positive;
}

/** A regular expression as Prometheus takes it; nothing where it is none. */
function expressionOf(value: string): RegExp | undefined {
    const [, flags = "", rest = value] = /^\(\?([ims]+)\)(.*)$/s.exec(value) ?? [];
    try {
        return new RegExp(`^(?:${rest})$`, `s${flags.replace("s", "")}`);
    } catch {
        return undefined;
    }
}

function isExpression({ name }: SyntaxNode): boolean {
    return /(Expr|Call|Selector|Literal)$/.test(name) && name !== "DurationExpr";
}

function keepsBuckets(name: string): boolean {
    return ofCounters.includes(name) || /^(sum|avg|max|min)_over_time$/.test(name);
}

function withLabel(vector: Vector, label: string): Vector {
    return { ...vector, labels: union(vector.labels, [label]), sure: union(vector.sure, [label]) };
}

function without(vector: Vector, label: string): Vector {
    return { ...vector, labels: minus(vector.labels, [label]), sure: minus(vector.sure, [label]) };
}

function a(kind: string): string {
    return kind === "computed" ? "computed already" : `a ${kind}`;
}
