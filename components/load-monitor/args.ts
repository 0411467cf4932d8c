import type { DeploymentArgs } from "../helm/args";

/** A run of the load test, and what it expects of a stack. */
export interface LoadArgs {
    /** Name of the cluster, in the label `cluster` of all signals. */
    cluster: string;
    /** Number of virtual users. Each plays 10 journeys every second. Default: 2. */
    vus?: number;
    /** How long they play. Default: "60s". */
    duration?: string;
    /** Sampling mode of the stack: "head" or "tail". Default: "head". */
    samplingMode?: string;
    /** Sampling ratio of the stack, above 0 and at most 1. */
    samplingRatio: number;
    /** Only with tail sampling: duration of a slow trace. Default: "2s". */
    slowerThan?: string;
    /** Additional bucket bounds of the histogram of span durations, in seconds. Default: none. */
    latencyBoundsSeconds?: number[];
    /** Tenant of the stores. Default: none. */
    tenant?: string;
    /** Largest relative deviation of what is known exactly, such as the number of log records. Default: 0.01. */
    tolerance?: number;
    /**
     * Largest relative deviation of the number of sampled traces. Default: 4 standard deviations of this number, which depend on the sampling ratio, `vus` and
     * `duration`.
     */
    samplingTolerance?: number;
}

/** Arguments of the load monitor. */
export interface LoadMonitorArgs extends DeploymentArgs, LoadArgs {
    /** Minutes between the starts of two runs: 5, 6, 10, 12, 15, 20, 30 or 60. Default: 15. */
    intervalMinutes?: number;
}
