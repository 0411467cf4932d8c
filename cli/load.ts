import { type ChildProcess, spawn, spawnSync } from "child_process";
import * as path from "path";
import { Command, InvalidArgumentError } from "commander";
import { packageRoot } from "../components/helm/package-root";
import { k6Command, loadConfig } from "../components/load-monitor";
import type { LoadArgs } from "../components/load-monitor/args";
import { pathOf } from "../components/grafana";
import { missingForLoad } from "../settings/load-monitor";
import type { Settings } from "../settings/resolve";
import { loadArgs } from "../stack/component-args";
import { durationMistake, durationSeconds } from "../validation/durations";
import {
    defaultLoad,
    loadRange,
    maximumVus,
    sampledText,
    samplingError,
    searchLimitMistake,
    largestUsefulTolerance,
    samplingToleranceMistake,
} from "../validation/load";
import { clusterOf } from "./cluster/stack-cluster";
import { evaluateStack, stackHelp } from "./evaluate";
import { runInCluster } from "./load/in-cluster";
import { contextHelp, verboseHelp } from "./options";
import { run, start } from "./run";
import { type Connections, connectionsTo, forwardConnections, parseUrls, type TargetName } from "./verify/connections";

interface LoadOptions {
    vus?: number;
    duration?: string;
    tolerance?: number;
    samplingTolerance?: number;
    seed?: number;
    inCluster?: boolean;
    url?: string[];
    context?: string;
}

/** Exit code if the comparison could not run. Exit code 1 means that a comparison failed. */
const couldNotCompare = 2;

/** Exit code of k6 if a threshold is crossed. */
const crossedThresholds = 99;

/** The endpoints that the load test uses. */
const usedTargets = ["zipkin", "otlpGrpc", "otlpHttp", "tempo", "loki", "mimir"] as const satisfies TargetName[];

/** The namespace of the services that it plays. */
const loadNamespace = "load-test";

export const command = new Command("load")
    .description(
        "Plays a shop of services with k6, sends the spans, log records and metrics of its services, and compares what was sent with what the stack reports. Needs k6. " +
            "Exit code 0: all comparisons passed. 1: a comparison failed. 2: the load test could not run.",
    )
    .argument("[stack]", stackHelp(), "dev")
    .option(
        "--vus <number>",
        `virtual users; each plays 10 journeys every second (default: ${defaultLoad.vus})`,
        parseVus,
    )
    .option("--duration <duration>", `how long they play, such as 5m (default: ${defaultLoad.duration})`, parseDuration)
    .option(
        "--tolerance <ratio>",
        `largest relative deviation of counts, and of error rates in percentage points (default: ${defaultLoad.tolerance})`,
        parseRatio,
    )
    .option(
        "--sampling-tolerance <ratio>",
        "largest relative deviation of the number of sampled traces (default: 4 standard deviations of this number)",
        parseRatio,
    )
    .option("--seed <number>", "play the same journeys as an earlier run; each run prints its seed", parseSeed)
    .option(
        "--in-cluster",
        "run a Job of the CronJob load-monitor, without k6 on this machine. Needs the setting loadMonitor.enabled, and uses its settings",
    )
    .option(
        "--url <url...>",
        `URLs of the endpoints, instead of port forwards. Each one is NAME=URL, or only the URL if it has the port of the endpoint in the cluster. The names are ${usedTargets.join(", ")}.`,
    )
    .option("--context <name>", contextHelp)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : couldNotCompare))
    .option("--verbose", verboseHelp)
    .action((stack: string, options: LoadOptions) =>
        run(() => load(stack, options), { ...options, failure: couldNotCompare }),
    );

async function load(stack: string, options: LoadOptions): Promise<void> {
    const { settings } = await evaluateStack(stack);
    if (options.inCluster) {
        await inCluster(stack, settings, options);
        return;
    }
    const missing = missingForLoad(settings);
    if (missing.length > 0) {
        throw new Error(
            `the stack ${stack} does not deploy ${missing.join(" and ")}; the load test compares what they report`,
        );
    }
    const args = argsOf(settings, options);
    requireK6();
    const connections = await connect(stack, settings, options);
    try {
        const urls = await urlsOf(connections);
        const config = loadConfig(args, { namespace: loadNamespace, urls, seed: options.seed });
        console.log(
            `${config.vus} virtual users play for ${config.seconds} s, and the comparison takes up to ${config.waitSeconds} s.`,
        );
        const k6 = k6Command(config);
        const exitCode = await exitOf(
            spawn("k6", k6.args, {
                cwd: path.join(packageRoot, "load"),
                env: { ...process.env, ...k6.env },
                stdio: "inherit",
            }),
        );
        if (exitCode !== 0 && exitCode !== crossedThresholds) {
            throw new Error(`k6 ended with exit code ${exitCode}, without a comparison`);
        }
        process.exitCode = exitCode === 0 ? 0 : 1;
    } finally {
        await connections.close();
    }
}

