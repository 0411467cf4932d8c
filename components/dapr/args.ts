import type * as pulumi from "@pulumi/pulumi";

export interface DaprTracingArgs {
    /** Name of the Configuration, which pods name in the annotation dapr.io/config. Default "tracing". */
    configurationName?: string;
    /** Namespaces of the applications. Each is made if it is not there, and stays when the stack goes. */
    namespaces: string[];
    /** Share of the traces that sidecars start and send, from 0 to 1. */
    samplingRatio: number;
    /** Where sidecars send their spans in Zipkin format: the collector's URL with its path. */
    zipkinUrl: pulumi.Input<string>;
}
