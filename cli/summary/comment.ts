import { formatKey } from "../compare";
import { flatten, isDerived } from "../plan-format";
import { shorten } from "../shorten";
import type { Effect, ObjectChange, Operation, SettingChange, Usage } from "./effect";
import { cell, code, codeBlock, formatChange, formatGibibytes, formatNumber, table } from "./format";
import { costPerMonth, type Prices } from "./prices";
import { describeRemovals, isHarmlessRemoval, risksOf } from "./risks";
import type { StackFileChange } from "./stack-files";

/** What a comment shows besides the effect. */
export interface CommentOptions {
    prices: Prices;
    /** Number of nodes for which DaemonSets are counted. */
    nodes: number;
    /** Differences between the stack files of both branches. */
    stackFile?: StackFileChange[];
    /** Maximum number of characters of the comment. */
    maxLength: number;
    /** Markdown link or other text that says where the complete text is, for a comment that is cut. */
    complete?: string;
}

/** Maximum number of entries of a list or table. The full diff contains the others. */
const maxRows = 20;

/** The Markdown comment for a stack. What loses data comes first, and the full diff is folded. */
export function formatComment(effect: Effect, options: CommentOptions): string {
    const changed = effect.objects.filter(({ operation }) => operation !== "same");
    const parts = [
        `## Stack ${effect.stack}: ${title(effect, changed)}`,
        effect.source === "plans"
            ? "This compares two plans without the cluster. It does not show the objects of charts, and not which of them are replaced."
            : "",
        section("Data at risk", risks(effect)),
        section("Other replacements and deletions", otherRemovals(changed)),
        section("Changed settings of the stack file", stackFileTable(options.stackFile ?? [])),
        section("Changed components", settingsTable(effect.settings)),
        section("Changed objects", objectsTable(changed)),
        section("Resources", resourcesTable(effect, options)),
        warningsList(effect.warnings),
    ];
    return cutToLength(parts.filter((part) => part !== "").join("\n\n"), fullDiff(effect, changed), options);
}

const pastTense: Record<Exclude<Operation, "same">, string> = {
    replace: "replaced",
    delete: "deleted",
    create: "created",
    update: "updated",
    retain: "removed from the stack but retained",
};
const operations = Object.keys(pastTense) as (keyof typeof pastTense)[];

function title(effect: Effect, changed: ObjectChange[]): string {
    const counts = operations
        .map((operation) => ({ operation, count: changed.filter((object) => object.operation === operation).length }))
        .filter(({ count }) => count > 0)
        .map(({ operation, count }) => `${count} ${pastTense[operation]}`);
    if (counts.length > 0) {
        return counts.join(", ");
    }
    return effect.settings.length > 0 || effect.otherDifferences.length > 0 ? "no object changes" : "no changes";
}

function section(heading: string, text: string): string {
    return text === "" ? "" : `### ${heading}\n\n${text}`;
}

function limited(lines: string[]): string[] {
    return lines.length <= maxRows
        ? lines
        : [...lines.slice(0, maxRows), `- … and ${lines.length - maxRows} more in the full diff`];
}

/** Never shortened: a reviewer must see all of them. */
function risks(effect: Effect): string {
    return risksOf(effect)
        .map(({ change, consequence }) => `- **${change}.** ${consequence}`)
        .join("\n");
}

function otherRemovals(changed: ObjectChange[]): string {
    const others = changed.filter(isHarmlessRemoval);
    return limited(describeRemovals(others).map((change) => `- **${shorten(change, 1000)}**`)).join("\n");
}

function stackFileTable(changes: StackFileChange[]): string {
    return changes.length === 0
        ? ""
        : table(
              ["Setting", "From", "To"],
              changes.map(({ setting, from, to }) => [code(setting), cell(from) || "default", cell(to) || "default"]),
          );
}

/** Components with the same change share a row. The full diff also contains the settings that follow from others. */
function settingsTable(all: SettingChange[]): string {
    const changes = all.filter(({ setting }) => !isDerived(setting));
    const rows = new Map<string, { change: SettingChange; components: string[] }>();
    for (const change of changes) {
        const key = JSON.stringify([change.setting, change.from, change.to]);
        const row = rows.get(key) ?? { change, components: [] };
        rows.set(key, { change, components: [...new Set([...row.components, change.component])] });
    }
    const lines = [...rows.values()].map(({ components, change: { setting, from, to } }) => [
        components.join(", "),
        setting === "" ? "" : code(setting),
        cell(from),
        cell(to),
    ]);
    if (lines.length === 0) {
        return "";
    }
    const more = lines.length > maxRows ? `\n\n${lines.length - maxRows} more settings change.` : "";
    return table(["Component", "Setting", "From", "To"], lines.slice(0, maxRows)) + more;
}

/** Kinds with replacements and deletions come first. */
function objectsTable(changed: ObjectChange[]): string {
    if (changed.length === 0) {
        return "";
    }
    const count = (kind: string, operation: Operation) =>
        changed.filter((object) => object.kind === kind && object.operation === operation).length;
    const removals = (kind: string) => count(kind, "replace") + count(kind, "delete");
    const kinds = [...new Set(changed.map(({ kind }) => kind))].sort(
        (one, other) => removals(other) - removals(one) || one.localeCompare(other, "en"),
    );
    const columns = operations.filter(
        (operation) => operation !== "retain" || changed.some((object) => object.operation === operation),
    );
    const rows = kinds.map((kind) => {
        const bold = (text: string) => (removals(kind) > 0 ? `**${text}**` : text);
        return [
            bold(kind),
            ...columns.map((operation) => {
                const found = count(kind, operation);
                return found === 0
                    ? ""
                    : operation === "replace" || operation === "delete"
                      ? `**${found}**`
                      : `${found}`;
            }),
        ];
    });
    return table(
        ["Kind", ...columns.map((operation) => operation.replace(/^./, (letter) => letter.toUpperCase()))],
        rows,
    );
}

