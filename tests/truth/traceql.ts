import { parser } from "@grafana/lezer-traceql";
import type { Truth } from "./catalogue";
import { didYouMean } from "./nearest";
import { descendants, Expression } from "./tree";

/** Mistakes of TraceQL in which variables have been replaced. */
export function traceQLMistakes(text: string, { traces }: Truth): string[] {
    const expression = new Expression(parser, text);
    const syntax = expression.syntaxMistake();
    if (syntax !== undefined) {
        return [syntax];
    }
    return descendants(expression.top, "AttributeField").flatMap((node) => {
        const name = expression.of(node.lastChild ?? node).replace(/^"(.*)"$/, "$1");
        const scope = node.firstChild?.name;
        const known =
            scope === "Resource"
                ? traces.resource
                : scope === "Span"
                  ? traces.span
                  : new Set([...traces.resource, ...traces.span]);
        return known.has(name)
            ? []
            : [`${expression.of(node)} is no attribute that anything sends${didYouMean(name, known)}`];
    });
}
