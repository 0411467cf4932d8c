import * as fs from "fs";
import { Command, InvalidArgumentError } from "commander";
import type { Load } from "../settings/sizing/load";
import { evaluateStack, readStackFile, stackHelp } from "./evaluate";
import { pricesHelp, verboseHelp } from "./options";
import { run, start } from "./run";
import { applySettings, changedSettings } from "./size/apply";
import { costOf } from "./size/cost";
import { formatSizing } from "./size/format";
import { type Sizing, sizeOf } from "./size/sizing";
import { defaultPrices, type Prices, readPrices } from "./summary/prices";

interface SizeOptions {
    series?: number;
    logMbps?: number;
    spans?: number;
    profiles?: number;
    services?: number;
    nodes: number;
    prices?: string;
    json?: boolean;
    apply?: boolean;
    verbose?: boolean;
}

export const command = new Command("size")
    .description(
        "Computes replicas, CPU, memory, volumes and cost of a stack for an expected load, and shows what in the stack as configured is too small or too large. " +
            "Every figure has its formula, its source and its uncertainty, see docs/sizing.md. Needs no cluster, no Pulumi CLI and no network.",
    )
    .argument("[stack]", stackHelp(), "dev")
    .option("--series <count>", "active series", parseLoad)
    .option("--log-mbps <number>", "log lines in MB (1,000,000 bytes) per second, before compression", parseLoad)
    .option("--spans <number>", "spans per second that services send, after head sampling", parseLoad)
    .option("--profiles <number>", "profiles per second. An SDK sends one every 15 s by default.", parseLoad)
    .option("--services <count>", "services", parseLoad)
    .option("--nodes <count>", "nodes of the cluster, each with a log collector and a metrics scraper", parseCount, 1)
    .option("--prices <file>", pricesHelp)
    .option("--json", "print the size as one JSON document")
    .option("--apply", "write the settings that do not fit to the stack file; volumes are never reduced")
    .option("--verbose", verboseHelp)
    .action((stack: string, options: SizeOptions) => run(() => size(stack, options), options));

async function size(stack: string, options: SizeOptions): Promise<void> {
    const load = loadOf(options);
    const prices = pricesOf(options);
    const evaluation = await evaluateStack(stack);
    const sized = sizeOf(evaluation.settings, load);
    const changes = changedSettings(sized.findings);
    const cost = await costOf(evaluation, changes, load.nodes, prices);
    const sizing: Sizing = { stack, ...sized, cost };
    console.log(options.json ? JSON.stringify({ ...sizing, changes }, null, 2) : formatSizing(sizing));
    if (!options.apply) {
        return;
    }
    const file = `Pulumi.${stack}.yaml`;
    if (Object.keys(changes).length > 0) {
        applySettings(file, readStackFile(stack).project, changes);
    }
    // The standard output of --json must remain one document.
    console.error(
        Object.keys(changes).length > 0
            ? `${file} is changed. Next: npm run plan -- ${stack}`
            : `${file} needs no change.`,
    );
}

/** @throws Error if no option says what the load is. */
function loadOf({ series = 0, logMbps = 0, spans = 0, profiles = 0, services = 0, nodes }: SizeOptions): Load {
    if ([series, logMbps, spans, profiles].every((value) => value === 0)) {
        throw new Error(
            "the load is missing; set at least one of --series, --log-mbps, --spans and --profiles to more than 0",
        );
    }
    return {
        series,
        logBytesPerSecond: logMbps * 1e6,
        spansPerSecond: spans,
        profilesPerSecond: profiles,
        services,
        nodes,
    };
}

function pricesOf({ prices }: SizeOptions): Prices {
    if (prices !== undefined && !fs.existsSync(prices)) {
        throw new Error(`the file ${prices} of --prices does not exist`);
    }
    return prices === undefined ? defaultPrices : readPrices(prices);
}

function parseLoad(text: string): number {
    const value = Number(text);
    if (!/^\d+(\.\d+)?(e\d+)?$/.test(text) || !Number.isFinite(value)) {
        throw new InvalidArgumentError("The value must be a number of at least 0, such as 1000 or 2.5.");
    }
    return value;
}

function parseCount(text: string): number {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
        throw new InvalidArgumentError("The value must be a whole number greater than 0.");
    }
    return value;
}

start(command, module);
