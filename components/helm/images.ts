import * as path from "path";
import type { StackComponent } from "../../validation/components";
import { packageRoot } from "./package-root";
import { readYamlMap } from "./yaml";

/** The images of distributed Loki in addition to its own: of the gateway and of the caches. */
export const distributedLokiImages = ["docker.io/nginxinc/nginx-unprivileged", "docker.io/library/memcached"];
/** The images of distributed Mimir in addition to its own: of the gateway and of the caches. */
export const distributedMimirImages = distributedLokiImages;
/** The image of containers that run a shell script, in the pods of Mimir and Tempo. */
export const scriptImage = "docker.io/nginxinc/nginx-unprivileged";

/** {@link scriptImage} with its tag, which the values of the chart of Mimir have. */
export function taggedScriptImage(registry?: string): string {
    const { nginx } = readYamlMap(path.join(packageRoot, "charts", "mimir", "values.yaml")) as Record<string, any>;
    return `${registry ?? nginx.registry}/${nginx.repository}:${nginx.tag}`;
}
/** The images of distributed Tempo in addition to its own: of the gateway and of the cache. */
export const distributedTempoImages = distributedLokiImages;
/** The image of distributed Pyroscope in addition to its own: of the gateway, and of the container that lets a replica of the metastore wait. */
export const distributedPyroscopeImages = [scriptImage];

/** The image of the auto-instrumentation with the kind "opentelemetry". */
export const openTelemetryEbpfImage = "ghcr.io/open-telemetry/opentelemetry-ebpf-instrumentation/ebpf-instrument";

/** The image of the console of Redpanda. */
export const redpandaConsoleImage = "docker.redpanda.com/redpandadata/console";

/** The image that each chart uses by default, without its tag. The program sets the one of the collector, because its chart has none. */
export const defaultImages: Record<StackComponent, string> = {
    otelCollector: "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-contrib",
    alloyReceiver: "docker.io/grafana/alloy",
    alloyLogs: "docker.io/grafana/alloy",
    alloyMetrics: "docker.io/grafana/alloy",
    alloySingleton: "docker.io/grafana/alloy",
    alloyProfiles: "docker.io/grafana/alloy",
    loki: "docker.io/grafana/loki",
    tempo: "docker.io/grafana/tempo",
    mimir: "docker.io/grafana/mimir",
    pyroscope: "docker.io/grafana/pyroscope",
    grafana: "docker.io/grafana/grafana",
    kubeStateMetrics: "registry.k8s.io/kube-state-metrics/kube-state-metrics",
    prometheus: "quay.io/prometheus/prometheus",
    alloyKafka: "docker.io/grafana/alloy",
    redpanda: "docker.redpanda.com/redpandadata/redpanda",
    autoInstrumentation: "docker.io/grafana/beyla",
    ingestionProxy: "docker.io/library/haproxy",
    minio: "quay.io/minio/minio",
};
