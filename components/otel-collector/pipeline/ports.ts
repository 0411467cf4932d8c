import { contract } from "../../contract";
import { type CollectorComponents, leaves, typeOf } from "./components";

// Types that listen on their endpoint, without underscores. For other types, the endpoint is an address to connect to.
const listeners: Record<string, string[]> = {
    receivers:
        `otlp zipkin jaeger opencensus syslog tcplog udplog statsd carbon collectd fluentforward influxdb loki skywalking
        signalfx splunkhec sapm wavefront webhookevent awsfirehose awsxray datadog prometheusremotewrite netflow pprof`.split(
            /\s+/,
        ),
    extensions: ["healthcheck", "healthcheckv2", "pprof", "zpages", "jaegerremotesampling", "httpforwarder"],
    exporters: ["prometheus"],
};

/** A port on which a component listens. */
interface ListeningPort {
    /** Path of the key with the address. */
    path: string;
    port: number;
    protocol: "TCP" | "UDP";
}

/** The ports of the components of a kind. */
export function listeningPorts(
    components: CollectorComponents,
    kind: "receivers" | "extensions" | "exporters",
): ListeningPort[] {
    return Object.entries(components[kind])
        .filter(([id]) => listeners[kind]?.includes(typeOf(id).replace(/_/g, "")))
        .flatMap(([id, config]) => leaves(config, `${kind}.${id}`))
        .flatMap(({ path, value }): ListeningPort[] => {
            const port = /\.(endpoint|listen_address)$/.test(path) && /:(\d+)$/.exec(String(value))?.[1];
            return port ? [{ path, port: Number(port), protocol: isUdp(path) ? "UDP" : "TCP" }] : [];
        });
}

/** Components that listen on the same port. */
export function sharedPorts(components: CollectorComponents): string[] {
    const configured = (["receivers", "extensions", "exporters"] as const)
        .flatMap((kind) => listeningPorts(components, kind))
        .map(({ path, port, protocol }) => ({ path, port: protocol === "UDP" ? `${port}/udp` : String(port) }));
    const ownMetrics = { path: "the collector's own metrics", port: String(contract.otelCollector.ports.metrics) };
    return configured.flatMap(({ path, port }, index) => {
        const first = [ownMetrics, ...configured.slice(0, index)].find((other) => other.port === port);
        return first === undefined ? [] : [`${path} uses port ${port}, which is already used by ${first.path}`];
    });
}

function isUdp(path: string): boolean {
    return /\.(thrift_(compact|binary)|udp)\.|^receivers\.(statsd|udp_?log|awsxray|netflow|collectd)\b/.test(path);
}
