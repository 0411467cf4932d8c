import { Command } from "commander";
import { differences, formatDifferences, readOrEvaluate } from "./compare";
import { evaluateStack, stackHelp } from "./evaluate";
import { formatPlan, planDocument } from "./plan-format";
import { verboseHelp } from "./options";
import { run, start } from "./run";

interface PlanOptions {
    json?: boolean;
    against?: string;
    verbose?: boolean;
}

export const command = new Command("plan")
    .description("Prints what a stack would deploy. Needs no cluster, no Pulumi CLI and no network.")
    .argument("[stack]", stackHelp(), "dev")
    .option("--json", "print the plan as one JSON document")
    .option(
        "--against <stack>",
        "print the differences from another stack, or from a file that contains the output of --json",
    )
    .option("--verbose", verboseHelp)
    .action((stack: string, options: PlanOptions) => run(() => plan(stack, options), options));

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
