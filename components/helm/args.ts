import type { Profile } from "../profile";

/** A toleration of pods. */
export interface TolerationArgs {
    /** Key of the taint. Default: all keys, only with operator "Exists". */
    key?: string;
    /** "Exists" or "Equal". Default: "Equal". */
    operator?: string;
    /** Value of the taint, with operator "Equal". Default: an empty value. */
    value?: string;
    /** "NoSchedule", "PreferNoSchedule" or "NoExecute". Default: all effects. */
    effect?: string;
    /** How many seconds a pod stays on a node after a NoExecute taint is added. Default: the pod stays. */
    tolerationSeconds?: number;
}

/** A HorizontalPodAutoscaler. The cluster needs a metrics server. */
export interface AutoscalingArgs {
    /** Lowest number of replicas. */
    minReplicas: number;
    /** Highest number of replicas. At least `minReplicas`. */
    maxReplicas: number;
    /** CPU utilization that the autoscaler aims at, in percent of the CPU request. Default: 80. */
    targetCPUUtilizationPercentage?: number;
}

/** A HorizontalPodAutoscaler of the OpenTelemetry Collector. */
export interface CollectorAutoscalingArgs extends AutoscalingArgs {
    /**
     * Size of the queues of a replica that the autoscaler aims at, in MiB, in addition to the CPU utilization. The cluster needs a server of external
     * metrics, such as Prometheus Adapter, with the metric `otelcol_queued_bytes`. Default: the autoscaler does not use the queues.
     */
    targetQueueMiB?: number;
}

/**
 * Arguments of all components that deploy charts. They must be plain values, because a value that is unknown at preview would
 * make the preview of a chart empty.
 */
export interface DeploymentArgs {
    /** Namespace of all objects. It must exist. */
    namespace: string;
    /** DNS domain of the cluster, which is the end of the host names of Services. Default: "cluster.local". */
    clusterDomain?: string;
    /** Profile for requests, limits and redundancy. Default: "dev". */
    profile?: Profile;
    /** Replaces all chart repositories: a folder of .tgz files, an OCI registry or a Helm repository. Default: none. */
    chartMirror?: string;
    /** Replaces the registries of all images. It can contain a path. Default: none. */
    imageRegistry?: string;
    /** Names of image pull Secrets. Default: none. */
    imagePullSecrets?: string[];
    /** Labels of the nodes for pods. DaemonSets ignore it. Default: none. */
    nodeSelector?: { [label: string]: string };
    /** Tolerations of pods. DaemonSets ignore it, because they tolerate all taints. Default: none. */
    tolerations?: TolerationArgs[];
    /** PriorityClass of pods. DaemonSets ignore it. Default: the default of the cluster. */
    priorityClassName?: string;
    /**
     * Whether Pulumi refuses to delete or replace the objects that hold data: StatefulSets, volume claims and generated passwords. Default: true with
     * the profile "prod".
     */
    protectData?: boolean;
    /** Whether Pulumi does not wait until the objects are ready. Default: false; then it waits. */
    skipAwait?: boolean;
}

/** Helm values that are merged on top of the values of a component. */
export interface OverrideArgs {
    /** Helm values. Maps are merged, lists are replaced, and null removes the default of the chart. Default: none. */
    values?: { [key: string]: any };
    /** Whether `values` may contain keys that neither the chart nor its program has. Default: false; then such keys are rejected. */
    valuesUnchecked?: boolean;
}

/** Arguments of a component that deploys one chart. */
export interface ChartArgs extends DeploymentArgs, OverrideArgs {}
