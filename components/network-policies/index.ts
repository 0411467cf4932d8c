import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stackComponents } from "../../validation/components";
import { oneOfText } from "../../validation/nearest";
import { checkDeployment, rejectArgument } from "../checks";
import type { NetworkPoliciesArgs } from "./args";
import { policies } from "./values";

/**
 * Creates the NetworkPolicies of a namespace: no pod accepts or opens a connection, except DNS and the connections between the components. The network
 * plugin of the cluster must support NetworkPolicies; otherwise they have no effect.
 */
export class NetworkPolicies extends pulumi.ComponentResource {
    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:NetworkPolicies", name, args, opts);
        checkDeployment(this, args);
        const named = [args.destinations, args.ingress, args.egress].flatMap((list = []) =>
            list.map(({ component }) => component),
        );
        this.checkComponents("components", args.components, [...stackComponents]);
        this.checkComponents("destinations, ingress and egress", named, args.components);
        for (const policy of policies(args)) {
            new k8s.networking.v1.NetworkPolicy(
                `${name}-${policy.name}`,
                { metadata: { name: policy.name, namespace: args.namespace }, spec: policy.spec },
                { parent: this },
            );
        }
        this.registerOutputs({});
    }

    private checkComponents(argument: string, names: string[], allowed: string[]): void {
        const unknown = names.find((name) => !allowed.includes(name));
        if (unknown !== undefined) {
            rejectArgument(this, argument, unknown, oneOfText(unknown, allowed));
        }
    }
}
