import { parser } from "@grafana/lezer-traceql";
import type { Catalogue } from "./catalogue";
import { didYouMean } from "./suggestion";
import { descendants, Expression } from "./syntax-tree";

/** Checks a TraceQL query whose variables have been replaced. */
export function traceQLProblems(text: string, { traces }: Catalogue): string[] {
    const expression = new Expression(parser, text);
    const syntax = expression.syntaxProblem();
    if (syntax !== undefined) {
        return [syntax];
    }
    return descendants(expression.top, "AttributeField").flatMap((node) => {
        const name = expression.textOf(node.lastChild ?? node).replace(/^"(.*)"$/, "$1");
        const scope = node.firstChild?.name;
        const known =
            scope === "Resource"
                ? traces.resource
                : scope === "Span"
                  ? traces.span
                  : new Set([...traces.resource, ...traces.span]);
        return known.has(name)
            ? []
            : [`${expression.textOf(node)} is not an attribute in the catalogue${didYouMean(name, known)}`];
    });
}
