import { type Random, quantile } from "./random";
import {
    copiesOf,
    largestToMean,
    randomRing,
    replicasOf,
    type Ring,
    ringSize,
    withoutMember,
    withoutQuorum,
} from "./ring";

/** The tokens of each replica in a ring. A live test compares them with the programs. */
export const tokensOf = {
    /** Default of Mimir for ingesters. */
    mimir: 128,
    /** Default of Loki. */
    loki: 128,
    /** Points of each replica in the load balancing exporter of the collector. */
    collector: 100,
};

/** Zones of a cluster over which pods are spread. */
export const zones = 3;

/** The values of many rings: half of the rings have at most `median`, and 95 % at most `high`. */
export interface Range {
    median: number;
    high: number;
}

/** How evenly a ring distributes items over its members. */
export interface Balance {
    members: number;
    replicationFactor: number;
    /** Load of the largest member, compared with the mean, if all items are equal. */
    largest: Range;
    /** The same for items of different sizes. Undefined without such items. */
    largestOfSizes: Range | undefined;
    /** Load of the largest member after another one has left the ring, compared with the mean before. Undefined if none would be left. */
    afterLoss: Range | undefined;
    /** The part of all items without a majority of their copies while one zone is down. */
    withoutQuorum: Range;
}

/** A ring to simulate. */
export interface RingCase {
    members: number;
    tokens: number;
    replicationFactor: number;
    /** Sizes of items that are not equal, such as bytes per second of streams. */
    sizes?: number[];
}

/** Simulates random rings. */
export function balanceOf(
    { members, tokens, replicationFactor, sizes }: RingCase,
    rings: number,
    random: Random,
): Balance {
    const all = Array.from({ length: rings }, () => randomRing(members, tokens, zones, random));
    const mean = Math.min(replicationFactor, members) / members;
    return {
        members,
        replicationFactor,
        largest: rangeOf(all.map((ring) => largestToMean(copiesOf(ring, replicationFactor)))),
        largestOfSizes:
            sizes && rangeOf(all.map((ring) => largestToMean(loadsOf(ring, replicationFactor, sizes, random)))),
        // All members of a random ring are alike, so that it does not matter which one leaves.
        afterLoss:
            members > 1
                ? rangeOf(all.map((ring) => Math.max(...copiesOf(withoutMember(ring, 0), replicationFactor)) / mean))
                : undefined,
        withoutQuorum: rangeOf(all.map((ring) => withoutQuorum(ring, replicationFactor, 0))),
    };
}

/** The sum of the sizes of the items of which each member has a copy. Items are at random positions. */
export function loadsOf(ring: Ring, replicationFactor: number, sizes: number[], random: Random): number[] {
    const loads = ring.members.map(() => 0);
    for (const size of sizes) {
        for (const member of replicasOf(ring, Math.floor(random() * ringSize), replicationFactor)) {
            loads[member] = (loads[member] ?? 0) + size;
        }
    }
    return loads;
}

/** Load of the largest replica, compared with the mean, if each sender has a connection to a random replica. */
export function connectionBalance(replicas: number, senders: number[], draws: number, random: Random): Range {
    return rangeOf(
        Array.from({ length: draws }, () => {
            const loads = Array.from({ length: replicas }, () => 0);
            for (const rate of senders) {
                const replica = Math.floor(random() * replicas);
                loads[replica] = (loads[replica] ?? 0) + rate;
            }
            return largestToMean(loads);
        }),
    );
}

function rangeOf(values: number[]): Range {
    return { median: quantile(values, 0.5), high: quantile(values, 0.95) };
}
