import type * as pulumi from "@pulumi/pulumi";
import { requireCrd } from "./crd";

/** A Gateway of the Gateway API to which a route is attached. */
export interface GatewayParentArgs {
    /** Name of the Gateway. */
    name: string;
    /** Namespace of the Gateway. Default: the namespace of the route. */
    namespace?: string;
    /** Name of the listener of the Gateway. Default: every listener that accepts the host. */
    sectionName?: string;
}

/** Requires the CRD of HTTPRoute. */
export function requireGatewayApi(name: string, argument: string, parent: pulumi.Resource): pulumi.Resource {
    const remedy = `Install the Gateway API, or remove ${argument}`;
    return requireCrd(name, "httproutes.gateway.networking.k8s.io", remedy, parent);
}

/** The cert-manager annotation that requests a certificate from a ClusterIssuer. */
export function issuerAnnotation(clusterIssuer: string | undefined): { [key: string]: string } {
    return clusterIssuer === undefined ? {} : { "cert-manager.io/cluster-issuer": clusterIssuer };
}
