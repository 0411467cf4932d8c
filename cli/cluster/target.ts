import type { V1Pod, V1Service } from "@kubernetes/client-node";

/** The pod and port that a connection to a Service is forwarded to. */
export interface Target {
    pod: string;
    port: number;
}

/**
 * Selects a ready pod of a Service and resolves the target port.
 *
 * @throws Error if the Service does not have the port, or if no pod is ready.
 */
export function targetOf(service: V1Service, pods: V1Pod[], port: number): Target {
    const name = service.metadata?.name;
    const ports = service.spec?.ports ?? [];
    const servicePort = ports.find((candidate) => candidate.port === port);
    if (servicePort === undefined) {
        throw new Error(
            `Service ${name} has no port ${port}; its ports are ${ports.map((other) => other.port).join(", ")}`,
        );
    }
    const pod = pods.find(isReady);
    if (pod === undefined) {
        const phases = pods.map(
            ({ metadata, status }) => `${metadata?.name} is ${status?.phase ?? "Unknown"} (not ready)`,
        );
        throw new Error(`no pod of Service ${name} is ready: ${phases.join(", ") || "it has no pods"}`);
    }
    // The default of targetPort is the port of the Service.
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
    // A native sidecar is an init container and can also have the port.
    const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
    const port = containers.flatMap(({ ports }) => ports ?? []).find((candidate) => candidate.name === name);
    if (port === undefined) {
        throw new Error(`pod ${metadata?.name} has no port named "${name}"`);
    }
    return port.containerPort;
}
