import { type Collects, collectsAnnotation, collectsOf } from "../alloy/collect-from";
import { contract } from "../contract";
import { type ChartPin, pins } from "../helm/pins";
import { pullSecrets } from "../helm/chart";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { type AutoInstrumentationArgs, InstrumentationKind } from "./args";
import { instrumentationConfig, metricsPort } from "./config";

/** The chart of a program. */
export function instrumentationPin(kind: InstrumentationKind = InstrumentationKind.Beyla): ChartPin {
    return kind === InstrumentationKind.Beyla ? pins.beyla : pins.openTelemetryEbpf;
}

/** Helm values of the auto-instrumentation. Both charts have the same keys, except those of the images. */
export function autoInstrumentationValues(args: AutoInstrumentationArgs): HelmValues {
    const { kind = InstrumentationKind.Beyla, contextPropagation = false } = args;
    const { release } = contract.autoInstrumentation;
    return mergeValues(
        packagedValues("auto-instrumentation", args.profile ?? "dev"),
        images(kind, args),
        {
            // Both charts create objects with the same names and labels, so that another kind changes them in place.
            nameOverride: release,
            podAnnotations: {
                "prometheus.io/scrape": "true",
                "prometheus.io/port": String(metricsPort),
                "prometheus.io/job": release,
            },
            annotations: { [collectsAnnotation]: JSON.stringify(instrumentsOf(args)) },
            priorityClassName: args.nodePriorityClassName,
            contextPropagation: { enabled: contextPropagation },
            securityContext: contextPropagation
                ? { capabilities: { add: [...capabilities, "NET_ADMIN"] } }
                : { capabilities: { add: capabilities } },
            config: { data: configData(kind, instrumentationConfig(args)) },
        },
        args.values,
    );
}

/** Which namespaces are instrumented, for other stacks of the cluster. The own namespace never is. */
export function instrumentsOf({ namespace, namespaces, excludeNamespaces = [] }: AutoInstrumentationArgs): Collects {
    const collects = collectsOf({ excludeNamespaces: [namespace, ...excludeNamespaces] }, namespace, { nodes: false });
    return namespaces === undefined ? collects : { ...collects, namespaces: [...namespaces].sort() };
}

/** The capabilities that the documentation of both programs lists for applications. */
const capabilities = ["BPF", "CHECKPOINT_RESTORE", "DAC_READ_SEARCH", "NET_RAW", "PERFMON", "SYS_ADMIN", "SYS_PTRACE"];

/** Only the chart of Beyla has global values, and only the other one evaluates the configuration as a template. */
function images(kind: InstrumentationKind, args: AutoInstrumentationArgs): HelmValues {
    const registry = args.imageRegistry;
    return kind === InstrumentationKind.Beyla
        ? { global: { image: { registry, pullSecrets: pullSecrets(args) } } }
        : { image: { registry, pullSecrets: pullSecrets(args) } };
}

function configData(kind: InstrumentationKind, config: HelmValues): HelmValues {
    return kind === InstrumentationKind.Beyla
        ? config
        : (JSON.parse(escapeTemplate(JSON.stringify(config))) as HelmValues);
}
