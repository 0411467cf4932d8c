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
import { contract, endpoints, serviceHost } from "../contract";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import { StoreMode } from "../mode";
import { tempoClaims, tempoValues } from "./values";
import type { TempoArgs } from "./args";

/** Deploys Tempo, as one process with one replica, or as separate parts. */
export class Tempo extends pulumi.ComponentResource {
    /** URL for queries. */
    readonly url: string;
    /** Host and port of the receiver for OTLP over gRPC. */
    readonly otlpGrpcEndpoint: string;

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: TempoArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Tempo", name, stateInputs(args), opts);
        checkDeployment(this, args);
        checkMode(this, args.mode);
        checkReplication(this, args.replicas, args.replicationFactor);
        checkParts(this, { distributor: args.distributor, querier: args.querier });
        checkReplicas(this, "metricsGeneratorReplicas", args.metricsGeneratorReplicas);
        checkRetention(this, args.retention, "traces");
        checkSize(this, "size", args.size);
        const pin = args.mode === StoreMode.Distributed ? pins.tempoDistributed : pins.tempo;
        const values = tempoValues(args);
        deployChart(
            `${name}-chart`,
            { pin, release: contract.tempo.release, values, overrides: args, claims: tempoClaims(values) },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace, args.clusterDomain).tempo;
        const host = serviceHost(contract.tempo.service, args.namespace, args.clusterDomain);
        this.otlpGrpcEndpoint = `${host}:${contract.tempo.ports.otlpGrpc}`;
        this.registerOutputs({ url: this.url, otlpGrpcEndpoint: this.otlpGrpcEndpoint });
    }
}
