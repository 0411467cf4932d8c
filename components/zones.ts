import { contract } from "./contract";
import type { HelmValues } from "./helm/values";

/**
 * Whether the stores use the zones of their replicas. "prepare": each replica is scheduled by zone and announces its zone, but copies are placed as
 * without zones. "replicate": the copies are also placed in different zones.
 */
export const ZoneStage = { Prepare: "prepare", Replicate: "replicate" } as const;
export type ZoneStage = (typeof ZoneStage)[keyof typeof ZoneStage];

/** Zone-aware replication of a store. It needs Kubernetes 1.35, which copies the zone of a node to the labels of its pods. */
export interface ZonesArgs {
    /** Number of zones over which the replicas are spread. At least the replication factor. */
    count: number;
    /** Stage of the rollout. A new store can begin with "replicate". A store with data needs a deployment with "prepare" before. Default: "replicate". */
    stage?: ZoneStage;
}

/** The label of a node with its zone. Kubernetes copies it to the pods of the node. */
export const zoneLabel = "topology.kubernetes.io/zone";

/** Kubernetes copies the zone to the pods since this version. In 1.33 and 1.34, it is an alpha feature. */
export const zoneLabelSince = [1, 35] as const;

/** Where a pod reads its zone. It is empty in a pod without the label. */
export const zoneField = `metadata.labels['${zoneLabel}']`;

const zoneVariable = "AVAILABILITY_ZONE";

/** The zones of a store, if it has any use for them: with one copy, there is nothing to place. */
export function zonesOf(zones: ZonesArgs | undefined, replicationFactor: number): Required<ZonesArgs> | undefined {
    return zones === undefined || replicationFactor === 1 ? undefined : { stage: ZoneStage.Replicate, ...zones };
}

/**
 * Helm values of the pods that hold data, in the charts of Loki and Tempo: their zone, as an environment variable and as a flag, and where the scheduler
 * may place them. The flag comes after that of the chart of distributed Loki, which has the same zone for all ingesters.
 */
export function zonedPods(matchLabels: { [label: string]: string }): {
    extraEnv: HelmValues[];
    extraArgs: string[];
    topologySpreadConstraints: HelmValues[];
} {
    return {
        extraEnv: [{ name: zoneVariable, valueFrom: { fieldRef: { fieldPath: zoneField } } }],
        extraArgs: [`-ingester.availability-zone=$(${zoneVariable})`],
        topologySpreadConstraints: [
            {
                maxSkew: 1,
                topologyKey: zoneLabel,
                whenUnsatisfiable: "DoNotSchedule",
                // A zone whose nodes are all down does not count. Otherwise a replica of another zone could not restart until it is back.
                nodeTaintsPolicy: "Honor",
                labelSelector: { matchLabels },
            },
            {
                maxSkew: 1,
                topologyKey: "kubernetes.io/hostname",
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector: { matchLabels },
            },
        ],
    };
}

/**
 * Whether a ring of ingesters places copies by zone. With as many replicas as copies, each has everything, and zones would only make queries less
 * strict: while a replica restarts, they would ask one instead of both others.
 */
export function placesByZone(stage: string | undefined, replicas: number, replicationFactor: number): boolean {
    return stage === ZoneStage.Replicate && replicas > replicationFactor;
}

/** The configuration of the ring of ingesters, in Loki and Tempo. */
export function zonedRing({ stage }: ZonesArgs, replicas: number, replicationFactor: number): HelmValues {
    return placesByZone(stage, replicas, replicationFactor)
        ? { lifecycler: { ring: { zone_awareness_enabled: true } } }
        : {};
}

/** The StatefulSet whose pods hold the newest data of a store. */
export function ingesterSet(store: "loki" | "mimir" | "tempo", isDistributed: boolean): string {
    return isDistributed ? `${contract[store].release}-ingester` : contract[store].release;
}
