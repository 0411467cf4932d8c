import type { V1Node, V1PodTemplateSpec, V1ObjectMeta } from "@kubernetes/client-node";
import { pins } from "../components/helm/pins";
import { packagedValues } from "../components/helm/values";
import type { Settings } from "../settings/resolve";
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

/** The oldest kernel for each setting. The profiler needs the capability CHECKPOINT_RESTORE, which Linux 5.9 introduced. */
const oldestKernels = {
    "autoInstrumentation.enabled": { version: [5, 8], values: "autoInstrumentation", ofRedHat: true },
    "profiling.ebpf": { version: [5, 9], values: "alloyProfiles", ofRedHat: false },
} as const;

/** Reasons why the pods that use eBPF could not run. Sentences that begin with the key of a setting. */
export function ebpfMistakes(
    settings: Settings,
    { namespace, nodes = [] }: { namespace?: V1ObjectMeta | undefined; nodes?: V1Node[] | undefined },
): string[] {
    const used = ebpfSettings(settings) as (keyof typeof oldestKernels)[];
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
    return (ebpfSettings(settings) as (keyof typeof oldestKernels)[]).map(
        (setting) =>
            `${setting} is true, and the kernels of the nodes were not checked, because you have no permission to list nodes, or the cluster does not respond. eBPF needs Linux ${oldestKernels[setting].version.join(".")} or later`,
    );
}

function oldNodes(setting: keyof typeof oldestKernels, settings: Settings, nodes: V1Node[]): string[] {
    const { version, values, ofRedHat } = oldestKernels[setting];
    const selector = selectorOf(settings, values);
    const old = nodes.filter((node) => {
        const labels = node.metadata?.labels ?? {};
        const kernel = node.status?.nodeInfo?.kernelVersion ?? "";
        const isSelected = Object.entries(selector).every(([key, value]) => labels[key] === value);
        return isSelected && isOlder(kernel, version) && !(ofRedHat && /^4\.18\..*\.el\d/.test(kernel));
    });
    const names = old.map(({ metadata, status }) => `${metadata?.name} (Linux ${status?.nodeInfo?.kernelVersion})`);
    const shown = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
    return names.length === 0
        ? []
        : [
              `${setting} is true, but eBPF needs Linux ${version.join(".")} or later, which these nodes do not have: ${shown.join(", ")}. Update them, select other nodes in values.${values}, or set ${setting} to false`,
          ];
}

/** The labels of the nodes on which the DaemonSet runs. Both charts of the auto-instrumentation have them at the top. */
function selectorOf(settings: Settings, component: "autoInstrumentation" | "alloyProfiles"): Record<string, string> {
    const file = component === "alloyProfiles" ? "alloy-profiles" : "auto-instrumentation";
    const layers = [packagedValues(file, settings.profile), settings.values[component]];
    return Object.assign(
        {},
        ...layers.map((values) =>
            component === "alloyProfiles" ? values["controller"]?.nodeSelector : values["nodeSelector"],
        ),
    ) as Record<string, string>;
}

/** An unknown version is not old. */
function isOlder(kernel: string, [major, minor]: readonly [number, number]): boolean {
    const [, ownMajor, ownMinor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
    return (
        ownMajor !== undefined && (Number(ownMajor) < major || (Number(ownMajor) === major && Number(ownMinor) < minor))
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
