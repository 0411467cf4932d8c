import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

const group = "monitoring.coreos.com";

/** The kinds of the Prometheus operator that select targets, by their names in the API. */
export const monitorKinds = { servicemonitors: "ServiceMonitor", podmonitors: "PodMonitor", probes: "Probe" } as const;

/** Names of the CRDs of these kinds. */
export const monitorCrds = Object.keys(monitorKinds).map((name) => `${name}.${group}`);

/**
 * Reads the CRDs of the Prometheus operator. If one is missing, the preview fails. The message of the provider contains only the name of this
 * resource, so the name says what to do.
 */
export function requireMonitors(name: string, argument: string, parent: pulumi.Resource): pulumi.Resource[] {
    return monitorCrds.map((crd) =>
        k8s.apiextensions.v1.CustomResourceDefinition.get(
            `${name}: Install the CRD ${crd} of the Prometheus operator, or set ${argument} to false`,
            crd,
            { parent },
        ),
    );
}

/** The permissions to find the targets of all monitors. Monitors that refer to Secrets or ConfigMaps would need more. */
export const monitorPermissions = [
    { apiGroups: [group], resources: Object.keys(monitorKinds), verbs: ["list", "watch"] },
    // A monitor can request the labels of nodes.
    { apiGroups: [""], resources: ["services", "pods", "nodes"], verbs: ["list", "watch"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    // The targets of a Probe can be Ingresses.
    { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["list", "watch"] },
];

/** The attribute that limits the namespaces of the monitors. Empty for all namespaces. */
export function monitorNamespaces(namespaces: string[] | undefined, own: string): string {
    return namespaces === undefined
        ? ""
        : `namespaces = [${[...new Set([own, ...namespaces])]
              .sort()
              .map((name) => JSON.stringify(name))
              .join(", ")}]\n`;
}