async function inCluster(stack: string, settings: Settings, options: LoadOptions): Promise<void> {
    const { context, url, vus, duration, tolerance, samplingTolerance, seed } = options;
    if ([url, vus, duration, tolerance, samplingTolerance, seed].some((value) => value !== undefined)) {
        throw new Error("--in-cluster uses the setting loadMonitor; of the other options, it allows only --context");
    }
    if (!settings.loadMonitor.enabled) {
        throw new Error(
            `the stack ${stack} has no CronJob load-monitor; set observability:loadMonitor.enabled to true and deploy it, or omit --in-cluster`,
        );
    }
    const passed = await runInCluster(clusterOf(stack, settings, context), settings.namespace);
    process.exitCode = passed ? 0 : 1;
}

/** The arguments of a run. @throws Error if a comparison cannot pass because of the sampling or the number of traces. */
function argsOf(settings: Settings, options: LoadOptions): LoadArgs {
    const { vus = defaultLoad.vus, duration = defaultLoad.duration, tolerance, samplingTolerance } = options;
    const { samplingMode, samplingRatio } = settings.tracing;
    if (samplingRatio === 0) {
        throw new Error("tracing.samplingRatio is 0, so that no trace is stored; set a ratio above 0");
    }
    const sampling = { samplingMode, samplingRatio, vus, seconds: durationSeconds(duration) ?? 0 };
    const allowed = samplingTolerance === undefined ? undefined : samplingToleranceMistake(samplingTolerance, sampling);
    if (allowed !== undefined) {
        throw new Error(`--sampling-tolerance is ${samplingTolerance}; it must be ${allowed}`);
    }
    const tooMany = searchLimitMistake(sampling);
    if (tooMany !== undefined) {
        throw new Error(tooMany);
    }
    if (samplingError(sampling) > largestUsefulTolerance) {
        console.error(`warning: the run is too short to compare the sampling ratio: ${sampledText(sampling)}`);
    }
    return { ...loadArgs(settings), vus, duration, tolerance, samplingTolerance };
}

/** @throws Error if k6 is not on the PATH. */
function requireK6(): void {
    if (spawnSync("k6", ["version"], { stdio: "ignore", env: process.env }).error !== undefined) {
        throw new Error(
            "k6 is not on the PATH; install it (https://grafana.com/docs/k6/latest/set-up/install-k6/), or set observability:loadMonitor.enabled to true, deploy the stack, and use --in-cluster",
        );
    }
}

function connect(stack: string, settings: Settings, { url, context }: LoadOptions): Promise<Connections> {
    return url === undefined
        ? forwardConnections(
              clusterOf(stack, settings, context),
              settings.namespace,
              pathOf(settings.grafana.rootUrl),
              [...usedTargets],
          )
        : Promise.resolve(connectionsTo(parseUrls(url, [...usedTargets])));
}

async function urlsOf(connections: Connections) {
    const urls = await Promise.all(usedTargets.map(async (name) => [name, await connections.url(name)] as const));
    return Object.fromEntries(urls) as Record<(typeof usedTargets)[number], string>;
}

function exitOf(process: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
        process.once("error", reject);
        process.once("close", (code) => resolve(code ?? 1));
    });
}

function parseVus(text: string): number {
    const value = Number(text);
    if (!(Number.isInteger(value) && value >= 1 && value <= maximumVus)) {
        throw new InvalidArgumentError(`The value must be a whole number from 1 to ${maximumVus}.`);
    }
    return value;
}

function parseDuration(text: string): string {
    const mistake = durationMistake(text, loadRange);
    if (mistake !== undefined) {
        throw new InvalidArgumentError(`The value must be ${mistake}.`);
    }
    return text;
}

function parseRatio(text: string): number {
    const value = Number(text);
    if (!(value > 0 && value <= 1)) {
        throw new InvalidArgumentError("The value must be a number above 0 and at most 1.");
    }
    return value;
}

function parseSeed(text: string): number {
    const value = Number(text);
    if (!(Number.isInteger(value) && value >= 0 && value < 2 ** 31)) {
        throw new InvalidArgumentError("The value must be a whole number from 0 to 2147483647.");
    }
    return value;
}

start(command, module);
