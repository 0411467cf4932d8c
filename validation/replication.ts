/** Default replication factor: the number of replicas, but at most 3. More replicas share the load. */
export function defaultReplicationFactor(replicas: number): number {
    return Math.min(replicas, 3);
}

/**
 * Checks a number of replicas whose replication factor follows it. From three on, each number works, because the factor is then 3.
 *
 * @param factor the name of the replication factor in the message.
 * @returns what the number must be, or undefined if it is valid.
 */
export function replicasMistake(replicas: number, factor: string): string | undefined {
    return replicationMistake(replicas, defaultReplicationFactor(replicas)) === undefined
        ? undefined
        : `1 or at least 3, because with two copies, writes fail while one of the replicas is down; for ${replicas} replicas with one copy, set ${factor} to 1`;
}

/**
 * Checks a replication factor. Loki and Mimir need a quorum of more than half of the replicas, so that an even factor tolerates no
 * more failures than the odd factor below it.
 *
 * @param name the number of replicas in the message.
 * @returns what the factor must be, or undefined if it is valid.
 */
export function replicationMistake(
    replicas: number,
    replicationFactor: number,
    name = "the number of replicas",
): string | undefined {
    if (replicationFactor > replicas) {
        return `at most ${name}, which is ${replicas}`;
    }
    return replicationFactor % 2 === 0
        ? "an odd number, because an even factor tolerates no more failures than the next lower odd factor"
        : undefined;
}

/** Numbers of replicas that MinIO supports, for error messages. Each replica has one drive. */
export const minioReplicasForm = "1 (one drive, no redundancy) or a whole number from 4 to 16 (erasure coding)";

export function isMinioReplicas(replicas: number): boolean {
    return Number.isInteger(replicas) && (replicas === 1 || (replicas >= 4 && replicas <= 16));
}
