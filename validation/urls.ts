/** Valid URLs, for error messages. */
export const urlForm = (example: string) => `a URL such as "${example}", without user and password`;

export const endpointForm =
    'a host or host:port, optionally with the scheme "https://" (default) or "http://" and without a path, such as "https://s3.eu-central-1.amazonaws.com"';

export const mirrorForm =
    'a folder of .tgz files, an "oci://" address of a registry, or an "https://" or "http://" address of a Helm repository, without user and password';

/** Whether a text is an HTTP or HTTPS URL with a host. Credentials are not allowed, because URLs are displayed. */
export function isUrl(text: string): boolean {
    return parse(text) !== undefined;
}

/** Kind of a chart mirror: a folder, an OCI registry or a Helm repository. */
export type MirrorKind = "folder" | "registry" | "repository";

/** The kind of a chart mirror. undefined if it is invalid. */
export function mirrorKind(mirror: string): MirrorKind | undefined {
    if (!mirror.includes("://")) {
        // One slash is a mistake, not a folder.
        return mirror.trim() === "" || /^(oci|https?):/.test(mirror) ? undefined : "folder";
    }
    if (isUrl(mirror)) {
        return "repository";
    }
    return isUrl(mirror.replace(/^oci:/, "https:")) ? "registry" : undefined;
}

/** Endpoint of an S3 service. */
export interface S3Endpoint {
    /** Host and port, without scheme, as S3 clients of the backends need it. */
    hostAndPort: string;
    /** Whether the service uses HTTP instead of HTTPS. */
    insecure: boolean;
}

/** Parses an S3 endpoint. The default scheme is HTTPS. undefined if it has a path or no host. */
export function parseS3Endpoint(text: string): S3Endpoint | undefined {
    const url = parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
    if (!url || !["", "/"].includes(url.pathname) || url.search) {
        return undefined;
    }
    return { hostAndPort: url.host, insecure: url.protocol === "http:" };
}

function parse(text: string): URL | undefined {
    if (/\s/.test(text)) {
        return undefined;
    }
    try {
        const url = new URL(text);
        return /^https?:$/.test(url.protocol) && url.hostname !== "" && `${url.username}${url.password}` === ""
            ? url
            : undefined;
    } catch {
        return undefined;
    }
}
