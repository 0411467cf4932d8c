import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { didYouMean, nearest, oneOfText } from "../validation/nearest";
import { keyOf, startsWith, valueAt } from "./paths";
import type { Mistake, Path } from "./rule";
import { secretKeys } from "./schema";

/** How the sentences about mistakes are printed. */
export interface Format {
    /** The configured settings. */
    raw: unknown;
    /** Prefix of each key, such as "observability:". */
    keyPrefix: string;
    /** Name of the stack, for commands. */
    stack: string;
    /** Whether all allowed keys and values are printed. */
    verbose: boolean;
}

/** The longest list of allowed keys that a sentence contains without `verbose`. */
const longestList = 10;

/** The sentence for a mistake: key, value, what is allowed. */
export function sentence(mistake: Mistake, format: Format): string {
    const { raw, keyPrefix } = format;
    const { path, also } = mistake;
    const key = keyPrefix + keyOf(path) + (also === undefined ? "" : ` and ${keyPrefix}${keyOf(also)}`);
    if (mistake.allowedKeys !== undefined) {
        return unknownKeySentence(`${key} ${mistake.message}`, mistake, format);
    }
    if (mistake.sentence) {
        return end(`${key} ${mistake.message}`);
    }
    const value = valueAt(raw, path);
    const allowed =
        format.verbose && mistake.choices !== undefined ? oneOfText(value, mistake.choices, true) : mistake.message;
    if (value === null) {
        return end(`${key} is null; remove the key, or set it to ${allowed}`);
    }
    const printed = mayContainSecret(path) ? "[secret]" : print(value);
    return end(
        value === undefined
            ? `${key} is missing; it must be ${allowed}`
            : `${key} is ${printed}; it must be ${allowed}`,
    );
}

const end = (text: string) => (/[.?]$/.test(text) ? text : `${text}.`);

function unknownKeySentence(text: string, mistake: Mistake, { stack, verbose }: Format): string {
    const { meant, allowedKeys = [] } = mistake;
    const allowed = `${allowedKeys.length === 1 ? "only allowed key is" : "allowed keys are"} ${allowedKeys.join(", ")}`;
    if (meant !== undefined) {
        return `${text}${didYouMean(keyOf(meant))}${verbose ? ` The ${allowed}.` : ""}`;
    }
    return allowedKeys.length <= longestList || verbose
        ? `${text}; the ${allowed}.`
        : `${text}; "npm run plan -- ${stack} --verbose" lists the allowed keys.`;
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

/** Converts the issues of the schema to mistakes. Each unknown key is a separate mistake. */
export function schemaMistakes(schema: z.ZodType, issues: z.core.$ZodIssue[], keyPrefix: string): Mistake[] {
    return issues.flatMap((issue): Mistake[] => {
        const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
        if (issue.code === "unrecognized_keys") {
            const allowedKeys = knownKeys(schema, path);
            return issue.keys.map((key) => unknownKey([...path, key], allowedKeys, keyPrefix));
        }
        const inner = issue.code === "invalid_key" ? issue.issues[0] : undefined;
        if (inner) {
            return [{ path, message: `is not allowed as a key; it must be ${inner.message}`, sentence: true }];
        }
        const choices = issue.code === "invalid_value" ? { choices: issue.values.map(String) } : {};
        return [{ path, message: issue.message, ...choices }];
    });
}

/** An unknown key, with the known key that was probably meant. */
function unknownKey(path: Path, allowedKeys: string[], keyPrefix: string): Mistake {
    const key = String(path.at(-1));
    const parts = key.split(".");
    // `pulumi config set` without --path writes such a key.
    if (path.length === 1 && parts.length > 1 && allowedKeys.includes(parts[0] ?? "")) {
        const nested = parts.slice(1).reduceRight((inner, part) => `{ ${part}: ${inner} }`, "…");
        const message = `is not a key but a path; write ${keyPrefix}${parts[0]}: ${nested}, or use "pulumi config set --path"`;
        return { path, message, sentence: true, meant: parts };
    }
    const meant = nearest(key, allowedKeys);
    const similar = meant === undefined ? {} : { meant: [...path.slice(0, -1), meant] };
    return { path, message: "is unknown", sentence: true, allowedKeys, ...similar };
}

function print(value: unknown): string {
    if (pulumi.Output.isInstance(value)) {
        return "an Output";
    }
    // A URL may contain a user and a password.
    const json = (JSON.stringify(value) ?? String(value)).replace(/:\/\/[^/"]*@/g, "://[secret]@");
    return json.length > 80 ? `${json.slice(0, 77)}…` : json;
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
