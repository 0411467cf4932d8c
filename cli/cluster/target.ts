import type { V1Pod, V1Service } from "@kubernetes/client-node";

/** Where a connection to a Service's port ends. */
export interface Target {
    pod: string;
    port: number;
}

/**
 * A ready pod of a Service and the port of it that one of the Service's ports leads to.
 *
 * @throws Error where the Service has no such port, or none of its pods is ready.
 */
export function targetOf(service: V1Service, pods: V1Pod[], port: number): Target {
    const name = service.metadata?.name;
    const ports = service.spec?.ports ?? [];
    const servicePort = ports.find((candidate) => candidate.port === port);
    if (servicePort === undefined) {
        throw new Error(`Service ${name} has no port ${port}; it has ${ports.map((other) => other.port).join(", ")}`);
    }
    const pod = pods.find(isReady);
    if (pod === undefined) {
        const seen = pods.map((other) => `${other.metadata?.name} is ${other.status?.phase ?? "Unknown"}`).join(", ");
        throw new Error(`no pod of Service ${name} is ready: ${seen || "it has none"}`);
    }
    // A Service without targetPort leads to the port of the same number.
    const target = servicePort.targetPort ?? port;
    return { pod: pod.metadata?.name ?? "", port: typeof target === "number" ? target : namedPort(pod, target) };
}

export function isReady({ metadata, status }: V1Pod): boolean {
    return (
        metadata?.deletionTimestamp === undefined &&
        (status?.conditions ?? []).some((condition) => condition.type === "Ready" && condition.status === "True")
    );
}

function namedPort({ metadata, spec }: V1Pod, name: string): number {
    // A native sidecar is an init container, and may have the port.
    const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
    const port = containers.flatMap(({ ports }) => ports ?? []).find((candidate) => candidate.name === name);
    if (port === undefined) {
        throw new Error(`pod ${metadata?.name} has no port named "${name}"`);
    }
    return port.containerPort;
}
