import {
    ApiextensionsV1Api,
    CoreV1Api,
    StorageV1Api,
    type V1Namespace,
    type V1Node,
    type V1Pod,
    type V1StorageClass,
} from "@kubernetes/client-node";
import type { Settings } from "../../settings/resolve";
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
        ifPermitted(
            findObject(
                cluster,
                `read the CRD ${daprCrd}`,
                cluster.config
                    .makeApiClient(ApiextensionsV1Api)
                    .readCustomResourceDefinition({ name: daprCrd })
                    .then(() => true),
            ).then((found) => found ?? false),
        ),
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
    return { version, missingPermissions: permissions, hasDaprCrd: crd, namespace, storageClasses, nodes, pods };
}

function requiredKinds({ autoscaling, createNamespace, grafana, dapr }: Settings): ResourceKind[] {
    const unused = [
        // With Dapr, the namespaces of applications are created if they do not exist.
        ...(createNamespace || dapr.enabled ? [] : ["namespaces"]),
        ...(grafana.ingress.host ? [] : ["ingresses"]),
        ...(Object.values(autoscaling).some((scaler) => scaler !== undefined) ? [] : ["horizontalpodautoscalers"]),
    ];
    return [
        ...deployedKinds.filter(({ resource }) => !unused.includes(resource)),
        ...(dapr.enabled
            ? [
                  {
                      group: "apiextensions.k8s.io",
                      resource: "customresourcedefinitions",
                      clusterScoped: true,
                      verbs: ["get"],
                  },
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
        settings.createNamespace ? undefined : podSecurityProblem(facts.namespace),
        facts.storageClasses && storageProblem(settings.storage.className, facts.storageClasses),
        facts.nodes &&
            facts.pods &&
            capacityProblem(requests, unallocatedResources(facts.nodes, facts.pods, settings.namespace, settings)),
    ].filter((problem) => problem !== undefined);
}

function versionProblem({ text, major, minor }: ServerVersion): string | undefined {
    const { major: minMajor, minor: minMinor } = minimumVersion;
    return major > minMajor || (major === minMajor && minor >= minMinor)
        ? undefined
        : `the cluster runs Kubernetes ${text}; version ${minMajor}.${minMinor} or later is required`;
}

const enforceLabel = "pod-security.kubernetes.io/enforce";

/** If the stack creates the namespace, it sets the label itself. */
function podSecurityProblem(namespace: V1Namespace | undefined): string | undefined {
    const { name, labels = {} } = namespace?.metadata ?? {};
    const level = labels[enforceLabel];
    return level === "baseline" || level === "restricted"
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
