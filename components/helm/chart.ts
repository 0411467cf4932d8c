import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkPlain } from "../checks";
import type { DeploymentArgs, OverrideArgs } from "./args";
import type { ChartPin } from "./pins";
import { chartSource, mirrorMistakes } from "./source";
import { unknownSentence, unknownValues } from "./value-keys";
import type { HelmValues } from "./values";

/**
 * What of a component's arguments becomes part of the state. Not where charts come from: one who previews with a mirror is to see
 * what changes, and nothing else.
 */
export function recorded<T extends DeploymentArgs>(args: T): Omit<T, "chartMirror"> {
    const inputs = { ...args };
    delete inputs.chartMirror;
    return inputs;
}

/** What makes one release of a chart. */
export interface ChartRelease {
    pin: ChartPin;
    /** Helm's release name, which the charts make object names from. */
    release: string;
    values: HelmValues;
    /** What the caller has put into `values`: its keys are checked. */
    overrides: OverrideArgs | undefined;
}

/** Every chart has a parent; the provider comes with it. */
export interface ChartOptions {
    parent: pulumi.ComponentResource;
    dependsOn?: pulumi.Resource[];
}

/**
 * Deploys a chart: the only place where one is made. Its objects become resources of their own, so that a preview shows
 * each changed key; its hooks never run.
 *
 * @throws ResourceError when the chart cannot be found, its values hold an Output, or the caller's values have unknown keys.
 */
export function deployChart(
    name: string,
    { pin, release, values, overrides }: ChartRelease,
    args: DeploymentArgs,
    opts: ChartOptions,
): k8s.helm.v4.Chart {
    checkPlain(opts.parent, { values });
    checkKeys(opts.parent, pin, overrides);
    return new k8s.helm.v4.Chart(
        name,
        {
            ...findChart(pin, args.chartMirror, opts.parent),
            name: release,
            namespace: args.namespace,
            // Frozen: children are named after it, and a new name would replace every object.
            resourcePrefix: name,
            skipAwait: args.skipAwait ?? false,
            values,
        },
        opts,
    );
}

function checkKeys(component: pulumi.ComponentResource, pin: ChartPin, overrides: OverrideArgs = {}): void {
    const unknown = overrides.valuesUnchecked ? [] : unknownValues(pin, overrides.values ?? {});
    if (unknown.length > 0) {
        const sentences = unknown.map((value) => `values.${value.path.join(".")} ${unknownSentence(value, "values.")}`);
        throw new pulumi.ResourceError(
            `${sentences.join("\n")}\nSet valuesUnchecked to true to pass such keys on purpose.`,
            component,
            true,
        );
    }
}

function findChart(pin: ChartPin, mirror: string | undefined, resource: pulumi.Resource) {
    try {
        const [missing] = mirrorMistakes(mirror, [pin]);
        if (missing !== undefined) {
            throw new Error(missing);
        }
        return chartSource(pin, mirror);
    } catch (error) {
        throw new pulumi.ResourceError((error as Error).message, resource, true);
    }
}

/** Names of image pull Secrets in the form that Kubernetes has them. */
export function pullSecrets({ imagePullSecrets }: DeploymentArgs): { name: string }[] | undefined {
    return imagePullSecrets?.map((name) => ({ name }));
}

/** Where pods go that may go anywhere. */
export function scheduling({ nodeSelector, tolerations }: DeploymentArgs): HelmValues {
    return { nodeSelector, tolerations };
}

/** The registry that stands in for an image's own, for charts that keep it apart from the repository. */
export function imageRegistry({ imageRegistry: registry }: DeploymentArgs): HelmValues {
    return { registry };
}
