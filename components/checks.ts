import * as pulumi from "@pulumi/pulumi";
import { durationForm, durationSeconds } from "../validation/durations";
import { defaultReplicationFactor, replicationMistake } from "../validation/replication";
import { minimumRetention } from "../validation/retention";

/** Refuses a retention that is no duration, or is below what the signal's backend can keep. */
export function checkRetention(
    component: pulumi.ComponentResource,
    retention: string | undefined,
    signal: keyof typeof minimumRetention,
): void {
    const { least, why } = minimumRetention[signal];
    if (retention !== undefined && (durationSeconds(retention) ?? -1) < (durationSeconds(least) ?? 0)) {
        refuse(component, "retention", retention, `${durationForm}, at least ${least} (${why})`);
    }
}

/** Refuses a replication factor that is even, or above the replicas. */
export function checkReplication(
    component: pulumi.ComponentResource,
    replicas: number | undefined,
    replicationFactor: number | undefined,
): void {
    const factor = replicationFactor ?? defaultReplicationFactor(replicas ?? 1);
    const allowed = replicationMistake(replicas ?? 1, factor);
    if (allowed !== undefined) {
        refuse(component, "replicationFactor", factor, allowed);
    }
}

/** Refuses an argument: the message names the resource, the argument, its value and what is allowed. */
export function refuse(
    component: pulumi.ComponentResource,
    argument: string,
    value: string | number | undefined,
    allowed: string,
): never {
    throw new pulumi.ResourceError(`${argument} is ${JSON.stringify(value)}; it must be ${allowed}`, component, true);
}
