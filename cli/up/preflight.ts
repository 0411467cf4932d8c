import {
    ApiextensionsV1Api,
    CoreV1Api,
    StorageV1Api,
    type V1Namespace,
    type V1Node,
    type V1Pod,
    type V1StorageClass,
} from "@kubernetes/client-node";
import { monitorCrds, prometheusRuleCrd } from "../../components/alloy";
import { gatewayEnabled, ingestionAccess, ingressEnabled } from "../../settings/access";
import type { Settings } from "../../settings/resolve";
import { enforceLabel, podSecurityLevel } from "../../stack/pod-security";
import { callApi, findObject, ifPermitted } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { type ServerVersion, serverVersion } from "../cluster/version";
import type { Evaluation } from "../evaluate";
import { capacityProblem, unallocatedResources } from "./capacity";
import { deployedKinds, missingPermissions, type ResourceKind } from "./permissions";
import { podRequests, type PodRequests } from "./requests";

// kubeVersion in the Chart.yaml of Grafana, Loki and the charts of this repository.
const minimumVersion = { major: 1, minor: 25 };

export const daprCrd = "configurations.dapr.io";

/** Facts about a cluster. A fact is undefined if the user has no permission to read it. Then it is not checked. */
export interface ClusterFacts {
    version: ServerVersion;
    missingPermissions: string[];
    hasDaprCrd: boolean | undefined;
    /** The CRDs of monitors that do not exist. Undefined also if the stack does not need them. */
    missingMonitorCrds?: string[] | undefined;
    /** Whether the CRD of PrometheusRule objects exists. Undefined also if the stack does not need it. */
    hasPrometheusRuleCrd?: boolean | undefined;
    /** The namespace of the stack. Undefined also if it does not exist yet. */
    namespace: V1Namespace | undefined;
    storageClasses: V1StorageClass[] | undefined;
    nodes: V1Node[] | undefined;
    pods: V1Pod[] | undefined;
}

/** Returns the reasons why a stack cannot be deployed, each with a solution. Changes nothing in the cluster. */
export async function preflight(cluster: Cluster, { settings, charts }: Evaluation): Promise<string[]> {
    return problemsOf(await factsOf(cluster, settings), settings, podRequests(charts));
}

async function factsOf(cluster: Cluster, settings: Settings): Promise<ClusterFacts> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    // The first request is made alone, so that an unreachable cluster causes only one error.
    const version = await serverVersion(cluster);
    const [permissions, crd, namespace, storageClasses, nodes, pods] = await Promise.all([
        missingPermissions(cluster, settings.namespace, requiredKinds(settings)),
        hasCrd(cluster, daprCrd),
        ifPermitted(findObject(cluster, "read the namespace", core.readNamespace({ name: settings.namespace }))),
        ifPermitted(
            callApi(
                cluster,
                "list storage classes",
                cluster.config.makeApiClient(StorageV1Api).listStorageClass(),
            ).then(({ items }) => items),
        ),
        ifPermitted(callApi(cluster, "list nodes", core.listNode()).then(({ items }) => items)),
        ifPermitted(callApi(cluster, "list pods", core.listPodForAllNamespaces()).then(({ items }) => items)),
    ]);
    const missingMonitorCrds = settings.metrics.prometheusOperator
        ? await missingCrds(cluster, monitorCrds)
        : undefined;
    const hasPrometheusRuleCrd = settings.metrics.prometheusRules
        ? await hasCrd(cluster, prometheusRuleCrd)
        : undefined;
    return {
        version,
        missingPermissions: permissions,
        hasDaprCrd: crd,
        missingMonitorCrds,
        hasPrometheusRuleCrd,
        namespace,
        storageClasses,
        nodes,
        pods,
    };
}

/** Whether a CRD exists. Undefined if the user has no permission to read it. */
function hasCrd(cluster: Cluster, name: string): Promise<boolean | undefined> {
    return ifPermitted(
        findObject(
            cluster,
            `read the CRD ${name}`,
            cluster.config
                .makeApiClient(ApiextensionsV1Api)
                .readCustomResourceDefinition({ name })
                .then(() => true),
        ).then((found) => found ?? false),
    );
}

async function missingCrds(cluster: Cluster, names: string[]): Promise<string[]> {
    const exist = await Promise.all(names.map((name) => hasCrd(cluster, name)));
    return names.filter((_, index) => exist[index] === false);
}

