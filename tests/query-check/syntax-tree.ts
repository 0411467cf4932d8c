import type { parser } from "@prometheus-io/lezer-promql";

/** A node of a syntax tree. All parsers use the same type. */
export type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** A parser of a query language. */
interface Parser {
    parse(text: string): { topNode: SyntaxNode };
}

/** An expression with its syntax tree. */
export class Expression {
    readonly top: SyntaxNode;

    constructor(
        parser: Parser,
        readonly text: string,
    ) {
        this.top = parser.parse(text).topNode;
    }

    textOf(node: SyntaxNode): string {
        return this.text.slice(node.from, node.to);
    }

    /** The value of a string literal, in quotes or backticks. */
    stringOf(node: SyntaxNode): string {
        const text = this.textOf(node);
        return text.startsWith("`") ? text.slice(1, -1) : text.slice(1, -1).replace(/\\(.)/g, "$1");
    }

    /** Describes the first syntax error, if there is one. */
    syntaxProblem(): string | undefined {
        const error = descendants(this.top).find(({ type }) => type.isError);
        if (error === undefined && this.top.firstChild !== null) {
            return undefined;
        }
        const rest = this.text.slice(error?.from ?? 0, (error?.from ?? 0) + 30).trim();
        return `has a syntax error ${rest === "" ? "at the end" : `at "${rest}"`}: ${this.text}`;
    }
}

export function children(node: SyntaxNode): SyntaxNode[] {
    const found: SyntaxNode[] = [];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
        found.push(child);
    }
    return found;
}

/** The descendants of a node, depth first. Default for `names`: all descendants. */
export function descendants(node: SyntaxNode, ...names: string[]): SyntaxNode[] {
    const found: SyntaxNode[] = [];
    const visit = (parent: SyntaxNode) => {
        for (let child = parent.firstChild; child !== null; child = child.nextSibling) {
            if (names.length === 0 || names.includes(child.name)) {
                found.push(child);
            }
            visit(child);
        }
    };
    visit(node);
    return found;
}
