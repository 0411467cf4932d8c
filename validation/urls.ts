export const urlForm = 'a URL such as "https://grafana.example.com"';

export const endpointForm =
    'a host or host:port, with "https://" (the default) or "http://" before it and no path, such as "https://s3.eu-central-1.amazonaws.com"';

/** An http or https URL with a host. */
export function isUrl(text: string): boolean {
    return parse(text) !== undefined;
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
    if (!url || !["", "/"].includes(url.pathname) || url.search || url.username) {
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
        return /^https?:$/.test(url.protocol) && url.hostname !== "" ? url : undefined;
    } catch {
        return undefined;
    }
}
