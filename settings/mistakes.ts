import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Mistake, Path } from "./rule";
import { secretKeys } from "./schema";

/** Settings that cannot be deployed: the message lists every mistake, each in a sentence. Nothing has been created. */
export class SettingsError extends pulumi.RunError {
    constructor(
        /** One sentence a mistake. */
        readonly mistakes: string[],
    ) {
        const count = mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`;
        super(`The settings have ${count}; nothing was created.\n${mistakes.map((line) => `  - ${line}`).join("\n")}`);
    }
}

/** The sentence for a mistake: key, value, what is allowed. */
export function sentence(raw: unknown, keyPrefix: string, mistake: Mistake): string {
    const key = keyPrefix + keyOf(mistake.path);
    if (mistake.sentence) {
        return `${key} ${mistake.message}${mistake.message.endsWith("?") ? "" : "."}`;
    }
    const value = valueAt(raw, mistake.path);
    const shown = holdsSecret(mistake.path) ? "[secret]" : show(value);
    return value === undefined
        ? `${key} is missing; it must be ${mistake.message}.`
        : `${key} is ${shown}; it must be ${mistake.message}.`;
}

/** What is wrong with a value that is secret, or encrypted, where that is not allowed. */
export function secretMistake(path: Path): Mistake {
    const allowed = `${secretKeys.slice(0, -1).join(", ")} and ${secretKeys.at(-1)}`;
    return {
        path,
        message: `is secret; only ${allowed} may be, as all else can end in a chart, in clear text`,
        sentence: true,
    };
}

/** Whether a secret may be at a path, or below it. */
export function holdsSecret(path: Path): boolean {
    return secretKeys.some((key) => begins(key.split("."), path));
}

/** Whether a path leads to, or through, the end of another. */
export function begins(path: Path, start: Path): boolean {
    return start.every((part, index) => part === path[index]);
}

/** What the schema found, as mistakes of the same form; an unknown key is a mistake of its own. */
export function schemaMistakes(schema: z.ZodType, issues: z.core.$ZodIssue[]): Mistake[] {
    return issues.flatMap((issue): Mistake[] => {
        const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
        if (issue.code === "unrecognized_keys") {
            const known = knownKeys(schema, path);
            return issue.keys.map((key) => ({
                path: [...path, key],
                message: `is not a setting; known ${path.length === 0 ? "are" : "there are"} ${known.join(", ")}`,
                sentence: true,
            }));
        }
        const inner = issue.code === "invalid_key" ? issue.issues[0] : undefined;
        return inner
            ? [{ path, message: `is not allowed as a key; it must be ${inner.message}`, sentence: true }]
            : [{ path, message: issue.message }];
    });
}

function keyOf(path: Path): string {
    return path.map((part, index) => (typeof part === "number" ? `[${part}]` : (index ? "." : "") + part)).join("");
}

function show(value: unknown): string {
    if (pulumi.Output.isInstance(value)) {
        return "an Output";
    }
    // Of an address with a password, all but that.
    const json = (JSON.stringify(value) ?? String(value)).replace(/:\/\/[^/"]*@/g, "://[secret]@");
    return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}

export function valueAt(tree: unknown, path: Path): unknown {
    return path.reduce<unknown>(
        (node, part) =>
            typeof node === "object" && node !== null ? (node as Record<string, unknown>)[part] : undefined,
        tree,
    );
}

/** The keys of the object that a schema has at a path, looking through optional, default, list and map wrappers. */
function knownKeys(schema: z.ZodType, path: Path): string[] {
    let node: Wrapper = schema as unknown as Wrapper;
    for (const part of [...path, undefined]) {
        while (node.def.innerType) {
            node = node.def.innerType;
        }
        if (part !== undefined) {
            node = (typeof part === "number" ? node.def.element : node.def.shape?.[part]) ?? node.def.valueType ?? node;
        }
    }
    return Object.keys(node.def.shape ?? {});
}

interface Wrapper {
    def: { innerType?: Wrapper; element?: Wrapper; valueType?: Wrapper; shape?: Record<string, Wrapper> };
}
