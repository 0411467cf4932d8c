import type { V1ConfigMap, V1Node, V1PersistentVolumeClaim, V1Pod, V1StorageClass } from "@kubernetes/client-node";
import { ownerConfigMapName } from "../components/ownership";
import type { Settings } from "../settings/resolve";
import { type ClusterReader, clusterReader } from "./cluster";
import {
    type Collector,
    collectionWarnings,
    collectorsPath,
    monitorWarnings,
    type Prometheus,
    prometheusesPath,
    prometheusWarnings,
    singletonsPath,
    stateMetricsPath,
    stateMetricsWarnings,
} from "./collectors";
import { isNamespaceInState } from "./applied";
import {
    ebpfMistakes,
    instrumentationsPath,
    instrumentationWarnings,
    nodesPath,
    type PodOwner,
    profileWarnings,
    uncheckedNodes,
    uncheckedWorkloads,
    workloadPaths,
    type Workloads,
} from "./ebpf-check";
import {
    type ExistingConfiguration,
    type ExistingFacts,
    existingMistakes,
    type ExistingObject,
    mayBeRemaining,
    type OwnStack,
    ownsNamespace,
} from "./existing-objects";
import { objectNames, resourcePaths } from "./object-names";
import { stackIdentity } from "./owner";
import { ebpfSettings } from "./pod-security";
import { claimSizes, sizeMistakes } from "./volume-sizes";
import { storePodsPath, versionPath, type ZoneFacts, zoneFindings } from "./zone-check";

/** What a check of the cluster found: sentences that begin with the key of a setting. */
export interface ClusterFindings {
    /** Reasons why the deployment would fail. */
    mistakes: string[];
    /** Unwanted effects of the deployment. */
    warnings: string[];
}

/**
 * Checks the cluster of the running program. Finds nothing without a cluster.
 *
 * @param deployedNamespace the namespace of the last deployment. Undefined before the first one.
 * @param reported settings with mistakes that are already reported.
 */
export async function findInCluster(
    settings: Settings,
    deployedNamespace: string | undefined,
    reported: string[],
): Promise<ClusterFindings> {
    const reader = clusterReader(settings.kubeContext);
    return reader === undefined
        ? { mistakes: [], warnings: [] }
        : checkCluster(
              reader,
              settings,
              { identity: stackIdentity(), namespace: deployedNamespace },
              reported,
              isNamespaceInState,
          );
}

/**
 * Compares the objects in the cluster with those that a stack would create or change. Whatever the user may not read is not checked.
 *
 * @param own the Pulumi stack that is deployed.
 * @param reported settings with mistakes that are already reported.
 * @param isInState whether the state of the stack contains a namespace. Undefined if it is unknown.
 */
export async function checkCluster(
    reader: ClusterReader,
    settings: Settings,
    own: OwnStack,
    reported: string[] = [],
    isInState: (namespace: string) => Promise<boolean | undefined> = () => Promise.resolve(undefined),
): Promise<ClusterFindings> {
    const [existing, volumes, brokers, found, nodes, zones] = await Promise.all([
        readExisting(reader, settings, own),
        volumeMistakes(reader, settings, reported),
        brokerMistakes(reader, settings),
        clusterWarnings(reader, settings),
        ebpfSettings(settings).length > 0 ? reader.read<{ items: V1Node[] }>(nodesPath, "complete") : undefined,
        readZones(reader, settings),
    ]);
    const ebpf = ebpfMistakes(settings, { namespace: existing.namespace?.metadata, nodes: nodes?.items });
    const placed = zoneFindings(settings, zones);
    const warnings = [...found, ...(nodes === undefined ? uncheckedNodes(settings) : []), ...placed.warnings];
    if (adoptsExisting()) {
        return { mistakes: [...volumes, ...brokers, ...ebpf, ...placed.mistakes], warnings };
    }
    // Reading the state takes long in a large stack, so it is only read if it decides.
    const hasNamespace = mayBeRemaining(own, settings, existing) ? await isInState(settings.namespace) : undefined;
    const { namespace, configurations } = existingMistakes(existing, settings, { ...own, hasNamespace });
    // The claims in a namespace of others are theirs.
    return {
        mistakes: [
            ...namespace,
            ...configurations,
            ...(namespace.length > 0 ? [] : volumes),
            ...brokers,
            ...ebpf,
            ...placed.mistakes,
        ],
        warnings,
    };
}

async function readZones(reader: ClusterReader, { zones, namespace }: Settings): Promise<ZoneFacts> {
    if (zones.count === undefined) {
        return { version: undefined, nodes: undefined, pods: undefined };
    }
    const [version, nodes, pods] = await Promise.all([
        reader.read<NonNullable<ZoneFacts["version"]>>(versionPath, "complete"),
        reader.read<{ items: V1Node[] }>(nodesPath, "complete"),
        reader.read<{ items: V1Pod[] }>(storePodsPath(namespace), "complete"),
    ]);
    return { version, nodes: nodes?.items, pods: pods?.items };
}