/** The kinds of objects of a stack, with the verbs that a deployment needs. */
export function requiredKinds(settings: Settings): ResourceKind[] {
    const { autoscaling, createNamespace, grafana, ingestion, dapr, networkPolicies } = settings;
    const { enabled, ...external } = ingestion.external;
    const access = enabled ? ingestionAccess({ enabled, ...external }) : { ingress: false, gateway: false };
    const gateway = access.gateway || gatewayEnabled(grafana.gateway);
    const unused = [
        // With Dapr, the namespaces of applications are created if they do not exist.
        ...(createNamespace || dapr.enabled ? [] : ["namespaces"]),
        ...(access.ingress || ingressEnabled(grafana.ingress) ? [] : ["ingresses"]),
        ...(gateway ? [] : ["httproutes"]),
        ...(Object.values(autoscaling).some((scaler) => scaler !== undefined) ? [] : ["horizontalpodautoscalers"]),
        ...(networkPolicies.enabled ? [] : ["networkpolicies"]),
    ];
    return [
        ...deployedKinds.filter(({ resource }) => !unused.includes(resource)),
        ...(dapr.enabled || gateway || settings.metrics.prometheusOperator || settings.metrics.prometheusRules
            ? [
                  {
                      group: "apiextensions.k8s.io",
                      resource: "customresourcedefinitions",
                      clusterScoped: true,
                      verbs: ["get"],
                  },
              ]
            : []),
        ...(dapr.enabled
            ? [
                  ...dapr.namespaces.map((namespace) => ({
                      group: "dapr.io",
                      resource: "configurations",
                      namespace,
                  })),
              ]
            : []),
    ];
}

export function problemsOf(facts: ClusterFacts, settings: Settings, requests: PodRequests[]): string[] {
    return [
        versionProblem(facts.version),
        ...facts.missingPermissions,
        settings.dapr.enabled && facts.hasDaprCrd === false
            ? `Dapr is not installed in the cluster: the CRD ${daprCrd} does not exist; install Dapr, or set enabled to false in observability:dapr`
            : undefined,
        monitorProblem(facts.missingMonitorCrds ?? []),
        facts.hasPrometheusRuleCrd === false
            ? `the cluster lacks the CRD ${prometheusRuleCrd}; install those of the Prometheus operator, for example with the chart prometheus-operator-crds, or set observability:metrics.prometheusRules to false`
            : undefined,
        settings.createNamespace ? undefined : podSecurityProblem(facts.namespace, settings),
        facts.storageClasses && storageProblem(settings.storage.className, facts.storageClasses),
        facts.nodes &&
            facts.pods &&
            capacityProblem(requests, unallocatedResources(facts.nodes, facts.pods, settings.namespace, settings)),
    ].filter((problem) => problem !== undefined);
}

function monitorProblem(missing: string[]): string | undefined {
    return missing.length === 0
        ? undefined
        : `the cluster lacks the CRDs ${missing.join(", ")}; install those of the Prometheus operator, for example with the chart prometheus-operator-crds, or set observability:metrics.prometheusOperator to false`;
}

function versionProblem({ text, major, minor }: ServerVersion): string | undefined {
    const { major: minMajor, minor: minMinor } = minimumVersion;
    return major > minMajor || (major === minMajor && minor >= minMinor)
        ? undefined
        : `the cluster runs Kubernetes ${text}; version ${minMajor}.${minMinor} or later is required`;
}

/** If the stack creates the namespace, it sets the label itself. */
function podSecurityProblem(namespace: V1Namespace | undefined, settings: Settings): string | undefined {
    const { name, labels = {} } = namespace?.metadata ?? {};
    const level = labels[enforceLabel];
    return podSecurityLevel(settings) === "privileged" && (level === "baseline" || level === "restricted")
        ? `namespace ${name} enforces Pod Security "${level}", but the log collector and the metrics scraper read files of the node, which needs "privileged"; set the label ${enforceLabel} of the namespace to "privileged"`
        : undefined;
}

const defaultClass = "storageclass.kubernetes.io/is-default-class";

function storageProblem(className: string | undefined, classes: V1StorageClass[]): string | undefined {
    const names = classes.map(({ metadata }) => metadata?.name ?? "");
    const existing = names.length === 0 ? "the cluster has none" : `the storage classes are ${names.join(", ")}`;
    if (className !== undefined) {
        return names.includes(className)
            ? undefined
            : `observability:storage.className is "${className}", but this storage class does not exist; ${existing}`;
    }
    return classes.some(({ metadata }) => metadata?.annotations?.[defaultClass] === "true")
        ? undefined
        : `the cluster has no default storage class (${existing}); add the annotation ${defaultClass}: "true" to one, or set observability:storage.className`;
}
