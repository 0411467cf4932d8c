import { contract } from "../contract";

/** A pipeline of the collector: names of components, each of which is defined once. */
export interface CollectorPipelineArgs {
    receivers: string[];
    /** In this order. */
    processors?: string[];
    exporters: string[];
}

/**
 * Components of the collector by their names, which are `TYPE` or `TYPE/NAME`, and the pipelines between them. Laid over what
 * the collector has: maps merge, lists replace, null takes a component or a pipeline away.
 */
export interface CollectorComponentsArgs {
    receivers?: { [id: string]: any };
    processors?: { [id: string]: any };
    exporters?: { [id: string]: any };
    connectors?: { [id: string]: any };
    extensions?: { [id: string]: any };
    /** By `SIGNAL` or `SIGNAL/NAME`, the signal being traces, metrics or logs. */
    pipelines?: { [id: string]: CollectorPipelineArgs };
}

/** The same with every kind of component there. */
export type CollectorComponents = Required<CollectorComponentsArgs>;

type Kind = "receivers" | "processors" | "exporters";

const signals = ["traces", "metrics", "logs"];

// What a type of component can carry, where that is not every signal. Types that are not here are taken on trust.
const carries: Record<string, string[]> = {
    "receivers zipkin": ["traces"],
    "receivers jaeger": ["traces"],
    "receivers prometheus": ["metrics"],
    "processors tail_sampling": ["traces"],
    "processors groupbytrace": ["traces"],
    "processors span": ["traces"],
    "processors probabilistic_sampler": ["traces", "logs"],
    "processors cumulative_to_delta": ["metrics"],
    "processors delta_to_cumulative": ["metrics"],
    "processors delta_to_rate": ["metrics"],
    "processors interval": ["metrics"],
    "processors metrics_transform": ["metrics"],
    "exporters zipkin": ["traces"],
    "exporters prometheus": ["metrics"],
    "exporters prometheus_remote_write": ["metrics"],
    // A connector ends a pipeline of one signal and begins one of another.
    "exporters span_metrics": ["traces"],
    "receivers span_metrics": ["metrics"],
    "exporters service_graph": ["traces"],
    "receivers service_graph": ["metrics"],
    "receivers count": ["metrics"],
};

/** Everything that is wrong with components and pipelines, in sentences that begin with the place. */
export function pipelineMistakes(components: CollectorComponents): string[] {
    return [
        ...Object.entries(components.pipelines).flatMap(([id, pipeline]) => mistakesIn(components, id, pipeline)),
        ...unused(components),
        ...oneSidedConnectors(components),
        ...circles(components),
        ...missingExtensions(components),
        ...sharedPorts(components),
        ...incompleteTailSampling(components),
    ];
}

function mistakesIn(components: CollectorComponents, id: string, pipeline: CollectorPipelineArgs): string[] {
    const place = `pipelines.${id}`;
    const signal = typeOf(id);
    if (!signals.includes(signal)) {
        return [`${place} is for "${signal}"; the signals are ${signals.join(", ")}`];
    }
    const lists = {
        receivers: pipeline.receivers,
        processors: pipeline.processors ?? [],
        exporters: pipeline.exporters,
    };
    return [
        ...(["receivers", "exporters"] as const)
            .filter((kind) => (lists[kind] ?? []).length === 0)
            .map((kind) => `${place}.${kind} is empty; a pipeline begins with a receiver and ends with an exporter`),
        ...(["receivers", "processors", "exporters"] as const).flatMap((kind) =>
            (lists[kind] ?? []).flatMap((name, index) =>
                referenceMistakes(components, kind, signal, name).map(
                    (mistake) => `${place}.${kind}[${index}] names "${name}", ${mistake}`,
                ),
            ),
        ),
        ...orderMistakes(lists.processors).map((mistake) => `${place}.processors ${mistake}`),
    ];
}

function referenceMistakes(components: CollectorComponents, kind: Kind, signal: string, name: string): string[] {
    const connectors = kind === "processors" ? {} : components.connectors;
    if (!(name in components[kind]) && !(name in connectors)) {
        const known = [...Object.keys(components[kind]), ...Object.keys(connectors)];
        return [`which is not defined; there are ${known.join(", ")}`];
    }
    const carried = carries[`${kind} ${normal(typeOf(name))}`] ?? signals;
    return carried.includes(signal) ? [] : [`which carries ${carried.join(" and ")}, not ${signal}`];
}

function orderMistakes(processors: string[]): string[] {
    const types = processors.map((name) => normal(typeOf(name)));
    return [
        ...(types[0] === "memory_limiter"
            ? []
            : ["must begin with memory_limiter, which has to refuse before memory is spent"]),
        ...processors.flatMap((name, index) => {
            const earlier = types.slice(0, index).findIndex((type) => mustPrecede(types[index] ?? "", type));
            return earlier === -1 ? [] : [`has "${name}" after "${processors[earlier]}"; it must come before`];
        }),
    ];
}

function mustPrecede(type: string, later: string): boolean {
    // Kubernetes knows a sender by his connection, which is forgotten once spans wait or are put together.
    return later === "batch" || (type === "k8s_attributes" && ["tail_sampling", "groupbytrace"].includes(later));
}

