import { isDeepStrictEqual } from "util";
import { diffLines } from "diff";
import { unknownKeys } from "../../components/helm/value-keys";
import type { HelmValues } from "../../components/helm/values";
import { didYouMean } from "../../validation/nearest";
import type { ChartFiles } from "./chart-files";
import { type Finding, findings } from "./finding";

/** A default of a chart that differs between two versions. A value is undefined if a version has no such key. */
export interface DefaultChange {
    path: string[];
    from: unknown;
    to: unknown;
    /** Whether the stack sets this key, a key above it or a key below it. */
    ours: boolean;
}

/** The keys that the stack sets and that only the old version of a chart has. */
export function valueFindings(values: HelmValues, from: ChartFiles, to: ChartFiles): Finding[] {
    const before = new Set(unknownKeys(values, from.keys()).map(({ path }) => path.join("\0")));
    const gone = unknownKeys(values, to.keys()).filter(({ path }) => !before.has(path.join("\0")));
    return findings(
        "values",
        "work",
        gone.map(({ path, suggestion, scalar }) =>
            scalar === undefined
                ? `The stack sets ${path.join(".")}, which no longer exists in chart ${to.name} ${to.version}. Helm ignores it${didYouMean(suggestion) || "."}`
                : `The stack sets ${path.join(".")} to ${JSON.stringify(scalar)}, but chart ${to.name} ${to.version} needs a map there.`,
        ),
    );
}

/** Compares the default values of two versions of a chart. A list is one value. */
export function changedDefaults(from: HelmValues, to: HelmValues, values: HelmValues): DefaultChange[] {
    const [before, after, set] = [leaves(from), leaves(to), leaves(values)];
    const ours = [...set.keys()];
    const related = (key: string) =>
        ours.some((own) => own === key || own.startsWith(`${key}\0`) || key.startsWith(`${own}\0`));
    return [...new Set([...before.keys(), ...after.keys()])]
        .filter((key) => !isDeepStrictEqual(before.get(key), after.get(key)))
        .map((key) => ({ path: key.split("\0"), from: before.get(key), to: after.get(key), ours: related(key) }));
}

function leaves(tree: unknown, path: string[] = []): Map<string, unknown> {
    if (typeof tree !== "object" || tree === null || Array.isArray(tree) || Object.keys(tree).length === 0) {
        return path.length === 0 ? new Map() : new Map([[path.join("\0"), tree]]);
    }
    return new Map(Object.entries(tree).flatMap(([key, value]) => [...leaves(value, [...path, key])]));
}

/** A sentence for each default that changes. */
export function defaultFindings(changes: DefaultChange[]): Finding[] {
    return findings("defaults", "note", changes.map(sentence));
}

function sentence({ path, from, to, ours }: DefaultChange): string {
    const key = path.join(".");
    if (from === undefined) {
        return `${ours ? `The stack sets ${key}, which` : `The key ${key}`} is new in the default values: ${show(to)}.`;
    }
    const subject = ours
        ? `The stack sets ${key}. Its default`
        : `The default of ${key}, which the stack does not set,`;
    if (to === undefined) {
        return `${subject} ${show(from)} is no longer in the default values.`;
    }
    return isLongText(from) && isLongText(to)
        ? `${subject} changes: ${changedLines(from, to)}.`
        : `${subject} changes from ${show(from)} to ${show(to)}.`;
}

function isLongText(value: unknown): value is string {
    return typeof value === "string" && value.includes("\n");
}

function changedLines(from: string, to: string): string {
    const parts = diffLines(from, to);
    const count = (kind: "added" | "removed") =>
        parts.filter((part) => part[kind]).reduce((sum, part) => sum + part.count, 0);
    return `${count("added")} added lines and ${count("removed")} removed lines`;
}

const longestValue = 80;

function show(value: unknown): string {
    const text = JSON.stringify(value) ?? "";
    return text.length > longestValue ? `${text.slice(0, longestValue)} …` : text;
}
