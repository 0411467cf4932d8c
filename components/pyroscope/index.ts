import * as pulumi from "@pulumi/pulumi";
import {
    checkDeployment,
    checkMajority,
    checkMode,
    checkParts,
    checkReplicas,
    checkRetention,
    checkSize,
} from "../checks";
import { contract, endpoints } from "../contract";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import { pyroscopeClaims, pyroscopeValues } from "./values";
import type { PyroscopeArgs } from "./args";

export { defaultServerId } from "./values";

/** Deploys Pyroscope, as one process with one replica, or as separate parts. */
export class Pyroscope extends pulumi.ComponentResource {
    /** URL for queries and for SDKs. */
    readonly url: string;

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: PyroscopeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Pyroscope", name, stateInputs(args), opts);
        checkDeployment(this, args);
        checkMode(this, args.mode);
        checkParts(this, {
            distributor: args.distributor,
            segmentWriter: args.segmentWriter,
            queryBackend: args.queryBackend,
        });
        checkReplicas(this, "queryFrontendReplicas", args.queryFrontendReplicas);
        checkReplicas(this, "compactionWorkerReplicas", args.compactionWorkerReplicas);
        checkMajority(this, "metastoreReplicas", args.metastoreReplicas);
        checkRetention(this, args.retention, "profiles");
        checkSize(this, "size", args.size);
        const values = pyroscopeValues(args);
        deployChart(
            `${name}-chart`,
            {
                pin: pins.pyroscope,
                release: contract.pyroscope.release,
                values,
                overrides: args,
                claims: pyroscopeClaims(values),
            },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace, args.clusterDomain).pyroscope;
        this.registerOutputs({ url: this.url });
    }
}
