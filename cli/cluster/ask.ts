import type { Cluster } from "./kubeconfig";

/** The cluster could not be asked, or would not answer: says nothing about what runs in it. */
export class ClusterError extends Error {
    constructor(
        message: string,
        /** HTTP status of the API server's answer; undefined where there was none. */
        readonly status?: number,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}

const timeoutSeconds = 15;

/**
 * The answer of the API server to a request that has been sent.
 *
 * @param what what is asked for, as the object of "cannot": "list the pods of monitoring".
 * @throws ClusterError with a sentence that says what to do.
 */
export async function ask<T>(cluster: Cluster, what: string, answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(
            () => reject(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
            timeoutSeconds * 1000,
        );
    });
    try {
        return await Promise.race([answer, timeout]);
    } catch (error) {
        throw explain(cluster, what, error);
    } finally {
        clearTimeout(timer);
    }
}

/** As ask, and undefined where the API server says that there is no such thing. */
export async function askIfThere<T>(cluster: Cluster, what: string, answer: Promise<T>): Promise<T | undefined> {
    try {
        return await ask(cluster, what, answer);
    } catch (error) {
        if (error instanceof ClusterError && error.status === 404) {
            return undefined;
        }
        throw error;
    }
}

/** The answer, or undefined where the user may not look. */
export async function lookedAt<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
        return await answer;
    } catch (error) {
        if (error instanceof ClusterError && error.status === 403) {
            return undefined;
        }
        throw error;
    }
}

const networkFaults: Record<string, string> = {
    ECONNREFUSED: "nothing listens there",
    ECONNRESET: "the connection broke",
    ENOTFOUND: "its host name is not known here",
    EAI_AGAIN: "its host name cannot be looked up now",
    EHOSTUNREACH: "there is no way to its host",
    ENETUNREACH: "there is no way to its network",
    ETIMEDOUT: `no answer within ${timeoutSeconds} s`,
};

/** The sentence for what a request to the API server was met with. */
function explain(cluster: Cluster, what: string, error: unknown): ClusterError {
    const { code, body, message } = error as { code?: number | string; body?: unknown; message?: string };
    const options = { cause: error };
    const at = `context "${cluster.context}" (${cluster.server})`;
    if (code === 401) {
        return new ClusterError(`cannot ${what}: ${at} does not accept your login; log in to it again`, code, options);
    }
    if (code === 403) {
        return new ClusterError(
            `cannot ${what}: your user has no right to in ${at}: ${statusMessage(body)}`,
            code,
            options,
        );
    }
    if (typeof code === "number") {
        return new ClusterError(`cannot ${what}: ${at} answers ${code}: ${statusMessage(body)}`, code, options);
    }
    const fault = networkFaults[code ?? ""];
    return new ClusterError(
        fault === undefined
            ? `cannot ${what} in ${at}: ${message}`
            : `cannot reach the cluster of ${at}: ${fault}; start it, or name another with --context`,
        undefined,
        options,
    );
}

/** The message in the body of a failed request, which is a Status object in most cases. */
function statusMessage(body: unknown): string {
    try {
        const status = (typeof body === "string" ? JSON.parse(body) : body) as { message?: string };
        return status.message ?? JSON.stringify(status);
    } catch {
        return String(body).trim();
    }
}
