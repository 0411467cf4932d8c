import * as pulumi from "@pulumi/pulumi";
import {
    checkDeployment,
    checkMode,
    checkParts,
    checkReplicas,
    checkReplication,
    checkRetention,
    checkSize,
} from "../checks";
import { contract, endpoints } from "../contract";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import { alertmanagerPath } from "./alertmanager";
import { objectRulerUrl } from "./object-ruler";
import { mimirClaims, mimirValues } from "./values";
import type { MimirArgs } from "./args";

export { alertmanagerPath } from "./alertmanager";
export { objectRulerName } from "./object-ruler";

/** Deploys Mimir. Replicas form a ring and share a bucket. In distributed mode, each part of Mimir has its own pods, behind the same Service. */
export class Mimir extends pulumi.ComponentResource {
    /** URL for PromQL at /prometheus, remote write at /api/v1/push and OTLP at /otlp. */
    readonly url: string;
    /** URL of the Alertmanager. undefined without `alertmanager` and `alertmanagerUrl`. */
    readonly alertmanagerUrl: string | undefined;
    /** URL of the ruler for rules that clients write, with PromQL at /prometheus. undefined without `objectRuler`. */
    readonly objectRulerUrl: string | undefined;

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: MimirArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Mimir", name, stateInputs(args), opts);
        checkDeployment(this, args);
        checkReplication(this, args.replicas, args.replicationFactor);
        checkRetention(this, args.retention, "metrics");
        checkSize(this, "size", args.size);
        checkMode(this, args.mode);
        checkParts(this, { distributor: args.distributor, querier: args.querier });
        checkReplicas(this, "storeGatewayReplicas", args.storeGatewayReplicas);
        if (args.alertmanager !== undefined && args.alertmanagerUrl !== undefined) {
            throw new pulumi.ResourceError("alertmanager and alertmanagerUrl are both set; remove one", this, true);
        }
        const values = mimirValues(args);
        deployChart(
            `${name}-chart`,
            { pin: pins.mimir, release: contract.mimir.release, values, overrides: args, claims: mimirClaims(values) },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace, args.clusterDomain).mimir;
        this.alertmanagerUrl = args.alertmanager ? `${this.url}${alertmanagerPath}` : args.alertmanagerUrl;
        this.objectRulerUrl = args.objectRuler ? objectRulerUrl(args.namespace, args.clusterDomain) : undefined;
        this.registerOutputs({
            url: this.url,
            alertmanagerUrl: this.alertmanagerUrl,
            objectRulerUrl: this.objectRulerUrl,
        });
    }
}
