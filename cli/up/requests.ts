import { contract } from "../../components/contract";
import type { HelmValues } from "../../components/helm/values";
import { quantityValue } from "../../validation/quantities";
import type { Chart } from "../evaluate";

/** CPU in cores, memory in bytes. */
export interface ComputeResources {
    cpu: number;
    memory: number;
}

/** The resource requests of each pod of a workload. */
export interface PodRequests extends ComputeResources {
    /** Helm release of the workload. */
    release: string;
    replicas: number;
    /** Whether the workload is a DaemonSet. Then `replicas` is ignored. */
    everyNode: boolean;
}

/** Reads the requests of each workload from the Helm values, because the charts may not be available for rendering. */
export function podRequests(charts: Pick<Chart, "release" | "values">[]): PodRequests[] {
    return charts.flatMap(({ release, values }) => {
        const { console, jobResources, objectRuler, parts, caches, ...rest } = values;
        if (isDistributed(values)) {
            return distributedRequests(release, values);
        }
        if (values["architecture"]?.microservices?.enabled === true) {
            return distributedRequests(release, values["pyroscope"].components as HelmValues);
        }
        // The charts of the auto-instrumentation deploy nothing but a DaemonSet.
        const everyNode =
            release === contract.autoInstrumentation.release ||
            (values["controller"] as HelmValues | undefined)?.["type"] === "daemonset";
        return [
            { release, replicas: replicasIn(rest), everyNode, ...requestsIn(rest) },
            { release, replicas: 1, everyNode: false, ...requestsIn(jobResources) },
            // The console of Redpanda and the second ruler of Mimir are workloads of their own.
            ...[console, objectRuler].map((part) => ({
                release,
                replicas: replicasIn(part),
                everyNode: false,
                ...requestsIn(part?.["enabled"] === true ? part : {}),
            })),
            // In distributed mode, each part is a workload.
            ...Object.entries((parts ?? {}) as Record<string, HelmValues>)
                .filter(([name]) => name !== "alertmanager" || values["alertmanager"]?.enabled === true)
                .map(([, part]) => ({
                    release,
                    replicas: part["autoscaling"]?.enabled ? Number(part["autoscaling"].minReplicas) : replicasIn(part),
                    everyNode: false,
                    ...requestsIn(part),
                })),
            ...Object.values((caches ?? {}) as Record<string, HelmValues>)
                .filter(({ enabled = true }) => enabled)
                .map((cache) => ({
                    release,
                    replicas: replicasIn(cache),
                    everyNode: false,
                    ...cacheRequests(cache),
                })),
        ].filter(({ cpu, memory }) => cpu > 0 || memory > 0);
    });
}

/** Whether the chart is that of distributed Loki or of distributed Tempo, whose parts are at the top of the values. */
function isDistributed(values: HelmValues): boolean {
    return values["deploymentMode"] === "Distributed" || "metricsGenerator" in values;
}

/** The requests of a cache. The charts of Loki and Mimir compute them from the memory for its items. */
export function cacheRequests({ allocatedMemory, allocatedCPU }: HelmValues): ComputeResources {
    return {
        cpu: quantityValue(String(allocatedCPU)) ?? 0,
        memory: Math.floor((Number(allocatedMemory) * 12 + 5) / 10) * 2 ** 20,
    };
}

/** The requests of each part of distributed Loki, Tempo and Pyroscope. */
function distributedRequests(release: string, parts: HelmValues): PodRequests[] {
    return Object.values(parts).flatMap((part: unknown): PodRequests[] => {
        const values = (part ?? {}) as HelmValues;
        const {
            enabled = true,
            replicaCount = 1,
            replicas = replicaCount,
            resources,
            extraContainers,
            allocatedMemory,
        } = values;
        // If the values of a cache have resources, the chart calculates none.
        const given = requestsIn({ resources, extraContainers });
        const requests = allocatedMemory === undefined || given.memory > 0 ? given : cacheRequests(values);
        return enabled === false || Number(replicas) === 0 || requests.memory === 0
            ? []
            : [{ release, replicas: Number(replicas), everyNode: false, ...requests }];
    });
}

/**
 * Sums up all requests for CPU and memory in the values. Requests of volumes have the key `storage` and are ignored. Init containers are
 * left out, because they end before the containers start, and request less.
 */
function requestsIn(values: unknown): ComputeResources {
    const found = entriesOf(values)
        .filter(([key]) => key === "requests")
        .map(([, requests]) => requests as Record<string, string | number>);
    const sum = (key: keyof ComputeResources) =>
        found.reduce((total, requests) => total + (quantityValue(String(requests[key] ?? 0)) ?? 0), 0);
    return { cpu: sum("cpu"), memory: sum("memory") };
}

/** Charts with several deployment modes have a replica count for each component. It is 0 for unused components. */
function replicasIn(values: unknown): number {
    const found = entriesOf(values)
        .filter(([key]) => key === "replicas" || key === "replicaCount")
        .map(([, count]) => Number(count));
    return found.length === 0 ? 1 : Math.max(...found);
}

function entriesOf(tree: unknown): [string, unknown][] {
    if (typeof tree !== "object" || tree === null) {
        return [];
    }
    return Object.entries(tree)
        .filter(([key]) => key !== "initContainers")
        .flatMap(([key, value]) => [[key, value] as [string, unknown], ...entriesOf(value)]);
}
