import { BlockList, isIP } from "net";

// Evaluates NetworkPolicies as their specification says, independently of the code that generates them.

export interface Pod {
    kind: "pod";
    name: string;
    namespace: string;
    labels: Record<string, string>;
}

export interface Address {
    kind: "address";
    name: string;
    ip: string;
}

export type Endpoint = Pod | Address;

interface Selector {
    matchLabels?: Record<string, string>;
    matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface Peer {
    podSelector?: Selector;
    namespaceSelector?: Selector;
    ipBlock?: { cidr: string; except?: string[] };
}

interface Rule {
    from?: Peer[];
    to?: Peer[];
    ports?: { protocol?: string; port?: number | string; endPort?: number }[];
}

export interface NetworkPolicy {
    metadata: { name: string; namespace: string };
    spec: { podSelector: Selector; policyTypes: string[]; ingress?: Rule[]; egress?: Rule[] };
}

/** A cluster: the labels of its namespaces, and its policies. */
export interface Network {
    namespaces: Record<string, Record<string, string>>;
    policies: NetworkPolicy[];
}

/** Whether a port of a connection is allowed. */
export type PortCheck = (port: number, protocol: string) => boolean;

/** The allowed ports between two endpoints, undefined if there are none: by the egress rules of the source, and by the ingress rules of the destination. */
export function allowedPorts(network: Network, from: Endpoint, to: Endpoint): PortCheck | undefined {
    const egress = portsOf(network, "Egress", from, to);
    const ingress = egress && portsOf(network, "Ingress", to, from);
    return ingress && ((port, protocol) => egress(port, protocol) && ingress(port, protocol));
}

/** Without a policy for a direction, a pod accepts or opens every connection. */
function portsOf(
    network: Network,
    type: "Ingress" | "Egress",
    subject: Endpoint,
    other: Endpoint,
): PortCheck | undefined {
    if (subject.kind === "address") {
        return () => true;
    }
    const isolating = network.policies.filter(
        ({ metadata, spec }) =>
            metadata.namespace === subject.namespace &&
            spec.policyTypes.includes(type) &&
            matches(spec.podSelector, subject.labels),
    );
    if (isolating.length === 0) {
        return () => true;
    }
    const rules = isolating.flatMap(({ metadata, spec }) =>
        ((type === "Ingress" ? spec.ingress : spec.egress) ?? []).filter((rule) =>
            matchesPeers(type === "Ingress" ? rule.from : rule.to, other, metadata.namespace, network),
        ),
    );
    return rules.length === 0
        ? undefined
        : (port, protocol) => rules.some((rule) => matchesPorts(rule.ports, port, protocol));
}

function matchesPeers(peers: Peer[] | undefined, other: Endpoint, namespace: string, { namespaces }: Network): boolean {
    // No list, or an empty one, means everything.
    return (
        peers === undefined ||
        peers.length === 0 ||
        peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
            if (ipBlock !== undefined) {
                // What an ipBlock means for pods depends on the network plugin. Here it means addresses outside of the cluster.
                return other.kind === "address" && contains(ipBlock.cidr, other.ip);
            }
            if (other.kind === "address") {
                return false;
            }
            const inNamespace =
                namespaceSelector === undefined
                    ? other.namespace === namespace
                    : matches(namespaceSelector, namespaces[other.namespace] ?? {});
            return inNamespace && (podSelector === undefined || matches(podSelector, other.labels));
        })
    );
}

function matchesPorts(ports: Rule["ports"], port: number, protocol: string): boolean {
    return (
        ports === undefined ||
        ports.length === 0 ||
        ports.some(({ protocol: allowed = "TCP", port: first, endPort }) => {
            if (typeof first === "string") {
                throw new Error(`port ${first} has a name, which this evaluator does not support`);
            }
            return allowed === protocol && (first === undefined || (port >= first && port <= (endPort ?? first)));
        })
    );
}

function matches({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Record<string, string>): boolean {
    return (
        Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
        matchExpressions.every(({ key, operator, values = [] }) => {
            const value = labels[key];
            switch (operator) {
                case "In":
                    return value !== undefined && values.includes(value);
                case "NotIn":
                    return value === undefined || !values.includes(value);
                case "Exists":
                    return value !== undefined;
                case "DoesNotExist":
                    return value === undefined;
                default:
                    throw new Error(`operator ${operator} does not exist`);
            }
        })
    );
}

function contains(cidr: string, ip: string): boolean {
    const [network = "", length] = cidr.split("/");
    const family = isIP(network) === 6 ? "ipv6" : "ipv4";
    const list = new BlockList();
    list.addSubnet(network, Number(length), family);
    return list.check(ip, isIP(ip) === 6 ? "ipv6" : "ipv4") && isIP(ip) === isIP(network);
}
