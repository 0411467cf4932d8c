import { InstrumentationKind } from "../components/auto-instrumentation/args";
import { instrumentationMistakes } from "../validation/auto-instrumentation";
import { kernelText } from "../validation/kernels";
import { deployedComponents, hasBackend } from "./components";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Rules about what reads processes with eBPF. */
export const ebpfRules: Rule[] = [
    { reads: ["autoInstrumentation"], mistakes: unusedKeys },
    { reads: ["autoInstrumentation", "namespace"], conditions: ["namespace"], mistakes: namespaces },
    {
        reads: ["autoInstrumentation", "collectFrom", "namespace"],
        conditions: ["namespace"],
        mistakes: collectedNamespaces,
    },
    { reads: ["autoInstrumentation.enabled", "components", "external"], mistakes: withoutStore },
    { reads: ["profiling.ebpf", "components", "external"], mistakes: withoutPyroscope },
];

function wrong(path: string, message: string): Mistake {
    return { path: path.split("."), message, sentence: true };
}

function unusedKeys({ autoInstrumentation }: CheckedSettings): Mistake[] {
    const { enabled, kind, namespaces, excludeNamespaces, podLabels, contextPropagation } = autoInstrumentation;
    const given = {
        kind: kind !== InstrumentationKind.Beyla,
        namespaces: namespaces !== undefined,
        excludeNamespaces: excludeNamespaces.length > 0,
        podLabels: Object.keys(podLabels).length > 0,
        contextPropagation,
    };
    return Object.entries(given).flatMap(([key, isGiven]) =>
        isGiven && !enabled
            ? [wrong(`autoInstrumentation.${key}`, "has no effect without autoInstrumentation.enabled: true")]
            : [],
    );
}

function namespaces({ autoInstrumentation, namespace }: CheckedSettings): Mistake[] {
    return instrumentationMistakes(autoInstrumentation, namespace).map(({ key, message }) =>
        wrong(`autoInstrumentation.${key}`, message),
    );
}

/** Without namespaces of its own, the auto-instrumentation selects those of `collectFrom`. It always leaves out those that `collectFrom` excludes. */
function collectedNamespaces({ autoInstrumentation, collectFrom, namespace }: CheckedSettings): Mistake[] {
    const { enabled, namespaces, excludeNamespaces } = autoInstrumentation;
    const excluded = (namespaces ?? []).filter((name) => collectFrom.excludeNamespaces.includes(name));
    const others = (collectFrom.namespaces ?? []).filter((name) => name !== namespace);
    const noneLeft =
        namespaces === undefined &&
        collectFrom.namespaces !== undefined &&
        others.every((name) => excludeNamespaces.includes(name));
    const found = [
        ...(excluded.length > 0
            ? [
                  wrong(
                      "autoInstrumentation.namespaces",
                      `contains ${excluded.map((name) => JSON.stringify(name)).join(", ")}, which collectFrom.excludeNamespaces also contains; remove it from one of them`,
                  ),
              ]
            : []),
        ...(noneLeft
            ? [
                  wrong(
                      "autoInstrumentation.enabled",
                      others.length === 0
                          ? "is true, but collectFrom.namespaces has no namespace other than that of the stack; set autoInstrumentation.namespaces"
                          : "is true, but autoInstrumentation.excludeNamespaces excludes all namespaces in collectFrom.namespaces; set autoInstrumentation.namespaces",
                  ),
              ]
            : []),
    ];
    return enabled ? found : [];
}

function withoutStore(settings: CheckedSettings): Mistake[] {
    const { otelCollector } = deployedComponents(settings);
    const stores =
        settings.external.otlp.url !== undefined || hasBackend("tempo", settings) || hasBackend("mimir", settings);
    return !settings.autoInstrumentation.enabled || (otelCollector && stores)
        ? []
        : [
              wrong(
                  "autoInstrumentation.enabled",
                  otelCollector
                      ? "is true, but there is no store of traces or metrics; set it to false"
                      : "is true, but it sends its data to the collector, and components.otelCollector is false; set it to false",
              ),
          ];
}

function withoutPyroscope(settings: CheckedSettings): Mistake[] {
    return settings.profiling.ebpf && !hasBackend("pyroscope", settings)
        ? [wrong("profiling.ebpf", "is true, but there is no store of profiles; set it to false")]
        : [];
}

/** What the nodes must allow, and who can send data. Sentences that begin with the key of a setting. */
export function ebpfWarnings({
    autoInstrumentation: { enabled, contextPropagation },
    profiling,
    networkPolicies,
}: Pick<CheckedSettings, "autoInstrumentation" | "profiling" | "networkPolicies">): string[] {
    const found = [
        enabled &&
            `autoInstrumentation.enabled is true: its pods run as root with the capability SYS_ADMIN in the process namespace of each node, which needs ${kernelText("autoInstrumentation.enabled")}, with BTF (/sys/kernel/btf/vmlinux)`,
        profiling.ebpf &&
            `profiling.ebpf is true: its pods run as root with capabilities for eBPF in the process namespace of each node, which needs ${kernelText("profiling.ebpf")}`,
        enabled &&
            contextPropagation &&
            networkPolicies.enabled &&
            networkPolicies.nodeCidrs === undefined &&
            "networkPolicies.nodeCidrs is not set: autoInstrumentation.contextPropagation sends from the network of the nodes, so every address can connect to port 4318 of the collector",
    ];
    return found.filter((warning) => warning !== false);
}
