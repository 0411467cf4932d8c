import * as pulumi from "@pulumi/pulumi";
import { checkDeployment, checkReplication, checkRetention, checkSize } from "../checks";
import { contract, endpoints } from "../contract";
import { deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import { alertmanagerPath } from "./alertmanager";
import { mimirValues } from "./values";
import type { MimirArgs } from "./args";

export { alertmanagerPath } from "./alertmanager";

/** Mimir, the store of metrics: one process with all its parts, scaled by replicas that form a ring. */
export class Mimir extends pulumi.ComponentResource {
    /** Where it answers: PromQL at /prometheus, remote write at /api/v1/push, OTLP at /otlp. */
    readonly url: string;
    /** Where its Alertmanager answers; undefined where it has none. */
    readonly alertmanagerUrl: string | undefined;

    /** @throws ResourceError that names the argument that cannot be. */
    constructor(name: string, args: MimirArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Mimir", name, recorded(args), opts);
        checkDeployment(this, args);
        checkReplication(this, args.replicas, args.replicationFactor);
        checkRetention(this, args.retention, "metrics");
        checkSize(this, "size", args.size);
        deployChart(
            `${name}-chart`,
            { pin: pins.mimir, release: contract.mimir.release, values: mimirValues(args), overrides: args },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace).mimir;
        this.alertmanagerUrl = args.alertmanager && `${this.url}${alertmanagerPath}`;
        this.registerOutputs({ url: this.url, alertmanagerUrl: this.alertmanagerUrl });
    }
}
