import type { V1ObjectMeta } from "@kubernetes/client-node";
import { type Collects, collectsAnnotation, collectsOf } from "../components/alloy/collect-from";
import { instrumentsOf } from "../components/auto-instrumentation/values";
import { contract } from "../components/contract";
import type { Settings } from "../settings/resolve";
import { autoInstrumentationArgs } from "./component-args";

/** A DaemonSet that collects logs, metrics or profiles or instruments processes, or a Deployment of kube-state-metrics. */
export interface Collector {
    metadata: V1ObjectMeta;
}

const releases = {
    logs: contract.alloyLogs.release,
    metrics: contract.alloyMetrics.release,
    profiles: contract.alloyProfiles.release,
    instrumentation: contract.autoInstrumentation.release,
};
type Role = keyof typeof releases;

/** The path in the API of the list of all collectors in the cluster. */
export const collectorsPath = `/apis/apps/v1/daemonsets?labelSelector=${encodeURIComponent(
    `app.kubernetes.io/instance in (${Object.values(releases).join(",")})`,
)}`;

/** The data that several stacks would collect: sentences that begin with the key of a setting. */
export function collectionWarnings(collectors: Collector[], settings: Settings): string[] {
    const { namespace, collectFrom, logs, profiling } = settings;
    const instrumentation = autoInstrumentationArgs(settings, { otlpHttpUrl: "" });
    const own: Partial<Record<Role, Collects>> = {
        logs: collectsOf(collectFrom, namespace, { excludeNamespaces: logs.excludeNamespaces, nodes: false }),
        metrics: collectsOf(collectFrom, namespace),
        ...(profiling.ebpf && { profiles: collectsOf(collectFrom, namespace, { nodes: false }) }),
        ...(instrumentation && { instrumentation: instrumentsOf(instrumentation) }),
    };
    const byNamespace = new Map<string, string[]>();
    const instrumented: string[] = [];
    for (const { metadata } of collectors) {
        const role = (Object.keys(releases) as Role[]).find((key) => releases[key] === metadata.name);
        const other = metadata.namespace ?? "";
        const collects = role && own[role];
        if (role === undefined || collects === undefined || other === namespace) {
            continue;
        }
        if (role === "instrumentation") {
            const shared = sharedNamespaces(collects, collectedBy(metadata, role));
            // A stack can instrument other namespaces than those of collectFrom.
            instrumented.push(
                ...(shared === undefined
                    ? []
                    : [
                          `autoInstrumentation.enabled is true, and the stack in namespace ${other} also instruments ${shared}, so that their requests exist twice. Set autoInstrumentation.namespaces in both stacks, so that each instruments its own namespaces`,
                      ]),
            );
        } else {
            const both = sharedBy(collects, collectedBy(metadata, role), role);
            byNamespace.set(other, [...(byNamespace.get(other) ?? []), ...both]);
        }
    }
    const collected = [...byNamespace]
        .filter(([, shared]) => shared.length > 0)
        .map(
            ([other, shared]) =>
                `collectFrom: this stack and the one in namespace ${other} both collect ${joined(shared)}. Set collectFrom in both stacks, so that each collects from its own namespaces and only one of them from the nodes`,
        );
    return [...collected, ...instrumented];
}

/** The path in the API of the list of all deployments of kube-state-metrics in the cluster. */
export const stateMetricsPath = `/apis/apps/v1/deployments?labelSelector=${encodeURIComponent(
    "app.kubernetes.io/name=kube-state-metrics",
)}`;

/** Another kube-state-metrics of the cluster, whose series would exist twice. With `collectFrom.namespaces`, both have different objects. */
export function stateMetricsWarnings(deployments: Collector[], { namespace, collectFrom }: Settings): string[] {
    const others = deployments.map(({ metadata }) => metadata.namespace).filter((other) => other !== namespace);
    return others.length === 0 || collectFrom.namespaces !== undefined
        ? []
        : [
              `components.kubeStateMetrics is true, but kube-state-metrics already runs in namespace ${[...new Set(others)].sort().join(", ")}. If both are scraped, each series exists twice. Set components.kubeStateMetrics to false, or remove the other one`,
          ];
}

