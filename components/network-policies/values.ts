import { stackComponents } from "../../validation/components";
import type { NetworkPoliciesArgs, PortArgs } from "./args";
import { type Flow, flows } from "./flows";
import { addresses, type LabelSelector, namespacesNamed, type NetworkPolicyPeer } from "./peers";
import { type PodGroup, podLabelsOf, policyNames } from "./pods";

/** A NetworkPolicy without its namespace. */
export interface Policy {
    name: string;
    spec: PolicySpec;
}

interface PolicySpec {
    podSelector: LabelSelector;
    policyTypes: string[];
    ingress?: { from: NetworkPolicyPeer[]; ports: PolicyPort[] }[];
    egress?: { to: NetworkPolicyPeer[]; ports: PolicyPort[] }[];
}

interface PolicyPort {
    protocol: string;
    port?: number;
}

/** Name of a NetworkPolicy. The prefix distinguishes it from policies of the user. */
function policyName(name: string): string {
    return `observability-${name}`;
}

/** The policies of a namespace: no connections, except DNS and the arrows of the data flow. */
export function policies(args: NetworkPoliciesArgs): Policy[] {
    const all = flows(args);
    const groups: PodGroup[] = [
        ...stackComponents.filter((component) => args.components.includes(component)),
        ...(args.components.includes("redpanda") ? ["redpandaConsole" as const] : []),
        ...(args.components.includes("minio") ? ["bucketJob" as const] : []),
        ...(args.loadMonitor ? ["loadMonitor" as const] : []),
        "copyJob",
        "stagingMinio",
    ];
    return [
        { name: policyName("default-deny"), spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
        { name: policyName("dns"), spec: dnsPolicy(args) },
        ...groups.map((group) => ({ name: policyName(policyNames[group]), spec: groupPolicy(group, all, args) })),
    ];
}

function dnsPolicy({ dns = {} }: NetworkPoliciesArgs): PolicySpec {
    const { namespace = "kube-system", ports = [53], cidrs = ["169.254.20.10/32"] } = dns;
    return {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
            {
                to: [namespacesNamed([namespace]), ...addresses(cidrs)],
                ports: ports.flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ protocol, port }))),
            },
        ],
    };
}

function groupPolicy(group: PodGroup, all: Flow[], args: NetworkPoliciesArgs): PolicySpec {
    const peers = (end: Flow["from"]): NetworkPolicyPeer[] =>
        Array.isArray(end) ? end : [{ podSelector: { matchLabels: podLabelsOf(end, args) } }];
    const ingress = all
        .filter(({ to }) => to === group)
        .map(({ from, ports }) => ({ from: peers(from), ports: policyPorts(ports) }));
    const egress = all
        .filter(({ from }) => from === group)
        .map(({ to, ports }) => ({ to: peers(to), ports: policyPorts(ports) }));
    return {
        podSelector: { matchLabels: podLabelsOf(group, args) },
        policyTypes: ["Ingress", "Egress"],
        ingress: unique(ingress),
        egress: unique(egress),
    };
}

/** A rule without a number of a port allows all ports of the protocol. */
function policyPorts(ports: PortArgs[]): PolicyPort[] {
    return ports.length === 0 ? [{ protocol: "TCP" }] : ports.map(({ port, protocol = "TCP" }) => ({ protocol, port }));
}

/** Several backends can be at the same place. */
function unique<T>(rules: T[]): T[] {
    return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