function unused(components: CollectorComponents): string[] {
    const pipelines = Object.values(components.pipelines);
    return (["receivers", "processors", "exporters", "connectors"] as const).flatMap((kind) => {
        const used = new Set(
            pipelines.flatMap(({ receivers, processors = [], exporters }) =>
                kind === "connectors" ? [...receivers, ...exporters] : { receivers, processors, exporters }[kind],
            ),
        );
        return Object.keys(components[kind])
            .filter((name) => !used.has(name))
            .map((name) => `${kind}.${name} is in no pipeline; the collector would start it for nothing`);
    });
}

function oneSidedConnectors({ connectors, pipelines }: CollectorComponents): string[] {
    return Object.keys(connectors).flatMap((name) => {
        const ends = Object.values(pipelines).some(({ exporters }) => exporters.includes(name));
        const begins = Object.values(pipelines).some(({ receivers }) => receivers.includes(name));
        return ends === begins
            ? []
            : [`connectors.${name} ${ends ? "begins" : "ends"} no pipeline; a connector ends one and begins another`];
    });
}

// Queues and credentials name the extension that keeps them.
function missingExtensions(components: CollectorComponents): string[] {
    return (["receivers", "processors", "exporters"] as const).flatMap((kind) =>
        leaves(components[kind], kind)
            .filter(({ path, value }) => /\.(storage|authenticator)$/.test(path) && typeof value === "string")
            .filter(({ value }) => !(String(value) in components.extensions))
            .map(({ path, value }) => `${path} names "${String(value)}", which is not defined under extensions`),
    );
}

function circles({ connectors, pipelines }: CollectorComponents): string[] {
    const behind = (id: string): [string, string][] =>
        (pipelines[id]?.exporters ?? [])
            .filter((name) => name in connectors)
            .flatMap((name) =>
                Object.keys(pipelines)
                    .filter((next) => pipelines[next]?.receivers.includes(name))
                    .map((next): [string, string] => [next, name]),
            );
    return Object.keys(pipelines).flatMap((start) => {
        const reached = new Map(behind(start));
        // A Map takes in what is added while it is walked.
        for (const [id] of reached) {
            behind(id).forEach(([next, name]) => reached.has(next) || reached.set(next, name));
        }
        const through = reached.get(start);
        return through === undefined ? [] : [`pipelines.${start} leads back to itself through ${through}`];
    });
}

function sharedPorts(components: CollectorComponents): string[] {
    const listeners: [Kind | "extensions", (type: string) => boolean][] = [
        ["receivers", () => true],
        ["extensions", () => true],
        ["exporters", (type) => type === "prometheus"],
    ];
    const listening = listeners.flatMap(([kind, listens]) =>
        Object.entries(components[kind])
            .filter(([id]) => listens(typeOf(id)))
            .flatMap(([id, config]) => leaves(config, `${kind}.${id}`))
            .flatMap(({ path, value }) => {
                const port = /\.endpoint$/.test(path) && /:(\d+)$/.exec(String(value))?.[1];
                // The compact and binary protocols of Jaeger are UDP.
                return port ? [{ place: path, port: /thrift_(compact|binary)/.test(path) ? `${port}/udp` : port }] : [];
            }),
    );
    const own = { place: "the collector's own metrics do", port: String(contract.otelCollector.ports.metrics) };
    return listening.flatMap(({ place, port }, index) => {
        const first = [own, ...listening.slice(0, index)].find((other) => other.port === port);
        return first === undefined
            ? []
            : [`${place} listens on port ${port}, as ${first === own ? own.place : `${first.place} does`}`];
    });
}

function incompleteTailSampling({ processors }: CollectorComponents): string[] {
    return Object.entries(processors)
        .filter(([id]) => normal(typeOf(id)) === "tail_sampling")
        .flatMap(([id, config]: [string, { decision_wait?: unknown; policies?: unknown[] } | null]) => [
            ...(config?.decision_wait === undefined
                ? [`processors.${id}.decision_wait is missing; it says how long spans of a trace are waited for`]
                : []),
            ...(config?.policies?.length ? [] : [`processors.${id}.policies is empty; nothing would be kept`]),
        ]);
}

function leaves(node: unknown, path: string): { path: string; value: unknown }[] {
    return typeof node === "object" && node !== null
        ? Object.entries(node).flatMap(([key, value]) => leaves(value, `${path}.${key}`))
        : [{ path, value: node }];
}

function typeOf(id: string): string {
    return id.split("/")[0] ?? id;
}

// Components have been renamed to snake case; the old names are aliases.
const renamed: Record<string, string> = {
    k8sattributes: "k8s_attributes",
    spanmetrics: "span_metrics",
    servicegraph: "service_graph",
    cumulativetodelta: "cumulative_to_delta",
    deltatocumulative: "delta_to_cumulative",
    deltatorate: "delta_to_rate",
    metricstransform: "metrics_transform",
    prometheusremotewrite: "prometheus_remote_write",
};

function normal(type: string): string {
    return renamed[type] ?? type;
}
