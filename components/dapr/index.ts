import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkPlain, checkRatio, refuse } from "../checks";
import type { DaprTracingArgs } from "./args";

/**
 * Dapr's tracing Configuration in each namespace of applications. Dapr itself must be installed: a preview fails on a cluster
 * without it.
 */
export class DaprTracing extends pulumi.ComponentResource {
    /** @throws ResourceError when the ratio is not from 0 to 1, or a namespace is listed twice. */
    constructor(name: string, args: DaprTracingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:DaprTracing", name, args, opts);
        const { samplingRatio, namespaces } = args;
        checkPlain(this, args, ["zipkinUrl"]);
        checkRatio(this, "samplingRatio", samplingRatio);
        const twice = namespaces.find((namespace, index) => namespaces.indexOf(namespace) !== index);
        if (twice !== undefined) {
            refuse(this, "namespaces", twice, "listed once");
        }
        // Reading the CRD makes the preview fail where it is missing. The provider's message then holds this resource's
        // name, and little else; so the name says what to do.
        const crd = k8s.apiextensions.v1.CustomResourceDefinition.get(
            `${name}: Dapr must be installed, or dapr.enabled be set to false`,
            "configurations.dapr.io",
            { parent: this },
        );
        for (const namespace of namespaces) {
            const applications = new k8s.core.v1.NamespacePatch(
                `${name}-${namespace}-namespace`,
                { metadata: { name: namespace } },
                { parent: this },
            );
            new k8s.apiextensions.CustomResource(
                `${name}-${namespace}`,
                {
                    apiVersion: "dapr.io/v1alpha1",
                    kind: "Configuration",
                    metadata: { name: args.configurationName ?? "tracing", namespace },
                    spec: {
                        tracing: {
                            samplingRate: String(samplingRatio),
                            zipkin: { endpointAddress: args.zipkinUrl },
                        },
                    },
                },
                { parent: this, dependsOn: [crd, applications] },
            );
        }
        this.registerOutputs({});
    }
}
