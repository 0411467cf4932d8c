import type { V1Node, V1PodTemplateSpec, V1ObjectMeta } from "@kubernetes/client-node";
import { pins } from "../components/helm/pins";
import { type HelmValues, mergeValues, packagedValues } from "../components/helm/values";
import type { Settings } from "../settings/resolve";
import { type EbpfSetting, isTooOld, kernelText } from "../validation/kernels";
import { ebpfSettings, enforceLabel } from "./pod-security";

/** The path in the API of the list of all nodes. */
export const nodesPath = "/api/v1/nodes";

/** A workload with pods. */
export interface PodOwner {
    metadata: V1ObjectMeta;
    spec?: { template?: V1PodTemplateSpec };
}

/** The paths in the API of the lists of all workloads of the cluster, by kind. */
export const workloadPaths = {
    Deployment: "/apis/apps/v1/deployments",
    StatefulSet: "/apis/apps/v1/statefulsets",
    DaemonSet: "/apis/apps/v1/daemonsets",
};

/** Where the values of the DaemonSet of each setting are, and where the labels of its nodes are in these. */
const daemonSets = {
    "autoInstrumentation.enabled": { component: "autoInstrumentation", file: "auto-instrumentation", place: [] },
    "profiling.ebpf": { component: "alloyProfiles", file: "alloy-profiles", place: ["controller"] },
} as const;

/** The values of both DaemonSets select nodes with these architectures. */
const architectures = ["amd64", "arm64"];

/** Reasons why the pods that use eBPF could not run. Sentences that begin with the key of a setting. */
export function ebpfMistakes(
    settings: Settings,
    { namespace, nodes = [] }: { namespace?: V1ObjectMeta | undefined; nodes?: V1Node[] | undefined },
): string[] {
    const used = ebpfSettings(settings);
    const level = namespace?.labels?.[enforceLabel];
    const forbidden = !settings.createNamespace && (level === "baseline" || level === "restricted");
    return used.flatMap((setting) => [
        ...(forbidden
            ? [
                  `${setting} is true, but the namespace ${settings.namespace} enforces the Pod Security level "${level}", which forbids pods in the process namespace of the node. Set the label ${enforceLabel} of the namespace to "privileged", or set ${setting} to false`,
              ]
            : []),
        ...oldNodes(setting, settings, nodes),
    ]);
}

/** Which kernels nobody has checked, because the nodes could not be listed. Sentences that begin with the key of a setting. */
export function uncheckedNodes(settings: Settings): string[] {
    return ebpfSettings(settings).map(
        (setting) =>
            `${setting} is true, and the kernels of the nodes were not checked, because you have no permission to list nodes, or the cluster does not respond. eBPF needs ${kernelText(setting)}`,
    );
}

function oldNodes(setting: EbpfSetting, settings: Settings, nodes: V1Node[]): string[] {
    const { component, place } = daemonSets[setting];
    const selector = selectorOf(setting, settings);
    const old = nodes.filter(({ metadata, status }) => {
        const labels = metadata?.labels ?? {};
        const isSelected =
            selector.every(([key, value]) => labels[key] === value) &&
            architectures.includes(labels["kubernetes.io/arch"] ?? "amd64");
        return isSelected && isTooOld(status?.nodeInfo?.kernelVersion ?? "", setting);
    });
    const names = old.map(({ metadata, status }) => `${metadata?.name} (Linux ${status?.nodeInfo?.kernelVersion})`);
    const shown = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
    const key = ["values", component, ...place, "nodeSelector"].join(".");
    return names.length === 0
        ? []
        : [
              `${setting} is true, but eBPF needs ${kernelText(setting)}, which these nodes do not have: ${shown.join(", ")}. Update them, select other nodes with ${key}, or set ${setting} to false`,
          ];
}

/** The labels of the nodes on which the DaemonSet runs. null removes a label of the packaged values. */
function selectorOf(setting: EbpfSetting, settings: Settings): [string, string][] {
    const { component, file, place } = daemonSets[setting];
    const values = mergeValues(packagedValues(file, settings.profile), settings.values[component]);
    const { nodeSelector } = place.reduce<HelmValues>((map, key) => map[key] ?? {}, values);
    return Object.entries((nodeSelector ?? {}) as Record<string, string | null>).filter(
        (entry): entry is [string, string] => entry[1] !== null,
    );
}

