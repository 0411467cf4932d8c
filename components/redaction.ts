import { oneOfText } from "../validation/nearest";
import {
    redactionPatternMistake,
    redactionPatternNames,
    type RedactionPattern,
    redactionPatterns,
} from "../validation/redaction";

/**
 * Secrets and personal data that are removed before data is stored. Names of attributes apply to traces, logs and metrics. Patterns apply to log
 * lines and to attributes of logs.
 */
export interface RedactionArgs {
    /** Names of attributes that are deleted. Default: none. */
    deleteAttributes?: string[];
    /** Names of attributes whose value is replaced by its SHA-256 hash, so that equal values can still be found. Default: none. */
    hashAttributes?: string[];
    /** Names of attributes whose value is replaced by "****". Default: none. */
    maskAttributes?: string[];
    /** Names of built-in patterns. What they find is replaced by "****". Default: none. */
    patterns?: string[];
    /** Further patterns by name: regular expressions (RE2) without capturing groups. Default: none. */
    customPatterns?: { [name: string]: string };
    /** Whether patterns also apply to the values of attributes of spans and metrics. It costs CPU time for each span. Default: false. */
    attributeValues?: boolean;
}

/** The patterns of the arguments, the built-in ones first. */
export function patternsOf({ patterns = [], customPatterns = {} }: RedactionArgs = {}): RedactionPattern[] {
    const builtIn: Record<string, RedactionPattern> = redactionPatterns;
    return [
        ...patterns.flatMap((name) => builtIn[name] ?? []),
        ...Object.values(customPatterns).map((secret) => ({ secret })),
    ];
}

/** What the name of a pattern or a pattern of its own must be, with the argument. undefined if all are valid. */
export function redactionMistake({
    patterns = [],
    customPatterns = {},
}: RedactionArgs): { argument: string; value: string; allowed: string } | undefined {
    const names: readonly string[] = redactionPatternNames;
    const unknown = patterns.findIndex((name) => !names.includes(name));
    const unknownName = patterns[unknown];
    if (unknownName !== undefined) {
        return { argument: `patterns[${unknown}]`, value: unknownName, allowed: oneOfText(unknownName, names) };
    }
    return Object.entries(customPatterns)
        .map(([name, value]) => ({
            argument: `customPatterns.${name}`,
            value,
            allowed: redactionPatternMistake(value) ?? "",
        }))
        .find(({ allowed }) => allowed !== "");
}
