import * as pulumi from "@pulumi/pulumi";
import { checkDeployment, checkRetention, checkSize } from "../checks";
import { contract, endpoints, serviceHost } from "../contract";
import { deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import { tempoValues } from "./values";
import type { TempoArgs } from "./args";

/** Tempo, the store of traces: one process with all its parts. */
export class Tempo extends pulumi.ComponentResource {
    /** Where queries are answered. */
    readonly url: string;
    /** Host and port that take spans as OTLP over gRPC. */
    readonly otlpGrpcEndpoint: string;

    /** @throws ResourceError that names the argument that cannot be. */
    constructor(name: string, args: TempoArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Tempo", name, recorded(args), opts);
        checkDeployment(this, args);
        checkRetention(this, args.retention, "traces");
        checkSize(this, "size", args.size);
        deployChart(
            `${name}-chart`,
            { pin: pins.tempo, release: contract.tempo.release, values: tempoValues(args), overrides: args },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace).tempo;
        this.otlpGrpcEndpoint = `${serviceHost(contract.tempo.service, args.namespace)}:${contract.tempo.ports.otlpGrpc}`;
        this.registerOutputs({ url: this.url, otlpGrpcEndpoint: this.otlpGrpcEndpoint });
    }
}
