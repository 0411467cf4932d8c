import * as pulumi from "@pulumi/pulumi";
import { localRetention } from "../../validation/retention";
import { checkCollectFrom, checkDeployment, checkDuration, checkExpressions, checkSize } from "../checks";
import { contract, serviceHost } from "../contract";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import type { PrometheusArgs } from "./args";
import { prometheusValues } from "./values";

/**
 * Deploys Prometheus with one replica. It scrapes annotated pods, Dapr sidecars, the kubelets and cAdvisor, keeps the samples for a short time, and
 * writes them to Mimir or to another store. Two replicas would write each sample twice.
 */
export class Prometheus extends pulumi.ComponentResource {
    /** URL of the Prometheus API. */
    readonly url: string;

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Prometheus", name, stateInputs(args), opts);
        checkDeployment(this, args);
        checkExpressions(this, "dropNames", args.dropNames);
        checkDuration(this, "retention", args.retention, localRetention);
        checkSize(this, "size", args.size);
        checkCollectFrom(this, args);
        const { release, service, ports } = contract.prometheus;
        const values = prometheusValues(args);
        deployChart(`${name}-chart`, { pin: pins.prometheus, release, values, overrides: args }, args, {
            parent: this,
        });
        this.url = `http://${serviceHost(service, args.namespace, args.clusterDomain)}:${ports.http}`;
        this.registerOutputs({ url: this.url });
    }
}
