import type * as pulumi from "@pulumi/pulumi";
import type { DaprTracingArgs } from "./args";

/** The spec of Dapr's Configuration. */
export function configurationSpec({ samplingRatio, zipkinUrl }: DaprTracingArgs) {
    const zipkin: { endpointAddress: pulumi.Input<string> } = { endpointAddress: zipkinUrl };
    return { tracing: { samplingRate: String(samplingRatio), zipkin } };
}
