import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type DurationRange, durationMistake } from "../../validation/durations";
import * as names from "../../validation/names";
import { stackNamespaceMistake } from "../../validation/namespaces";
import { oneOfText } from "../../validation/nearest";
import { sizeMistake } from "../../validation/quantities";
import { regularExpressionMistake } from "../../validation/redaction";

// Each type has a text: the allowed values. mistakes.ts builds a sentence from it, with the key and the value.

/**
 * A string with a check.
 *
 * @param mistake returns what a value must be, or undefined if it is valid.
 */
export function checked(mistake: (value: unknown) => string | undefined) {
    const error = ({ input }: { input?: unknown }) => {
        // YAML reads some words without quotes as other types.
        const unquoted = typeof input === "number" || typeof input === "boolean" ? String(input) : undefined;
        return unquoted !== undefined && mistake(unquoted) === undefined
            ? `a string; write ${JSON.stringify(unquoted)} in quotes`
            : mistake(input);
    };
    return z.string({ error }).refine((value) => mistake(value) === undefined, { error });
}

/** A string that passes a test. The default test allows every string that is not empty. */
export function text(allowed: string, test: (value: string) => boolean = (value) => value.trim() !== "") {
    return checked((value) => (typeof value === "string" && test(value) ? undefined : allowed));
}

// `pulumi config set --path` writes every scalar as a string.
const asNumber = (value: unknown) =>
    typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
const asBoolean = (value: unknown) => (value === "true" ? true : value === "false" ? false : value);

export function wholeNumber(allowed: string, test: (value: number) => boolean) {
    return z.preprocess(asNumber, z.int({ error: allowed }).refine(test, { error: allowed }));
}

/** A number that passes a test. `allowed` can depend on the invalid value. */
export function number(allowed: string | ((value: unknown) => string), test: (value: number) => boolean) {
    const error = ({ input }: { input?: unknown }) => (typeof allowed === "string" ? allowed : allowed(input));
    return z.preprocess(asNumber, z.number({ error }).refine(test, { error }));
}

export function boolean() {
    return z.preprocess(asBoolean, z.boolean({ error: "true or false" }));
}

export function oneOf<const T extends string>(...values: T[]) {
    return z.enum(values, { error: ({ input }) => oneOfText(input, values) });
}

export function strict<T extends z.core.$ZodShape>(shape: T) {
    const keys = Object.keys(shape);
    return z.strictObject(shape, {
        error: (issue) =>
            issue.code === "invalid_type"
                ? `a map with the ${keys.length === 1 ? "key" : "keys"} ${keys.join(", ")}`
                : undefined,
    });
}

export function listOf<T extends z.ZodType>(item: T, what: string) {
    return z.array(item, { error: `a list of ${what}` });
}

/** A list that must not be empty, because an empty one would match nothing. */
export function someOf<T extends z.ZodType>(item: T, what: string) {
    const error = `a list of ${what} that is not empty`;
    return z.array(item, { error }).min(1, { error });
}

export const tenantId = () =>
    text(
        "a tenant id: at most 150 letters, digits, '-', '_' and '.'",
        (value) => /^[-\w.]{1,150}$/.test(value) && !/^\.+$/.test(value),
    );
export const nonEmpty = () => text("a string that is not empty");
export const duration = (range: DurationRange) => checked((value) => durationMistake(value, range));
export const size = () => checked(sizeMistake);
export const stackNamespace = () => checked(stackNamespaceMistake);
export const subdomain = () => checked(names.subdomainMistake);
export const label = () =>
    checked((value) => {
        const wildcard = typeof value === "string" && value.includes("*") ? "; wildcards are not supported" : "";
        return typeof value === "string" && names.isLabel(value) ? undefined : names.labelForm + wildcard;
    });
export const bucket = () => text(names.bucketForm, names.isBucket);
export const texts = () => z.record(z.string(), nonEmpty(), { error: "a map of strings" });
export const labelKey = () => text(names.labelKeyForm, names.isLabelKey);
export const labelValue = () => text(names.labelValueForm, names.isLabelValue);
export const emptyOrLabelValue = () =>
    text(`empty, or ${names.labelValueForm}`, (value) => value === "" || names.isLabelValue(value));
// Keys of annotations have the form of label keys. Values can be any string.
export const annotations = () =>
    z.record(
        labelKey(),
        text("a string", () => true),
        { error: "a map of annotations" },
    );
export const replicas = () => wholeNumber("a whole number from 1 to 50", (value) => value >= 1 && value <= 50);

/** A map with free content. Only the program that reads the values can check them. */
export const anyMap = (what: string) => z.record(z.string(), z.any(), { error: `a map of ${what}` });

export const regularExpression = () => checked(regularExpressionMistake);

/** A secret is a string in stack config. A program may pass an Output. */
export function secret() {
    return z.custom<pulumi.Input<string>>(
        (value) => pulumi.Output.isInstance(value) || (typeof value === "string" && value !== ""),
        {
            error: ({ input }) =>
                typeof input === "number" ? "a string; write the number in quotes" : "a string that is not empty",
        },
    );
}

/** A string that is inserted into a query inside quotes. */
export const quotable = (allowed: string) => text(allowed, (value) => /^[^"\\\n]+$/.test(value));
