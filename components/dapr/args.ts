import type * as pulumi from "@pulumi/pulumi";

/** Arguments of DaprTracing. */
export interface DaprTracingArgs {
    /** Name of the Configuration. Pods refer to it with the annotation dapr.io/config. Default: "tracing". */
    configurationName?: string;
    /** Namespaces of the applications, without duplicates. Missing namespaces are created. Namespaces are never deleted. */
    namespaces: string[];
    /** Sampling ratio of the sidecars, from 0 to 1. */
    samplingRatio: number;
    /** Zipkin URL of the collector, with its path. */
    zipkinUrl: pulumi.Input<string>;
}
