import type { CollectorPipelineArgs } from "../args";
import { type CollectorComponents, currentTypeOf, leaves, typeOf } from "./components";
import { processorOrderMistakes } from "./processor-order";
import { signals, supportedSignals } from "./signals";

const kinds = ["receivers", "processors", "exporters"] as const;
type Kind = (typeof kinds)[number];

/** Pipelines with an unknown signal, an empty list, an invalid component, or processors in the wrong order. */
export function invalidPipelines(components: CollectorComponents): string[] {
    return Object.entries(components.pipelines).flatMap(([id, pipeline]) => mistakesIn(components, id, pipeline));
}

function mistakesIn(components: CollectorComponents, id: string, pipeline: CollectorPipelineArgs): string[] {
    const path = `pipelines.${id}`;
    const signal = typeOf(id);
    if (!signals.includes(signal)) {
        return [`${path} has the unknown signal "${signal}"; it must be one of ${signals.join(", ")}`];
    }
    // The types require these lists, but settings and plain JavaScript may omit them.
    const { receivers = [], processors = [], exporters = [] } = pipeline;
    const names = { receivers, processors, exporters };
    return [
        ...(["receivers", "exporters"] as const)
            .filter((kind) => names[kind].length === 0)
            .map((kind) => `${path}.${kind} is empty; a pipeline needs at least one receiver and one exporter`),
        ...kinds.flatMap((kind) =>
            names[kind].flatMap((name, index) =>
                referenceMistakes(components, kind, signal, name).map(
                    (mistake) => `${path}.${kind}[${index}] is "${name}", ${mistake}`,
                ),
            ),
        ),
        ...processorOrderMistakes(
            processors,
            receivers.some((name) => !(name in components.connectors)),
        ).map((mistake) => `${path}.processors ${mistake}`),
    ];
}

function referenceMistakes(components: CollectorComponents, kind: Kind, signal: string, name: string): string[] {
    const connectors = kind === "processors" ? {} : components.connectors;
    if (!(name in components[kind]) && !(name in connectors)) {
        const defined = [...Object.keys(components[kind]), ...Object.keys(connectors)];
        return [`which is not defined; it must be one of ${defined.join(", ")}`];
    }
    const supported = supportedSignals(kind, currentTypeOf(name));
    return supported.includes(signal) ? [] : [`which supports ${supported.join(" and ")}, not ${signal}`];
}

/** Components that no pipeline uses. */
export function unusedComponents(components: CollectorComponents): string[] {
    const pipelines = Object.values(components.pipelines);
    return ([...kinds, "connectors"] as const).flatMap((kind) => {
        const used = new Set(
            pipelines.flatMap(({ receivers = [], processors = [], exporters = [] }) =>
                kind === "connectors" ? [...receivers, ...exporters] : { receivers, processors, exporters }[kind],
            ),
        );
        return Object.keys(components[kind])
            .filter((name) => !used.has(name))
            .map((name) => `${kind}.${name} is not used in any pipeline`);
    });
}

/** Storage and authentication extensions that components refer to, and that are not defined. */
export function missingExtensions(components: CollectorComponents): string[] {
    return kinds.flatMap((kind) =>
        leaves(components[kind], kind)
            .filter(({ path, value }) => /\.(storage|authenticator)$/.test(path) && typeof value === "string")
            .filter(({ value }) => !(String(value) in components.extensions))
            .map(({ path, value }) => `${path} is "${String(value)}", which is not defined in extensions`),
    );
}
