import * as pulumi from "@pulumi/pulumi";
import { checkCollectFrom, checkDeployment, rejectArgument } from "../checks";
import { contract, serviceHost } from "../contract";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import type { KubeStateMetricsArgs } from "./args";
import { collectorsWithoutPermission, kubeStateMetricsValues } from "./values";

/**
 * Deploys kube-state-metrics with one replica: metrics about the state of Kubernetes objects, such as the replicas of Deployments and the conditions of
 * nodes. It has no permission to read Secrets and ConfigMaps.
 */
export class KubeStateMetrics extends pulumi.ComponentResource {
    /** URL of the metrics. */
    readonly metricsUrl: string;

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: KubeStateMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:KubeStateMetrics", name, stateInputs(args), opts);
        checkDeployment(this, args);
        checkCollectFrom(this, args);
        const [forbidden] = collectorsWithoutPermission(args);
        if (forbidden !== undefined) {
            rejectArgument(
                this,
                "values.collectors",
                forbidden,
                "a collector that the component grants permissions for; to use another one, set values.rbac.create to false and bind a ClusterRole to the ServiceAccount kube-state-metrics",
            );
        }
        const { release, service, ports } = contract.kubeStateMetrics;
        const values = kubeStateMetricsValues(args);
        deployChart(`${name}-chart`, { pin: pins.kubeStateMetrics, release, values, overrides: args }, args, {
            parent: this,
        });
        this.metricsUrl = `http://${serviceHost(service, args.namespace, args.clusterDomain)}:${ports.metrics}/metrics`;
        this.registerOutputs({ metricsUrl: this.metricsUrl });
    }
}
