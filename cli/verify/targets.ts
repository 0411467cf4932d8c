import { ClusterError } from "../cluster/ask";
import type { Cluster } from "../cluster/kubeconfig";
import { type Forward, portForward } from "../cluster/port-forward";
import { contract } from "../../components/contract";

const { otelCollector, grafana, loki, tempo, mimir, pyroscope, alloyReceiver } = contract;

/** What verify reaches, under the names of the stack output `endpoints`, and the receiver behind the collector. */
export const targets = {
    collectorHealth: { ...otelCollector, port: otelCollector.ports.health },
    zipkin: { ...otelCollector, port: otelCollector.ports.zipkin },
    otlpGrpc: { ...otelCollector, port: otelCollector.ports.otlpGrpc },
    otlpHttp: { ...otelCollector, port: otelCollector.ports.otlpHttp },
    collectorMetrics: { ...otelCollector, port: otelCollector.ports.metrics },
    alloyReceiver: { ...alloyReceiver, port: alloyReceiver.ports.otlpGrpc },
    tempo: { ...tempo, port: tempo.ports.http },
    loki: { ...loki, port: loki.ports.http },
    mimir: { ...mimir, port: mimir.ports.http },
    pyroscope: { ...pyroscope, port: pyroscope.ports.http },
    grafana: { ...grafana, port: grafana.ports.http },
} as const;
export type TargetName = keyof typeof targets;
export const targetNames = Object.keys(targets) as TargetName[];

/** Not in the contract with other platforms: who gives addresses need not know it. */
const optional: TargetName[] = ["alloyReceiver"];

/** The way to the targets. */
export interface Way {
    has: (name: TargetName) => boolean;
    /** @throws Error when nothing leads there at present. */
    url: (name: TargetName) => Promise<string>;
    close: () => Promise<void>;
}

const form = '"NAME=URL", or a URL with the port of the contract';

/**
 * Reads what was given as --url: the base address of each target, by its name or its port.
 *
 * @throws Error that names every mistake.
 */
export function parseUrls(given: string[]): Partial<Record<TargetName, string>> {
    const urls: Partial<Record<TargetName, string>> = {};
    const mistakes: string[] = [];
    for (const text of given) {
        const [, named, address = ""] = /^(?:(\w+)=)?(.*)$/.exec(text) ?? [];
        const url = URL.canParse(address) ? new URL(address) : undefined;
        const name = named ?? targetNames.find((candidate) => String(targets[candidate].port) === portOf(url));
        if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
            mistakes.push(`--url: "${text}" is not ${form}`);
        } else if (url.username !== "" || url.password !== "") {
            mistakes.push(
                `--url: the address at ${url.host} has a password in it; Grafana's goes into GRAFANA_PASSWORD`,
            );
        } else if (name === undefined || !isTarget(name)) {
            mistakes.push(`--url: "${text}" names none of ${targetNames.join(", ")}; write NAME=URL`);
        } else {
            // As the stack output has them, with the path that a client appends.
            urls[name] = address.replace(/\/(api\/v2\/spans|health|metrics)?\/?$/, "");
        }
    }
    const missing = targetNames.filter((name) => urls[name] === undefined && !optional.includes(name));
    if (mistakes.length === 0 && missing.length > 0) {
        mistakes.push(
            `--url: there is no address of ${missing.join(", ")}; give all of them, or none to reach the cluster`,
        );
    }
    if (mistakes.length > 0) {
        throw new Error(mistakes.join("\n"));
    }
    return urls;
}

function isTarget(name: string): name is TargetName {
    return name in targets;
}

function portOf(url: URL | undefined): string | undefined {
    // The port that a scheme implies is left out.
    return url?.protocol === "http:" && url.port === "" ? "80" : url?.port;
}

/** The way to addresses that were given. */
export function direct(urls: Partial<Record<TargetName, string>>): Way {
    return {
        has: (name) => urls[name] !== undefined,
        url: (name) => Promise.resolve(urls[name] ?? ""),
        close: () => Promise.resolve(),
    };
}

/**
 * The way to the Services of a cluster, by port-forwards. A Service that has no ready pod yet, or one that cannot be reached, is
 * tried again when it is asked for.
 *
 * @param grafanaPath the path below which Grafana answers.
 * @throws ClusterError when the cluster cannot be asked.
 */
export async function throughCluster(cluster: Cluster, namespace: string, grafanaPath: string): Promise<Way> {
    const forwards = new Map<TargetName, Promise<Forward>>();
    const forward = (name: TargetName) => {
        const { service, port } = targets[name];
        const opening = portForward(cluster, { service, namespace, port });
        forwards.set(name, opening);
        opening.catch(() => forwards.delete(name));
        return opening;
    };
    const opened = await Promise.allSettled(targetNames.map(forward));
    const close = async () => {
        const open = await Promise.allSettled(forwards.values());
        await Promise.all(open.flatMap((result) => (result.status === "fulfilled" ? result.value.close() : [])));
    };
    const refused = opened.find((result) => result.status === "rejected" && result.reason instanceof ClusterError);
    // One that fails alone is a hop; verify names it.
    if (refused !== undefined && opened.every(({ status }) => status === "rejected")) {
        await close();
        throw (refused as PromiseRejectedResult).reason;
    }
    return {
        has: () => true,
        url: async (name) => {
            const { url } = await (forwards.get(name) ?? forward(name));
            return name === "grafana" ? `${url}${grafanaPath}` : url;
        },
        close,
    };
}
