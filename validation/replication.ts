/** Replicas up to 3 all hold a copy; more of them spread the load and need no further copies. */
export function defaultReplicationFactor(replicas: number): number {
    return Math.min(replicas, 3);
}

/**
 * What is wrong with a replication factor, or undefined. Loki and Mimir write to `replicationFactor` replicas and need more
 * than half of them, so an even number survives no more failures than the odd one below it.
 */
export function replicationMistake(replicas: number, replicationFactor: number): string | undefined {
    if (replicationFactor > replicas) {
        return `at most the number of replicas, which is ${replicas}`;
    }
    return replicationFactor % 2 === 0
        ? "an odd number, because a quorum of an even one survives no more failures"
        : undefined;
}

/** MinIO erasure-codes over 4 to 16 drives, one a replica here; with fewer it has no redundancy. */
export const minioReplicasForm = "1 (one drive, no redundancy) or a whole number from 4 to 16 (erasure coding)";

export function isMinioReplicas(replicas: number): boolean {
    return Number.isInteger(replicas) && (replicas === 1 || (replicas >= 4 && replicas <= 16));
}
