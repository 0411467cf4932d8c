import { Command, InvalidArgumentError } from "commander";
import { durationSeconds } from "../validation/durations";
import { evaluateStack, stackHelp } from "./evaluate";
import { verboseHelp } from "./options";
import { run, start } from "./run";
import { boundsOf } from "./simulate/bounds";
import { formatSimulations } from "./simulate/format";
import { simulate } from "./simulate/simulation";

interface SimulateOptions {
    services: number[];
    podsPerService: number;
    seriesPerService: number;
    logKbpsPerService: number;
    spansPerService: number;
    profilesPerService: number;
    skew: number;
    outage: number;
    seed: number;
    json?: boolean;
    verbose?: boolean;
}

/** Random rings of a simulation. */
const rings = 100;

export const command = new Command("simulate")
    .description(
        "Simulates how a stack behaves with many services: how evenly the rings of Mimir, Loki and the collector distribute them, what the loss of a replica or a zone costs, " +
            "how the queue of the collector fills and drains, and where the monolithic stores stop being enough, see docs/growth.md. Needs no cluster, no Pulumi CLI and no network.",
    )
    .argument("[stack]", stackHelp(), "dev")
    .option("--services <counts>", "numbers of services, separated by commas", parseCounts, [100, 1000, 10_000])
    .option("--pods-per-service <number>", "pods of a service, each with one stream of logs", parseNumber, 3)
    .option("--series-per-service <number>", "active series of a service", parseNumber, 1500)
    .option("--log-kbps-per-service <number>", "kB of log lines per second of a service", parseNumber, 2)
    .option("--spans-per-service <number>", "spans per second of a service, after head sampling", parseNumber, 5)
    .option("--profiles-per-service <number>", "profiles per second of a service", parseNumber, 0.2)
    .option(
        "--skew <number>",
        "how unequal the services are: 0 for equal ones; the load of service n is 1 / n^skew",
        parseNumber,
        1,
    )
    .option("--outage <duration>", "length of the outage of Tempo, such as 5m", parseDuration, 300)
    .option("--seed <number>", "another seed gives other random rings", parseNumber, 1)
    .option("--json", "print the results as one JSON document")
    .option("--verbose", verboseHelp)
    .action((stack: string, options: SimulateOptions) => run(() => simulateStack(stack, options), options));

async function simulateStack(stack: string, options: SimulateOptions): Promise<void> {
    const { settings } = await evaluateStack(stack);
    const average = {
        pods: options.podsPerService,
        series: options.seriesPerService,
        logBytesPerSecond: options.logKbpsPerService * 1000,
        spansPerSecond: options.spansPerService,
        profilesPerSecond: options.profilesPerService,
    };
    const { skew, outage, seed } = options;
    const simulations = options.services.map((services) =>
        simulate(settings, { services, average, skew, outageSeconds: outage, rings, seed }),
    );
    const bounds = boundsOf(settings, average);
    console.log(
        options.json
            ? JSON.stringify({ stack, simulations, bounds }, null, 2)
            : formatSimulations(stack, simulations, bounds, outage),
    );
}

function parseCounts(text: string): number[] {
    return text.split(",").map((part) => {
        const count = Number(part);
        if (!/^[1-9]\d*$/.test(part) || count > 100_000) {
            throw new InvalidArgumentError(
                "The value must be whole numbers from 1 to 100,000, separated by commas, such as 100,1000.",
            );
        }
        return count;
    });
}

function parseNumber(text: string): number {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || !Number.isFinite(value)) {
        throw new InvalidArgumentError("The value must be a number of at least 0, such as 3 or 0.5.");
    }
    return value;
}

function parseDuration(text: string): number {
    const seconds = durationSeconds(text);
    if (seconds === undefined || seconds <= 0) {
        throw new InvalidArgumentError('The value must be a duration greater than 0, such as "5m".');
    }
    return seconds;
}

start(command, module);
