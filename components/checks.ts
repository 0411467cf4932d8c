import * as pulumi from "@pulumi/pulumi";
import { collectFromMistake } from "../validation/collect-from";
import { type DurationRange, durationMistake } from "../validation/durations";
import { logLevels } from "../validation/log-levels";
import { namespaceMistake } from "../validation/namespaces";
import { oneOfText } from "../validation/nearest";
import { sizeMistake } from "../validation/quantities";
import { regularExpressionMistake } from "../validation/redaction";
import { replicasMistake, replicationMistake } from "../validation/replication";
import { retentionRanges } from "../validation/retention";
import type { CollectFromArgs } from "./alloy/args";
import type { AutoscalingArgs } from "./helm/args";
import { StoreMode } from "./mode";
import { type RedactionArgs, redactionMistake } from "./redaction";

type Component = pulumi.ComponentResource;

/**
 * Checks the arguments that all components with a chart have.
 *
 * @param outputs names of the arguments that may be Outputs.
 * @throws ResourceError if the namespace is invalid, or another argument contains an Output or a promise.
 */
export function checkDeployment(component: Component, args: { namespace: string }, outputs: string[] = []): void {
    checkPlain(component, args, outputs);
    checkArgument(component, "namespace", args.namespace, namespaceMistake(args.namespace));
}

/**
 * Rejects Outputs and promises. In Helm values, an unknown value would make the preview of the chart empty, and the state would
 * contain a secret in plain text.
 *
 * @param outputs names of the arguments that may be Outputs.
 * @throws ResourceError with the path of the Output or promise.
 */
