import { parser } from "@grafana/lezer-logql";
import type { Catalogue } from "./catalogue";
import { didYouMean } from "./suggestion";
import type { Analysis } from "./promql";
import { children, descendants, Expression, type SyntaxNode } from "./syntax-tree";
import {
    aggregate,
    type Grouping,
    match,
    type Matching,
    minus,
    type QueryResult,
    requireLabel,
    scalar,
    union,
} from "./query-result";

const selectingOperators = ["topk", "bottomk", "approx_topk", "sort", "sort_desc"];

/** Labels that Loki adds if a stage fails. */
const errorLabels = ["__error__", "__error_details__"];

/** Checks a LogQL query whose variables have been replaced. */
export function analyseLogQL(text: string, catalogue: Catalogue): Analysis {
    const expression = new Expression(parser, text);
    const syntax = expression.syntaxProblem();
    if (syntax !== undefined) {
        return { result: { ...scalar, anyLabels: true }, problems: [syntax] };
    }
    const problems: string[] = [];
    const result = new Analyser(expression, catalogue, problems).vector(expression.top);
    return { result, problems: [...new Set(problems)] };
}

class Analyser {
    constructor(
        private readonly expression: Expression,
        private readonly catalogue: Catalogue,
        private readonly problems: string[],
    ) {}

    vector(node: SyntaxNode): QueryResult {
        switch (node.name) {
            case "LogExpr":
            case "LogRangeExpr":
                return this.logQuery(node);
            case "RangeAggregationExpr": {
                const grouping = this.grouping(node);
                const entries = this.inner(node);
                return grouping
                    ? aggregate(entries, grouping, false, this.report(node))
                    : { ...entries, kind: "computed" };
            }
            case "VectorAggregationExpr": {
                const operator = this.expression.textOf(node.getChild("VectorOp") as SyntaxNode);
                return aggregate(
                    this.inner(node),
                    this.grouping(node),
                    selectingOperators.includes(operator),
                    this.report(node),
                );
            }
            case "LabelReplaceExpr": {
                const [target, , source] = node.getChildren("String").map((text) => this.expression.stringOf(text));
                const inner = this.inner(node);
                if (source) {
                    requireLabel(inner, source, "uses", this.report(node));
                }
                return withLabels(inner, [target ?? ""]);
            }
            case "BinOpExpr":
                return this.operation(node);
            case "LiteralExpr":
                return scalar;
            default:
                return this.inner(node);
        }
    }

    private report(node: SyntaxNode): (problem: string) => void {
        return (problem) => this.problems.push(`${this.expression.textOf(node)} ${problem}`);
    }

    private inner(node: SyntaxNode): QueryResult {
        const inner = children(node).find(isExpression);
        return inner === undefined ? scalar : this.vector(inner);
    }

    private grouping(node: SyntaxNode): Grouping | undefined {
        const grouping = node.getChild("Grouping");
        return grouping
            ? { by: grouping.getChild("By") !== null, labels: this.identifiers(grouping, "Labels") }
            : undefined;
    }

    private identifiers(node: SyntaxNode, ...lists: string[]): string[] {
        return children(node)
            .filter(({ name }) => lists.includes(name))
            .flatMap((list) => descendants(list, "Identifier"))
            .map((identifier) => this.expression.textOf(identifier));
    }

    private logQuery(node: SyntaxNode): QueryResult {
        const { stream, structuredMetadata } = this.catalogue.logs;
        const selector = node.getChild("Selector") as SyntaxNode;
        for (const identifier of descendants(selector, "Identifier")) {
            const label = this.expression.textOf(identifier);
            if (!stream.has(label)) {
                const hint = structuredMetadata.has(label) ? `; filter after the braces: | ${label} = …` : "";
                this.problems.push(
                    `${this.expression.textOf(selector)} selects the label "${label}", which is not an index label of Loki${hint || didYouMean(label, stream)}`,
                );
            }
        }
        const vector: QueryResult = {
            kind: "computed",
            labels: union(union(stream, structuredMetadata), errorLabels),
            guaranteed: new Set(["service_name"]),
            name: "a log entry of this query",
        };
        return descendants(node, "PipelineStage", "UnwrapExpr")
            .sort((one, other) => one.to - other.to)
            .reduce((entries, stage) => this.stage(entries, stage), vector);
    }

