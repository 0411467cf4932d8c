import type { CollectFromArgs } from "../alloy/args";
import type { ChartArgs } from "../helm/args";

/** Arguments of kube-state-metrics. */
export interface KubeStateMetricsArgs extends ChartArgs {
    /**
     * The objects that have metrics: those in some namespaces, and with `nodes` the objects of the cluster, which are nodes, namespaces and persistent
     * volumes. Default: everything.
     */
    collectFrom?: CollectFromArgs;
}
