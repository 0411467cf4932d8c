import * as pulumi from "@pulumi/pulumi";
import { checkDeployment, checkRetention, checkSize } from "../checks";
import { contract, endpoints } from "../contract";
import { type ChartArgs, deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import type { BucketConnection } from "../object-store/connection";
import { pyroscopeValues } from "./values";

export interface PyroscopeArgs extends ChartArgs {
    /** Where profiles are kept. */
    bucket: BucketConnection;
    /** Ask every writer and reader for a tenant, in the header X-Scope-OrgID. Default false. */
    multitenancy?: boolean;
    /** How long profiles are kept, such as "7d"; at least 12h. Default "7d". */
    retention?: string;
    /** Size of the volume, for the index and what is not in the bucket yet. Default: the chart's 10Gi. */
    size?: string;
    /** Class of the volume. Default: the cluster's own. */
    storageClass?: string;
}

/** Pyroscope, the store of profiles: one process with all its parts. */
export class Pyroscope extends pulumi.ComponentResource {
    /** Where SDKs push profiles and queries are answered. */
    readonly url: string;

    /** @throws ResourceError that names the argument that cannot be. */
    constructor(name: string, args: PyroscopeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Pyroscope", name, recorded(args), opts);
        checkDeployment(this, args);
        checkRetention(this, args.retention, "profiles");
        checkSize(this, "size", args.size);
        deployChart(
            `${name}-chart`,
            { pin: pins.pyroscope, release: contract.pyroscope.release, values: pyroscopeValues(args) },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace).pyroscope;
        this.registerOutputs({ url: this.url });
    }
}
