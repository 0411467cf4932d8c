import type { parser } from "@prometheus-io/lezer-promql";

/** A node of a tree. All the parsers make the same. */
export type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** A parser of a query language. */
interface Parser {
    parse(text: string): { topNode: SyntaxNode };
}

/** What is wrong with a query, in sentences. */
export type Mistakes = string[];

/** An expression with its tree. */
export class Expression {
    readonly top: SyntaxNode;

    constructor(
        parser: Parser,
        readonly text: string,
    ) {
        this.top = parser.parse(text).topNode;
    }

    of(node: SyntaxNode): string {
        return this.text.slice(node.from, node.to);
    }

    /** What a literal stands for. Two languages have backticks, too. */
    string(node: SyntaxNode): string {
        const text = this.of(node);
        return text.startsWith("`") ? text.slice(1, -1) : text.slice(1, -1).replace(/\\(.)/g, "$1");
    }

    /** Where the parser gave up, as a sentence; nothing when it did not. */
    syntaxMistake(): string | undefined {
        const wrong = descendants(this.top).find(({ type }) => type.isError);
        if (wrong === undefined && this.top.firstChild !== null) {
            return undefined;
        }
        const rest = this.text.slice(wrong?.from ?? 0, (wrong?.from ?? 0) + 30).trim();
        return `does not parse ${rest === "" ? "at its end" : `at "${rest}"`}: ${this.text}`;
    }
}

export function children(node: SyntaxNode): SyntaxNode[] {
    const found: SyntaxNode[] = [];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
        found.push(child);
    }
    return found;
}

/** A node's own descendants, from top to bottom and left to right. */
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
