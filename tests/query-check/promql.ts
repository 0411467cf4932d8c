import { parser } from "@prometheus-io/lezer-promql";
import type { CatalogueSeries, Catalogue } from "./catalogue";
import { didYouMean } from "./suggestion";
import { children, descendants, Expression, type SyntaxNode } from "./syntax-tree";
import { placeholder } from "./variables";
import {
    aggregate,
    type Grouping,
    intersection,
    match,
    type Matching,
    minus,
    nameLabel,
    type QueryResult,
    requireLabel,
    scalar,
    union,
} from "./query-result";

/** The result of a query, and its problems as sentences. */
export interface Analysis {
    result: QueryResult;
    problems: string[];
}

const counterFunctions = ["rate", "irate", "increase"];
const gaugeFunctions = ["delta", "idelta", "deriv", "predict_linear", "double_exponential_smoothing"];
const selectingOperators = ["topk", "bottomk", "limitk", "limit_ratio"];
const scalarFunctions = ["scalar", "time", "pi"];

/** Checks a PromQL query whose variables have been replaced. */
export function analysePromQL(text: string, catalogue: Catalogue): Analysis {
    const expression = new Expression(parser, text);
    const syntax = expression.syntaxProblem();
    if (syntax !== undefined) {
        return { result: { ...scalar, anyLabels: true }, problems: [syntax] };
    }
    const problems: string[] = [];
    const result = new Analyser(expression, catalogue, problems).vector(expression.top.firstChild as SyntaxNode);
    return { result, problems: [...new Set(problems)] };
}

/** Names of the metrics in a PromQL query. */
export function metricsIn(text: string): string[] {
    const expression = new Expression(parser, text);
    return descendants(expression.top, "VectorSelector").flatMap((node) => {
        const name = node.getChild("Identifier");
        return name === null ? [] : [expression.textOf(name)];
    });
}

class Analyser {
    constructor(
        private readonly expression: Expression,
        private readonly catalogue: Catalogue,
        private readonly problems: string[],
    ) {}

