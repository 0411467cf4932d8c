import * as pulumi from "@pulumi/pulumi";
import { RE2JS } from "re2js";
import { z } from "zod";
import { durationForm, durationSeconds } from "../../validation/durations";
import * as names from "../../validation/names";
import { isStackNamespace, stackNamespaceForm } from "../../validation/namespaces";
import { isSize, sizeForm } from "../../validation/quantities";
import { isYamlText } from "../../validation/yaml-text";

// Each type has one text: the allowed values. mistakes.ts builds a sentence from it, with the key and the value.

export function text(allowed: string, test: (value: string) => boolean = (value) => value.trim() !== "") {
    return z.string({ error: allowed }).refine(test, { error: allowed });
}

export function duration(minimum: string, why: string, maximum?: string) {
    const least = durationSeconds(minimum) ?? 0;
    const most = durationSeconds(maximum ?? "") ?? Infinity;
    const range = `at least ${minimum}${maximum === undefined ? "" : ` and at most ${maximum}`}`;
    return text(`${durationForm}, ${range} (${why})`, (value) => {
        const seconds = durationSeconds(value);
        return seconds !== undefined && seconds >= least && seconds <= most;
    });
}

// `pulumi config set --path` writes every scalar as a string.
const asNumber = (value: unknown) =>
    typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
const asBoolean = (value: unknown) => (value === "true" ? true : value === "false" ? false : value);

export function wholeNumber(allowed: string, test: (value: number) => boolean) {
    return z.preprocess(asNumber, z.int({ error: allowed }).refine(test, { error: allowed }));
}

export function number(allowed: string, test: (value: number) => boolean) {
    return z.preprocess(asNumber, z.number({ error: allowed }).refine(test, { error: allowed }));
}

export function boolean() {
    return z.preprocess(asBoolean, z.boolean({ error: "true or false" }));
}

export function oneOf<const T extends string>(...values: T[]) {
    return z.enum(values, { error: `one of ${values.map((value) => JSON.stringify(value)).join(", ")}` });
}

export function strict<T extends z.core.$ZodShape>(shape: T) {
    return z.strictObject(shape, {
        error: (issue) =>
            issue.code === "invalid_type" ? `a map with the keys ${Object.keys(shape).join(", ")}` : undefined,
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

export const size = () => text(sizeForm, isSize);
export const label = () => text(names.labelForm, names.isLabel);
export const stackNamespace = () => text(stackNamespaceForm, isStackNamespace);
// Charts write such names into YAML without quotes.
export const subdomain = () =>
    text(
        `${names.subdomainForm}, and not a word that YAML reads as a number, a date or a boolean`,
        (value) => names.isSubdomain(value) && isYamlText(value),
    );
export const bucket = () => text(names.bucketForm, names.isBucket);
export const texts = () => z.record(z.string(), text("a text that is not empty"), { error: "a map of texts" });
export const labelKey = () => text(names.labelKeyForm, names.isLabelKey);
export const labelValue = () => text(names.labelValueForm, names.isLabelValue);
export const emptyOrLabelValue = () =>
    text(`empty, or ${names.labelValueForm}`, (value) => value === "" || names.isLabelValue(value));
// Keys of annotations have the form of label keys. Values can be any text.
export const annotations = () => z.record(labelKey(), z.string({ error: "a text" }), { error: "a map of annotations" });
export const replicas = () => wholeNumber("a whole number from 1 to 50", (value) => value >= 1 && value <= 50);

/** A map with free content. Only the program that reads the values can check them. */
export const anyMap = (what: string) => z.record(z.string(), z.any(), { error: `a map of ${what}` });

export function regularExpression() {
    return text("a regular expression", (value) => {
        try {
            return RE2JS.compile(value).pattern() !== "";
        } catch {
            return false;
        }
    });
}

/** A secret is a string in stack config. A program may pass an Output. */
export function secret() {
    return z.custom<pulumi.Input<string>>(
        (value) => pulumi.Output.isInstance(value) || (typeof value === "string" && value !== ""),
        { error: "a text that is not empty" },
    );
}

/** A text that is inserted into a query inside quotes. */
export const quotable = (allowed: string) => text(allowed, (value) => /^[^"\\\n]+$/.test(value));
