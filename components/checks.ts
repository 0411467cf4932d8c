import * as pulumi from "@pulumi/pulumi";
import { durationForm, durationSeconds } from "../validation/durations";
import { isLabel, labelForm } from "../validation/names";
import { isSize, sizeForm } from "../validation/quantities";
import { defaultReplicationFactor, replicationMistake } from "../validation/replication";
import { minimumRetention } from "../validation/retention";

type Component = pulumi.ComponentResource;

/**
 * Refuses arguments that no chart could be deployed with: a namespace that cannot be, or an Output or promise where plain
 * data is wanted.
 *
 * @param flowing names of the arguments that may be Outputs.
 */
export function checkDeployment(component: Component, args: { namespace: string }, flowing: string[] = []): void {
    checkPlain(component, args, flowing);
    if (typeof args.namespace !== "string" || !isLabel(args.namespace)) {
        refuse(component, "namespace", args.namespace, labelForm);
    }
}

/**
 * Refuses Outputs and promises. In the values of a chart an unknown would leave its preview empty, and a secret would be
 * shown in clear text.
 *
 * @param flowing names of the arguments that may be Outputs.
 */
export function checkPlain(component: Component, args: object, flowing: string[] = []): void {
    const found = Object.entries(args)
        .filter(([argument]) => !flowing.includes(argument))
        .map(([argument, value]) => findOutput(value, argument))
        .find((path) => path !== undefined);
    if (found !== undefined) {
        throw new pulumi.ResourceError(
            `${found} is an Output or a promise; it must be plain data, known when the program runs`,
            component,
            true,
        );
    }
}

function findOutput(node: unknown, path: string): string | undefined {
    if (pulumi.Output.isInstance(node) || node instanceof Promise) {
        return path;
    }
    return typeof node === "object" && node !== null
        ? Object.entries(node)
              .map(([key, value]) => findOutput(value, Array.isArray(node) ? `${path}[${key}]` : `${path}.${key}`))
              .find((found) => found !== undefined)
        : undefined;
}

/** Refuses a number of replicas that is no whole number above 0. */
export function checkReplicas(component: Component, argument: string, replicas: number | undefined): void {
    if (replicas !== undefined && !(Number.isInteger(replicas) && replicas >= 1)) {
        refuse(component, argument, replicas, "a whole number from 1");
    }
}

/** Refuses a share that is not from 0 to 1. */
export function checkRatio(component: Component, argument: string, ratio: number): void {
    if (!(ratio >= 0 && ratio <= 1)) {
        refuse(component, argument, ratio, "a number from 0 to 1");
    }
}

/** Refuses a size that no volume can have. */
export function checkSize(component: Component, argument: string, size: string | undefined): void {
    if (size !== undefined && !isSize(size)) {
        refuse(component, argument, size, sizeForm);
    }
}

/** Refuses what is no duration, or a shorter one than the least. */
export function checkDuration(
    component: Component,
    argument: string,
    duration: string | undefined,
    least: string,
    why: string,
): void {
    if (duration !== undefined && (durationSeconds(duration) ?? -1) < (durationSeconds(least) ?? 0)) {
        refuse(component, argument, duration, `${durationForm}, at least ${least} (${why})`);
    }
}

/** Refuses a retention that is no duration, or is below what the signal's backend can keep. */
export function checkRetention(
    component: Component,
    retention: string | undefined,
    signal: keyof typeof minimumRetention,
): void {
    const { least, why } = minimumRetention[signal];
    checkDuration(component, "retention", retention, least, why);
}

/** Refuses replicas that cannot be, and a replication factor that is even or above the replicas. */
export function checkReplication(
    component: Component,
    replicas: number | undefined,
    replicationFactor: number | undefined,
): void {
    checkReplicas(component, "replicas", replicas);
    checkReplicas(component, "replicationFactor", replicationFactor);
    const factor = replicationFactor ?? defaultReplicationFactor(replicas ?? 1);
    const allowed = replicationMistake(replicas ?? 1, factor);
    if (allowed !== undefined) {
        refuse(component, "replicationFactor", factor, allowed);
    }
}

/** Refuses an argument: the message names the resource, the argument, its value and what is allowed. */
export function refuse(
    component: Component,
    argument: string,
    value: string | number | undefined,
    allowed: string,
): never {
    throw new pulumi.ResourceError(`${argument} is ${JSON.stringify(value)}; it must be ${allowed}`, component, true);
}
