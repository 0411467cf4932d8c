import * as fs from "fs";
import { Command, InvalidArgumentError } from "commander";
import { readOrEvaluate } from "./compare";
import { pricesHelp } from "./options";
import { run, start } from "./run";
import { formatComment } from "./summary/comment";
import type { Effect } from "./summary/effect";
import { effectOfPlans } from "./summary/plans";
import { effectOfPreview } from "./summary/preview";
import { defaultPrices, readPrices } from "./summary/prices";
import { type Input, readInput } from "./summary/read";
import { type StackFileChange, stackFileChanges } from "./summary/stack-files";

/** GitHub accepts 65,536 characters. The rest is for the marker by which a comment is found again. */
const githubMaxLength = 65_000;

interface SummaryOptions {
    against?: string;
    base?: string;
    head?: string;
    prices?: string;
    nodes: number;
    maxLength: number;
    complete?: string;
}

export const command = new Command("summary")
    .description(
        "Prints a Markdown comment for a pull request that summarizes what a deployment would change. Reads the output of `pulumi preview --json`. " +
            "Needs no cluster, no Pulumi CLI and no network.",
    )
    .argument(
        "<file>",
        'output of `pulumi preview --json --show-sames`, or "-" for the standard input. Without a cluster: output of `npm run --silent plan -- STACK --json`, together with --against.',
    )
    .option("--against <file>", "plan before the change, if <file> is a plan. Without this option, the stack is new.")
    .option("--base <file>", "stack file before the change. The comment then lists the changed settings.")
    .option("--head <file>", "stack file after the change (default: Pulumi.STACK.yaml)")
    .option("--prices <file>", pricesHelp)
    .option("--nodes <count>", "number of nodes, for the requests of DaemonSets", parseCount, 1)
    .option("--max-length <characters>", "cut a longer comment", parseCount, githubMaxLength)
    .option("--complete <text>", "where the complete text is, for a comment that is cut: a Markdown link, for example")
    .action((file: string, options: SummaryOptions) => run(() => summary(file, options)));

async function summary(file: string, options: SummaryOptions): Promise<void> {
    const { nodes, maxLength, complete } = options;
    const prices = options.prices === undefined ? defaultPrices : readPrices(requireFile("--prices", options.prices));
    const effect = await effectOf(await readInput(file), file, options);
    const stackFile = changedSettings(effect.stack, options);
    process.stdout.write(formatComment(effect, { prices, nodes, stackFile, maxLength, complete }));
}

async function effectOf(input: Input, file: string, { against, nodes }: SummaryOptions): Promise<Effect> {
    if ("plan" in input) {
        const before = against === undefined ? undefined : await readOrEvaluate(against);
        return effectOfPlans(before, input.plan, nodes);
    }
    if (against !== undefined) {
        throw new Error(`--against is only for plans, but ${file} is a preview; omit --against`);
    }
    return effectOfPreview(input.preview, nodes);
}

function changedSettings(stack: string, { base, head }: SummaryOptions): StackFileChange[] | undefined {
    if (base === undefined) {
        if (head !== undefined) {
            throw new Error("--head needs --base, the stack file before the change");
        }
        return undefined;
    }
    const after = head ?? `Pulumi.${stack}.yaml`;
    return stackFileChanges(requireFile("--base", base), requireFile("--head", after));
}

function requireFile(option: string, file: string): string {
    if (!fs.existsSync(file)) {
        throw new Error(`the file ${file} of ${option} does not exist`);
    }
    return file;
}

function parseCount(text: string): number {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) {
        throw new InvalidArgumentError("The value must be an integer greater than 0.");
    }
    return value;
}

start(command, module);
