import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Reads a CRD. If it is missing, the preview fails. The message of the provider contains only the name of this resource, so the name says what to do.
 *
 * @param crd name of the CRD, such as "configurations.dapr.io".
 * @param remedy what to do, without a period.
 */
export function requireCrd(name: string, crd: string, remedy: string, parent: pulumi.Resource): pulumi.Resource {
    return k8s.apiextensions.v1.CustomResourceDefinition.get(`${name}: ${remedy}`, crd, { parent });
}
