import { collectorNeed, receiverNeed } from "../../settings/sizing/pipeline";
import { formatCount } from "../../settings/sizing/figure";
import { type Load, type Shape, SizeError } from "../../settings/sizing/load";
import { lokiNeed } from "../../settings/sizing/loki";
import { mimirDistributorNeed, mimirNeed } from "../../settings/sizing/mimir";
import { type Need, peakFactor } from "../../settings/sizing/need";
import { tempoIngestersNeeded, tempoNeed } from "../../settings/sizing/tempo";

/** The largest pod that a component may have before it gets more replicas: cores, and bytes including peaks. */
export interface LargestPod {
    cpu: number;
    memory: number;
}

/** Components that can have more than one replica. MinIO cannot change its number after the first deployment. */
export const scaledComponents = ["mimir", "mimirDistributor", "loki", "tempo", "collector", "receiver"] as const;
export type ScaledComponent = (typeof scaledComponents)[number];

/** The highest number of replicas of a setting. */
export const maxReplicas = 50;

/**
 * The stack with as few replicas as possible. Loki, Mimir and Tempo keep their replication factor. A component without a load keeps its number.
 *
 * @throws SizeError if the load is larger than the formulas know, or needs too many replicas.
 */
export function smallestShape(load: Load, shape: Shape, largest: Record<ScaledComponent, LargestPod>): Shape {
    const withReplicas = (component: ScaledComponent, count: number): Shape =>
        component === "mimirDistributor"
            ? { ...shape, ...(shape.mimirParts && { mimirParts: { ...shape.mimirParts, distributors: count } }) }
            : { ...shape, replicas: { ...shape.replicas, [component]: count } };
    const fewest = (component: ScaledComponent, minimum: number, need: (shape: Shape) => Need) => {
        for (let count = minimum; count <= maxReplicas; count++) {
            const { cpu, memory } = need(withReplicas(component, count));
            if (cpu.value <= largest[component].cpu && memory.value * peakFactor <= largest[component].memory) {
                return count;
            }
        }
        const { cpu, memory } = largest[component];
        throw new SizeError(
            `${component} would need more than ${maxReplicas} replicas of ${formatCount(cpu)} cores and ${formatCount(memory / 2 ** 30)} GiB, which is the highest value of replicas.${component}; larger loads need ${couldBeDistributed(component, shape) ? "its distributed mode" : "larger pods"}`,
        );
    };
    const { replicas, replicationFactor } = shape;
    return {
        ...shape,
        ...(shape.mimirParts && {
            mimirParts: {
                ...shape.mimirParts,
                distributors: fewest("mimirDistributor", shape.mimirParts.distributors, (sized) =>
                    mimirDistributorNeed(load, sized),
                ),
            },
        }),
        replicas: {
            ...replicas,
            ...(load.series > 0 && {
                mimir: fewest("mimir", replicationFactor.mimir, (sized) => mimirNeed(load, sized)),
            }),
            ...(load.logBytesPerSecond > 0 && {
                loki: fewest("loki", replicationFactor.loki, (sized) => lokiNeed(load, sized)),
            }),
            ...(load.spansPerSecond > 0 &&
                shape.distributedTempo && {
                    tempo: fewest(
                        "tempo",
                        Math.max(replicationFactor.tempo, tempoIngestersNeeded(load, shape)),
                        (sized) => tempoNeed(load, sized),
                    ),
                }),
            // They also receive logs and metrics that the load does not contain. Therefore they never get fewer replicas.
            collector: fewest("collector", replicas.collector, (sized) => collectorNeed(load, sized)),
            receiver: fewest("receiver", replicas.receiver, (sized) => receiverNeed(load, sized)),
        },
    };
}

function couldBeDistributed(component: ScaledComponent, { mimirParts, distributedLoki }: Shape): boolean {
    return (component === "mimir" && mimirParts === undefined) || (component === "loki" && !distributedLoki);
}
