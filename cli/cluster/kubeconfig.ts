import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { KubeConfig } from "@kubernetes/client-node";

/** A cluster that the kubeconfig tells how to reach. */
export interface Cluster {
    /** Name of the context. */
    context: string;
    /** Address of the API server. */
    server: string;
    /** Makes API clients: `config.makeApiClient(CoreV1Api)`. */
    config: KubeConfig;
}

/** No context can be told: there is no kubeconfig, or it leaves open which cluster is meant. */
export class NoContextError extends Error {}

/**
 * The cluster of a context of the kubeconfig: KUBECONFIG, or else ~/.kube/config. Nothing is asked of the cluster yet.
 *
 * @param context name of the context; default, the current one.
 * @throws NoContextError where there is no kubeconfig, or none of its contexts is current.
 * @throws Error where a file cannot be read, the context is not in it, or lacks its cluster or user.
 */
export function findCluster(context?: string): Cluster {
    const files = kubeconfigFiles();
    const config = merge(files.map(readKubeconfig));
    const names = config.contexts.map(({ name }) => name);
    const known = `the contexts of ${files.join(", ")} are ${names.join(", ")}`;
    if (names.length === 0) {
        throw new NoContextError(
            `there is no cluster: ${files.length === 0 ? "there is no kubeconfig (KUBECONFIG, or else ~/.kube/config)" : `${files.join(", ")} has no context`}`,
        );
    }
    const name = context ?? config.currentContext;
    if (name === "" || name === undefined) {
        throw new NoContextError(`no context of the kubeconfig is current; name one with --context: ${known}`);
    }
    if (!names.includes(name)) {
        throw new Error(
            `there is no context "${name}"${context === undefined ? ", which is the current one" : ""}; ${known}`,
        );
    }
    config.setCurrentContext(name);
    const cluster = config.getCurrentCluster();
    if (cluster === null || config.getCurrentUser() === null) {
        const part = cluster === null ? "cluster" : "user";
        const { [part]: wanted } = config.getContextObject(name) ?? {};
        throw new Error(`context "${name}" names the ${part} "${wanted}", which is not in ${files.join(", ")}`);
    }
    return { context: name, server: cluster.server, config };
}

/** The files that kubectl would read, of those that exist. */
function kubeconfigFiles(): string[] {
    const listed = (process.env["KUBECONFIG"] ?? "").split(path.delimiter).filter(Boolean);
    const files = listed.length > 0 ? listed : [path.join(os.homedir(), ".kube", "config")];
    return files.filter((file) => fs.existsSync(file));
}

function readKubeconfig(file: string): KubeConfig {
    const config = new KubeConfig();
    try {
        config.loadFromFile(file, { onInvalidEntry: "filter" });
    } catch (error) {
        throw new Error(`${file} is not a kubeconfig: ${(error as Error).message}`, { cause: error });
    }
    return config;
}

/** As kubectl and Pulumi do it: the first file that has a name, or a current context, wins. KubeConfig's own merge lets the last win. */
function merge(configs: KubeConfig[]): KubeConfig {
    const merged = new KubeConfig();
    merged.loadFromOptions({ clusters: [], users: [], contexts: [], currentContext: "" });
    for (const config of configs) {
        merged.currentContext ||= config.currentContext;
        merged.clusters.push(...withoutKnown(config.clusters, merged.clusters).map(withoutTls));
        merged.users.push(...withoutKnown(config.users, merged.users));
        merged.contexts.push(...withoutKnown(config.contexts, merged.contexts));
    }
    return merged;
}

function withoutKnown<T extends { name: string }>(items: T[], known: T[]): T[] {
    return items.filter(({ name }) => !known.some((other) => other.name === name));
}

/** KubeConfig refuses plain HTTP, such as that of kubectl proxy, unless TLS need not be verified. */
function withoutTls(cluster: KubeConfig["clusters"][number]): KubeConfig["clusters"][number] {
    return cluster.server.startsWith("http://") ? { ...cluster, skipTLSVerify: true } : cluster;
}
