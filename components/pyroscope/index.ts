import * as pulumi from "@pulumi/pulumi";
import { checkDeployment, checkRetention, checkSize } from "../checks";
import { contract, endpoints } from "../contract";
import { deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import { pyroscopeValues } from "./values";
import type { PyroscopeArgs } from "./args";

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
            {
                pin: pins.pyroscope,
                release: contract.pyroscope.release,
                values: pyroscopeValues(args),
                overrides: args,
            },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace).pyroscope;
        this.registerOutputs({ url: this.url });
    }
}
