import type { V1PodSpec } from "@kubernetes/client-node";
import { quantityValue } from "../../validation/quantities";
import { requestsOf } from "../up/capacity";
import type { ObjectChange, Tree, Usage } from "./effect";

interface WorkloadSpec {
    replicas?: number;
    template?: { spec?: V1PodSpec };
    volumeClaimTemplates?: ClaimTemplate[];
}

interface ClaimTemplate {
    metadata?: { name?: string };
    spec?: { resources?: { requests?: { storage?: string } } };
}

/**
 * The requests of all pods and the size of all claims of Kubernetes objects. Jobs are ignored, because their pods end.
 *
 * @param side which state of the objects is used.
 * @param nodes number of nodes. Each node has one pod of each DaemonSet.
 */
export function usageOf(objects: ObjectChange[], side: "before" | "after", nodes: number): Usage {
    const present = objects.flatMap(({ type, [side]: inputs }) => (inputs === undefined ? [] : [{ type, inputs }]));
    const pods = present.map(({ type, inputs }) => {
        const count = podsOf(type, inputs, nodes);
        const podSpec = specOf(inputs).template?.spec;
        const { cpu, memory } = requestsOf({ spec: count === 0 ? undefined : podSpec });
        return { cpu: cpu * count, memory: memory * count };
    });
    return {
        cpu: sum(pods.map(({ cpu }) => cpu)),
        memory: sum(pods.map(({ memory }) => memory)),
        storage: sum([...claimsOf(present).values()]),
    };
}

/** Size of each claim in bytes. A size that is set for the claim itself wins over the size in the StatefulSet, because a claim can grow. */
function claimsOf(objects: { type: string; inputs: Tree }[]): Map<string, number> {
    const templates = objects
        .filter(({ type }) => type === "kubernetes:apps/v1:StatefulSet")
        .flatMap(({ inputs }) => statefulSetClaims(inputs));
    const claims = objects
        .filter(({ type }) => type.startsWith("kubernetes:core/v1:PersistentVolumeClaim"))
        .map(({ inputs }): [string, number] => [keyOf(inputs, nameOf(inputs)), sizeOf(inputs as ClaimTemplate)]);
    return new Map([...templates, ...claims]);
}

/** The claims that Kubernetes creates for a StatefulSet, with their sizes in bytes. */
export function statefulSetClaims(inputs: Tree): [string, number][] {
    const { replicas = 1, volumeClaimTemplates = [] } = specOf(inputs);
    return volumeClaimTemplates.flatMap((template) =>
        Array.from({ length: replicas }, (_, ordinal): [string, number] => [
            keyOf(inputs, `${template.metadata?.name}-${nameOf(inputs)}-${ordinal}`),
            sizeOf(template),
        ]),
    );
}

function podsOf(type: string, inputs: Tree, nodes: number): number {
    switch (type) {
        case "kubernetes:apps/v1:Deployment":
        case "kubernetes:apps/v1:StatefulSet":
            return specOf(inputs).replicas ?? 1;
        case "kubernetes:apps/v1:DaemonSet":
            return nodes;
        default:
            return 0;
    }
}

function specOf(inputs: Tree): WorkloadSpec {
    return inputs["spec"] ?? {};
}

function nameOf(inputs: Tree): string {
    return String((inputs["metadata"] as { name?: string } | undefined)?.name);
}

function keyOf(inputs: Tree, name: string): string {
    return `${(inputs["metadata"] as { namespace?: string } | undefined)?.namespace}/${name}`;
}

function sizeOf({ spec }: ClaimTemplate): number {
    return quantityValue(String(spec?.resources?.requests?.storage ?? 0)) ?? 0;
}

function sum(values: number[]): number {
    return values.reduce((total, value) => total + value, 0);
}
