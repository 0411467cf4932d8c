import { contract } from "../../components/contract";
import type { Settings } from "../../settings/resolve";
import type { Backend } from "../../validation/buckets";
import type { Cluster } from "./kubeconfig";
import { portForward } from "./port-forward";

/** Sends a request to a backend and parses the JSON response. With a body it is a POST request. */
export type Get = (path: string, body?: object) => Promise<any>;

const requestSeconds = 20;

/**
 * Sends requests with the tenant of the stack to a backend through a port forward.
 *
 * @throws ClusterError if the API server does not forward the port.
 * @throws Error if no pod of the backend is ready, or if it returns an error.
 */
export async function withBackend<T>(
    cluster: Cluster,
    { namespace, tenant }: Pick<Settings, "namespace" | "tenant">,
    backend: Backend,
    run: (get: Get) => Promise<T>,
    seconds = requestSeconds,
): Promise<T> {
    const { service, ports } = contract[backend];
    const forward = await portForward(cluster, { service, namespace, port: ports.http });
    try {
        const headers = new Headers({ "content-type": "application/json" });
        if (tenant !== undefined) {
            headers.set("x-scope-orgid", tenant);
        }
        return await run(async (path, body) => {
            const response = await fetch(forward.url + path, {
                headers,
                signal: AbortSignal.timeout(seconds * 1000),
                ...(body && { method: "POST", body: JSON.stringify(body) }),
            });
            const text = await response.text();
            if (!response.ok) {
                throw new Error(`${service} returns status ${response.status}: ${text.trim()}`);
            }
            return JSON.parse(text) as unknown;
        });
    } finally {
        await forward.close();
    }
}
