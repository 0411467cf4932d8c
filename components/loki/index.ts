import * as pulumi from "@pulumi/pulumi";
import { checkDeployment, checkReplication, checkRetention, checkSize } from "../checks";
import { contract, endpoints } from "../contract";
import { deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import { lokiValues } from "./values";
import type { LokiArgs } from "./args";

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
            { pin: pins.loki, release: contract.loki.release, values: lokiValues(args), overrides: args },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace).loki;
        this.registerOutputs({ url: this.url });
    }
}
