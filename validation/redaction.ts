import { RE2JS } from "re2js";

/** The text that replaces what a pattern finds, and the value of masked attributes. */
export const redactedText = "****";

/** What is replaced in a text. The parts are regular expressions (RE2) without capturing groups. */
export interface RedactionPattern {
    /** What comes before the replaced part, and is kept. Default: nothing. */
    before?: string;
    /** The part that is replaced. */
    secret: string;
    /** What comes after the replaced part, and is kept. Default: nothing. */
    after?: string;
}

// Between the name and the value of a field: in JSON, in JSON inside a JSON string, and in logfmt.
const equals = "\\\\?[\"']?\\s*[:=]\\s*\\\\?[\"']?";
const value = "[^\\s\"'\\\\&,;}]+";

/** The built-in patterns by name. They replace values and keep the names of fields, so that JSON stays valid. */
export const redactionPatterns = {
    authorization: {
        before: `(?i)\\bauthorization${equals}(?:(?:basic|bearer|digest|negotiate|token)\\s+)?`,
        secret: "[^\\s\"'\\\\,;}]+",
    },
    bearerToken: { before: "\\b[Bb]earer\\s+", secret: "[\\w.~+/-]{16,}=*" },
    cookie: { before: `(?i)\\b(?:set-)?cookie${equals}`, secret: "[^\\s\"'\\\\;]+(?:;\\s*[^\\s\"'\\\\;]+)*" },
    password: { before: `(?i)(?:password|passwd|passphrase|\\bpwd)${equals}`, secret: value },
    apiKey: {
        before: `(?i)(?:api[_-]?key|client[_-]?secret|secret[_-]?key|(?:access|refresh|auth)[_-]?token)${equals}`,
        secret: value,
    },
    jwt: { secret: "\\beyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]*" },
    awsAccessKey: { secret: "\\b(?:AKIA|ASIA)[0-9A-Z]{16}\\b" },
    githubToken: { secret: "\\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_\\w{22,})" },
    urlCredentials: { before: "://[^\\s/:@]*:", secret: "[^\\s/@]+", after: "@" },
    privateKey: {
        secret: "(?s)-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|$)",
    },
    email: { secret: "\\b[\\w.%+-]+@[\\w-]+(?:\\.[\\w-]+)+\\b" },
    creditCard: {
        secret: "\\b(?:(?:4\\d{3}|5[1-5]\\d{2}|2[2-7]\\d{2}|6(?:011|5\\d{2}))(?:[ -]?\\d{4}){3}|3[47]\\d{2}[ -]?\\d{6}[ -]?\\d{5})\\b",
    },
    iban: { secret: "\\b[A-Z]{2}\\d{2}(?: ?[0-9A-Z]{4}){3,7}(?: ?[0-9A-Z]{1,3})?\\b" },
    ipv4Address: { secret: "\\b(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\b" },
} satisfies Record<string, RedactionPattern>;

/** Names of the built-in patterns. */
export const redactionPatternNames = Object.keys(redactionPatterns) as (keyof typeof redactionPatterns)[];

/** Attributes that the stack itself needs: labels of all signals, and what links and metrics are built from. */
export const requiredAttributes = [
    "cluster",
    "namespace",
    "service.name",
    "service.instance.id",
    "k8s.namespace.name",
    "k8s.pod.name",
    "sampling.ratio",
];

const re2Form = "a regular expression in RE2 syntax, which does not support lookahead and lookbehind";

/**
 * Checks a regular expression.
 *
 * @returns what it must be, or undefined if it is valid.
 */
export function regularExpressionMistake(expression: unknown): string | undefined {
    try {
        return typeof expression === "string" && RE2JS.compile(expression).pattern() !== "" ? undefined : re2Form;
    } catch (error) {
        return `${re2Form} (${(error as Error).message})`;
    }
}

/**
 * Checks a regular expression whose matches are replaced.
 *
 * @returns what it must be, or undefined if it is valid.
 */
export function redactionPatternMistake(expression: unknown): string | undefined {
    const invalid = regularExpressionMistake(expression);
    if (invalid !== undefined) {
        return invalid;
    }
    const compiled = RE2JS.compile(expression as string);
    if (compiled.groupCount() > 0) {
        return "a regular expression without capturing groups, because the whole match is replaced; write (?:…) for a group";
    }
    return compiled.matcher("").find() ? "a regular expression that does not match an empty text" : undefined;
}
