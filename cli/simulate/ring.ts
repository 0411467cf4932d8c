import type { Random } from "./random";

/** Number of positions on a ring. Hashes of series, streams and traces are evenly distributed over them. */
export const ringSize = 2 ** 32;

/** A replica in a hash ring. */
export interface Member {
    /** Whole numbers below ringSize. */
    tokens: number[];
    /** Zone of the replica. Without zone awareness, the ring ignores it. */
    zone: number;
}

/** The tokens of all members in ascending order, each with the index of its member. */
export interface Ring {
    members: Member[];
    tokens: { token: number; member: number }[];
}

/** A ring of members. If two members have the same token, it belongs to the first one. */
export function ringOf(members: Member[]): Ring {
    const owners = new Map<number, number>();
    members.forEach(({ tokens }, member) =>
        tokens.forEach((token) => {
            if (!owners.has(token)) {
                owners.set(token, member);
            }
        }),
    );
    const tokens = [...owners].map(([token, member]) => ({ token, member }));
    return { members, tokens: tokens.sort((one, other) => one.token - other.token) };
}

/** A ring with random tokens, as Loki and Mimir create it. Members are in the zones in turn, as the scheduler spreads pods. */
export function randomRing(count: number, tokens: number, zones: number, random: Random): Ring {
    return ringOf(
        Array.from({ length: count }, (_, index) => ({
            tokens: Array.from({ length: tokens }, () => Math.floor(random() * ringSize)),
            zone: index % zones,
        })),
    );
}

/** The ring after a member has left it. The indexes of later members are lower by one. */
export function withoutMember({ members }: Ring, member: number): Ring {
    return ringOf(members.filter((_, index) => index !== member));
}

/** A range of positions whose items have the same replicas. */
interface Arc {
    /** Part of all positions. */
    share: number;
    /** Indexes of the members with a copy. */
    replicas: number[];
}

/**
 * The members that store an item: those of the next tokens after its position, each member once. As in Loki and Mimir, a token that is equal to the
 * position is not "after" it.
 */
export function replicasOf(ring: Ring, position: number, replicationFactor: number): number[] {
    const { tokens } = ring;
    let [low, high] = [0, tokens.length];
    while (low < high) {
        const middle = (low + high) >>> 1;
        if ((tokens[middle]?.token ?? 0) > position) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return membersFrom(ring, low, replicationFactor);
}

function membersFrom({ tokens }: Ring, index: number, count: number): number[] {
    const found: number[] = [];
    for (let step = 0; step < tokens.length && found.length < count; step++) {
        const member = tokens[(index + step) % tokens.length]?.member ?? 0;
        if (!found.includes(member)) {
            found.push(member);
        }
    }
    return found;
}

/** All ranges of a ring. Their shares add up to 1. */
export function arcsOf(ring: Ring, replicationFactor: number): Arc[] {
    const { tokens } = ring;
    return tokens.map(({ token }, index) => {
        const before = index === 0 ? (tokens.at(-1)?.token ?? 0) - ringSize : (tokens[index - 1]?.token ?? 0);
        return { share: (token - before) / ringSize, replicas: membersFrom(ring, index, replicationFactor) };
    });
}

/** The part of all items of which each member has a copy. The parts add up to the replication factor, if there are enough members. */
export function copiesOf(ring: Ring, replicationFactor: number): number[] {
    const copies = ring.members.map(() => 0);
    for (const { share, replicas } of arcsOf(ring, replicationFactor)) {
        replicas.forEach((member) => (copies[member] = (copies[member] ?? 0) + share));
    }
    return copies;
}

/** The part of all items without a majority of their copies while the members of a zone are down. */
export function withoutQuorum(ring: Ring, replicationFactor: number, zone: number): number {
    return arcsOf(ring, replicationFactor)
        .filter(({ replicas }) => {
            const left = replicas.filter((member) => ring.members[member]?.zone !== zone).length;
            return left < Math.floor(replicationFactor / 2) + 1;
        })
        .reduce((sum, { share }) => sum + share, 0);
}

/** The largest value, compared with the mean. 1 means that all are equal. */
export function largestToMean(values: number[]): number {
    const sum = values.reduce((total, value) => total + value, 0);
    return sum === 0 ? 1 : (Math.max(...values) * values.length) / sum;
}
