import * as pulumi from "@pulumi/pulumi";
import { checkDeployment, checkMode, checkParts, checkReplication, checkRetention, checkSize } from "../checks";
import { contract, endpoints } from "../contract";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import { lokiClaims, lokiValues } from "./values";
import type { LokiArgs } from "./args";

/** Deploys Loki, as one process or as separate parts. Replicas share a bucket. */
export class Loki extends pulumi.ComponentResource {
    /** URL for queries, and for pushes to /loki/api/v1/push and /otlp. */
    readonly url: string;

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: LokiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Loki", name, stateInputs(args), opts);
        checkDeployment(this, args);
        checkReplication(this, args.replicas, args.replicationFactor);
        checkMode(this, args.mode);
        checkParts(this, { distributor: args.distributor, querier: args.querier });
        checkRetention(this, args.retention, "logs");
        checkSize(this, "size", args.size);
        const values = lokiValues(args);
        deployChart(
            `${name}-chart`,
            { pin: pins.loki, release: contract.loki.release, values, overrides: args, claims: lokiClaims(values) },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace, args.clusterDomain).loki;
        this.registerOutputs({ url: this.url });
    }
}
