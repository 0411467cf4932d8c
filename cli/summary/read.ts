import * as fs from "fs";
import { z } from "zod";
import { readOrEvaluate } from "../compare";
import type { PlanDocument } from "../plan-format";
import { type Preview, previewFailure, previewSchema } from "./preview";

/** The content of a file: a preview of Pulumi, or a plan. */
export type Input = { preview: Preview } | { plan: PlanDocument };

const remedy = "create it with: pulumi preview --stack STACK --json --show-sames > FILE";

/**
 * Reads the output of `pulumi preview --json` or of `npm run plan -- STACK --json`.
 *
 * @param file path of the file, or "-" for the standard input.
 * @throws Error with one sentence if the file contains neither, or a preview that failed.
 */
export async function readInput(file: string): Promise<Input> {
    const title = file === "-" ? "the standard input" : file;
    const text = readText(file, title);
    if (text.trim() === "") {
        throw new Error(
            `${title} is empty: pulumi preview printed nothing to its standard output, so its error output contains the reason; ${remedy}`,
        );
    }
    const document = parse(text, title);
    if (file !== "-" && isPlan(document)) {
        return { plan: await readOrEvaluate(file) };
    }
    const parsed = previewSchema.safeParse(document);
    const { steps, diagnostics, changeSummary } = parsed.data ?? {};
    if (!parsed.success || (steps ?? diagnostics ?? changeSummary) === undefined) {
        const key = parsed.error?.issues[0]?.path.join(".");
        const reason = key ? `the key ${key} is missing or has a wrong type` : "it has no steps and no diagnostics";
        throw new Error(`${title} is not the output of pulumi preview --json: ${reason}; ${remedy}`);
    }
    const failure = previewFailure(parsed.data);
    if (failure !== undefined) {
        throw new Error(`the preview in ${title} failed: ${failure}`);
    }
    return { preview: parsed.data };
}

function readText(file: string, title: string): string {
    try {
        return fs.readFileSync(file === "-" ? 0 : file, "utf8");
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const reason = { ENOENT: "it does not exist", EISDIR: "it is a folder" }[code ?? ""] ?? message;
        throw new Error(`cannot read ${title}: ${reason}; ${remedy}`, { cause: error });
    }
}

/** Other programs may print lines before the document, for example npm without --silent. */
function parse(text: string, title: string): unknown {
    const start = text.search(/^\{/m);
    if (start === -1) {
        throw new Error(`${title} is not JSON: pulumi preview needs the option --json; ${remedy}`);
    }
    const json = text.slice(start).trimEnd();
    try {
        return JSON.parse(json);
    } catch (error) {
        const [first = ""] = json.split("\n");
        if (isJson(first)) {
            throw new Error(
                `${title} contains a stream of events instead of one document: unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW; ${remedy}`,
                { cause: error },
            );
        }
        const reason = json.endsWith("}")
            ? (error as Error).message
            : "it is truncated, so the preview was interrupted";
        throw new Error(`${title} is not valid JSON: ${reason}; ${remedy}`, { cause: error });
    }
}

function isJson(text: string): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}

function isPlan(document: unknown): boolean {
    return z.object({ resources: z.array(z.unknown()), charts: z.array(z.unknown()) }).safeParse(document).success;
}
