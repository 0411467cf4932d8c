import { Command } from "commander";
import { evaluateStack, stackNames } from "./evaluate";
import { readOrEvaluate, differences, formatDifferences } from "./compare";
import { formatPlan, planDocument } from "./plan-format";
import { run, start } from "./run";

interface PlanOptions {
    json?: boolean;
    against?: string;
}

export const command = new Command("plan")
    .description(
        "Show what a stack would deploy. Runs the program itself, with no cluster, no Pulumi CLI and no network.",
    )
    .argument("[stack]", `one of ${stackNames().join(", ")}`, "dev")
    .option("--json", "print one JSON document for tools")
    .option("--against <stack>", "show what differs from another stack, or from a document that --json has printed")
    .action((stack: string, options: PlanOptions) => run(() => plan(stack, options)));

async function plan(stack: string, { json, against }: PlanOptions): Promise<void> {
    const evaluation = await evaluateStack(stack);
    const document = planDocument(evaluation);
    if (against === undefined) {
        console.log(json ? JSON.stringify(document, null, 2) : formatPlan(evaluation));
        return;
    }
    const other = await readOrEvaluate(against);
    const found = differences(other, document);
    console.log(
        json
            ? JSON.stringify({ ...document, against: other.stack, differences: found }, null, 2)
            : formatDifferences(other.stack, stack, found),
    );
}

start(command, module);