function resourcesTable({ usage, wholeStack }: Effect, { prices, nodes }: CommentOptions): string {
    const { before, after } = usage;
    const money = (amount: number) => `${prices.currency}${amount.toFixed(2)}`;
    const quantities: [string, (usage: Usage) => number, (value: number) => string][] = [
        ["CPU requests", ({ cpu }) => cpu, formatNumber],
        ["Memory requests", ({ memory }) => memory, formatGibibytes],
        ["Storage", ({ storage }) => storage, formatGibibytes],
        ["Estimated cost a month", (resources) => costPerMonth(resources, prices), money],
    ];
    if (quantities.every(([, value]) => value(before) === value(after))) {
        return "";
    }
    const rows = quantities.map(([name, value, format]) => {
        const change = formatChange(value(after) - value(before), format);
        return wholeStack ? [name, format(value(before)), format(value(after)), change] : [name, change];
    });
    const notes = [
        `Each DaemonSet is counted for ${nodes === 1 ? "one node" : `${nodes} nodes`}.`,
        `Prices: ${prices.source}.`,
        ...(after.storage < before.storage
            ? ["Claims that the stack no longer uses cost money until they are deleted."]
            : []),
    ];
    return `${table(wholeStack ? ["", "Before", "After", "Change"] : ["", "Change"], rows)}\n\n${notes.join(" ")}`;
}

/** Most warnings do not depend on the change, so they are folded. */
function warningsList(warnings: string[]): string {
    const lines = warnings.map((warning) => `- ${shorten(warning, 500)}`);
    return lines.length === 0
        ? ""
        : `<details>\n<summary>${lines.length === 1 ? "1 warning" : `${lines.length} warnings`}</summary>\n\n${limited(lines).join("\n")}\n\n</details>`;
}

/** All changes, line by line. */
function fullDiff(effect: Effect, changed: ObjectChange[]): string[] {
    const components = [...new Set(effect.settings.map(({ component }) => component))];
    const order = (object: ObjectChange) => operations.indexOf(object.operation as (typeof operations)[number]);
    return [
        ...components.flatMap((component) => componentDiff(component, effect.settings)),
        ...changed
            .map((object) => ({ object, lines: objectDiff(object) }))
            // If the comment is cut, the long differences, such as those of dashboards, are lost first.
            .sort((one, other) => order(one.object) - order(other.object) || one.lines.length - other.lines.length)
            .flatMap(({ lines }) => lines),
        ...effect.otherDifferences,
    ];
}

function componentDiff(component: string, settings: SettingChange[]): string[] {
    const own = settings.filter((change) => change.component === component);
    return [
        `~ ${component}`,
        ...own.flatMap(({ setting, from, to }) =>
            formatKey({ part: component, key: setting || "component", from, to }).map((line) => `    ${line}`),
        ),
    ];
}

const signs: Record<Operation, string> = {
    replace: "-+",
    delete: "-",
    create: "+",
    update: "~",
    retain: "-",
    same: " ",
};

function objectDiff({ operation, kind, name, component, before, after, secretKeys }: ObjectChange): string[] {
    const heading = `${signs[operation]} ${kind} ${name}${component === undefined ? "" : ` (${component})`}`;
    if (before === undefined || after === undefined) {
        return [heading];
    }
    const [from, to] = [flatten(before), flatten(after)];
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((key) => from[key] !== to[key]);
    const lines = [
        ...keys.flatMap((key) => formatKey({ part: kind, key, from: from[key], to: to[key] })),
        ...secretKeys.map((key) => `~ ${key}: [secret] → [secret] (changed)`),
    ];
    return [heading, ...lines.map((line) => `    ${line}`)];
}

/** Cuts the full diff, and if necessary the text before it, after a complete line. */
function cutToLength(text: string, diff: string[], { maxLength, complete }: CommentOptions): string {
    const where = complete === undefined ? "" : ` See ${complete} for the complete text.`;
    const sentence = `**This comment is cut, because it would be longer than ${maxLength} characters.${where}**`;
    const folded = (lines: string[], note: string) =>
        `\n\n<details>\n<summary>Full diff</summary>\n${note}\n${codeBlock("diff", lines.join("\n"))}\n\n</details>\n`;
    const whole = text + (diff.length === 0 ? "\n" : folded(diff, ""));
    if (whole.length <= maxLength) {
        return whole;
    }
    const note = `\n${sentence}\n`;
    const fence = codeBlock("diff", diff.join("\n")).split("\n")[0] ?? "";
    // The fence of the cut diff is at most as long as that of the whole diff.
    let left = maxLength - text.length - folded([], note).length - 2 * fence.length;
    const kept = [];
    for (const line of diff) {
        left -= line.length + 1;
        if (left < 0) {
            break;
        }
        kept.push(line);
    }
    if (kept.length > 0) {
        return text + folded(kept, note);
    }
    const start = text.slice(0, maxLength - sentence.length - 3);
    return `${start.slice(0, start.lastIndexOf("\n"))}\n\n${sentence}\n`;
}
