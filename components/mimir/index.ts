import * as pulumi from "@pulumi/pulumi";
import { checkDeployment, checkReplication, checkRetention, checkSize } from "../checks";
import { contract, endpoints } from "../contract";
import { type ChartArgs, deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import type { BucketConnection } from "../object-store/connection";
import { mimirValues } from "./values";

export interface MimirArgs extends ChartArgs {
    /** Where blocks, rules and alerts are kept. */
    bucket: BucketConnection;
    /** Default 1. */
    replicas?: number;
    /** Replicas that hold each series; odd, and at most `replicas`. Default: the replicas, but no more than 3. */
    replicationFactor?: number;
    /** Ask every writer and reader for a tenant, in the header X-Scope-OrgID. Default false. */
    multitenancy?: boolean;
    /** How long samples are kept, such as "30d"; at least 24h. Default "30d". */
    retention?: string;
    /** Size of each replica's volume, for the newest samples and the compactor. Default: the chart's 10Gi. */
    size?: string;
    /** Class of the volumes. Default: the cluster's own. */
    storageClass?: string;
}

/** Mimir, the store of metrics: one process with all its parts, scaled by replicas that form a ring. */
export class Mimir extends pulumi.ComponentResource {
    /** Where it answers: PromQL at /prometheus, remote write at /api/v1/push, OTLP at /otlp. */
    readonly url: string;

    /** @throws ResourceError that names the argument that cannot be. */
    constructor(name: string, args: MimirArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Mimir", name, recorded(args), opts);
        checkDeployment(this, args);
        checkReplication(this, args.replicas, args.replicationFactor);
        checkRetention(this, args.retention, "metrics");
        checkSize(this, "size", args.size);
        deployChart(
            `${name}-chart`,
            { pin: pins.mimir, release: contract.mimir.release, values: mimirValues(args) },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace).mimir;
        this.registerOutputs({ url: this.url });
    }
}
