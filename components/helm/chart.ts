import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isCache } from "../caches";
import { checkPlain } from "../checks";
import { Profile } from "../profile";
import type { AutoscalingArgs, DeploymentArgs, OverrideArgs } from "./args";
import { dataObjectOptions, setClaimSizes, type VolumeClaims } from "./claims";
import type { ChartPin } from "./pins";
import { objectAliases } from "./renames";
import { chartSource, mirrorMistakes } from "./source";
import { unknownSentence, unknownValues } from "./value-keys";
import type { HelmValues } from "./values";

/**
 * The arguments of a component that are stored in the state. The chart mirror is not, so that a preview with another mirror shows no
 * changes. The rules are not, because the state contains them in the ConfigMap of the chart. The protection is not, because the state contains it
 * in each object.
 */
export function stateInputs<T extends DeploymentArgs & { rules?: object }>(
    args: T,
): Omit<T, "chartMirror" | "rules" | "protectData"> {
    const inputs = { ...args };
    delete inputs.chartMirror;
    delete inputs.rules;
    delete inputs.protectData;
    return inputs;
}

/** A release of a chart. */
export interface ChartRelease {
    pin: ChartPin;
    /** Helm's release name. Charts derive the names of objects from it. */
    release: string;
    /** All Helm values, including those of `overrides`. */
    values: HelmValues;
    /** Helm values of the caller. Their keys are checked. */
    overrides: OverrideArgs | undefined;
    /** The claims of the chart's StatefulSets. Default: none, or claims with the default size of the chart. */
    claims?: VolumeClaims | VolumeClaims[];
}

/** Resource options of a chart. The provider is inherited from the parent. */
export interface ChartOptions {
    parent: pulumi.ComponentResource;
    dependsOn?: pulumi.Resource[];
}

/**
 * Deploys a chart. Each object is a Pulumi resource, so that a preview shows each changed key. Helm hooks do not run.
 *
 * @throws ResourceError if the chart is not found, the values contain an Output, or the caller's values have unknown keys.
 */
export function deployChart(
    name: string,
    { pin, release, values, overrides, claims }: ChartRelease,
    args: DeploymentArgs,
    opts: ChartOptions,
): k8s.helm.v4.Chart {
    checkPlain(opts.parent, { values });
    checkKeys(opts.parent, pin, overrides);
    const sizedClaims = [claims ?? []].flat().flatMap((one) => setClaimSizes(name, one, args.namespace, opts));
    return new k8s.helm.v4.Chart(
        name,
        {
            ...findChart(pin, args.chartMirror, opts.parent),
            name: release,
            namespace: args.namespace,
            // Do not change: it is part of the names of all child resources, and new names would replace all objects.
            resourcePrefix: name,
            skipAwait: args.skipAwait ?? false,
            values,
        },
        {
            ...opts,
            dependsOn: [...(opts.dependsOn ?? []), ...sizedClaims],
            transforms: [
                ({ type, name: object, props, opts: own }) => {
                    const options = objectOptions(type, object, args);
                    return options && { props, opts: pulumi.mergeOptions(own, options) };
                },
            ],
        },
    );
}

/** Resource options of an object of a chart. Undefined if it needs none. */
function objectOptions(type: string, name: string, args: DeploymentArgs): pulumi.CustomResourceOptions | undefined {
    // A cache can be removed without `pulumi state unprotect`. The name of the resource is PREFIX:NAMESPACE/NAME.
    const protect = protectsData(args) && !isCache(name.slice(name.lastIndexOf("/") + 1));
    const options = dataObjectOptions(type, protect);
    const aliases = objectAliases(type, name, args.namespace);
    return aliases.length === 0 ? options : { ...options, aliases };
}

/** Whether Pulumi refuses to delete or replace the objects that hold data. */
export function protectsData({ protectData, profile }: Pick<DeploymentArgs, "protectData" | "profile">): boolean {
    return protectData ?? profile === Profile.Prod;
}

function checkKeys(component: pulumi.ComponentResource, pin: ChartPin, overrides: OverrideArgs = {}): void {
    const unknown = overrides.valuesUnchecked ? [] : unknownValues(pin, overrides.values ?? {});
    if (unknown.length > 0) {
        const sentences = unknown.map((value) => `values.${value.path.join(".")} ${unknownSentence(value, "values.")}`);
        throw new pulumi.ResourceError(
            `${sentences.join("\n")}\nSet valuesUnchecked to true to allow unknown keys.`,
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

/** Image pull Secrets in the format of Kubernetes. */
export function pullSecrets({ imagePullSecrets }: DeploymentArgs): { name: string }[] | undefined {
    return imagePullSecrets?.map((name) => ({ name }));
}

/** Helm values that select the nodes of pods, and their priority. */
export function scheduling({ nodeSelector, tolerations, priorityClassName }: DeploymentArgs): HelmValues {
    return { nodeSelector, tolerations, priorityClassName };
}

/** Helm values of a HorizontalPodAutoscaler, in the form of most charts. */
export function autoscalerValues(autoscaling: AutoscalingArgs | undefined): HelmValues | undefined {
    return (
        autoscaling && {
            enabled: true,
            minReplicas: autoscaling.minReplicas,
            maxReplicas: autoscaling.maxReplicas,
            targetCPUUtilizationPercentage: autoscaling.targetCPUUtilizationPercentage ?? 80,
        }
    );
}

/** The image registry, for charts that have separate values for registry and repository. */
export function imageRegistry({ imageRegistry: registry }: DeploymentArgs): HelmValues {
    return { registry };
}