/** More brokers of Redpanda than nodes: they would share a node, and fail together, or not start. */
async function brokerMistakes(reader: ClusterReader, { components, redpanda }: Settings): Promise<string[]> {
    if (!components.redpanda || redpanda.replicas === 1) {
        return [];
    }
    const nodes = await reader.read<{ items: Pick<ExistingObject, "metadata">[] }>("/api/v1/nodes", "metadata");
    const count = nodes?.items.length ?? redpanda.replicas;
    return count >= redpanda.replicas
        ? []
        : [
              `redpanda.replicas is ${redpanda.replicas}, but the cluster has ${count === 1 ? "1 node" : `${count} nodes`}; each broker needs a node of its own. Set it to at most ${count}, or add nodes`,
          ];
}

/** The data that this stack and other stacks of the cluster would collect: sentences that begin with the key of a setting. */
export async function clusterWarnings(reader: ClusterReader, settings: Settings): Promise<string[]> {
    const { components, metrics, profiling, autoInstrumentation } = settings;
    const [collectors, workloads, instrumentations, stateMetrics, singletons, prometheuses] = await Promise.all([
        reader.read<{ items: Collector[] }>(collectorsPath, "metadata"),
        profiling.scrape || profiling.ebpf ? readWorkloads(reader) : {},
        autoInstrumentation.enabled ? reader.read<{ items: PodOwner[] }>(instrumentationsPath, "metadata") : undefined,
        components.kubeStateMetrics ? reader.read<{ items: Collector[] }>(stateMetricsPath, "metadata") : undefined,
        metrics.prometheusOperator ? reader.read<{ items: Collector[] }>(singletonsPath, "metadata") : undefined,
        metrics.prometheusOperator ? reader.read<{ items: Prometheus[] }>(prometheusesPath, "complete") : undefined,
    ]);
    return [
        ...collectionWarnings(collectors?.items ?? [], settings),
        ...profileWarnings(workloads, settings),
        ...uncheckedWorkloads(workloads, settings),
        ...instrumentationWarnings(instrumentations?.items, settings),
        ...stateMetricsWarnings(stateMetrics?.items ?? [], settings),
        ...monitorWarnings(singletons?.items ?? [], settings),
        ...prometheusWarnings(prometheuses?.items ?? []),
    ];
}

async function readWorkloads(reader: ClusterReader): Promise<Workloads> {
    const lists = await Promise.all(
        Object.entries(workloadPaths).map(async ([kind, path]) => {
            const list = await reader.read<{ items: PodOwner[] }>(path, "complete");
            return [kind, list?.items] as const;
        }),
    );
    return Object.fromEntries(lists);
}

/** Whether the Kubernetes provider makes existing objects part of the stack. `npm run up` sets this after a run that was killed. */
function adoptsExisting(): boolean {
    return /^(1|t|true)$/i.test(process.env["PULUMI_K8S_UPSERT_EXISTING_OBJECTS"] ?? "");
}

async function readExisting(reader: ClusterReader, settings: Settings, own: OwnStack): Promise<ExistingFacts> {
    const { namespace, dapr } = settings;
    const configurations = (dapr.enabled ? dapr.namespaces : []).map((application) =>
        reader.read<ExistingConfiguration>(
            `/apis/dapr.io/v1alpha1/namespaces/${application}/configurations/${dapr.configurationName}`,
            "complete",
        ),
    );
    const [found, owner, ...inApplications] = await Promise.all([
        reader.read<ExistingObject>(`/api/v1/namespaces/${namespace}`, "metadata"),
        reader.read<V1ConfigMap>(`/api/v1/namespaces/${namespace}/configmaps/${ownerConfigMapName}`, "complete"),
        ...configurations,
    ]);
    const facts = {
        namespace: found && { kind: "Namespace", metadata: found.metadata },
        owner: owner?.data?.["stack"],
        configurations: inApplications.filter((configuration) => configuration !== undefined),
    };
    const objects = ownsNamespace(own, settings, facts) ? [] : await readObjects(reader, settings);
    return { ...facts, objects };
}

/** Reads the objects whose names the stack uses. */
async function readObjects(reader: ClusterReader, settings: Settings): Promise<ExistingObject[]> {
    const names = objectNames(settings);
    const lists = await Promise.all(
        Object.entries(resourcePaths(settings.namespace)).map(async ([kind, path]) => {
            const list = await reader.read<{ items: Pick<ExistingObject, "metadata">[] }>(path, "metadata");
            return (list?.items ?? [])
                .filter(({ metadata }) => names.includes(metadata.name ?? ""))
                .map(({ metadata }) => ({ kind, metadata }));
        }),
    );
    return lists.flat();
}

async function volumeMistakes(reader: ClusterReader, settings: Settings, reported: string[]): Promise<string[]> {
    const path = `/api/v1/namespaces/${settings.namespace}/persistentvolumeclaims`;
    const claims = await reader.read<{ items: V1PersistentVolumeClaim[] }>(path, "complete");
    if (claims === undefined || claims.items.length === 0) {
        return [];
    }
    const sizes = claimSizes(settings);
    const withoutClasses = { claims: claims.items, classes: [] };
    if (sizeMistakes(sizes, withoutClasses, reported).length === 0) {
        return [];
    }
    const classes = await reader.read<{ items: V1StorageClass[] }>(
        "/apis/storage.k8s.io/v1/storageclasses",
        "complete",
    );
    return sizeMistakes(sizes, { claims: claims.items, classes: classes?.items }, reported);
}
