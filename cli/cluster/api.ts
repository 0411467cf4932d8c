import type { Cluster } from "./kubeconfig";

/** A request to the API server failed. The error does not mean that the stack is unhealthy. */
export class ClusterError extends Error {
    constructor(
        message: string,
        /** HTTP status of the response. Undefined if there was no response. */
        readonly status?: number,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}

const timeoutSeconds = 15;

/**
 * Waits for the response to a request to the API server.
 *
 * @param action the purpose of the request as a verb phrase, for the error: "list the pods of monitoring".
 * @throws ClusterError that explains the failure and what to do.
 */
export async function callApi<T>(cluster: Cluster, action: string, response: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(
            () => reject(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })),
            timeoutSeconds * 1000,
        );
    });
    try {
        return await Promise.race([response, timeout]);
    } catch (error) {
        throw explain(cluster, action, error);
    } finally {
        clearTimeout(timer);
    }
}

/** Like callApi, but returns undefined if the object does not exist. */
export async function findObject<T>(cluster: Cluster, action: string, response: Promise<T>): Promise<T | undefined> {
    try {
        return await callApi(cluster, action, response);
    } catch (error) {
        if (error instanceof ClusterError && error.status === 404) {
            return undefined;
        }
        throw error;
    }
}

/** Returns undefined if the user has no permission. */
export async function ifPermitted<T>(response: Promise<T>): Promise<T | undefined> {
    try {
        return await response;
    } catch (error) {
        if (error instanceof ClusterError && error.status === 403) {
            return undefined;
        }
        throw error;
    }
}

const networkErrors: Record<string, string> = {
    ECONNREFUSED: "the connection was refused",
    ECONNRESET: "the connection was closed",
    ENOTFOUND: "the host name does not exist",
    EAI_AGAIN: "the host name cannot be resolved",
    EHOSTUNREACH: "there is no route to the host",
    ENETUNREACH: "there is no route to the network",
    ETIMEDOUT: `there was no response within ${timeoutSeconds} s`,
};

function explain(cluster: Cluster, action: string, error: unknown): ClusterError {
    const { code, body, message } = error as { code?: number | string; body?: unknown; message?: string };
    const options = { cause: error };
    const context = `context "${cluster.context}" (${cluster.server})`;
    if (code === 401) {
        return new ClusterError(
            `cannot ${action}: the API server of ${context} rejects your credentials; log in to the cluster again`,
            code,
            options,
        );
    }
    if (code === 403) {
        return new ClusterError(
            `cannot ${action}: your user has no permission in ${context}: ${statusMessage(body)}`,
            code,
            options,
        );
    }
    if (typeof code === "number") {
        return new ClusterError(
            `cannot ${action}: the API server of ${context} returns status ${code}: ${statusMessage(body)}`,
            code,
            options,
        );
    }
    const reason = networkErrors[code ?? ""];
    return new ClusterError(
        reason === undefined
            ? `cannot ${action} in ${context}: ${message}`
            : `cannot connect to the cluster of ${context}: ${reason}; start the cluster, or select another context with --context`,
        undefined,
        options,
    );
}

/** The message in the body of a failed request. In most cases the body is a Status object. */
function statusMessage(body: unknown): string {
    try {
        const status = (typeof body === "string" ? JSON.parse(body) : body) as { message?: string };
        return status.message ?? JSON.stringify(status);
    } catch {
        return String(body).trim();
    }
}
