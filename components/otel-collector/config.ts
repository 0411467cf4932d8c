import { contract } from "../contract";
import { type HelmValues, mergeValues } from "../helm/values";
import type { OtelCollectorArgs } from "./args";
import { baseComponents } from "./base";
import { invalidData } from "./filters";
import { headSampling } from "./head-sampling";
import { withExternalIngestion } from "./ingestion";
import { jaegerReceiver } from "./jaeger";
import type { CollectorComponents } from "./pipeline";
import { tailSampling } from "./tail-sampling";

/** All components and pipelines of the collector: its own, with `args.components` merged on top. */
export function collectorComponents(args: OtelCollectorArgs): CollectorComponents {
    const merged = mergeValues(baseComponents(args), traces(args), args.jaeger ? jaegerReceiver : {}, args.components);
    const withoutNulls = (map: object) => Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
    const components = Object.fromEntries(
        Object.entries(merged).map(([kind, map]) => [kind, withoutNulls(map as object)]),
    ) as unknown as CollectorComponents;
    return withExternalIngestion(withoutUnusedProcessors(components), args);
}

/** A component that no pipeline uses is refused. Pipelines of the caller that replace those of the stack need not use the processors for invalid data. */
function withoutUnusedProcessors(components: CollectorComponents): CollectorComponents {
    const used = new Set(Object.values(components.pipelines).flatMap(({ processors = [] }) => processors));
    const kept = Object.entries(components.processors).filter(([name]) => used.has(name) || !(name in invalidData));
    return { ...components, processors: Object.fromEntries(kept) };
}

function traces(args: OtelCollectorArgs): HelmValues {
    const receivers = ["zipkin", "otlp", ...(args.jaeger ? ["jaeger"] : [])];
    return args.tailSampling === undefined
        ? headSampling(args, receivers)
        : tailSampling(args, args.tailSampling, receivers);
}

/** The configuration file of the collector. */
export function collectorConfig({ pipelines, ...components }: CollectorComponents): HelmValues {
    const prometheus = { host: "", port: contract.otelCollector.ports.metrics };
    return {
        ...components,
        service: {
            extensions: Object.keys(components.extensions),
            telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus } } }] } },
            pipelines,
        },
    };
}
