import * as pulumi from "@pulumi/pulumi";
import { checkDeployment, checkReplication, checkRetention, checkSize } from "../checks";
import { contract, endpoints } from "../contract";
import { type ChartArgs, deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import type { BucketConnection } from "../object-store/connection";
import { lokiValues } from "./values";

export interface LokiArgs extends ChartArgs {
    /** Where chunks and index are kept. */
    bucket: BucketConnection;
    /** Default 1. */
    replicas?: number;
    /** Replicas that hold each line; odd, and at most `replicas`. Default: the replicas, but no more than 3. */
    replicationFactor?: number;
    /** Ask every writer and reader for a tenant, in the header X-Scope-OrgID. Default false. */
    multitenancy?: boolean;
    /** How long lines are kept, such as "14d"; at least 24h. Default "7d". */
    retention?: string;
    /** Size of each replica's volume, for the write-ahead log and the compactor. Default: the chart's 10Gi. */
    size?: string;
    /** Class of the volumes. Default: the cluster's own. */
    storageClass?: string;
}

/** Loki, the store of logs: one process with all its parts, scaled by replicas that share a bucket. */
export class Loki extends pulumi.ComponentResource {
    /** Where it answers: queries, and pushes at /loki/api/v1/push and /otlp. */
    readonly url: string;

    /** @throws ResourceError that names the argument that cannot be. */
    constructor(name: string, args: LokiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Loki", name, recorded(args), opts);
        checkDeployment(this, args);
        checkReplication(this, args.replicas, args.replicationFactor);
        checkRetention(this, args.retention, "logs");
        checkSize(this, "size", args.size);
        deployChart(
            `${name}-chart`,
            { pin: pins.loki, release: contract.loki.release, values: lokiValues(args) },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace).loki;
        this.registerOutputs({ url: this.url });
    }
}
