import { otherTypeOf } from "./yaml-text";

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

/** Valid RFC 1123 labels, for error messages about namespaces, releases and Services. */
export const labelForm =
    "a Kubernetes name: at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit";

/** Valid RFC 1123 subdomains, for error messages about Secrets, Configurations and StorageClasses. */
export const subdomainForm =
    "a Kubernetes name: at most 253 lower-case letters, digits, '-' and '.', each part beginning and ending with a letter or digit";

/**
 * Checks the name of a Secret, a Configuration or a class. Charts write such names into YAML without quotes.
 *
 * @returns what the name must be, or undefined if it is valid.
 */
export function subdomainMistake(text: unknown): string | undefined {
    if (typeof text !== "string" || !isSubdomain(text)) {
        return subdomainForm;
    }
    const type = otherTypeOf(text);
    return type === undefined ? undefined : `a name that YAML does not read as ${type}`;
}

export const hostForm = 'a host name such as "grafana.example.com", without scheme, port or path';

export const domainForm = 'a DNS domain such as "cluster.local", without a dot at its beginning and its end';

export const bucketForm =
    "a bucket name: 3 to 63 lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit, but not an IP address";

export const labelValueForm = "1 to 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit";

/** Valid keys of labels, taints and annotations, for error messages. */
export const labelKeyForm = 'a Kubernetes label key such as "node-role.example.com/observability"';

export const registryForm =
    'a registry with optional port and path, without scheme, such as "registry.example.com:5000/mirror"';

export function isLabel(text: string): boolean {
    return text.length <= 63 && new RegExp(`^${label}$`).test(text);
}

export function isSubdomain(text: string): boolean {
    return text.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(text);
}

export function isHost(text: string): boolean {
    return isSubdomain(text) && text.split(".").every(isLabel);
}

export function isBucket(text: string): boolean {
    return text.length >= 3 && text.length <= 63 && isSubdomain(text) && !/^\d+(\.\d+){3}$/.test(text);
}

export function isLabelValue(text: string): boolean {
    return text.length <= 63 && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(text);
}

export function isLabelKey(text: string): boolean {
    const parts = text.split("/");
    const name = parts.pop() ?? "";
    return parts.length <= 1 && parts.every(isSubdomain) && isLabelValue(name);
}

/** Whether a text is a prefix of image names: HOST[:PORT][/PATH]. */
export function isRegistry(text: string): boolean {
    const [address = "", ...path] = text.split("/");
    const [host = "", port = "443", ...rest] = address.split(":");
    return (
        isHost(host) &&
        /^\d{1,5}$/.test(port) &&
        rest.length === 0 &&
        path.every((part) => /^[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*$/.test(part))
    );
}
