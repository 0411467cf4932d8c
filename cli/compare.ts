import * as fs from "fs";
import { diffLines } from "diff";
import { z } from "zod";
import { evaluateStack, stackNames } from "./evaluate";
import { flatten, type PlanDocument, planDocument, type Scalar } from "./plan-format";

/** A difference between two plans. A value is undefined if the plan does not contain the key. */
export interface Difference {
    /** The part of the plan: a resource, a release, the endpoints or the warnings. */
    part: string;
    /** The key in this part. Empty if only one plan contains the part. */
    key: string;
    from?: Scalar;
    to?: Scalar;
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The part whose keys are the warnings. */
const warnings = "warnings";

/** The fields of a plan that a comparison needs. A plan of an older version may have fewer fields. */
const planSchema = z.object({
    stack: z.string(),
    profile: z.string().optional(),
    resources: z.array(
        z.object({
            type: z.string(),
            name: z.string(),
            parent: z.string().nullable(),
            settings: z.record(z.string(), scalar),
        }),
    ),
    charts: z.array(
        z.object({
            release: z.string(),
            chart: z.string(),
            version: z.string(),
            repository: z.string(),
            namespace: z.string(),
            values: z.record(z.string(), z.any()),
            digest: z.string().optional(),
        }),
    ),
    endpoints: z.record(z.string(), z.string()),
    warnings: z.array(z.string()),
});

/** Evaluates a stack, or reads a file with the output of `plan --json`. */
export async function readOrEvaluate(stackOrFile: string): Promise<PlanDocument> {
    const remedy = "create a plan file with: npm run --silent plan -- STACK --json > STACK-plan.json";
    if (!stackOrFile.endsWith(".json")) {
        if (isFile(stackOrFile)) {
            throw new Error(
                `${stackOrFile} is neither a stack nor a .json file. To compare with a file, pass a .json file; ${remedy}`,
            );
        }
        return planDocument(await evaluateStack(stackOrFile));
    }
    if (!fs.existsSync(stackOrFile)) {
        throw new Error(`the file ${stackOrFile} does not exist; ${remedy}`);
    }
    return readPlan(fs.readFileSync(stackOrFile, "utf8"), stackOrFile, remedy);
}

/**
 * Reads the output of `plan --json`.
 *
 * @param source where the text comes from, for the message of the error.
 * @param remedy the end of this message.
 * @throws Error if the text is something else.
 */
export function readPlan(text: string, source: string, remedy: string): PlanDocument {
    // Without --silent, npm prints the command before the JSON document.
    const [json = ""] = /\{.*/s.exec(text) ?? [];
    const parsed = planSchema.safeParse(parseJson(json));
    if (!parsed.success) {
        const key = parsed.error.issues[0]?.path.join(".");
        const reason = key ? `the key ${key} is missing or has a wrong type` : "it is not JSON";
        throw new Error(`${source} is not the output of plan --json: ${reason}; ${remedy}`);
    }
    return parsed.data;
}

function isFile(name: string): boolean {
    return !stackNames().includes(name) && fs.existsSync(name) && fs.statSync(name).isFile();
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** Compares two plans, part by part. */
export function differences(from: PlanDocument, to: PlanDocument): Difference[] {
    const [fromParts, toParts] = [partsOf(from), partsOf(to)];
    return [...new Set([...fromParts.keys(), ...toParts.keys()])].flatMap((id): Difference[] => {
        const [before, after] = [fromParts.get(id), toParts.get(id)];
        const part = (after ?? before)?.title ?? id;
        if (before === undefined || after === undefined) {
            return [{ part, key: "", ...(before ? { from: "present" } : { to: "present" }) }];
        }
        return valueDifferences(part, before.values, after.values);
    });
}

/** Compares the values of one part. A value is undefined if only one of both sides has the key. */
export function valueDifferences(part: string, from: Record<string, Scalar>, to: Record<string, Scalar>): Difference[] {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])]
        .filter((key) => from[key] !== to[key])
        .map((key) => ({ part, key, from: from[key], to: to[key] }));
}

interface Part {
    title: string;
    values: Record<string, Scalar>;
}

/** The parts of a plan by id. The id of a release does not contain its chart, because another version is a difference. */
function partsOf(plan: PlanDocument): Map<string, Part> {
    const part = (title: string, values: Record<string, Scalar>, id = title): [string, Part] => [id, { title, values }];
    return new Map([
        ...plan.resources
            .filter(({ parent }) => parent !== null)
            .map(({ type, name, settings }) => part(`${type.split(":").pop()} ${name}`, settings)),
        ...plan.charts.map(({ release, values, ...source }) =>
            part(
                `release ${release} (chart ${source.chart} ${source.version})`,
                { ...source, ...prefixed("values", flatten(values)) },
                `release ${release}`,
            ),
        ),
        part("endpoints", plan.endpoints),
        part(warnings, Object.fromEntries(plan.warnings.map((warning) => [warning, true]))),
    ]);
}

function prefixed(prefix: string, flat: Record<string, Scalar>): Record<string, Scalar> {
    return Object.fromEntries(Object.entries(flat).map(([key, value]) => [`${prefix}.${key}`, value]));
}

/** Formats differences as text: grouped by part, with long texts line by line. */
export function formatDifferences(from: string, to: string, found: Difference[]): string {
    if (found.length === 0) {
        return `There are no differences between ${from} and ${to}.`;
    }
    return [`Differences from ${from} to ${to}:`, ...formatParts(found)].join("\n");
}

/** The lines for differences, grouped by part. */
export function formatParts(found: Difference[]): string[] {
    const lines: string[] = [];
    let part = "";
    for (const difference of found) {
        if (difference.key === "") {
            lines.push(`${difference.from === undefined ? "+" : "-"} ${difference.part}`);
            continue;
        }
        if (difference.part !== part) {
            part = difference.part;
            lines.push(`~ ${part}`);
        }
        lines.push(...formatKey(difference).map((line) => `    ${line}`));
    }
    return lines;
}

/** Number of changed lines above which two texts are not compared line by line. The time grows with the square: it is 30 s for 10,000 lines. */
const maxEditLength = 1000;

/** The difference between two texts that have nothing in common. */
function wholeTexts(from: string, to: string): { value: string; added: boolean; removed: boolean }[] {
    return [
        { value: from, added: false, removed: true },
        { value: to, added: true, removed: false },
    ];
}

/** Formats the difference of a key as text: one line, or several lines for a long text. */
export function formatKey({ part, key, from, to }: Difference): string[] {
    if (from === undefined) {
        return [`+ ${key}${part === warnings ? "" : `: ${String(to)}`}`];
    }
    if (to === undefined) {
        return [`- ${key}${part === warnings ? "" : `: ${String(from)}`}`];
    }
    if (typeof from !== "string" || typeof to !== "string" || !`${from}${to}`.includes("\n")) {
        return [`~ ${key}: ${String(from)} → ${String(to)}`];
    }
    const changed = (diffLines(from, to, { maxEditLength }) ?? wholeTexts(from, to)).filter(
        ({ added, removed }) => added || removed,
    );
    return [
        `~ ${key}:`,
        ...changed.flatMap(({ added, value }) =>
            value
                .trimEnd()
                .split("\n")
                .map((line) => `    ${added ? "+" : "-"} ${line}`),
        ),
    ];
}
