import { shorten } from "../shorten";
import type { Scalar } from "../plan-format";

/** A size in GiB, with up to two decimals: "100 GiB". */
export function formatGibibytes(bytes: number): string {
    return `${formatNumber(bytes / 2 ** 30)} GiB`;
}

/** A number with up to two decimals: 1.5 is "1.5". */
export function formatNumber(value: number): string {
    return String(Number(value.toFixed(2)));
}

/** A difference with its sign: "+1.5 GiB", "0 GiB". */
export function formatChange(value: number, format: (value: number) => string): string {
    const text = format(Math.abs(value));
    return Number.parseFloat(text.replace(/^[^\d]*/, "")) === 0 ? text : `${value > 0 ? "+" : "−"}${text}`;
}

/** A value as code in a cell of a Markdown table. */
export function cell(value: Scalar | undefined, maxLength = 80): string {
    return value === undefined ? "" : code(shorten(String(value), maxLength).replaceAll("|", "\\|"));
}

/** Text as code in Markdown. */
export function code(text: string): string {
    const fence = "`".repeat(1 + Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length)));
    const space = /^`|`$/.test(text) || text === "" ? " " : "";
    return `${fence}${space}${text}${space}${fence}`;
}

/** A Markdown table. Rows with more or fewer cells than the heading are not allowed. */
export function table(heading: string[], rows: string[][]): string {
    const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
    return [line(heading), line(heading.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A code block for text that may contain other code blocks. */
export function codeBlock(language: string, text: string): string {
    const fence = "~".repeat(Math.max(3, ...(text.match(/~+/g) ?? []).map(({ length }) => length + 1)));
    return `${fence}${language}\n${text}\n${fence}`;
}
