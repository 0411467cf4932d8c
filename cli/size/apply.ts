import * as fs from "fs";
import { dump } from "js-yaml";
import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";
import type { Finding } from "./findings";

/** The settings that should change, as a tree: { replicas: { mimir: 5 } }. */
export function changedSettings(findings: Finding[]): Record<string, unknown> {
    const tree: Record<string, unknown> = {};
    for (const { path, change } of findings) {
        if (change !== undefined) {
            const parents = path.slice(0, -1);
            const map = parents.reduce<Record<string, unknown>>(
                (node, key) => (node[key] ??= {}) as Record<string, unknown>,
                tree,
            );
            map[path.at(-1) ?? ""] = change;
        }
    }
    return tree;
}

/**
 * Sets values in the text of a stack file. All other text, with comments and the order of the keys, stays as it is.
 *
 * @param project name of the project, which is the prefix of the keys.
 * @throws Error if the text is not valid YAML, or contains something else where a map is expected.
 */
export function withSettings(text: string, project: string, changes: Record<string, unknown>): string {
    const leaves = Object.entries(changes).flatMap(([name, tree]) => leavesOf(["config", `${project}:${name}`], tree));
    return leaves.reduce((changed, [path, value]) => withValue(changed, path, value), text);
}

function leavesOf(path: string[], tree: unknown): [string[], unknown][] {
    return typeof tree === "object" && tree !== null
        ? Object.entries(tree).flatMap(([key, value]) => leavesOf([...path, key], value))
        : [[path, tree]];
}

/** Replaces the value at a path, or inserts it into the deepest map of the path that exists. */
function withValue(text: string, path: string[], value: unknown): string {
    const document = parseDocument(text);
    if (document.errors.length > 0) {
        throw new Error(`the stack file is not valid YAML: ${document.errors[0]?.message}`);
    }
    const present = document.getIn(path, true);
    if (isScalar(present) && present.range) {
        const [start, end] = present.range;
        return text.slice(0, start) + scalarText(value) + text.slice(end);
    }
    const depths = path.map((_, index) => index).filter((index) => isMap(document.getIn(path.slice(0, index), true)));
    const depth = depths.at(-1) ?? 0;
    const map = document.getIn(path.slice(0, depth), true);
    const blocked = document.getIn(path.slice(0, depth + 1), true);
    if (!isMap(map) || map.range == null || (blocked != null && !(isScalar(blocked) && blocked.value === null))) {
        throw new Error(`${path.slice(depth === 0 ? 0 : 1, depth + 1).join(".")} must be a map of settings`);
    }
    if (blocked != null) {
        throw new Error(`${path.slice(1, depth + 1).join(".")} is empty in the stack file; remove the key`);
    }
    return inserted(text, map, nested(path.slice(depth), value));
}

/** A tree with a value at a path. */
function nested(path: string[], value: unknown): Record<string, unknown> {
    const [key = "", ...rest] = path;
    return { [key]: rest.length === 0 ? value : nested(rest, value) };
}

/** Adds a key to the end of a map. */
function inserted(text: string, map: YAMLMap, entry: Record<string, unknown>): string {
    const [start, end] = map.range as [number, number, number];
    if (map.flow) {
        const inner = dump(entry, { flowLevel: 0, lineWidth: -1 }).trim().slice(1, -1).trim();
        const before = text.slice(0, end - 1).trimEnd();
        const separator = map.items.length === 0 ? " " : before.endsWith(",") ? " " : ", ";
        return `${before}${separator}${inner} }${text.slice(end)}`;
    }
    const column = start - (text.lastIndexOf("\n", start - 1) + 1);
    const lines = dump(entry, { lineWidth: -1 }).trimEnd().split("\n");
    const block = lines.map((line) => `${" ".repeat(column)}${line}\n`).join("");
    const content = text.slice(0, end).trimEnd().length;
    const lineEnd = text.indexOf("\n", content);
    return lineEnd === -1 ? `${text}\n${block}` : text.slice(0, lineEnd + 1) + block + text.slice(lineEnd + 1);
}

function scalarText(value: unknown): string {
    return dump(value, { lineWidth: -1 }).trimEnd();
}

/** Writes settings into a stack file. The file is replaced in one step. */
export function applySettings(file: string, project: string, changes: Record<string, unknown>): void {
    const text = withSettings(fs.readFileSync(file, "utf8"), project, changes);
    const temporary = `${file}.new`;
    fs.writeFileSync(temporary, text, { mode: fs.statSync(file).mode });
    fs.renameSync(temporary, file);
}
