import * as pulumi from "@pulumi/pulumi";
import { checkDeployment, checkRetention, checkSize } from "../checks";
import { contract, endpoints, serviceHost } from "../contract";
import { type ChartArgs, deployChart, recorded } from "../helm/chart";
import { pins } from "../helm/pins";
import type { BucketConnection } from "../object-store/connection";
import { tempoValues } from "./values";

export interface TempoArgs extends ChartArgs {
    /** Where blocks are kept. */
    bucket: BucketConnection;
    /**
     * Where Mimir answers, for what Tempo counts of spans: rates, errors and durations by service and span, with exemplars, and
     * the service graph. Default: nothing is counted.
     */
    metricsUrl?: string;
    /** Ask every writer and reader for a tenant, in the header X-Scope-OrgID. Default false. */
    multitenancy?: boolean;
    /** How long traces are kept, such as "14d"; at least 1h. Default "7d". */
    retention?: string;
    /** Size of the volume, for the write-ahead log. Default: the chart's 10Gi. */
    size?: string;
    /** Class of the volume. Default: the cluster's own. */
    storageClass?: string;
}

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
            { pin: pins.tempo, release: contract.tempo.release, values: tempoValues(args) },
            args,
            { parent: this },
        );
        this.url = endpoints(args.namespace).tempo;
        this.otlpGrpcEndpoint = `${serviceHost(contract.tempo.service, args.namespace)}:${contract.tempo.ports.otlpGrpc}`;
        this.registerOutputs({ url: this.url, otlpGrpcEndpoint: this.otlpGrpcEndpoint });
    }
}
