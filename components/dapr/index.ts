import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkPlain, checkRatio } from "../checks";
import { requireCrd } from "../crd";
import type { DaprTracingArgs } from "./args";
import { configurationSpec } from "./values";

/**
 * Creates Dapr's Configuration for tracing in each namespace of applications. Dapr must be installed. Otherwise the preview
 * fails.
 */
export class DaprTracing extends pulumi.ComponentResource {
    /** @throws ResourceError if the ratio is not between 0 and 1, or a namespace is listed twice. */
    constructor(name: string, args: DaprTracingArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:DaprTracing", name, args, opts);
        const { namespaces } = args;
        checkPlain(this, args, ["zipkinUrl"]);
        checkRatio(this, "samplingRatio", args.samplingRatio);
        const duplicate = namespaces.find((namespace, index) => namespaces.indexOf(namespace) !== index);
        if (duplicate !== undefined) {
            throw new pulumi.ResourceError(`namespaces contains "${duplicate}" twice`, this, true);
        }
        const crd = requireCrd(name, "configurations.dapr.io", "Install Dapr, or set dapr.enabled to false", this);
        for (const namespace of namespaces) {
            const applicationNamespace = new k8s.core.v1.NamespacePatch(
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
                    spec: configurationSpec(args),
                },
                { parent: this, dependsOn: [crd, applicationNamespace] },
            );
        }
        this.registerOutputs({});
    }
}
