import type { HelmValues } from "../../components/helm/values";
import { quantityValue } from "../../validation/quantities";
import type { Chart } from "../evaluate";

/** CPU in cores, memory in bytes. */
export interface Room {
    cpu: number;
    memory: number;
}

/** What the pods of one kind ask a node for. */
export interface PodRequests extends Room {
    /** Release that they belong to. */
    release: string;
    replicas: number;
    /** Whether each node gets one, however many there are. */
    everyNode: boolean;
}

/** What each chart's pods will ask for, read from the values; rendering would need the charts themselves. */
export function podRequests(charts: Pick<Chart, "release" | "values">[]): PodRequests[] {
    return charts.flatMap(({ release, values }) => {
        const { jobResources, ...rest } = values;
        const everyNode = (values["controller"] as HelmValues | undefined)?.["type"] === "daemonset";
        return [
            { release, replicas: replicasIn(rest), everyNode, ...requestsIn(rest) },
            { release, replicas: 1, everyNode: false, ...requestsIn(jobResources) },
        ].filter(({ cpu, memory }) => cpu > 0 || memory > 0);
    });
}

/** A pod's containers have their requests at different places, and those of volumes look the same but for their keys. */
function requestsIn(values: unknown): Room {
    const found = entriesOf(values)
        .filter(([key]) => key === "requests")
        .map(([, requests]) => requests as Record<string, string | number>);
    const sum = (key: keyof Room) =>
        found.reduce((total, requests) => total + (quantityValue(String(requests[key] ?? 0)) ?? 0), 0);
    return { cpu: sum("cpu"), memory: sum("memory") };
}

/** Charts that can be deployed in parts have replicas for each; the parts that we do not use have none. */
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
    return Object.entries(tree).flatMap(([key, value]) => [[key, value] as [string, unknown], ...entriesOf(value)]);
}
