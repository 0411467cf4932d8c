import { endpoints } from "../components/contract";
import { isCollecting, receivesProfiles } from "../settings/central";
import type { Settings } from "../settings/resolve";
import type { StackEndpoints } from "./endpoints";

/** The URLs of a stack. External backends have their own URLs. */
export function stackEndpoints(settings: Settings): StackEndpoints {
    const { namespace, clusterDomain, components, external } = settings;
    const { zipkin, otlpGrpc, otlpHttp, collectorHealth, collectorMetrics, ...own } = endpoints(
        namespace,
        clusterDomain,
    );
    // A central stack accepts no queries of other clusters.
    const outside: Partial<typeof external> = isCollecting(settings) ? {} : external;
    const backend = (name: "grafana" | "loki" | "tempo" | "mimir" | "pyroscope") =>
        components[name] ? own[name] : outside[name]?.url;
    const all = {
        ...(components.otelCollector && { zipkin, otlpGrpc, otlpHttp, collectorHealth, collectorMetrics }),
        grafana: backend("grafana"),
        loki: backend("loki"),
        tempo: backend("tempo"),
        mimir: backend("mimir"),
        pyroscope: receivesProfiles(settings) ? own.pyroscope : backend("pyroscope"),
    };
    return Object.fromEntries(Object.entries(all).filter(([, url]) => url !== undefined));
}
