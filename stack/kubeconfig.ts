import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { KubeConfig } from "@kubernetes/client-node";

/** A cluster from the kubeconfig. */
export interface Cluster {
    /** Name of the context. */
    context: string;
    /** URL of the API server. */
    server: string;
    /** Creates API clients, for example `config.makeApiClient(CoreV1Api)`. */
    config: KubeConfig;
}

/** There is no kubeconfig, or it has no current context. */
export class NoContextError extends Error {
    constructor(
        message: string,
        /** Whether there are no contexts. False if there are contexts, but none of them is the current one. */
        readonly noContexts: boolean,
    ) {
        super(message);
    }
}

/**
 * Finds the cluster of a context in the kubeconfig: in the files of KUBECONFIG, in its content if it is no path, or in ~/.kube/config. Sends no
 * request to the cluster.
 *
 * @param context name of the context. Default: the current context.
 * @throws NoContextError if there is no kubeconfig, or if it has no current context.
 * @throws Error if a file is invalid, or if the context, its cluster or its user does not exist.
 */
export function findCluster(context?: string): Cluster {
    const files = kubeconfigFiles();
    const config = merge(files.map(readKubeconfig));
    const names = config.contexts.map(({ name }) => name);
    const allowed = `the contexts in ${files.join(", ")} are ${names.map((name) => `"${name}"`).join(", ")}`;
    if (names.length === 0) {
        throw new NoContextError(
            files.length === 0
                ? `there is no kubeconfig: ${missingFiles()}; set KUBECONFIG to the path of a kubeconfig`
                : `the kubeconfig ${files.join(", ")} has no context; set KUBECONFIG to the path of another kubeconfig`,
            true,
        );
    }
    const name = context ?? config.currentContext;
    if (name === "" || name === undefined) {
        throw new NoContextError(`the kubeconfig has no current context; select one with --context: ${allowed}`, false);
    }
    if (!names.includes(name)) {
        throw new Error(
            `the ${context === undefined ? "current context" : "context"} "${name}" does not exist; ${allowed}`,
        );
    }
    config.setCurrentContext(name);
    const cluster = config.getCurrentCluster();
    if (cluster === null || config.getCurrentUser() === null) {
        const part = cluster === null ? "cluster" : "user";
        const { [part]: missing } = config.getContextObject(name) ?? {};
        throw new Error(`context "${name}" uses the ${part} "${missing}", which does not exist in ${files.join(", ")}`);
    }
    return { context: name, server: cluster.server, config };
}

/** The existing files that kubectl would also read, or the content of KUBECONFIG. ~/.kube/config is read only if KUBECONFIG is not set. */
function kubeconfigFiles(): string[] {
    if (isInline()) {
        return [inlineName];
    }
    const listed = listedFiles();
    const files = listed.length > 0 ? listed : [path.join(os.homedir(), ".kube", "config")];
    return files.filter((file) => fs.existsSync(file));
}

// Pulumi also accepts the content of a kubeconfig in KUBECONFIG.
const inlineName = "the content of KUBECONFIG";

function isInline(): boolean {
    return process.env["KUBECONFIG"]?.includes("\n") ?? false;
}

function listedFiles(): string[] {
    return (process.env["KUBECONFIG"] ?? "").split(path.delimiter).filter(Boolean);
}

function missingFiles(): string {
    const listed = listedFiles();
    switch (listed.length) {
        case 0:
            return "KUBECONFIG is not set, and ~/.kube/config does not exist";
        case 1:
            return `KUBECONFIG is "${listed[0]}", but this file does not exist`;
        default:
            return `none of the files in KUBECONFIG exists (${listed.join(", ")})`;
    }
}

function readKubeconfig(file: string): KubeConfig {
    const config = new KubeConfig();
    try {
        const options = { onInvalidEntry: "filter" } as const;
        if (isInline()) {
            config.loadFromString(process.env["KUBECONFIG"] ?? "", options);
        } else {
            config.loadFromFile(file, options);
        }
    } catch (error) {
        throw new Error(`${file} is not a valid kubeconfig: ${(error as Error).message}`, { cause: error });
    }
    return config;
}

/** Merges files in the same way as kubectl and Pulumi: the first file that defines a name or a current context wins. KubeConfig.mergeConfig would use the last one. */
function merge(configs: KubeConfig[]): KubeConfig {
    const merged = new KubeConfig();
    merged.loadFromOptions({ clusters: [], users: [], contexts: [], currentContext: "" });
    for (const config of configs) {
        merged.currentContext ||= config.currentContext;
        merged.clusters.push(...withoutDuplicates(config.clusters, merged.clusters).map(withoutTls));
        merged.users.push(...withoutDuplicates(config.users, merged.users));
        merged.contexts.push(...withoutDuplicates(config.contexts, merged.contexts));
    }
    return merged;
}

function withoutDuplicates<T extends { name: string }>(items: T[], existing: T[]): T[] {
    return items.filter(({ name }) => !existing.some((other) => other.name === name));
}

/** KubeConfig rejects plain HTTP, as used by kubectl proxy, unless skipTLSVerify is set. */
function withoutTls(cluster: KubeConfig["clusters"][number]): KubeConfig["clusters"][number] {
    return cluster.server.startsWith("http://") ? { ...cluster, skipTLSVerify: true } : cluster;
}
