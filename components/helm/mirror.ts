import * as http from "http";
import * as https from "https";
import { mirrorKind } from "../../validation/urls";
import type { ChartPin } from "./pins";
import { mirrorMistakes } from "./source";

/** Errors of a connection. Other errors, such as an unknown certificate authority, can differ between Node.js and Helm. */
const unreachable = [
    "ECONNREFUSED",
    "ECONNRESET",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
];
const timeoutSeconds = 10;

/**
 * Checks that a chart mirror can be used, because without it Pulumi reports several errors for each chart. A folder must contain all
 * required charts. A registry or repository must respond. The request is skipped if a proxy is configured, because Node.js ignores the proxy.
 *
 * @param required the charts that a folder must have. Default: all charts.
 * @returns one sentence for each mistake.
 */
export async function unusableMirror(
    mirror: string | undefined,
    env: NodeJS.ProcessEnv = process.env,
    required?: ChartPin[],
): Promise<string[]> {
    const kind = mirror === undefined ? undefined : mirrorKind(mirror);
    if (mirror === undefined || kind === undefined || kind === "folder") {
        return mirrorMistakes(mirror, required);
    }
    const proxies = ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"];
    if (proxies.some((name) => env[name])) {
        return [];
    }
    const url =
        kind === "registry"
            ? new URL("/v2/", mirror.replace(/^oci:/, "https:")).href
            : `${mirror.replace(/\/+$/, "")}/index.yaml`;
    try {
        const status = await head(url);
        return kind === "repository" && status === 404
            ? [`the chart mirror ${mirror} is not a Helm repository: it has no index.yaml`]
            : [];
    } catch (error) {
        const { code = "" } = error as NodeJS.ErrnoException;
        return unreachable.includes(code) ? [`the chart mirror ${mirror} does not respond (${code})`] : [];
    }
}

// Not fetch(), which rejects some ports that Helm accepts.
function head(url: string): Promise<number | undefined> {
    const { request } = url.startsWith("https:") ? https : http;
    return new Promise((resolve, reject) => {
        const sent = request(url, { method: "HEAD", timeout: timeoutSeconds * 1000, agent: false }, (response) => {
            response.resume();
            resolve(response.statusCode);
        });
        sent.on("timeout", () => sent.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
        sent.on("error", reject);
        sent.end();
    });
}