    vector(node: SyntaxNode): QueryResult {
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
                return { ...this.inner(node), kind: "computed" };
            case "MatrixSelector":
            case "OffsetExpr":
            case "StepInvariantExpr":
            case "ParenExpr":
            case "UnaryExpr":
                return this.inner(node);
            default:
                return scalar;
        }
    }

    private report(node: SyntaxNode): (problem: string) => void {
        return (problem) => this.problems.push(`${this.expression.textOf(node)} ${problem}`);
    }

    private inner(node: SyntaxNode): QueryResult {
        const [inner] = children(node).filter(isExpression);
        return inner === undefined ? scalar : this.vector(inner);
    }

    private selector(node: SyntaxNode): QueryResult {
        const matchers = descendants(node, "UnquotedLabelMatcher", "QuotedLabelMatcher").map((matcher) => {
            const label = matcher.firstChild as SyntaxNode;
            const quoted = label.name === "QuotedLabelName";
            return {
                label: quoted ? this.expression.stringOf(label) : this.expression.textOf(label),
                operator: this.expression.textOf(matcher.getChild("MatchOp") as SyntaxNode),
                value: this.expression.stringOf(matcher.lastChild as SyntaxNode),
            };
        });
        matchers
            .filter(({ operator, value }) => operator.includes("~") && regularExpression(value) === undefined)
            .forEach(({ value }) => this.report(node)(`has "${value}", which is not a valid regular expression`));
        const identifier = node.getChild("Identifier");
        const byName = matchers.find(({ label }) => label === "__name__");
        const name = identifier === null ? byName?.value : this.expression.textOf(identifier);
        const names =
            name === undefined || byName
                ? [...this.catalogue.metrics.keys()].filter((known) => byName === undefined || accepts(byName, known))
                : [name];
        const known = names.flatMap((each) => this.catalogue.metrics.get(each) ?? []);
        if (known.length === 0) {
            this.problems.push(
                `${name} is not a metric in the catalogue${didYouMean(name ?? "", this.catalogue.metrics.keys())}`,
            );
            return { kind: "unknown", labels: new Set(), guaranteed: new Set(), anyLabels: true, name: name ?? "" };
        }
        const series = this.seriesOfJobs(node, known, matchers);
        const first = series[0] as CatalogueSeries;
        const result: QueryResult = {
            kind: series.every(({ kind }) => kind === first.kind) ? first.kind : "unknown",
            labels: new Set([...series.flatMap(({ labels }) => [...labels]), nameLabel]),
            guaranteed: series.map(({ guaranteed }) => guaranteed).reduce((one, other) => intersection(one, other)),
            name: name ?? "any metric",
        };
        const labelMatchers = matchers.filter(({ label }) => label !== "__name__" && label !== "job");
        for (const matcher of labelMatchers) {
            requireLabel(result, matcher.label, "selects", this.report(node));
            this.requireValue(node, names, matcher);
        }
        const equal = matchers.filter(({ operator, value }) => operator === "=" && value !== "");
        const equalLabels = equal.map(({ label }) => label).filter((label) => result.labels.has(label));
        return { ...result, guaranteed: union(result.guaranteed, equalLabels) };
    }

    /** The series of the jobs that the matchers select. */
    private seriesOfJobs(node: SyntaxNode, known: CatalogueSeries[], matchers: Matcher[]): CatalogueSeries[] {
        const jobMatchers = matchers.filter(({ label, value }) => label === "job" && !value.includes(placeholder));
        const matching = known.filter(
            ({ jobs }) =>
                jobs === undefined || jobs.some((job) => jobMatchers.every((matcher) => accepts(matcher, job))),
        );
        if (matching.length > 0) {
            return matching;
        }
        const jobs = [...new Set(known.flatMap((series) => series.jobs ?? []))];
        const selected = jobMatchers.map(({ operator, value }) => `job${operator}"${value}"`).join(", ");
        this.report(node)(`selects ${selected}, but only these jobs have the metric: ${jobs.join(", ")}`);
        return known;
    }

    private requireValue(node: SyntaxNode, names: string[], matcher: Matcher): void {
        const { label, operator, value } = matcher;
        const known = this.catalogue.values.find(
            (values) => values.label === label && names.every((name) => values.metrics.test(name)),
        );
        if (known === undefined || value === "" || value.includes(placeholder) || operator.startsWith("!")) {
            return;
        }
        if (!known.values.some((each) => accepts(matcher, each))) {
            const suggestion = didYouMean(value, known.values);
            this.report(node)(
                `selects ${label}${operator}"${value}", but the values are ${known.values.join(", ")}${suggestion}`,
            );
        }
    }

    private aggregation(node: SyntaxNode): QueryResult {
        const operator = this.expression.textOf(node.getChild("AggregateOp") as SyntaxNode);
        const body = children(node.getChild("FunctionCallBody") as SyntaxNode).filter(isExpression);
        const vector = this.vector(body.at(-1) as SyntaxNode);
        const modifier = node.getChild("AggregateModifier");
        const grouping: Grouping | undefined = modifier
            ? { by: modifier.getChild("By") !== null, labels: this.labelsIn(modifier.getChild("GroupingLabels")) }
            : undefined;
        const result = aggregate(vector, grouping, selectingOperators.includes(operator), this.report(node));
        const [first] = body;
        return operator === "count_values" && first?.name === "StringLiteral"
            ? withLabel(result, this.expression.stringOf(first))
            : result;
    }

    private call(node: SyntaxNode): QueryResult {
        const name = this.expression.textOf(node.getChild("FunctionIdentifier") as SyntaxNode);
        const args = children(node.getChild("FunctionCallBody") as SyntaxNode).filter(isExpression);
        const vectors = args.filter(({ name: kind }) => kind !== "StringLiteral").map((arg) => this.vector(arg));
        const strings = args
            .filter(({ name: kind }) => kind === "StringLiteral")
            .map((arg) => this.expression.stringOf(arg));
        const vector = vectors.find(({ kind }) => kind !== "scalar") ?? scalar;
        const report = this.report(node);
        if (counterFunctions.includes(name) && (vector.kind === "gauge" || vector.kind === "computed")) {
            report(`applies ${name} to ${vector.name}, which is ${kindText(vector.kind)} and not a counter`);
        }
        if (gaugeFunctions.includes(name) && (vector.kind === "counter" || vector.kind === "bucket")) {
            report(`applies ${name} to a counter, which restarts from 0 with its process: use rate or increase`);
        }
        const computed: QueryResult = {
            ...vector,
            kind: vector.kind === "bucket" && keepsBuckets(name) ? "bucket" : "computed",
        };
        switch (name) {
            case "histogram_quantile":
                if (vector.kind !== "bucket") {
                    report(`needs buckets with the label "le", which ${vector.name} does not have`);
                }
                return without(computed, "le");
            case "label_replace":
            case "label_join": {
                const sources = name === "label_replace" ? strings.slice(2, 3) : strings.slice(2);
                sources.filter((label) => label !== "").forEach((label) => requireLabel(vector, label, "uses", report));
                return withLabel(vector, strings[0] ?? "");
            }
            case "sort_by_label":
            case "sort_by_label_desc":
                strings.forEach((label) => requireLabel(vector, label, "sorts by", report));
                return vector;
            case "absent":
            case "absent_over_time":
                // The result has the labels of the equality matchers.
                return { ...vector, kind: "computed", labels: vector.guaranteed };
            case "last_over_time":
            case "sort":
            case "sort_desc":
                return vector;
            case "vector":
                return { kind: "computed", labels: new Set(), guaranteed: new Set(), name: "a number without labels" };
            default:
                return scalarFunctions.includes(name) ? scalar : computed;
        }
    }

    private operation(node: SyntaxNode): QueryResult {
        const all = children(node);
        const [left, right] = all.filter(isExpression).map((side) => this.vector(side)) as [QueryResult, QueryResult];
        const operator = this.expression.textOf(all.filter((child) => !isExpression(child))[0] as SyntaxNode);
        const modifier = node.getChild("MatchingModifierClause");
        const lists = modifier?.getChildren("GroupingLabels").map((list) => this.labelsIn(list)) ?? [];
        const onOrIgnoring = modifier?.getChild("On") ?? modifier?.getChild("Ignoring");
        const group = modifier?.getChild("GroupLeft") ? "left" : modifier?.getChild("GroupRight") ? "right" : undefined;
        const matching: Matching = {
            ...(onOrIgnoring && { on: onOrIgnoring.name === "On" }),
            labels: onOrIgnoring ? (lists[0] ?? []) : [],
            ...(group && { group }),
            included: (onOrIgnoring ? lists[1] : lists[0]) ?? [],
        };
        return match(operator, left, right, matching, this.report(node));
    }

    private labelsIn(list: SyntaxNode | null): string[] {
        return list === null ? [] : list.getChildren("LabelName").map((label) => this.expression.textOf(label));
    }
}

interface Matcher {
    label: string;
    operator: string;
    value: string;
}

/** Whether a matcher accepts a value. */
function accepts({ operator, value }: Matcher, actual: string): boolean {
    const positive = operator.includes("~") ? (regularExpression(value)?.test(actual) ?? true) : value === actual;
    return operator.startsWith("!") ? !positive : positive;
}

/** A regular expression with the syntax of Prometheus, or undefined if it is invalid. */
function regularExpression(value: string): RegExp | undefined {
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
    return counterFunctions.includes(name) || /^(sum|avg|max|min)_over_time$/.test(name);
}

function withLabel(vector: QueryResult, label: string): QueryResult {
    return { ...vector, labels: union(vector.labels, [label]), guaranteed: union(vector.guaranteed, [label]) };
}

function without(vector: QueryResult, label: string): QueryResult {
    return { ...vector, labels: minus(vector.labels, [label]), guaranteed: minus(vector.guaranteed, [label]) };
}

function kindText(kind: string): string {
    return kind === "computed" ? "a computed value" : `a ${kind}`;
}
