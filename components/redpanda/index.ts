import * as pulumi from "@pulumi/pulumi";
import { isRedpandaReplicas, redpandaReplicasForm } from "../../validation/kafka";
import { checkDeployment, checkSize, rejectArgument } from "../checks";
import { contract, serviceHost } from "../contract";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import type { RedpandaArgs } from "./args";
import { consolePort, redpandaClaims, redpandaValues } from "./values";

/**
 * Deploys Redpanda, which has the API of Kafka, and Redpanda Console. It accepts connections without TLS and without a login: it is meant for development, and
 * for a namespace whose NetworkPolicies limit its clients.
 */
export class Redpanda extends pulumi.ComponentResource {
    /** Host and port of the Kafka API. */
    readonly brokers: string;
    /** URL of Redpanda Console. undefined without it. */
    readonly consoleUrl?: string;

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: RedpandaArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Redpanda", name, stateInputs(args), opts);
        checkDeployment(this, args);
        if (!isRedpandaReplicas(args.replicas ?? 1)) {
            rejectArgument(this, "replicas", args.replicas, redpandaReplicasForm);
        }
        checkSize(this, "size", args.size);
        const { release, service, ports } = contract.redpanda;
        const values = redpandaValues(args);
        deployChart(
            `${name}-chart`,
            { pin: pins.redpanda, release, values, overrides: args, claims: redpandaClaims(values) },
            args,
            { parent: this },
        );
        const host = (name: string) => serviceHost(name, args.namespace, args.clusterDomain);
        this.brokers = `${host(service)}:${ports.kafka}`;
        this.consoleUrl = (args.console ?? true) ? `http://${host(`${service}-console`)}:${consolePort}` : undefined;
        this.registerOutputs({ brokers: this.brokers, consoleUrl: this.consoleUrl });
    }
}