/** The path in the API of the list of all Deployments of lgtm-alloy-singleton in the cluster. */
export const singletonsPath = `/apis/apps/v1/deployments?labelSelector=${encodeURIComponent(
    `app.kubernetes.io/instance=${contract.alloySingleton.release}`,
)}`;

/** Another stack of the cluster that scrapes the targets of the same monitors. */
export function monitorWarnings(singletons: Collector[], { namespace, collectFrom }: Settings): string[] {
    const own = collectsOf(collectFrom, namespace, { nodes: false });
    return singletons.flatMap(({ metadata }) => {
        const other = metadata.namespace ?? "";
        // Only an Alloy that scrapes monitors has the annotation.
        const shared =
            other === namespace || metadata.annotations?.[collectsAnnotation] === undefined
                ? undefined
                : sharedNamespaces(own, collectedBy(metadata, "logs"));
        return shared === undefined
            ? []
            : [
                  `metrics.prometheusOperator is true, and so it is in the stack in namespace ${other}, so that both scrape the monitored targets of ${shared}. Set collectFrom in both stacks, so that each collects from its own namespaces`,
              ];
    });
}

/** The path in the API of the list of all Prometheus objects in the cluster. */
export const prometheusesPath = "/apis/monitoring.coreos.com/v1/prometheuses";

/** A Prometheus of the operator. */
export interface Prometheus {
    metadata: V1ObjectMeta;
    spec?: { remoteWrite?: { url?: string }[] };
}

/** A Prometheus that scrapes the same monitors and may write to this stack. */
export function prometheusWarnings(prometheuses: Prometheus[]): string[] {
    return prometheuses
        .filter(({ spec }) => (spec?.remoteWrite ?? []).length > 0)
        .map(
            ({ metadata: { namespace, name }, spec }) =>
                `metrics.prometheusOperator is true, and the Prometheus ${namespace}/${name} also scrapes ServiceMonitors and writes to ${(spec?.remoteWrite ?? []).map(({ url }) => url).join(", ")}. If this is the store of the stack, each series exists twice. Remove its remoteWrite, or set metrics.prometheusOperator to false`,
        );
}

/** A DaemonSet without the annotation collects everything. */
function collectedBy({ annotations }: V1ObjectMeta, role: Role): Collects {
    const everything = { excludeNamespaces: [], nodes: role === "metrics" };
    try {
        return { ...everything, ...(JSON.parse(annotations?.[collectsAnnotation] ?? "{}") as Partial<Collects>) };
    } catch {
        return everything;
    }
}

const titles: Record<Exclude<Role, "instrumentation">, string> = {
    logs: "logs",
    metrics: "metrics",
    profiles: "eBPF profiles",
};

function sharedBy(own: Collects, other: Collects, role: keyof typeof titles): string[] {
    const of = sharedNamespaces(own, other);
    return [
        ...(of === undefined ? [] : [`the ${titles[role]} of ${of}`]),
        ...(own.nodes && other.nodes ? ["the metrics of the nodes"] : []),
    ];
}

/** The namespaces that both collect from, for a sentence. Undefined if there are none. */
function sharedNamespaces(own: Collects, other: Collects): string | undefined {
    const excluded = [...own.excludeNamespaces, ...other.excludeNamespaces];
    if (own.namespaces === undefined && other.namespaces === undefined) {
        const except = [...new Set(excluded)].sort().join(", ");
        return except === "" ? "all pods" : `all pods except those in ${except}`;
    }
    const candidates = own.namespaces ?? other.namespaces ?? [];
    const shared = candidates.filter(
        (name) =>
            !excluded.includes(name) && (own.namespaces === undefined || (other.namespaces?.includes(name) ?? true)),
    );
    return shared.length === 0 ? undefined : `the pods in ${shared.join(", ")}`;
}

function joined(parts: string[]): string {
    return parts.length === 1 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