    /** The labels after a stage of the pipeline. */
    private stage(entries: QueryResult, node: SyntaxNode): QueryResult {
        const report = this.report(node);
        const requireUsed = (identifier: SyntaxNode) =>
            requireLabel(entries, this.expression.textOf(identifier), "uses", report);
        const [stage = node] = children(node).filter(({ name }) => !["Pipe", "UnwrapExpr"].includes(name));
        switch (stage.name) {
            case "LabelParser":
            case "LogfmtParser":
                return this.afterParser(entries, stage);
            case "JsonExpressionParser":
            case "LogfmtExpressionParser":
                return withLabels(
                    entries,
                    descendants(stage, "LabelExtractionExpression").map((each) => this.firstIdentifier(each)),
                );
            case "LabelFormatExpr":
                return withLabels(
                    entries,
                    descendants(stage, "LabelFormatMatcher").map((each) => {
                        each.getChildren("Identifier").slice(1).forEach(requireUsed);
                        return this.firstIdentifier(each);
                    }),
                );
            case "DropLabelsExpr": {
                const dropped = stage.getChildren("DropLabels").flatMap((list) => descendants(list, "Identifier"));
                dropped.forEach(requireUsed);
                return {
                    ...entries,
                    labels: minus(
                        entries.labels,
                        dropped.map((each) => this.expression.textOf(each)),
                    ),
                };
            }
            case "KeepLabelsExpr": {
                const kept = descendants(stage, "Identifier");
                kept.forEach(requireUsed);
                const labels = new Set(kept.map((each) => this.expression.textOf(each)));
                return { ...entries, labels, guaranteed: new Set(), anyLabels: false };
            }
            case "Unwrap":
            case "LabelFilter":
                children(node)
                    .filter(({ name }) => name !== "UnwrapExpr")
                    .flatMap((part) => (part.name === "Identifier" ? [part] : descendants(part, "Identifier")))
                    .forEach(requireUsed);
                return entries;
            default:
                return entries;
        }
    }

    private afterParser(entries: QueryResult, stage: SyntaxNode): QueryResult {
        const [text] = descendants(stage, "String").map((node) => this.expression.stringOf(node));
        return text === undefined
            ? { ...entries, anyLabels: true }
            : withLabels(
                  entries,
                  [...text.matchAll(/\?P?<(\w+)>|<(\w+)>/g)].map(([, group, capture]) => group ?? capture ?? ""),
              );
    }

    private firstIdentifier(node: SyntaxNode): string {
        return this.expression.textOf(node.getChild("Identifier") as SyntaxNode);
    }

    private operation(node: SyntaxNode): QueryResult {
        const all = children(node);
        const [left, right] = all.filter(isExpression).map((side) => this.vector(side)) as [QueryResult, QueryResult];
        const operator = this.expression.textOf(all.filter((child) => !isExpression(child))[0] as SyntaxNode);
        const modifier = node.getChild("BinOpModifier");
        const onOrIgnoring = modifier?.getChild("OnOrIgnoringModifier");
        const names = (list: SyntaxNode | null | undefined) =>
            list ? descendants(list, "LabelName").map((label) => this.expression.textOf(label)) : [];
        const group = modifier?.getChild("GroupLeft") ? "left" : modifier?.getChild("GroupRight") ? "right" : undefined;
        const matching: Matching = {
            ...(onOrIgnoring && { on: onOrIgnoring.getChild("On") !== null }),
            labels: names(onOrIgnoring?.getChild("GroupingLabels")),
            ...(group && { group }),
            included: names(modifier?.getChild("GroupingLabels")),
        };
        return match(operator, left, right, matching, this.report(node));
    }
}

function isExpression({ name }: SyntaxNode): boolean {
    return /^(Expr|MetricExpr|LogExpr|LogRangeExpr|RangeAggregationExpr|VectorAggregationExpr|LabelReplaceExpr|BinOpExpr|LiteralExpr)$/.test(
        name,
    );
}

function withLabels(vector: QueryResult, labels: string[]): QueryResult {
    return { ...vector, labels: union(vector.labels, labels) };
}
