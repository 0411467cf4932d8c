import { ClusterError } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { type Forward, portForward } from "../cluster/port-forward";
import { contract } from "../../components/contract";

const { otelCollector, grafana, loki, tempo, mimir, pyroscope, alloyReceiver } = contract;

/** The Services that verify connects to: those of the stack output `endpoints`, under the same names, and the Alloy receiver. */
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

// The Alloy receiver is not part of the DNS contract, so its address may be unknown.
const optionalTargets: TargetName[] = ["alloyReceiver"];

/** Resolves the targets to URLs. */
export interface Connections {
    has: (name: TargetName) => boolean;
    /** @throws Error if the target is unavailable at present. */
    url: (name: TargetName) => Promise<string>;
    close: () => Promise<void>;
}

/**
 * Parses the values of --url: the base URL of each target, by name or by port.
 *
 * @param required the targets of the stack.
 * @throws Error with all mistakes.
 */
export function parseUrls(values: string[], required: TargetName[] = targetNames): Partial<Record<TargetName, string>> {
    const urls: Partial<Record<TargetName, string>> = {};
    const mistakes: string[] = [];
    for (const text of values) {
        const [, prefix, address = ""] = /^(?:(\w+)=)?(.*)$/.exec(text) ?? [];
        const url = URL.canParse(address) ? new URL(address) : undefined;
        const name = prefix ?? targetNames.find((candidate) => String(targets[candidate].port) === portOf(url));
        if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
            mistakes.push(
                `--url "${text}" contains no http or https URL; write NAME=URL, such as loki=http://localhost:3100`,
            );
        } else if (url.username !== "" || url.password !== "") {
            mistakes.push(
                `--url for ${url.host} contains a password; remove it, and set the Grafana password in GRAFANA_PASSWORD`,
            );
        } else if (name === undefined || !isTarget(name)) {
            mistakes.push(
                name === undefined
                    ? `--url "${text}" has no name, and its port is not the port of an endpoint; write NAME=URL, where NAME is one of ${targetNames.join(", ")}`
                    : `--url "${text}" has an unknown name; the names are ${targetNames.join(", ")}`,
            );
        } else {
            // The stack output contains the paths that a client appends.
            urls[name] = address.replace(/\/(api\/v2\/spans|health|metrics)?\/?$/, "");
        }
    }
    const missing = required.filter((name) => urls[name] === undefined && !optionalTargets.includes(name));
    if (mistakes.length === 0 && missing.length > 0) {
        mistakes.push(
            `--url is missing for ${missing.join(", ")}; pass a URL for every endpoint, or omit --url to use the cluster`,
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
    // URL omits the default port of a scheme.
    return url?.protocol === "http:" && url.port === "" ? "80" : url?.port;
}

/** Connections to the addresses of --url. */
export function connectionsTo(urls: Partial<Record<TargetName, string>>): Connections {
    return {
        has: (name) => urls[name] !== undefined,
        url: (name) => Promise.resolve(urls[name] ?? ""),
        close: () => Promise.resolve(),
    };
}

/**
 * Connections to the Services of a cluster through port forwards. If a forward fails, for example because no pod is ready, the next call
 * of `url` tries again.
 *
 * @param grafanaPath the path of Grafana, for example "/grafana". Default of Grafana: "".
 * @param names the targets of the stack.
 * @throws ClusterError if no forward can be opened because the API server rejects the requests or does not respond.
 */
export async function forwardConnections(
    cluster: Cluster,
    namespace: string,
    grafanaPath: string,
    names: TargetName[] = targetNames,
): Promise<Connections> {
    const forwards = new Map<TargetName, Promise<Forward>>();
    const forward = (name: TargetName) => {
        const { service, port } = targets[name];
        const opening = portForward(cluster, { service, namespace, port });
        forwards.set(name, opening);
        opening.catch(() => forwards.delete(name));
        return opening;
    };
    const opened = await Promise.allSettled(names.map(forward));
    const close = async () => {
        const open = await Promise.allSettled(forwards.values());
        await Promise.all(open.flatMap((result) => (result.status === "fulfilled" ? result.value.close() : [])));
    };
    const clusterFailure = opened.find(
        (result) => result.status === "rejected" && result.reason instanceof ClusterError,
    );
    // If only some forwards fail, the checks of these targets report it.
    if (clusterFailure !== undefined && opened.every(({ status }) => status === "rejected")) {
        await close();
        throw (clusterFailure as PromiseRejectedResult).reason;
    }
    return {
        has: (name) => names.includes(name),
        url: async (name) => {
            const { url } = await (forwards.get(name) ?? forward(name));
            return name === "grafana" ? `${url}${grafanaPath}` : url;
        },
        close,
    };
}
