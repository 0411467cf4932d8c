import { Command } from "commander";
import { pathOf } from "../components/grafana";
import { contract } from "../components/contract";
import { portForward } from "./cluster/port-forward";
import { clusterOf } from "./cluster/stack-cluster";
import { evaluateStack, stackNames } from "./evaluate";
import { grafanaLogin } from "./login";
import { run, start } from "./run";

const pages = ["grafana", "pyroscope"] as const;

interface OpenOptions {
    stack: string;
    context?: string;
    port?: string;
}

export const command = new Command("open")
    .description("Forward a port of this machine to a page of the stack, until Ctrl-C.")
    .argument("<page>", `one of ${pages.join(", ")}`)
    .option("--stack <name>", `one of ${stackNames().join(", ")}`, "dev")
    .option("--context <name>", "context of the kubeconfig. Default, the stack's own or else the current one")
    .option("--port <number>", "port of this machine. Default, one that is free")
    .action((page: string, options: OpenOptions) => run(() => open(page, options)));

async function open(page: string, { stack, context, port }: OpenOptions): Promise<void> {
    const name = pages.find((known) => known === page);
    if (name === undefined) {
        throw new Error(`there is no page "${page}"; there are ${pages.join(", ")}`);
    }
    const localPort = port === undefined ? undefined : Number(port);
    if (localPort !== undefined && !(Number.isInteger(localPort) && localPort >= 1 && localPort <= 65535)) {
        throw new Error(`--port is "${port}"; it must be a whole number from 1 to 65535`);
    }
    const { settings } = await evaluateStack(stack);
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
    console.log(`${name}: ${forward.url}${path} (Ctrl-C ends it)`);
    if (name === "grafana") {
        console.log(`login: ${await grafanaLogin(cluster, settings)}`);
    }
    await new Promise((resolve) => {
        process.once("SIGINT", resolve);
        process.once("SIGTERM", resolve);
    });
    await forward.close();
}

start(command, module);
