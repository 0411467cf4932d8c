import { endpoints } from "../components/contract";
import type { Settings } from "../settings/resolve";
import type { StackEndpoints } from "./endpoints";

/** The URLs of a stack. External backends have their own URLs. */
export function stackEndpoints({ namespace, clusterDomain, components, external }: Settings): StackEndpoints {
    const { zipkin, otlpGrpc, otlpHttp, collectorHealth, collectorMetrics, ...own } = endpoints(
        namespace,
        clusterDomain,
    );
    const backend = (name: "grafana" | "loki" | "tempo" | "mimir" | "pyroscope") =>
        components[name] ? own[name] : external[name].url;
    const all = {
        ...(components.otelCollector && { zipkin, otlpGrpc, otlpHttp, collectorHealth, collectorMetrics }),
        grafana: backend("grafana"),
        loki: backend("loki"),
        tempo: backend("tempo"),
        mimir: backend("mimir"),
        pyroscope: backend("pyroscope"),
    };
    return Object.fromEntries(Object.entries(all).filter(([, url]) => url !== undefined));
}
