import type { CollectFromArgs } from "./args";

/** The label values that select what is collected, as regular expressions. They are anchored. */
export interface NamespaceSelectors {
    /** Namespaces of pods. */
    collectedNamespaces: string;
    /** Exceptions. */
    excludedNamespaces: string;
    /** The label namespace of series of the kubelet. It is empty for series of the node. */
    keptNamespaces: string;
}

// An empty expression would match series without a namespace. No namespace can have this name.
const noNamespace = "-";

/** The selectors for the arguments. @param own namespace of Alloy, which is always collected from. */
export function namespaceSelectors(args: CollectFromArgs | undefined, own: string): NamespaceSelectors {
    const { namespaces, excludeNamespaces = [], nodes = true } = args ?? {};
    const listed = namespaces && [...new Set([own, ...namespaces])].sort().join("|");
    return {
        collectedNamespaces: listed ?? ".+",
        excludedNamespaces: excludeNamespaces.join("|") || noNamespace,
        keptNamespaces: listed === undefined ? (nodes ? ".*" : ".+") : nodes ? `|${listed}` : listed,
    };
}

/** Whether the pods of another namespace are collected from. */
export function collectsFrom(namespace: string, { namespaces, excludeNamespaces = [] }: CollectFromArgs = {}): boolean {
    return (namespaces?.includes(namespace) ?? true) && !excludeNamespaces.includes(namespace);
}

/** Annotation of the DaemonSets with what they collect, as JSON. Other stacks compare it with what they collect. */
export const collectsAnnotation = "observability.mathtrail/collects";

/** What a DaemonSet collects. */
export interface Collects {
    /** The namespaces. Undefined means all. */
    namespaces?: string[];
    /** Namespaces that are not collected from. */
    excludeNamespaces: string[];
    /** Whether metrics of the nodes are collected. */
    nodes: boolean;
}

/** What the log collector or the metrics scraper collects. */
export function collectsOf(args: CollectFromArgs | undefined, own: string, more: Partial<Collects> = {}): Collects {
    const { namespaces, excludeNamespaces = [], nodes = true } = args ?? {};
    return {
        ...(namespaces && { namespaces: [...new Set([own, ...namespaces])].sort() }),
        excludeNamespaces: [...new Set([...excludeNamespaces, ...(more.excludeNamespaces ?? [])])].sort(),
        nodes: more.nodes ?? nodes,
    };
}
