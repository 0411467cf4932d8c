import type { Profile } from "../profile";

/** A taint that pods may run beside. */
export interface TolerationArgs {
    key?: string;
    /** "Exists" or "Equal". Default "Equal". */
    operator?: string;
    value?: string;
    /** "NoSchedule", "PreferNoSchedule" or "NoExecute". Default: all of them. */
    effect?: string;
    tolerationSeconds?: number;
}

/**
 * What every component can be told about where and how its charts are deployed. All of it is plain: a value that is unknown
 * at preview would leave the preview of a chart empty.
 */
export interface DeploymentArgs {
    /** Namespace of every object. It must exist. */
    namespace: string;
    /** Size of requests, limits and redundancy. Default "dev". */
    profile?: Profile;
    /** Stands in for every chart repository: a folder of .tgz files, an OCI registry or a repository's address. */
    chartMirror?: string;
    /** Registry, with a path if need be, that stands in for every image's own. */
    imageRegistry?: string;
    /** Names of Secrets with which images are pulled. */
    imagePullSecrets?: string[];
    /** Labels of the nodes that pods go to. Not for pods that belong on every node. */
    nodeSelector?: { [label: string]: string };
    /** Taints that pods may run beside. Pods that belong on every node run beside every taint. */
    tolerations?: TolerationArgs[];
    /** Do not wait until objects are ready. Default false. */
    skipAwait?: boolean;
}

/** Helm values of the caller's own, on top of those that a component sets. */
export interface OverrideArgs {
    /** Helm values merged on top of the values that the component sets: maps merge, lists replace, null deletes the chart's default. */
    values?: { [key: string]: any };
    /** Accept keys in `values` that neither the chart nor its program is known to have. Default false: they are refused. */
    valuesUnchecked?: boolean;
}

/** Arguments of a component that deploys one chart. */
export interface ChartArgs extends DeploymentArgs, OverrideArgs {}
