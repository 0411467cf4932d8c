import { isCollecting, receivesProfiles } from "../../settings/central";
import { needsKafkaExporter, needsProxy, needsSingleton } from "../../settings/components";
import type { Settings } from "../../settings/resolve";
import type { Check } from "./check";
import { type TargetName, targetNames } from "./connections";

type Deployed = Settings["components"];

const componentOf: Record<TargetName, keyof Deployed> = {
    collectorHealth: "otelCollector",
    zipkin: "otelCollector",
    otlpGrpc: "otelCollector",
    otlpHttp: "otelCollector",
    collectorMetrics: "otelCollector",
    alloyReceiver: "alloyReceiver",
    tempo: "tempo",
    loki: "loki",
    mimir: "mimir",
    pyroscope: "pyroscope",
    grafana: "grafana",
};

/** The Services that a stack has. */
export function deployedTargets(settings: Pick<Settings, "components" | "central">): TargetName[] {
    // A receiver of profiles accepts no OTLP.
    const isOtlp = (name: TargetName) => name !== "alloyReceiver" || !receivesProfiles(settings);
    return targetNames.filter((name) => settings.components[componentOf[name]] && isOtlp(name));
}

/** Leaves out the checks of components that the stack does not have, and the checks that depend on them. External backends are not checked. */
export function possibleChecks(
    checks: Check[],
    settings: Pick<
        Settings,
        | "components"
        | "external"
        | "central"
        | "ingestion"
        | "logs"
        | "metrics"
        | "probes"
        | "databases"
        | "kafka"
        | "loadMonitor"
        | "autoInstrumentation"
        | "profiling"
    >,
): Check[] {
    const { components, external } = settings;
    const deployed = deployedTargets(settings);
    const lokiHasRules =
        components.mimir || external.alertmanager.url !== undefined || external.mimir.remoteWriteUrl !== undefined;
    const absent = new Set([
        ...targetNames.filter((name) => !deployed.includes(name)).map((name) => `reach-${name}`),
        ...(deployed.includes("alloyReceiver") ? [] : ["collector-alloy"]),
        ...(isCollecting(settings) ? [] : ["collector-central"]),
        ...(needsProxy(settings) ? [] : ["other-clusters"]),
        ...(components.otelCollector && components.alloyMetrics ? [] : ["up"]),
        ...(external.alertmanager.url === undefined ? [] : ["source-alertmanager"]),
        ...(lokiHasRules ? [] : ["rules-loki"]),
        ...(components.kubeStateMetrics ? [] : ["up-kubeStateMetrics"]),
        ...(components.prometheus ? [] : ["up-prometheus", "source-prometheus"]),
        ...(needsSingleton(settings) && components.alloyMetrics ? [] : ["up-alloySingleton"]),
        ...(settings.autoInstrumentation.enabled && components.alloyMetrics ? [] : ["auto-instrumentation"]),
        ...(settings.profiling.ebpf && components.alloyMetrics ? [] : ["ebpf-profiles"]),
        ...(settings.logs.kubernetesEvents ? [] : ["kubernetes-events"]),
        ...(settings.probes.length > 0 ? [] : ["probes"]),
        ...(settings.databases.length > 0 ? [] : ["databases"]),
        ...(needsKafkaExporter(settings) ? [] : ["kafka"]),
        ...(components.redpanda && components.alloyMetrics ? [] : ["redpanda"]),
        ...(settings.metrics.controlPlane.length > 0 ? [] : ["control-plane"]),
        ...(settings.metrics.prometheusOperator && components.alloyMetrics ? [] : ["monitors"]),
        ...(settings.metrics.prometheusRules ? [] : ["prometheus-rules"]),
    ]);
    const isPossible = ({ id, dependsOn = [], dependsOnAny = [] }: Check) =>
        !absent.has(id) &&
        !dependsOn.some((other) => absent.has(other)) &&
        (dependsOnAny.length === 0 || dependsOnAny.some((other) => !absent.has(other)));
    // A check depends only on checks before it.
    return checks.flatMap((check) => {
        if (!isPossible(check)) {
            absent.add(check.id);
            return [];
        }
        const dependsOnAny = check.dependsOnAny?.filter((other) => !absent.has(other));
        return [{ ...check, ...(dependsOnAny && { dependsOnAny }) }];
    });
}
