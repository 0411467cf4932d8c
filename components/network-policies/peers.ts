import { serviceNamespace } from "../service-namespace";
import type { PeersArgs, PortArgs } from "./args";

/** A peer of a NetworkPolicy, in the format of Kubernetes. */
export interface NetworkPolicyPeer {
    namespaceSelector?: LabelSelector;
    podSelector?: LabelSelector;
    ipBlock?: { cidr: string };
}

/** A label selector in the format of Kubernetes. */
export interface LabelSelector {
    matchLabels?: { [label: string]: string };
    matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Kubernetes sets this label to the name of the namespace. */
const nameLabel = "kubernetes.io/metadata.name";

/** All addresses outside of the cluster. Network plugins differ in whether they also mean pods. */
export const allAddresses = ["0.0.0.0/0", "::/0"];

/** All pods of the cluster. */
export const allPods: NetworkPolicyPeer[] = [{ namespaceSelector: {} }];

/** The namespaces with these names. */
export function namespacesNamed(names: string[]): NetworkPolicyPeer {
    return { namespaceSelector: { matchExpressions: [{ key: nameLabel, operator: "In", values: names }] } };
}

/** All namespaces but those with these names. */
export function namespacesExcept(names: string[]): NetworkPolicyPeer {
    return { namespaceSelector: { matchExpressions: [{ key: nameLabel, operator: "NotIn", values: names }] } };
}

/** The address ranges. */
export function addresses(cidrs: string[]): NetworkPolicyPeer[] {
    return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

/** The peers that arguments describe. Empty if they describe none. */
export function peersOf(args: PeersArgs = {}): NetworkPolicyPeer[] {
    const { namespaces = [], namespaceLabels = {}, cidrs = [], everywhere = false } = args;
    if (everywhere) {
        return [...allPods, ...addresses(allAddresses)];
    }
    return [
        ...(namespaces.length > 0 ? [namespacesNamed(namespaces)] : []),
        ...(Object.keys(namespaceLabels).length > 0 ? [{ namespaceSelector: { matchLabels: namespaceLabels } }] : []),
        ...addresses(cidrs),
    ];
}

/** Where a URL leads: the peers, and their ports. No port means all TCP ports. */
export interface Destination {
    peers: NetworkPolicyPeer[];
    ports: PortArgs[];
}

const defaultPorts: Record<string, number> = { http: 80, https: 443 };

/**
 * Where a URL, or a host with a port, leads.
 *
 * @param namespace namespace of the client. A host name without dots is a Service in it.
 */
export function destinationOf(url: string, namespace: string): Destination {
    const [, scheme = "https", address = ""] = /^(?:(\w+):\/{2,3})?([^/?#]*)/.exec(url) ?? [];
    const [, bracketed, name = "", port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(address) ?? [];
    const host = bracketed ?? name;
    const ofService = bracketed === undefined ? serviceNamespace(host, namespace) : undefined;
    if (ofService !== undefined) {
        return { peers: [namespacesNamed([ofService])], ports: [] };
    }
    const ports = [{ port: Number(port ?? defaultPorts[scheme] ?? 443) }];
    if (bracketed !== undefined) {
        return { peers: addresses([`${bracketed}/128`]), ports };
    }
    return { peers: addresses(/^[\d.]+$/.test(host) ? [`${host}/32`] : allAddresses), ports };
}
