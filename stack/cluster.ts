import * as http from "http";
import * as https from "https";
import { createRequire } from "module";
import type { Cluster } from "./kubeconfig";

/** Reads objects of a cluster for checks. Changes nothing. */
export interface ClusterReader {
    /**
     * Reads an object or a list. Undefined if it does not exist, the user may not read it, or the cluster does not respond: then nothing is
     * checked, and Pulumi reports the error.
     *
     * @param path path in the API, such as "/api/v1/namespaces/monitoring".
     * @param content "metadata" leaves out everything except the metadata, such as the content of Secrets.
     */
    read<T>(path: string, content: "complete" | "metadata"): Promise<T | undefined>;
}

const timeoutMs = 5000;

// The library takes 0.4 s to load, and commands such as plan do not need it.
const load = createRequire(__filename);

/** A reader for the cluster that the provider uses. Undefined if the kubeconfig has no such cluster. */
export function clusterReader(kubeContext: string | undefined): ClusterReader | undefined {
    const { findCluster } = load("./kubeconfig") as typeof import("./kubeconfig");
    try {
        return readerOf(findCluster(kubeContext));
    } catch {
        return undefined;
    }
}

/** A reader for a cluster of the kubeconfig. */
export function readerOf({ server, config }: Cluster): ClusterReader {
    let connection: Promise<https.RequestOptions> | undefined;
    let unreachable = false;
    const connect = async () => {
        const options: https.RequestOptions = {};
        await config.applyToHTTPSOptions(options);
        return options;
    };
    return {
        read: async <T>(path: string, content: "complete" | "metadata") => {
            if (unreachable) {
                return undefined;
            }
            try {
                const options = await (connection ??= connect());
                const headers = { ...options.headers, accept: accept[content] };
                const url = new URL(server.replace(/\/$/, "") + path);
                const { status, body } = await get(url, { ...options, headers });
                return status === 200 ? (withItems(JSON.parse(body)) as T) : undefined;
            } catch {
                unreachable = true;
                return undefined;
            }
        },
    };
}

/** The API server answers a list of metadata without objects with `"items": null`. */
function withItems(object: { items?: unknown[] | null }): object {
    return object.items === null ? { ...object, items: [] } : object;
}

const metadataType = (kind: string) => `application/json;as=${kind};g=meta.k8s.io;v=v1`;
const accept = {
    complete: "application/json",
    metadata: `${metadataType("PartialObjectMetadataList")}, ${metadataType("PartialObjectMetadata")}, application/json`,
};

function get(url: URL, options: https.RequestOptions): Promise<{ status: number | undefined; body: string }> {
    return new Promise((resolve, reject) => {
        const client = url.protocol === "http:" ? http : https;
        const request = client.get(url, { ...options, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () =>
                resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString("utf8") }),
            );
        });
        request.on("error", reject);
    });
}
