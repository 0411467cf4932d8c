import * as pulumi from "@pulumi/pulumi";
import { hostForm, isHost, isLabel, labelForm } from "../../validation/names";
import { checkDeployment, checkReplicas, rejectArgument } from "../checks";
import { contract, serviceHost } from "../contract";
import { requireGatewayApi } from "../gateway";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import type { IngestionProxyArgs } from "./args";
import { proxiedStores } from "./config";
import { ingestionProxyValues } from "./values";

/**
 * Deploys HAProxy in front of Loki, Mimir and Pyroscope, for the log collectors, metrics scrapers and profiles of other clusters. Each request needs the
 * credential of a client. Only pushes are forwarded. Queries are not.
 */
export class IngestionProxy extends pulumi.ComponentResource {
    /** URL of the proxy in the cluster. */
    readonly url: string;

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: IngestionProxyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:IngestionProxy", name, stateInputs(args), opts);
        checkDeployment(this, args);
        checkReplicas(this, "replicas", args.replicas);
        this.checkAccess(args);
        const crds = args.gateway === undefined ? [] : [requireGatewayApi(name, "ingestion.external.gateway", this)];
        const { release } = contract.ingestionProxy;
        deployChart(
            `${name}-chart`,
            { pin: pins.ingestionProxy, release, values: ingestionProxyValues(args), overrides: args },
            args,
            { parent: this, dependsOn: crds },
        );
        const host = serviceHost(release, args.namespace, args.clusterDomain);
        this.url = `${args.tlsSecret === undefined ? "http" : "https"}://${host}`;
        this.registerOutputs({ url: this.url });
    }

    private checkAccess(args: IngestionProxyArgs): void {
        const { clients, gateway, host, ingress, loadBalancer, tenant, tlsSecret } = args;
        const reject = (message: string): never => {
            throw new pulumi.ResourceError(message, this, true);
        };
        if (proxiedStores(args).length === 0) {
            reject("no store is set; set lokiUrl, mimirUrl or pyroscopeUrl");
        }
        for (const [store, url] of proxiedStores(args)) {
            if (!/^http:\/\/[^/]+\/?$/.test(url)) {
                rejectArgument(this, `${store}Url`, url, 'a URL with "http://" and without a path');
            }
        }
        if (clients.length === 0) {
            rejectArgument(this, "clients", "[]", "a list of at least one client");
        }
        const invalid = clients.find((client) => !isLabel(client));
        if (invalid !== undefined) {
            rejectArgument(this, "clients", invalid, labelForm);
        }
        // Another character could end the value in the configuration.
        if (tenant !== undefined && !/^[-\w.]{1,150}$/.test(tenant)) {
            rejectArgument(this, "tenant", tenant, "at most 150 letters, digits, '-', '_' and '.'");
        }
        if (ingress !== undefined && gateway !== undefined) {
            reject("ingress and gateway are both set; remove one");
        }
        if ((ingress ?? gateway) !== undefined && !isHost(host ?? "")) {
            rejectArgument(this, "host", host, hostForm);
        }
        if (loadBalancer && tlsSecret === undefined) {
            reject("loadBalancer needs tlsSecret, because credentials would be sent in clear text");
        }
    }
}
