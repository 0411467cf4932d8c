import type { KubernetesObject } from "./manifests";

/** The fields of a pod spec that commands and tests use. */
export interface PodSpec {
    containers: Container[];
    initContainers?: Container[];
    [key: string]: any;
}

export interface Container {
    name: string;
    image: string;
    ports?: { name?: string; containerPort: number }[];
    resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
    securityContext?: Record<string, any>;
    [key: string]: any;
}

export interface Workload {
    kind: string;
    name: string;
    replicas: number;
    labels: Record<string, string>;
    pod: PodSpec;
}

/** The objects that run pods. */
export function workloads(objects: KubernetesObject[]): Workload[] {
    return objects
        .filter(({ kind }) => ["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(kind))
        .map(({ kind, metadata, spec }) => {
            const { replicas, template } = spec as Record<string, any>;
            return {
                kind,
                name: metadata.name,
                replicas: replicas ?? 1,
                labels: template.metadata.labels,
                pod: template.spec,
            };
        });
}

/** The workloads that a Service selects. */
export function selectedBy(
    { selector }: { selector: Record<string, string> },
    objects: KubernetesObject[],
): Workload[] {
    return workloads(objects).filter(({ labels }) =>
        Object.entries(selector).every(([key, value]) => labels[key] === value),
    );
}

/** The port of the containers that a target port of a Service means, which is a number or a name. */
export function listening({ pod }: Workload, port: number | string): number | undefined {
    const ports = pod.containers.flatMap((container) => container.ports ?? []);
    return ports.find(({ name, containerPort }) => containerPort === port || name === port)?.containerPort;
}