const scrapeAnnotation = "profiles.grafana.com/cpu.scrape";
const ebpfAnnotation = "observability.mathtrail/ebpf-profiles";
/** The SDKs of Pyroscope read these environment variables. */
const sdkVariable = /^PYROSCOPE_(SERVER_ADDRESS|APPLICATION_NAME)$/;

/** The path in the API of the list of all DaemonSets of other releases of Beyla and OpenTelemetry eBPF Instrumentation. Those of stacks have another name. */
export const instrumentationsPath = `/apis/apps/v1/daemonsets?labelSelector=${encodeURIComponent(
    `app.kubernetes.io/name in (${[pins.beyla, pins.openTelemetryEbpf].map(({ name }) => name).join(",")})`,
)}`;

/**
 * Another program of the cluster that instruments processes with eBPF. A sentence that begins with the key of the setting.
 *
 * @param daemonSets undefined if the user may not read them.
 */
export function instrumentationWarnings(daemonSets: PodOwner[] | undefined, settings: Settings): string[] {
    if (!settings.autoInstrumentation.enabled) {
        return [];
    }
    if (daemonSets === undefined) {
        return [
            "autoInstrumentation.enabled is true, and the DaemonSets of the cluster were not searched for another Beyla or OpenTelemetry eBPF Instrumentation, because you have no permission to list them in all namespaces, or the cluster does not respond. Two of them count each request twice",
        ];
    }
    return daemonSets.map(
        ({ metadata: { namespace, name } }) =>
            `autoInstrumentation.enabled is true, and DaemonSet ${namespace}/${name} can also instrument processes with eBPF. The requests of a process that both instrument exist twice. Remove it, or select different namespaces in both, here with autoInstrumentation.namespaces`,
    );
}

/** The workloads of the cluster, by kind. A list is undefined if the user may not read it. */
export type Workloads = Record<string, PodOwner[] | undefined>;

/** Which workloads nobody has searched for Pyroscope SDKs, because they could not be listed. A sentence that begins with the key of the setting. */
export function uncheckedWorkloads(workloads: Workloads, { profiling }: Settings): string[] {
    const kinds = Object.keys(workloads).filter((kind) => workloads[kind] === undefined);
    return profiling.ebpf && kinds.length > 0
        ? [
              `profiling.ebpf is true, and the workloads of the cluster were not searched for Pyroscope SDKs (${kinds.join(", ")}), because you have no permission to list them in all namespaces, or the cluster does not respond. The CPU profiles of a workload with an SDK exist twice, unless its pods have the annotation ${ebpfAnnotation}: "false"`,
          ]
        : [];
}

/** Workloads whose CPU profiles would exist twice: from a Pyroscope SDK, and scraped or profiled with eBPF. */
export function profileWarnings(workloads: Workloads, settings: Settings): string[] {
    const { namespaces, excludeNamespaces } = settings.collectFrom;
    const { scrape, ebpf } = settings.profiling;
    const isCollected = (name = "") =>
        name === settings.namespace || ((namespaces?.includes(name) ?? true) && !excludeNamespaces.includes(name));
    return Object.entries(workloads).flatMap(([kind, list]) =>
        (list ?? [])
            .filter(({ metadata }) => isCollected(metadata.namespace))
            .flatMap(({ metadata, spec }) => {
                const annotations = spec?.template?.metadata?.annotations ?? {};
                const containers = spec?.template?.spec?.containers ?? [];
                const hasSdk = containers.some(({ env = [] }) => env.some(({ name }) => sdkVariable.test(name)));
                const isScraped = scrape && annotations[scrapeAnnotation] === "true";
                const name = `${kind} ${metadata.namespace}/${metadata.name}`;
                if (!hasSdk) {
                    return [];
                }
                return isScraped
                    ? [
                          `profiling.scrape is true, and ${name} has both a Pyroscope SDK and the annotation ${scrapeAnnotation}: its CPU profiles exist twice. Remove the annotation, or the SDK`,
                      ]
                    : ebpf && annotations[ebpfAnnotation] !== "false"
                      ? [
                            `profiling.ebpf is true, and ${name} has a Pyroscope SDK: its CPU profiles exist twice. Add the annotation ${ebpfAnnotation}: "false" to its pods`,
                        ]
                      : [];
            }),
    );
}