export function checkPlain(component: Component, args: object, outputs: string[] = []): void {
    const found = Object.entries(args)
        .filter(([argument]) => !outputs.includes(argument))
        .map(([argument, value]) => findOutput(value, argument))
        .find((path) => path !== undefined);
    if (found !== undefined) {
        throw new pulumi.ResourceError(`${found} is an Output or a promise; it must be a plain value`, component, true);
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

/** Throws a ResourceError if a number of replicas is not a positive whole number. */
export function checkReplicas(component: Component, argument: string, replicas: number | undefined): void {
    if (replicas !== undefined && !(Number.isInteger(replicas) && replicas >= 1)) {
        rejectArgument(component, argument, replicas, "a whole number of at least 1");
    }
}

/** Throws a ResourceError if a number of replicas, of which more than half must run, is not odd. */
export function checkMajority(component: Component, argument: string, replicas: number | undefined): void {
    checkReplicas(component, argument, replicas);
    if (replicas !== undefined && replicas % 2 === 0) {
        rejectArgument(component, argument, replicas, "an odd number, because more than half of the replicas must run");
    }
}

/** Throws a ResourceError if the mode of a store is unknown. */
export function checkMode(component: Component, mode: string | undefined): void {
    const modes: string[] = Object.values(StoreMode);
    if (mode !== undefined && !modes.includes(mode)) {
        rejectArgument(component, "mode", mode, oneOfText(mode, modes));
    }
}

/** Throws a ResourceError if a part of a distributed store has an invalid number of replicas. */
export function checkParts(
    component: Component,
    parts: { [argument: string]: { replicas?: number; autoscaling?: AutoscalingArgs } | undefined },
): void {
    for (const [argument, part] of Object.entries(parts)) {
        checkReplicas(component, `${argument}.replicas`, part?.replicas);
        checkAutoscaling(component, `${argument}.autoscaling`, part?.autoscaling);
    }
}

/** Throws a ResourceError if an autoscaler has an invalid number of replicas. */
export function checkAutoscaling(component: Component, argument: string, autoscaling?: AutoscalingArgs): void {
    checkReplicas(component, `${argument}.minReplicas`, autoscaling?.minReplicas);
    checkReplicas(component, `${argument}.maxReplicas`, autoscaling?.maxReplicas);
    if (autoscaling !== undefined && autoscaling.minReplicas > autoscaling.maxReplicas) {
        const allowed = `at most ${argument}.maxReplicas, which is ${autoscaling.maxReplicas}`;
        rejectArgument(component, `${argument}.minReplicas`, autoscaling.minReplicas, allowed);
    }
}

/** Throws a ResourceError if a ratio is not between 0 and 1. */
export function checkRatio(component: Component, argument: string, ratio: number): void {
    if (!(ratio >= 0 && ratio <= 1)) {
        rejectArgument(component, argument, ratio, "a number from 0 to 1");
    }
}

/** Throws a ResourceError if a regular expression is not valid in RE2. */
export function checkExpressions(component: Component, argument: string, expressions: string[] = []): void {
    expressions.forEach((expression, index) => {
        checkArgument(component, `${argument}[${index}]`, expression, regularExpressionMistake(expression));
    });
}

/** Throws a ResourceError if a pattern is unknown or invalid. Otherwise its data would not be redacted. */
export function checkRedaction(component: Component, argument: string, redaction: RedactionArgs = {}): void {
    const mistake = redactionMistake(redaction);
    if (mistake !== undefined) {
        rejectArgument(component, `${argument}.${mistake.argument}`, mistake.value, mistake.allowed);
    }
}

/** Throws a ResourceError if a level of log entries is unknown. */
export function checkLogLevels(component: Component, argument: string, levels: { [key: string]: string } = {}): void {
    const names: readonly string[] = logLevels;
    for (const [namespace, level] of Object.entries(levels)) {
        if (!names.includes(level)) {
            rejectArgument(component, `${argument}.${namespace}`, level, oneOfText(level, names));
        }
    }
}

/** Throws a ResourceError if the collected namespaces contradict each other, or exclude the namespace of the component. */
export function checkCollectFrom(
    component: Component,
    { collectFrom, namespace }: { collectFrom?: CollectFromArgs; namespace: string },
): void {
    const { namespaces, excludeNamespaces = [] } = collectFrom ?? {};
    const mistake = collectFromMistake({ namespaces, excludeNamespaces }, namespace);
    if (mistake !== undefined) {
        throw new pulumi.ResourceError(`collectFrom.${mistake}`, component, true);
    }
}

/** Throws a ResourceError if a size is not a valid size of a volume. */
export function checkSize(component: Component, argument: string, size: string | undefined): void {
    checkArgument(component, argument, size, size === undefined ? undefined : sizeMistake(size));
}

/** Throws a ResourceError if a duration is invalid or outside of its limits. */
export function checkDuration(
    component: Component,
    argument: string,
    duration: string | undefined,
    range: DurationRange,
): void {
    checkArgument(component, argument, duration, duration === undefined ? undefined : durationMistake(duration, range));
}

/** Throws a ResourceError if a retention is invalid, or shorter than the minimum of the backend. */
export function checkRetention(
    component: Component,
    retention: string | undefined,
    signal: keyof typeof retentionRanges,
): void {
    checkDuration(component, "retention", retention, retentionRanges[signal]);
}

/** Throws a ResourceError if the replicas are invalid, or the replication factor is even or above the replicas. */
export function checkReplication(
    component: Component,
    replicas: number | undefined,
    replicationFactor: number | undefined,
): void {
    checkReplicas(component, "replicas", replicas);
    checkReplicas(component, "replicationFactor", replicationFactor);
    if (replicationFactor === undefined) {
        checkArgument(component, "replicas", replicas, replicasMistake(replicas ?? 1, "replicationFactor"));
    } else {
        const allowed = replicationMistake(replicas ?? 1, replicationFactor);
        checkArgument(component, "replicationFactor", replicationFactor, allowed);
    }
}

/** Throws a ResourceError if a check returned what an argument must be. */
function checkArgument(
    component: Component,
    argument: string,
    value: string | number | undefined,
    allowed: string | undefined,
): void {
    if (allowed !== undefined) {
        rejectArgument(component, argument, value, allowed);
    }
}

/**
 * Throws the error about an invalid argument.
 *
 * @param allowed what the argument must be, as the end of the sentence "it must be …".
 * @throws ResourceError with the argument, its value and what is allowed.
 */
export function rejectArgument(
    component: Component,
    argument: string,
    value: string | number | undefined,
    allowed: string,
): never {
    const given = value === undefined ? "missing" : JSON.stringify(value);
    throw new pulumi.ResourceError(`${argument} is ${given}; it must be ${allowed}`, component, true);
}
