import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { nearest } from "../validation/nearest";
import type { Mistake, Path } from "./rule";
import { secretKeys } from "./schema";

/** Invalid settings. The message lists all mistakes, one sentence each. Nothing has been created. */
export class SettingsError extends pulumi.RunError {
    /** The message with all allowed keys for each unknown key. */
    readonly verboseMessage: string;

    constructor(
        /** One sentence for each mistake. */
        readonly mistakes: string[],
        /** The same sentences, with all allowed keys for each unknown key. */
        verboseMistakes: string[] = mistakes,
    ) {
        super(list(mistakes));
        this.verboseMessage = list(verboseMistakes);
    }
}

function list(mistakes: string[]): string {
    const count = mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`;
    return `The settings have ${count}; nothing was created.\n${mistakes.map((line) => `  - ${line}`).join("\n")}`;
}

/** The sentence for a mistake: key, value, what is allowed. */
export function sentence(raw: unknown, keyPrefix: string, mistake: Mistake): string {
    const key = keyPrefix + keyOf(mistake.path);
    if (mistake.sentence) {
        return `${key} ${mistake.message}${mistake.message.endsWith("?") ? "" : "."}`;
    }
    const value = valueAt(raw, mistake.path);
    const printed = mayContainSecret(mistake.path) ? "[secret]" : print(value);
    return value === undefined
        ? `${key} is missing; it must be ${mistake.message}.`
        : `${key} is ${printed}; it must be ${mistake.message}.`;
}

/** The same sentence, followed by all allowed keys if the key is unknown. */
export function verboseSentence(raw: unknown, keyPrefix: string, mistake: Mistake): string {
    const { allowedKeys } = mistake;
    const short = sentence(raw, keyPrefix, mistake);
    return allowedKeys === undefined ? short : `${short} The allowed keys are ${allowedKeys.join(", ")}.`;
}

/** The mistake of a secret or encrypted value at a key that must not be secret. */
export function secretMistake(path: Path): Mistake {
    const allowed = `${secretKeys.slice(0, -1).join(", ")} and ${secretKeys.at(-1)}`;
    return {
        path,
        message: `is secret; only ${allowed} may be secret, because every other value can appear in clear text in a chart`,
        sentence: true,
    };
}

/** Whether the value at a path may be a secret, contain one, or be a part of one. */
export function mayContainSecret(path: Path): boolean {
    return secretKeys.map((key) => key.split(".")).some((key) => startsWith(key, path) || startsWith(path, key));
}

export function startsWith(path: Path, start: Path): boolean {
    return start.every((part, index) => part === path[index]);
}

/** Converts the issues of the schema to mistakes. Each unknown key is a separate mistake. */
export function schemaMistakes(schema: z.ZodType, issues: z.core.$ZodIssue[]): Mistake[] {
    return issues.flatMap((issue): Mistake[] => {
        const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
        if (issue.code === "unrecognized_keys") {
            const allowedKeys = knownKeys(schema, path);
            return issue.keys.map((key) => ({ ...unknownKey([...path, key], allowedKeys), allowedKeys }));
        }
        const inner = issue.code === "invalid_key" ? issue.issues[0] : undefined;
        return inner
            ? [{ path, message: `is not allowed as a key; it must be ${inner.message}`, sentence: true }]
            : [{ path, message: issue.message }];
    });
}

/** An unknown key, with the known key that was probably meant. */
function unknownKey(path: Path, allowedKeys: string[]): Mistake {
    const meant = nearest(String(path.at(-1)), allowedKeys);
    const message =
        meant === undefined
            ? 'is unknown, and no setting there has a similar name; "npm run plan -- <stack> --verbose" lists the allowed keys'
            : `is unknown. Did you mean ${keyOf([...path.slice(0, -1), meant])}?`;
    return { path, message, sentence: true };
}

function keyOf(path: Path): string {
    return path.map((part, index) => (typeof part === "number" ? `[${part}]` : (index ? "." : "") + part)).join("");
}

function print(value: unknown): string {
    if (pulumi.Output.isInstance(value)) {
        return "an Output";
    }
    // A URL may contain a user and a password.
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

/** The keys of the schema's object at a path. Unwraps optional values, defaults, lists and maps. */
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
