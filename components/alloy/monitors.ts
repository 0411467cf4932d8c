import type * as pulumi from "@pulumi/pulumi";
import { requireCrd } from "../crd";
import type { CollectFromArgs } from "./args";

const group = "monitoring.coreos.com";

/** The kinds of the Prometheus operator that select targets, as they are in the API. */
const monitorKinds = ["servicemonitors", "podmonitors", "probes"];

/** Names of the CRDs of these kinds. */
export const monitorCrds = monitorKinds.map((kind) => `${kind}.${group}`);

/** Name of the CRD of PrometheusRule objects. */
export const prometheusRuleCrd = `prometheusrules.${group}`;

/** Requires CRDs of the Prometheus operator. The argument of the component needs them. */
export function requireOperatorCrds(
    name: string,
    crds: string[],
    argument: string,
    parent: pulumi.Resource,
): pulumi.Resource[] {
    return crds.map((crd) =>
        requireCrd(name, crd, `Install the CRD ${crd} of the Prometheus operator, or ${argument}`, parent),
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

/** The permissions to read PrometheusRule objects. */
export const prometheusRulePermissions = [
    { apiGroups: [group], resources: ["prometheusrules"], verbs: ["list", "watch"] },
    { apiGroups: [""], resources: ["namespaces"], verbs: ["list", "watch"] },
];

/** The block that limits the namespaces of the PrometheusRule objects. Empty for all namespaces. */
export function ruleNamespaces({ namespaces, excludeNamespaces = [] }: CollectFromArgs = {}, own: string): string {
    const [operator, names] =
        namespaces === undefined ? ["NotIn", excludeNamespaces] : ["In", [...new Set([own, ...namespaces])]];
    return names.length === 0
        ? ""
        : `rule_namespace_selector {
	match_expression {
		key      = "kubernetes.io/metadata.name"
		operator = "${operator}"
		values   = [${[...names]
            .sort()
            .map((name) => JSON.stringify(name))
            .join(", ")}]
	}
}
`;
}

/** The attribute that limits the namespaces of the monitors. Empty for all namespaces. */
export function monitorNamespaces(namespaces: string[] | undefined, own: string): string {
    return namespaces === undefined
        ? ""
        : `namespaces = [${[...new Set([own, ...namespaces])]
              .sort()
              .map((name) => JSON.stringify(name))
              .join(", ")}]\n`;
}
