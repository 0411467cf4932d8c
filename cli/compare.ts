import * as fs from "fs";
import { diffLines } from "diff";
import { z } from "zod";
import { evaluateStack } from "./evaluate";
import { flatten, type PlanDocument, planDocument, type Scalar } from "./plan-format";

/** Something that two plans do not have in common. A side that lacks it has undefined. */
export interface Difference {
    /** What part of the plan: a resource, a chart, an endpoint, a warning. */
    where: string;
    /** The key in it; empty where the whole part differs. */
    key: string;
    from?: Scalar;
    to?: Scalar;
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** As much of a plan as a comparison needs; one that an older version has printed may lack the rest. */
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

/** The other side of a comparison: a stack of this program, or a document that `plan --json` has printed. */
export async function readOrEvaluate(stackOrFile: string): Promise<PlanDocument> {
    if (!stackOrFile.endsWith(".json")) {
        return planDocument(await evaluateStack(stackOrFile));
    }
    const remedy = `make it with: npm run --silent plan -- STACK --json > ${stackOrFile}`;
    if (!fs.existsSync(stackOrFile)) {
        throw new Error(`there is no file ${stackOrFile}; ${remedy}`);
    }
    // npm prints the command before its output, unless it runs with --silent.
    const [json = ""] = /\{.*/s.exec(fs.readFileSync(stackOrFile, "utf8")) ?? [];
    const parsed = planSchema.safeParse(parseJson(json));
    if (!parsed.success) {
        const key = parsed.error.issues[0]?.path.join(".");
        const reason = key ? `${key} is missing or of another kind` : "it is not JSON";
        throw new Error(`${stackOrFile} is not a document of plan --json, as ${reason}; ${remedy}`);
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

/** What differs between two plans, part by part. */
export function differences(from: PlanDocument, to: PlanDocument): Difference[] {
    const parts = [partsOf(from), partsOf(to)] as const;
    const wheres = new Set([...parts[0].keys(), ...parts[1].keys()]);
    return [...wheres].flatMap((where): Difference[] => {
        const [before, after] = [parts[0].get(where), parts[1].get(where)];
        if (before === undefined || after === undefined) {
            return [{ where, key: "", ...(before ? { from: "present" } : { to: "present" }) }];
        }
        return [...new Set([...Object.keys(before), ...Object.keys(after)])]
            .filter((key) => before[key] !== after[key])
            .map((key) => ({ where, key, from: before[key], to: after[key] }));
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

/** The differences for people: grouped by part, long texts line by line. */
export function formatDifferences(from: string, to: string, found: Difference[]): string {
    if (found.length === 0) {
        return `${to} deploys the same as ${from}.`;
    }
    const lines = [`From ${from} to ${to}:`];
    let where = "";
    for (const difference of found) {
        if (difference.key === "") {
            lines.push(`${difference.from === undefined ? "+" : "-"} ${difference.where}`);
            continue;
        }
        if (difference.where !== where) {
            where = difference.where;
            lines.push(`~ ${where}`);
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
