import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** A Gateway of the Gateway API to which a route is attached. */
export interface GatewayParentArgs {
    /** Name of the Gateway. */
    name: string;
    /** Namespace of the Gateway. Default: the namespace of the route. */
    namespace?: string;
    /** Name of the listener of the Gateway. Default: every listener that accepts the host. */
    sectionName?: string;
}

/**
 * Reads the CRD of HTTPRoute. If it is missing, the preview fails. The message of the provider contains only the name of this resource, so the
 * name says what to do.
 */
export function requireGatewayApi(name: string, argument: string, parent: pulumi.Resource): pulumi.Resource {
    return k8s.apiextensions.v1.CustomResourceDefinition.get(
        `${name}: Install the Gateway API, or remove ${argument}`,
        "httproutes.gateway.networking.k8s.io",
        { parent },
    );
}

/** The cert-manager annotation that requests a certificate from a ClusterIssuer. */
export function issuerAnnotation(clusterIssuer: string | undefined): { [key: string]: string } {
    return clusterIssuer === undefined ? {} : { "cert-manager.io/cluster-issuer": clusterIssuer };
}
