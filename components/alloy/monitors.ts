import type * as pulumi from "@pulumi/pulumi";
import { requireCrd } from "../crd";

const group = "monitoring.coreos.com";

/** The kinds of the Prometheus operator that select targets, as they are in the API. */
const monitorKinds = ["servicemonitors", "podmonitors", "probes"];

/** Names of the CRDs of these kinds. */
export const monitorCrds = monitorKinds.map((kind) => `${kind}.${group}`);

/** Requires the CRDs of the Prometheus operator. */
export function requireMonitors(name: string, argument: string, parent: pulumi.Resource): pulumi.Resource[] {
    return monitorCrds.map((crd) =>
        requireCrd(name, crd, `Install the CRD ${crd} of the Prometheus operator, or set ${argument} to false`, parent),
    );
}

/** The permissions to find the targets of all monitors. Monitors that refer to Secrets or ConfigMaps would need more. */
export const monitorPermissions = [
    { apiGroups: [group], resources: monitorKinds, verbs: ["list", "watch"] },
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
