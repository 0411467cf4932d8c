import type { CollectorPipelineArgs } from "../args";
import { type CollectorComponents, currentTypeOf, leaves, typeOf } from "./components";
import { oneOfText } from "../../../validation/nearest";
import { processorOrderMistakes } from "./processor-order";
import { signals, supportedSignals } from "./signals";

const kinds = ["receivers", "processors", "exporters"] as const;
type Kind = (typeof kinds)[number];

/** Pipelines with an unknown signal, an empty list, an invalid component, or processors in the wrong order. */
export function invalidPipelines(components: CollectorComponents): string[] {
    return [
        ...Object.entries(components.pipelines).flatMap(([id, pipeline]) => mistakesIn(components, id, pipeline)),
        ...kinds.flatMap((kind) => undefinedInSeveral(components, kind)),
    ];
}

/** The pipelines that refer to an undefined component. */
function pipelinesWith({ pipelines }: CollectorComponents, kind: Kind, name: string): string[] {
    return Object.keys(pipelines).filter((id) => pipelines[id]?.[kind]?.includes(name));
}

/** One sentence for each undefined component of several pipelines, because it has a single cause. */
function undefinedInSeveral(components: CollectorComponents, kind: Kind): string[] {
    const names = new Set(Object.values(components.pipelines).flatMap((pipeline) => pipeline[kind] ?? []));
    return [...names]
        .filter((name) => !isDefined(components, kind, name))
        .map((name) => ({ name, users: pipelinesWith(components, kind, name) }))
        .filter(({ users }) => users.length > 1)
        .map(
            ({ name, users }) =>
                `pipelines ${users.join(", ")} contain the ${kind.slice(0, -1)} "${name}", which is not defined; it must be ${definedText(components, kind, name)}`,
        );
}

function connectorsOf({ connectors }: CollectorComponents, kind: Kind): object {
    return kind === "processors" ? {} : connectors;
}

function isDefined(components: CollectorComponents, kind: Kind, name: string): boolean {
    return name in components[kind] || name in connectorsOf(components, kind);
}

function definedText(components: CollectorComponents, kind: Kind, name: string): string {
    return oneOfText(name, [...Object.keys(components[kind]), ...Object.keys(connectorsOf(components, kind))]);
}

function mistakesIn(components: CollectorComponents, id: string, pipeline: CollectorPipelineArgs): string[] {
    const path = `pipelines.${id}`;
    const signal = typeOf(id);
    if (!signals.includes(signal)) {
        return [`${path} has the unknown signal "${signal}"; it must be ${oneOfText(signal, signals)}`];
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
    if (!isDefined(components, kind, name)) {
        return pipelinesWith(components, kind, name).length > 1
            ? []
            : [`which is not defined; it must be ${definedText(components, kind, name)}`];
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
            .map((name) => `${kind}.${name} is not used in any pipeline; add it to a pipeline, or set it to null`);
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
