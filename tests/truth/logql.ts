import { parser } from "@grafana/lezer-logql";
import type { Truth } from "./catalogue";
import { didYouMean } from "./nearest";
import type { Analysis } from "./promql";
import { children, descendants, Expression, type SyntaxNode } from "./tree";
import {
    aggregate,
    type Grouping,
    match,
    type Matching,
    minus,
    requireLabel,
    scalar,
    union,
    type Vector,
} from "./vectors";

const choosing = ["topk", "bottomk", "approx_topk"];

/** What Loki itself adds where a stage fails. */
const ofErrors = ["__error__", "__error_details__"];

/** Checks LogQL in which variables have been replaced. A query for lines has labels, too. */
export function analyseLogQL(text: string, truth: Truth): Analysis {
    const expression = new Expression(parser, text);
    const syntax = expression.syntaxMistake();
    if (syntax !== undefined) {
        return { result: { ...scalar, open: true }, mistakes: [syntax] };
    }
    const mistakes: string[] = [];
    const result = new Analyser(expression, truth, mistakes).vector(expression.top);
    return { result, mistakes: [...new Set(mistakes)] };
}

class Analyser {
    constructor(
        private readonly expression: Expression,
        private readonly truth: Truth,
        private readonly mistakes: string[],
    ) {}

    vector(node: SyntaxNode): Vector {
        switch (node.name) {
            case "LogExpr":
            case "LogRangeExpr":
                return this.lines(node);
            case "RangeAggregationExpr": {
                const grouping = this.grouping(node);
                const lines = this.only(node);
                return grouping ? aggregate(lines, grouping, false, this.say(node)) : { ...lines, kind: "computed" };
            }
            case "VectorAggregationExpr": {
                const operator = this.expression.of(node.getChild("VectorOp") as SyntaxNode);
                return aggregate(this.only(node), this.grouping(node), choosing.includes(operator), this.say(node));
            }
            case "LabelReplaceExpr": {
                const [target, , source] = node.getChildren("String").map((text) => this.expression.string(text));
                const inner = this.only(node);
                if (source) {
                    requireLabel(inner, source, "takes", this.say(node));
                }
                return withLabels(inner, [target ?? ""]);
            }
            case "BinOpExpr":
                return this.operation(node);
            case "LiteralExpr":
                return scalar;
            default:
                return this.only(node);
        }
    }

    private say(node: SyntaxNode): (mistake: string) => void {
        return (mistake) => this.mistakes.push(`${this.expression.of(node)} ${mistake}`);
    }

    private only(node: SyntaxNode): Vector {
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
            .map((identifier) => this.expression.of(identifier));
    }

    private lines(node: SyntaxNode): Vector {
        const { stream, structuredMetadata } = this.truth.logs;
        const selector = node.getChild("Selector") as SyntaxNode;
        for (const identifier of descendants(selector, "Identifier")) {
            const label = this.expression.of(identifier);
            if (!stream.has(label)) {
                const elsewhere = structuredMetadata.has(label) ? `; filter behind the braces: | ${label} = …` : "";
                this.mistakes.push(
                    `${this.expression.of(selector)} asks for the label "${label}", by which Loki does not index${elsewhere || didYouMean(label, stream)}`,
                );
            }
        }
        const vector: Vector = {
            kind: "computed",
            labels: union(union(stream, structuredMetadata), ofErrors),
            sure: new Set(["service_name"]),
            name: "a log line here",
        };
        return descendants(node, "PipelineStage", "UnwrapExpr")
            .sort((one, other) => one.to - other.to)
            .reduce((lines, stage) => this.stage(lines, stage), vector);
    }

    /** What a stage leaves of the labels. */
    private stage(lines: Vector, node: SyntaxNode): Vector {
        const say = this.say(node);
        const need = (identifier: SyntaxNode) => requireLabel(lines, this.expression.of(identifier), "uses", say);
        const [stage = node] = children(node).filter(({ name }) => !["Pipe", "UnwrapExpr"].includes(name));
        switch (stage.name) {
            case "LabelParser":
            case "LogfmtParser":
                return this.parsed(lines, stage);
            case "JsonExpressionParser":
            case "LogfmtExpressionParser":
                return withLabels(
                    lines,
                    descendants(stage, "LabelExtractionExpression").map((each) => this.first(each)),
                );
            case "LabelFormatExpr":
                return withLabels(
                    lines,
                    descendants(stage, "LabelFormatMatcher").map((each) => {
                        each.getChildren("Identifier").slice(1).forEach(need);
                        return this.first(each);
                    }),
                );
            case "DropLabelsExpr": {
                const dropped = stage.getChildren("DropLabels").flatMap((list) => descendants(list, "Identifier"));
                dropped.forEach(need);
                return {
                    ...lines,
                    labels: minus(
                        lines.labels,
                        dropped.map((each) => this.expression.of(each)),
                    ),
                };
            }
            case "KeepLabelsExpr": {
                const kept = descendants(stage, "Identifier");
                kept.forEach(need);
                const labels = new Set(kept.map((each) => this.expression.of(each)));
                return { ...lines, labels, sure: new Set(), open: false };
            }
            case "Unwrap":
            case "LabelFilter":
                children(node)
                    .filter(({ name }) => name !== "UnwrapExpr")
                    .flatMap((part) => (part.name === "Identifier" ? [part] : descendants(part, "Identifier")))
                    .forEach(need);
                return lines;
            default:
                return lines;
        }
    }

    private parsed(lines: Vector, stage: SyntaxNode): Vector {
        const [text] = descendants(stage, "String").map((node) => this.expression.string(node));
        return text === undefined
            ? { ...lines, open: true }
            : withLabels(
                  lines,
                  [...text.matchAll(/\?P?<(\w+)>|<(\w+)>/g)].map(([, group, capture]) => group ?? capture ?? ""),
              );
    }

    private first(node: SyntaxNode): string {
        return this.expression.of(node.getChild("Identifier") as SyntaxNode);
    }

    private operation(node: SyntaxNode): Vector {
        const all = children(node);
        const [left, right] = all.filter(isExpression).map((side) => this.vector(side)) as [Vector, Vector];
        const operator = this.expression.of(all.filter((child) => !isExpression(child))[0] as SyntaxNode);
        const modifier = node.getChild("BinOpModifier");
        const said = modifier?.getChild("OnOrIgnoringModifier");
        const names = (list: SyntaxNode | null | undefined) =>
            list ? descendants(list, "LabelName").map((label) => this.expression.of(label)) : [];
        const group = modifier?.getChild("GroupLeft") ? "left" : modifier?.getChild("GroupRight") ? "right" : undefined;
        const matching: Matching = {
            ...(said && { on: said.getChild("On") !== null }),
            labels: names(said?.getChild("GroupingLabels")),
            ...(group && { group }),
            included: names(modifier?.getChild("GroupingLabels")),
        };
        return match(operator, left, right, matching, this.say(node));
    }
}

function isExpression({ name }: SyntaxNode): boolean {
    return /^(Expr|MetricExpr|LogExpr|LogRangeExpr|RangeAggregationExpr|VectorAggregationExpr|LabelReplaceExpr|BinOpExpr|LiteralExpr)$/.test(
        name,
    );
}

function withLabels(vector: Vector, labels: string[]): Vector {
    return { ...vector, labels: union(vector.labels, labels) };
}
