import type { V1Node, V1Pod, V1Taint, V1Toleration } from "@kubernetes/client-node";
import { quantityValue } from "../../validation/quantities";
import type { PodRequests, Room } from "./requests";

/** Where a stack's pods may go. */
export interface Placement {
    nodeSelector: Record<string, string>;
    tolerations: V1Toleration[];
}

/** What is left on the nodes that pods may go to, without the pods of the stack's own namespace, which it replaces. */
export function freeRoom(nodes: V1Node[], pods: V1Pod[], namespace: string, placement: Placement): Room[] {
    return nodes
        .filter((node) => takesPods(node, placement))
        .map((node) => {
            const used = pods
                .filter(
                    ({ spec, status, metadata }) =>
                        spec?.nodeName === node.metadata?.name &&
                        metadata?.namespace !== namespace &&
                        !["Succeeded", "Failed"].includes(status?.phase ?? ""),
                )
                .map(requestsOf);
            const free = (key: keyof Room) =>
                quantity(node.status?.allocatable?.[key]) - used.reduce((sum, room) => sum + room[key], 0);
            return { cpu: free("cpu"), memory: free("memory") };
        });
}

/**
 * Why the pods do not fit, or undefined. Largest first, each on the first node that has room: what fits so will fit when the
 * scheduler does it, but for rules of affinity.
 */
export function roomMistake(wanted: PodRequests[], nodes: Room[]): string | undefined {
    if (nodes.length === 0) {
        return "no node takes the stack's pods: each is not ready, is cordoned, has a taint that `tolerations` do not name or lacks the labels of `nodeSelector`; add a node or change these settings";
    }
    const free = nodes.map((node) => ({ ...node }));
    const missing = new Set<string>();
    const place = (node: Room | undefined, { release, cpu, memory }: PodRequests) => {
        if (node === undefined) {
            missing.add(release);
        } else {
            node.cpu -= cpu;
            node.memory -= memory;
        }
    };
    const fits = (node: Room, { cpu, memory }: PodRequests) => node.cpu + 1e-9 >= cpu && node.memory >= memory;
    for (const pods of wanted.filter(({ everyNode }) => everyNode)) {
        free.forEach((node) => place(fits(node, pods) ? node : undefined, pods));
    }
    const single = wanted.filter(({ everyNode }) => !everyNode).sort((one, other) => other.memory - one.memory);
    for (const pods of single) {
        for (let replica = 0; replica < pods.replicas; replica++) {
            place(
                free.find((node) => fits(node, pods)),
                pods,
            );
        }
    }
    if (missing.size === 0) {
        return undefined;
    }
    const count = ({ everyNode, replicas }: PodRequests) => (everyNode ? nodes.length : replicas);
    const asked = (key: keyof Room) => wanted.reduce((sum, pods) => sum + pods[key] * count(pods), 0);
    const left = (key: keyof Room) => nodes.reduce((sum, node) => sum + Math.max(0, node[key]), 0);
    return (
        `there is no room for ${[...missing].join(", ")}: the stack asks for ${show(asked("cpu"), asked("memory"))}, and ` +
        `${nodes.length === 1 ? "the node has" : `the ${nodes.length} nodes have`} ${show(left("cpu"), left("memory"))} left; add nodes, or set lower requests under \`values\``
    );
}

function show(cpu: number, memory: number): string {
    return `${cpu.toFixed(2)} CPU and ${(memory / 2 ** 30).toFixed(2)} GiB`;
}

function takesPods({ metadata, spec, status }: V1Node, { nodeSelector, tolerations }: Placement): boolean {
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

/** The scheduler counts containers together, and an init container only where it asks for more than they do. */
function requestsOf({ spec }: V1Pod): Room {
    const requests = (key: keyof Room) => {
        const of = (container: { resources?: { requests?: Record<string, string> } }) =>
            quantity(container.resources?.requests?.[key]);
        const together = (spec?.containers ?? []).reduce((sum, container) => sum + of(container), 0);
        return Math.max(together, ...(spec?.initContainers ?? []).map(of)) + quantity(spec?.overhead?.[key]);
    };
    return { cpu: requests("cpu"), memory: requests("memory") };
}

function quantity(text: string | undefined): number {
    return text === undefined ? 0 : (quantityValue(text) ?? 0);
}
