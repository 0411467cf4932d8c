import type { V1Node, V1Pod, V1Taint, V1Toleration } from "@kubernetes/client-node";
import { quantityValue } from "../../validation/quantities";
import type { ComputeResources, PodRequests } from "./requests";

/** The settings that select the nodes of a stack. */
export interface Placement {
    nodeSelector: Record<string, string>;
    tolerations: V1Toleration[];
}

/**
 * Returns the unallocated resources of each node on which the pods of the stack can run. Pods in the namespace of the stack are ignored,
 * because the deployment replaces them.
 */
export function unallocatedResources(
    nodes: V1Node[],
    pods: V1Pod[],
    namespace: string,
    placement: Placement,
): ComputeResources[] {
    return nodes
        .filter((node) => isSchedulable(node, placement))
        .map((node) => {
            const used = pods
                .filter(
                    ({ spec, status, metadata }) =>
                        spec?.nodeName === node.metadata?.name &&
                        metadata?.namespace !== namespace &&
                        !["Succeeded", "Failed"].includes(status?.phase ?? ""),
                )
                .map(requestsOf);
            const free = (key: keyof ComputeResources) =>
                quantity(node.status?.allocatable?.[key]) - used.reduce((sum, requests) => sum + requests[key], 0);
            return { cpu: free("cpu"), memory: free("memory") };
        });
}

/**
 * Returns why the pods do not fit on the nodes, or undefined. Places each pod on the first node with enough resources, largest pods first.
 * Ignores affinity rules.
 */
export function capacityProblem(requests: PodRequests[], nodes: ComputeResources[]): string | undefined {
    if (nodes.length === 0) {
        return "no node can run the pods of the stack: a node must be ready, must not be cordoned, must have the labels in observability:nodeSelector, and must have no taint without a matching toleration in observability:tolerations; add such a node, or change these settings";
    }
    const free = nodes.map((node) => ({ ...node }));
    const unplaced = new Set<string>();
    const place = (node: ComputeResources | undefined, { release, cpu, memory }: PodRequests) => {
        if (node === undefined) {
            unplaced.add(release);
        } else {
            node.cpu -= cpu;
            node.memory -= memory;
        }
    };
    const fits = (node: ComputeResources, { cpu, memory }: PodRequests) =>
        node.cpu + 1e-9 >= cpu && node.memory >= memory;
    for (const pods of requests.filter(({ everyNode }) => everyNode)) {
        free.forEach((node) => place(fits(node, pods) ? node : undefined, pods));
    }
    const single = requests.filter(({ everyNode }) => !everyNode).sort((one, other) => other.memory - one.memory);
    for (const pods of single) {
        for (let replica = 0; replica < pods.replicas; replica++) {
            place(
                free.find((node) => fits(node, pods)),
                pods,
            );
        }
    }
    if (unplaced.size === 0) {
        return undefined;
    }
    const count = ({ everyNode, replicas }: PodRequests) => (everyNode ? nodes.length : replicas);
    const requested = (key: keyof ComputeResources) => requests.reduce((sum, pods) => sum + pods[key] * count(pods), 0);
    const left = (key: keyof ComputeResources) => nodes.reduce((sum, node) => sum + Math.max(0, node[key]), 0);
    return (
        `the nodes have too few unallocated resources for ${[...unplaced].join(", ")}: the stack requests ${format(requested("cpu"), requested("memory"))}, and ` +
        `${nodes.length === 1 ? "the node has" : `the ${nodes.length} nodes have`} ${format(left("cpu"), left("memory"))} unallocated; add nodes, or set lower requests in observability:values`
    );
}

function format(cpu: number, memory: number): string {
    return `${cpu.toFixed(2)} CPU and ${(memory / 2 ** 30).toFixed(2)} GiB`;
}

function isSchedulable({ metadata, spec, status }: V1Node, { nodeSelector, tolerations }: Placement): boolean {
    const ready = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True");
    return (
        ready === true &&
        spec?.unschedulable !== true &&
        Object.entries(nodeSelector).every(([key, value]) => metadata?.labels?.[key] === value) &&
        (spec?.taints ?? []).every(
            (taint) => taint.effect === "PreferNoSchedule" || tolerations.some((item) => tolerates(item, taint)),
        )
    );
}

function tolerates({ key, operator, value, effect }: V1Toleration, taint: V1Taint): boolean {
    return (
        (effect === undefined || effect === taint.effect) &&
        (operator === "Exists"
            ? key === undefined || key === taint.key
            : key === taint.key && (value ?? "") === (taint.value ?? ""))
    );
}

/** The requests of a pod, computed in the same way as by the scheduler: the larger of the sum of its containers and each init container. */
export function requestsOf({ spec }: Pick<V1Pod, "spec">): ComputeResources {
    const requests = (key: keyof ComputeResources) => {
        const of = (container: { resources?: { requests?: Record<string, string> } }) =>
            quantity(container.resources?.requests?.[key]);
        const sumOfContainers = (spec?.containers ?? []).reduce((sum, container) => sum + of(container), 0);
        return Math.max(sumOfContainers, ...(spec?.initContainers ?? []).map(of)) + quantity(spec?.overhead?.[key]);
    };
    return { cpu: requests("cpu"), memory: requests("memory") };
}

function quantity(text: string | undefined): number {
    return text === undefined ? 0 : (quantityValue(text) ?? 0);
}
