import { Command } from "commander";
import { pathOf } from "../components/grafana";
import { contract } from "../components/contract";
import { portForward } from "./cluster/port-forward";
import { clusterOf } from "./cluster/stack-cluster";
import { evaluateStack, stackHelp } from "./evaluate";
import { grafanaLogin } from "./login";
import { contextHelp, verboseHelp } from "./options";
import { run, start } from "./run";

const pages = ["grafana", "pyroscope"] as const;

interface OpenOptions {
    stack: string;
    context?: string;
    port?: string;
    verbose?: boolean;
}

export const command = new Command("open")
    .description("Forwards a local port to Grafana or Pyroscope until Ctrl-C.")
    .argument("<page>", "page to open: grafana or pyroscope")
    .option("--stack <name>", stackHelp(), "dev")
    .option("--context <name>", contextHelp)
    .option("--port <number>", "local port (default: a free port)")
    .option("--verbose", verboseHelp)
    .action((page: string, options: OpenOptions) => run(() => open(page, options), options));

async function open(page: string, { stack, context, port }: OpenOptions): Promise<void> {
    const name = pages.find((candidate) => candidate === page);
    if (name === undefined) {
        throw new Error(`page "${page}" does not exist; the pages are ${pages.join(" and ")}`);
    }
    const localPort = port === undefined ? undefined : Number(port);
    if (localPort !== undefined && !(Number.isInteger(localPort) && localPort >= 1 && localPort <= 65535)) {
        throw new Error(`--port is "${port}"; it must be a whole number from 1 to 65535`);
    }
    const { settings } = await evaluateStack(stack);
    if (!settings.components[name]) {
        const url = settings.external[name].url;
        throw new Error(`stack ${stack} does not deploy ${name}${url === undefined ? "" : `; open ${url}`}`);
    }
    const cluster = clusterOf(stack, settings, context);
    const { service, ports } = contract[name];
    const { namespace } = settings;
    const forward = await portForward(cluster, {
        service,
        namespace,
        port: ports.http,
        ...(localPort && { localPort }),
    });
    const path = name === "grafana" ? pathOf(settings.grafana.rootUrl) : "";
    console.log(`Open ${forward.url}${path} in a browser. Press Ctrl-C to stop.`);
    if (name === "grafana") {
        console.log(`Grafana login: ${await grafanaLogin(cluster, settings)}`);
    }
    await new Promise((resolve) => {
        process.once("SIGINT", resolve);
        process.once("SIGTERM", resolve);
    });
    await forward.close();
}

start(command, module);
