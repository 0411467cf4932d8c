import * as fs from "fs";
import { diffLines } from "diff";
import { z } from "zod";
import { evaluateStack } from "./evaluate";
import { flatten, type PlanDocument, planDocument, type Scalar } from "./plan-format";

/** A difference between two plans. A value is undefined if the plan does not contain the key. */
export interface Difference {
    /** The part of the plan: a resource, a chart, the endpoints or the warnings. */
    part: string;
    /** The key in this part. Empty if only one plan contains the part. */
    key: string;
    from?: Scalar;
    to?: Scalar;
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The fields of a plan that a comparison needs. A plan of an older version may have fewer fields. */
const planSchema = z.object({
    stack: z.string(),
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
    if (!stackOrFile.endsWith(".json")) {
        return planDocument(await evaluateStack(stackOrFile));
    }
    const remedy = `create it with: npm run --silent plan -- STACK --json > ${stackOrFile}`;
    if (!fs.existsSync(stackOrFile)) {
        throw new Error(`the file ${stackOrFile} does not exist; ${remedy}`);
    }
    // Without --silent, npm prints the command before the JSON document.
    const [json = ""] = /\{.*/s.exec(fs.readFileSync(stackOrFile, "utf8")) ?? [];
    const parsed = planSchema.safeParse(parseJson(json));
    if (!parsed.success) {
        const key = parsed.error.issues[0]?.path.join(".");
        const reason = key ? `the key ${key} is missing or has a wrong type` : "it is not JSON";
        throw new Error(`${stackOrFile} is not the output of plan --json: ${reason}; ${remedy}`);
    }
    return parsed.data;
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
    return [...new Set([...fromParts.keys(), ...toParts.keys()])].flatMap((part): Difference[] => {
        const [before, after] = [fromParts.get(part), toParts.get(part)];
        if (before === undefined || after === undefined) {
            return [{ part, key: "", ...(before ? { from: "present" } : { to: "present" }) }];
        }
        return [...new Set([...Object.keys(before), ...Object.keys(after)])]
            .filter((key) => before[key] !== after[key])
            .map((key) => ({ part, key, from: before[key], to: after[key] }));
    });
}

function partsOf(plan: PlanDocument): Map<string, Record<string, Scalar>> {
    return new Map<string, Record<string, Scalar>>([
        ...plan.resources
            .filter(({ parent }) => parent !== null)
            .map(({ type, name, settings }) => [`${type.split(":").pop()} ${name}`, settings] as const),
        ...plan.charts.map(
            ({ release, values, ...chart }) =>
                [`chart of ${release}`, { ...chart, ...prefixed("values", flatten(values)) }] as const,
        ),
        ["endpoints", plan.endpoints],
        ["warnings", Object.fromEntries(plan.warnings.map((warning) => [warning, true]))],
    ]);
}

function prefixed(prefix: string, flat: Record<string, Scalar>): Record<string, Scalar> {
    return Object.fromEntries(Object.entries(flat).map(([key, value]) => [`${prefix}.${key}`, value]));
}

/** Formats differences as text: grouped by part, with long texts line by line. */
export function formatDifferences(from: string, to: string, found: Difference[]): string {
    if (found.length === 0) {
        return `${from} and ${to} deploy the same.`;
    }
    const lines = [`Differences from ${from} to ${to}:`];
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
    return lines.join("\n");
}

function formatKey({ key, from, to }: Difference): string[] {
    if (from === undefined) {
        return [`+ ${key}${to === true ? "" : `: ${String(to)}`}`];
    }
    if (to === undefined) {
        return [`- ${key}${from === true ? "" : `: ${String(from)}`}`];
    }
    if (typeof from !== "string" || typeof to !== "string" || !`${from}${to}`.includes("\n")) {
        return [`~ ${key}: ${String(from)} → ${String(to)}`];
    }
    const changed = diffLines(from, to).filter(({ added, removed }) => added || removed);
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
