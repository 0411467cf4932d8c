import * as pulumi from "@pulumi/pulumi";
import type { Path } from "./rule";

/** The value at a path, or undefined. */
export function valueAt(tree: unknown, path: Path): unknown {
    return path.reduce<unknown>(
        (node, part) =>
            typeof node === "object" && node !== null ? (node as Record<string, unknown>)[part] : undefined,
        tree,
    );
}

export function startsWith(path: Path, start: Path): boolean {
    return start.every((part, index) => part === path[index]);
}

/** A path as in a stack file: `a.b[0]["c d"]`. */
export function keyOf(path: Path): string {
    return path
        .map((part, index) =>
            typeof part === "number"
                ? `[${part}]`
                : /\s/.test(part)
                  ? `[${JSON.stringify(part)}]`
                  : (index === 0 ? "" : ".") + part,
        )
        .join("");
}

/**
 * A copy of settings without invalid values, so that the others can be checked. An invalid entry of a list is left out as a whole. If a
 * required key is missing, the map that should contain it is left out.
 */
export function without(raw: object, wrong: Path[]): object {
    const removed = wrong.map((path) => removedPath(raw, path));
    const copy = (node: unknown, path: Path): unknown => {
        if (typeof node !== "object" || node === null || pulumi.Output.isInstance(node)) {
            return node;
        }
        const kept = Object.entries(node)
            .map(([key, value]) => [Array.isArray(node) ? Number(key) : key, value] as const)
            .filter(([key]) => !removed.some((other) => same(other, [...path, key])))
            .map(([key, value]) => [key, copy(value, [...path, key])] as const);
        return Array.isArray(node) ? kept.map(([, value]) => value) : Object.fromEntries(kept);
    };
    return copy(raw, []) as object;
}

function removedPath(raw: object, path: Path): Path {
    const entry = path.findIndex((part) => typeof part === "number");
    return entry !== -1 ? path.slice(0, entry + 1) : valueAt(raw, path) === undefined ? path.slice(0, -1) : path;
}

/** The path in the configured settings that belongs to a path in the settings without the invalid values. */
export function originalPath(raw: object, wrong: Path[], path: Path): Path {
    const entry = path.findIndex((part) => typeof part === "number");
    const list = path.slice(0, entry);
    const entries = entry === -1 ? undefined : valueAt(raw, list);
    if (!Array.isArray(entries)) {
        return path;
    }
    const isRemoved = (index: number) => wrong.some((other) => startsWith(other, [...list, index]));
    const kept = [...entries.keys()].filter((index) => !isRemoved(index));
    return [...list, kept[Number(path[entry])] ?? 0, ...path.slice(entry + 1)];
}

function same(one: Path, other: Path): boolean {
    return one.length === other.length && startsWith(one, other);
}
