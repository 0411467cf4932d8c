export const urlForm = 'a URL such as "https://grafana.example.com", without user and password';

export const endpointForm =
    'a host or host:port, with "https://" (the default) or "http://" before it and no path, such as "https://s3.eu-central-1.amazonaws.com"';

export const mirrorForm =
    'a folder of .tgz files, or an "oci://", "https://" or "http://" address without user and password';

/** An http or https URL with a host, and no credentials, which would be shown wherever the URL is. */
export function isUrl(text: string): boolean {
    return parse(text) !== undefined;
}

/** What stands in for all chart repositories: a folder, an OCI registry, or another Helm repository. */
export type MirrorKind = "folder" | "registry" | "repository";

/** The kind of a chart mirror; undefined for an address that is none. */
export function mirrorKind(mirror: string): MirrorKind | undefined {
    if (!mirror.includes("://")) {
        return mirror.trim() === "" ? undefined : "folder";
    }
    if (isUrl(mirror)) {
        return "repository";
    }
    return isUrl(mirror.replace(/^oci:/, "https:")) ? "registry" : undefined;
}

/** Where an S3 service answers. */
export interface S3Endpoint {
    /** Host and port, without scheme: what the backends' S3 clients want. */
    hostAndPort: string;
    /** Plain HTTP instead of HTTPS. */
    insecure: boolean;
}

/** Host, port and scheme of an S3 endpoint; HTTPS when no scheme is given. Undefined for anything with a path or without a host. */
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
