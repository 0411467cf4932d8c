import { copyPurpose, purposeLabel, stagingPurpose } from "../ownership";
import { contract } from "../contract";
import { proxyPorts } from "../ingestion-proxy/config";
import { metricsPort } from "../auto-instrumentation/config";
import type { NetworkPoliciesArgs } from "./args";
import type { StackComponent } from "../../validation/components";

/** Pods that have the same connections: the components, and the pods that Jobs and commands of this package create. */
export type PodGroup = StackComponent | "redpandaConsole" | "bucketJob" | "loadMonitor" | "copyJob" | "stagingMinio";

function labelsOf(name: string, release: string): { [label: string]: string } {
    return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": release };
}

/**
 * Labels of the pods of a group. The gateway and the caches of distributed Mimir, and its second ruler, have another name than the other pods of Mimir. The
 * parts of distributed Tempo have another name than the monolithic Tempo. The gateway of distributed Pyroscope has another name than its parts.
 */
export function podLabelsOf(
    group: PodGroup,
    {
        distributedMimir,
        objectRuler,
        distributedTempo,
        distributedPyroscope,
    }: Pick<NetworkPoliciesArgs, "distributedMimir" | "objectRuler" | "distributedTempo" | "distributedPyroscope">,
): { [label: string]: string } {
    return (group === "mimir" && (distributedMimir || objectRuler)) ||
        (group === "tempo" && distributedTempo) ||
        (group === "pyroscope" && distributedPyroscope)
        ? { "app.kubernetes.io/instance": contract[group].release }
        : podLabels[group];
}

const podLabels: Record<PodGroup, { [label: string]: string }> = {
    otelCollector: labelsOf("opentelemetry-collector", contract.otelCollector.release),
    alloyReceiver: labelsOf("alloy", contract.alloyReceiver.release),
    alloyLogs: labelsOf("alloy", contract.alloyLogs.release),
    alloyMetrics: labelsOf("alloy", contract.alloyMetrics.release),
    alloySingleton: labelsOf("alloy", contract.alloySingleton.release),
    alloyProfiles: labelsOf("alloy", contract.alloyProfiles.release),
    loki: labelsOf("loki", contract.loki.release),
    tempo: labelsOf("tempo", contract.tempo.release),
    mimir: labelsOf("mimir", contract.mimir.release),
    pyroscope: labelsOf("pyroscope", contract.pyroscope.release),
    grafana: labelsOf("grafana", contract.grafana.release),
    kubeStateMetrics: labelsOf("kube-state-metrics", contract.kubeStateMetrics.release),
    prometheus: labelsOf("prometheus", contract.prometheus.release),
    alloyKafka: labelsOf("alloy", contract.alloyKafka.release),
    redpanda: labelsOf("redpanda", contract.redpanda.release),
    redpandaConsole: labelsOf("redpanda-console", contract.redpanda.release),
    autoInstrumentation: labelsOf("auto-instrumentation", contract.autoInstrumentation.release),
    ingestionProxy: labelsOf("ingestion-proxy", contract.ingestionProxy.release),
    minio: { ...labelsOf("minio", contract.minio.release), "app.kubernetes.io/component": "server" },
    bucketJob: { ...labelsOf("minio", contract.minio.release), "app.kubernetes.io/component": "provision" },
    loadMonitor: labelsOf("load-monitor", contract.loadMonitor.release),
    copyJob: { [purposeLabel]: copyPurpose },
    stagingMinio: { [purposeLabel]: stagingPurpose },
};

/** Name of the NetworkPolicy of each group, after the prefix. */
export const policyNames: Record<PodGroup, string> = {
    otelCollector: "otel-collector",
    alloyReceiver: "alloy-receiver",
    alloyLogs: "alloy-logs",
    alloyMetrics: "alloy-metrics",
    alloySingleton: "alloy-singleton",
    alloyProfiles: "alloy-profiles",
    loki: "loki",
    tempo: "tempo",
    mimir: "mimir",
    pyroscope: "pyroscope",
    grafana: "grafana",
    kubeStateMetrics: "kube-state-metrics",
    prometheus: "prometheus",
    alloyKafka: "alloy-kafka",
    redpanda: "redpanda",
    redpandaConsole: "redpanda-console",
    autoInstrumentation: "auto-instrumentation",
    ingestionProxy: "ingestion-proxy",
    minio: "minio",
    bucketJob: "bucket-job",
    loadMonitor: "load-monitor",
    copyJob: "copy-job",
    stagingMinio: "staging-minio",
};

/** Port of the metrics of each component. */
export const metricsPorts: Record<StackComponent, number> = {
    otelCollector: contract.otelCollector.ports.metrics,
    alloyReceiver: 12345,
    alloyLogs: 12345,
    alloyMetrics: 12345,
    alloySingleton: 12345,
    alloyProfiles: 12345,
    loki: contract.loki.ports.http,
    tempo: contract.tempo.ports.http,
    mimir: contract.mimir.ports.http,
    pyroscope: contract.pyroscope.ports.http,
    grafana: 3000,
    kubeStateMetrics: contract.kubeStateMetrics.ports.metrics,
    prometheus: contract.prometheus.ports.http,
    alloyKafka: 12345,
    redpanda: contract.redpanda.ports.admin,
    autoInstrumentation: metricsPort,
    ingestionProxy: proxyPorts.metrics,
    minio: contract.minio.ports.s3,
};
