import {
    ApiextensionsV1Api,
    CoreV1Api,
    StorageV1Api,
    type V1Node,
    type V1Pod,
    type V1StorageClass,
} from "@kubernetes/client-node";
import type { Settings } from "../../settings/resolve";
import { ask, askIfThere, lookedAt } from "../cluster/ask";
import type { Cluster } from "../cluster/kubeconfig";
import { type ServerVersion, serverVersion } from "../cluster/version";
import type { Evaluation } from "../evaluate";
import { podRequests, type PodRequests } from "./requests";
import { type Kind, kinds, missingRights } from "./rights";
import { freeRoom, roomMistake } from "./room";

// What the charts of Grafana and Loki and our own ask for in Chart.yaml: kubeVersion.
const oldest = { major: 1, minor: 25 };

export const daprCrd = "configurations.dapr.io";

/** What a cluster was found to be. What the user may not look at is undefined, and then nothing is said of it. */
export interface ClusterFacts {
    version: ServerVersion;
    missingRights: string[];
    hasDaprCrd: boolean | undefined;
    storageClasses: V1StorageClass[] | undefined;
    nodes: V1Node[] | undefined;
    pods: V1Pod[] | undefined;
}

/** What speaks against deploying a stack, each a sentence with what to do. Nothing is created for it. */
export async function preflight(cluster: Cluster, { settings, charts }: Evaluation): Promise<string[]> {
    return mistakesOf(await factsOf(cluster, settings), settings, podRequests(charts));
}

async function factsOf(cluster: Cluster, settings: Settings): Promise<ClusterFacts> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    // First and alone: without an answer to this one there would be as many complaints as questions.
    const version = await serverVersion(cluster);
    const [rights, crd, storageClasses, nodes, pods] = await Promise.all([
        missingRights(cluster, settings.namespace, wantedKinds(settings)),
        lookedAt(
            askIfThere(
                cluster,
                "look for Dapr",
                cluster.config
                    .makeApiClient(ApiextensionsV1Api)
                    .readCustomResourceDefinition({ name: daprCrd })
                    .then(() => true),
            ).then((found) => found ?? false),
        ),
        lookedAt(
            ask(cluster, "list storage classes", cluster.config.makeApiClient(StorageV1Api).listStorageClass()).then(
                ({ items }) => items,
            ),
        ),
        lookedAt(ask(cluster, "list nodes", core.listNode()).then(({ items }) => items)),
        lookedAt(ask(cluster, "list pods", core.listPodForAllNamespaces()).then(({ items }) => items)),
    ]);
    return { version, missingRights: rights, hasDaprCrd: crd, storageClasses, nodes, pods };
}

function wantedKinds({ createNamespace, grafana, dapr }: Settings): Kind[] {
    const unwanted = [
        // Those of applications are made where they are not there.
        ...(createNamespace || dapr.enabled ? [] : ["namespaces"]),
        ...(grafana.ingress.host ? [] : ["ingresses"]),
    ];
    return [
        ...kinds.filter(({ resource }) => !unwanted.includes(resource)),
        ...(dapr.enabled
            ? [
                  {
                      group: "apiextensions.k8s.io",
                      resource: "customresourcedefinitions",
                      clusterWide: true,
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

/** What of the facts does not do for a stack. */
export function mistakesOf(facts: ClusterFacts, settings: Settings, wanted: PodRequests[]): string[] {
    return [
        versionMistake(facts.version),
        ...facts.missingRights,
        settings.dapr.enabled && facts.hasDaprCrd === false
            ? `Dapr is not installed: there is no CRD ${daprCrd}; install Dapr, or set observability:dapr to enabled: false`
            : undefined,
        facts.storageClasses && storageMistake(settings.storage.className, facts.storageClasses),
        facts.nodes &&
            facts.pods &&
            roomMistake(wanted, freeRoom(facts.nodes, facts.pods, settings.namespace, settings)),
    ].filter((mistake) => mistake !== undefined);
}

function versionMistake({ text, major, minor }: ServerVersion): string | undefined {
    const { major: leastMajor, minor: leastMinor } = oldest;
    return major > leastMajor || (major === leastMajor && minor >= leastMinor)
        ? undefined
        : `the API server is Kubernetes ${text}; it must be ${leastMajor}.${leastMinor} or later`;
}

const defaultClass = "storageclass.kubernetes.io/is-default-class";

function storageMistake(className: string | undefined, classes: V1StorageClass[]): string | undefined {
    const names = classes.map(({ metadata }) => metadata?.name ?? "");
    const known = names.length === 0 ? "there is none" : `there are ${names.join(", ")}`;
    if (className !== undefined) {
        return names.includes(className)
            ? undefined
            : `observability:storage.className is "${className}", which is no storage class; ${known}`;
    }
    return classes.some(({ metadata }) => metadata?.annotations?.[defaultClass] === "true")
        ? undefined
        : `no storage class is the cluster's default (${known}); mark one with the annotation ${defaultClass}: "true", or name one in observability:storage.className`;
}
