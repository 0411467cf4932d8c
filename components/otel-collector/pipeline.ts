import type { CollectorComponentsArgs, CollectorPipelineArgs } from "./args";
import { contract } from "../contract";

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
        ...forwardedElsewhere(components),
        ...undecided(components),
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
        ...orderMistakes(
            lists.processors,
            (lists.receivers ?? []).some((name) => !(name in components.connectors)),
        ).map((mistake) => `${place}.processors ${mistake}`),
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

function orderMistakes(processors: string[], takesFromOutside: boolean): string[] {
    const types = processors.map((name) => normal(typeOf(name)));
    return [
        ...(types[0] === "memory_limiter" || !takesFromOutside
            ? []
            : ["must begin with memory_limiter, which has to refuse before memory is spent"]),
        ...processors.flatMap((name, index) => {
            const earlier = processors.slice(0, index).find((other) => mustPrecede(types[index] ?? "", other));
            return earlier === undefined ? [] : [`has "${name}" after "${earlier}"; it must come before`];
        }),
    ];
}

function mustPrecede(type: string, later: string): boolean {
    const waits = ["batch", "tail_sampling", "groupbytrace"].includes(normal(typeOf(later)));
    return (
        // Kubernetes knows a sender by his connection, which is forgotten once spans wait or are put together.
        (type === "k8s_attributes" && (waits || later === "resource")) ||
        // What is in a batch can no longer be refused, and traces are decided about one by one.
        (["memory_limiter", "tail_sampling"].includes(type) && typeOf(later) === "batch")
    );
}

function unused(components: CollectorComponents): string[] {
    const pipelines = Object.values(components.pipelines);
    return (["receivers", "processors", "exporters", "connectors"] as const).flatMap((kind) => {
        const used = new Set(
            pipelines.flatMap(({ receivers = [], processors = [], exporters = [] }) =>
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
        const ends = Object.values(pipelines).some(({ exporters = [] }) => exporters.includes(name));
        const begins = Object.values(pipelines).some(({ receivers = [] }) => receivers.includes(name));
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
                    .filter((next) => pipelines[next]?.receivers?.includes(name))
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

// Types of which an address is one that they listen on, without underscores; others call there.
const listeners: Record<string, string[]> = {
    receivers:
        `otlp zipkin jaeger opencensus syslog tcplog udplog statsd carbon collectd fluentforward influxdb loki skywalking
        signalfx splunkhec sapm wavefront webhookevent awsfirehose awsxray datadog prometheusremotewrite netflow pprof`.split(
            /\s+/,
        ),
    extensions: ["healthcheck", "healthcheckv2", "pprof", "zpages", "jaegerremotesampling", "httpforwarder"],
    exporters: ["prometheus"],
};

function sharedPorts(components: CollectorComponents): string[] {
    const listening = (["receivers", "extensions", "exporters"] as const).flatMap((kind) =>
        Object.entries(components[kind])
            .filter(([id]) => listeners[kind]?.includes(typeOf(id).replace(/_/g, "")))
            .flatMap(([id, config]) => leaves(config, `${kind}.${id}`))
            .flatMap(({ path, value }) => {
                const port = /\.(endpoint|listen_address)$/.test(path) && /:(\d+)$/.exec(String(value))?.[1];
                return port ? [{ place: path, port: isUdp(path) ? `${port}/udp` : port }] : [];
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

function isUdp(path: string): boolean {
    return /\.(thrift_(compact|binary)|udp)\.|^receivers\.(statsd|udp_?log|awsxray|netflow|collectd)\b/.test(path);
}

// A forward connector changes nothing, the signal included.
function forwardedElsewhere({ connectors, pipelines }: CollectorComponents): string[] {
    return Object.keys(connectors)
        .filter((name) => typeOf(name) === "forward")
        .flatMap((name) => {
            const at = (list: "receivers" | "exporters") =>
                Object.keys(pipelines).filter((id) => pipelines[id]?.[list]?.includes(name));
            return at("exporters").flatMap((from) =>
                at("receivers")
                    .filter((to) => typeOf(to) !== typeOf(from))
                    .map(
                        (to) => `connectors.${name} leads from pipelines.${from} to pipelines.${to}, of another signal`,
                    ),
            );
        });
}

/** Pipelines that send on what tail sampling has yet to decide about, to where it sends what it keeps. */
function undecided({ connectors, pipelines }: CollectorComponents): string[] {
    const samples = ({ processors = [] }: CollectorPipelineArgs) =>
        processors.some((name) => normal(typeOf(name)) === "tail_sampling");
    const kept = Object.values(pipelines)
        .filter(samples)
        .flatMap(({ exporters = [] }) => exporters);
    return Object.entries(pipelines)
        .filter(([id, pipeline]) => typeOf(id) === "traces" && !samples(pipeline))
        .flatMap(([id, { exporters = [] }]) =>
            exporters
                .filter((name) => kept.includes(name) && !(name in connectors))
                .map((name) => `pipelines.${id} sends every trace to ${name}, beside those that tail sampling keeps`),
        );
}

function incompleteTailSampling({ processors }: CollectorComponents): string[] {
    return Object.entries(processors)
        .filter(([id]) => normal(typeOf(id)) === "tail_sampling")
        .flatMap(([id, config]: [string, { decision_wait?: unknown; policies?: unknown[] } | null]) => [
            ...(/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(String(config?.decision_wait))
                ? []
                : [
                      `processors.${id}.decision_wait is ${JSON.stringify(config?.decision_wait) ?? "missing"}; it says how long spans of a trace are waited for, such as 10s`,
                  ]),
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
