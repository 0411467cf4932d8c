import { mirrorKind } from "../../validation/urls";
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
 * charts. A registry or repository must answer; it is not asked if a proxy is configured, because Node.js ignores the proxy.
 *
 * @returns one sentence for each mistake.
 */
export async function unusableMirror(
    mirror: string | undefined,
    env: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
    const kind = mirror === undefined ? undefined : mirrorKind(mirror);
    if (mirror === undefined || kind === undefined || kind === "folder") {
        return mirrorMistakes(mirror);
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
        const { status } = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(timeoutSeconds * 1000) });
        return kind === "repository" && status === 404
            ? [`the chart mirror ${mirror} is not a Helm repository: it has no index.yaml`]
            : [];
    } catch (error) {
        const reason = connectionError(error);
        return reason === undefined ? [] : [`the chart mirror ${mirror} does not answer (${reason})`];
    }
}

function connectionError(error: unknown): string | undefined {
    const { name, cause } = error as { name: string; cause?: { code?: string } };
    const code = cause?.code ?? "";
    return name === "TimeoutError"
        ? `no answer within ${timeoutSeconds} s`
        : unreachable.includes(code) || code.startsWith("UND_ERR_CONNECT")
          ? code
          : undefined;
}
