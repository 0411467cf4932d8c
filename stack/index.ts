import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Alloy } from "../components/alloy";
import { AutoInstrumentation } from "../components/auto-instrumentation";
import { DaprTracing } from "../components/dapr";
import { Grafana } from "../components/grafana";
import { GrafanaProvisioning } from "../components/grafana-provisioning";
import { mirrorMistakes } from "../components/helm/source";
import { IngestionProxy } from "../components/ingestion-proxy";
import { KubeStateMetrics } from "../components/kube-state-metrics";
import { LoadMonitor } from "../components/load-monitor";
import { Loki } from "../components/loki";
import { Mimir } from "../components/mimir";
import { NetworkPolicies } from "../components/network-policies";
import { ObjectStore } from "../components/object-store";
import { OtelCollector } from "../components/otel-collector";
import { ownerAnnotation, ownerConfigMapName } from "../components/ownership";
import { Prometheus } from "../components/prometheus";
import { Redpanda } from "../components/redpanda";
import { Pyroscope } from "../components/pyroscope";
import { Tempo } from "../components/tempo";
import { needsKafkaExporter, needsObjectStore, needsSingleton } from "../settings/components";
import { resolveSettings, type Settings } from "../settings/resolve";
import type { ObservabilityStackArgs } from "./args";
import {
    alloyArgs,
    autoInstrumentationArgs,
    daprTracingArgs,
    grafanaArgs,
    grafanaProvisioningArgs,
    headSamplingRatio,
    ingestionProxyArgs,
    kubeStateMetricsArgs,
    loadMonitorArgs,
    lokiArgs,
    mimirArgs,
    objectStoreArgs,
    otelCollectorArgs,
    prometheusArgs,
    pyroscopeArgs,
    redpandaArgs,
    tempoArgs,
} from "./component-args";
import { networkPoliciesArgs } from "./network-policies-args";
import { stackIdentity } from "./owner";
import { podSecurityLabels } from "./pod-security";
import { requiredCharts } from "./required-charts";
import { stackEndpoints } from "./endpoint-urls";
// In a file of its own, so that the declaration files of the package do not need those of the settings.
import type { StackEndpoints } from "./endpoints";

/** Deploys the whole observability stack, and connects its components with each other. */
export class ObservabilityStack extends pulumi.ComponentResource {
    /** URLs of the stack inside the cluster, by purpose. An absent component has none, and an external backend has its own. */
    readonly endpoints: StackEndpoints;
    /** Namespace of the stack. */
    readonly namespace: string;
    /**
     * URL of Grafana for browsers: `grafana.rootUrl`, the URL of the ingress, or `external.grafana.url`. Default: the URL of the Service. undefined
     * without Grafana.
     */
    readonly grafanaUrl: string | undefined;
    /** Sampling ratio that applications must use, from 0 to 1. */
    readonly samplingRatio: number;
    /** Names of the Secrets with credentials, by purpose. */
    readonly secretNames: { [purpose: string]: string };

    /**
     * @throws SettingsError with all mistakes in the arguments.
     * @throws ResourceError if the chart mirror is a folder without all charts. The message lists the missing charts.
     */
    constructor(name: string, args: ObservabilityStackArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:ObservabilityStack", name, {}, opts);
        const settings = resolveSettings(args);
        this.checkMirror(settings);
        const namespace = settings.createNamespace ? [this.createNamespace(name, settings)] : [];
        // It is created first, so that a namespace has objects of one stack only.
        const owner = this.claimNamespace(name, settings, namespace);
        const inNamespace = { parent: this, dependsOn: [...namespace, owner] };

        if (settings.networkPolicies.enabled) {
            new NetworkPolicies(`${name}-network-policies`, networkPoliciesArgs(settings), inNamespace);
        }

        const { components } = settings;
        const store = needsObjectStore(settings)
            ? new ObjectStore(`${name}-object-store`, objectStoreArgs(settings), inNamespace)
            : undefined;
        const backends = store && this.deployBackends(name, settings, store);
        if (components.redpanda) {
            new Redpanda(`${name}-redpanda`, redpandaArgs(settings), inNamespace);
        }
        const prometheus = components.prometheus
            ? new Prometheus(
                  `${name}-prometheus`,
                  prometheusArgs(settings, { mimirUrl: backends?.mimir?.url }),
                  inNamespace,
              )
            : undefined;
        const urls = {
            lokiUrl: backends?.loki?.url,
            tempoUrl: backends?.tempo?.url,
            mimirUrl: backends?.mimir?.url,
            localPrometheusUrl: prometheus?.url,
            pyroscopeUrl: backends?.pyroscope?.url,
            alertmanagerUrl: backends?.mimir?.alertmanagerUrl,
            rulerUrl: backends?.mimir?.objectRulerUrl,
        };

        const grafana = components.grafana
            ? new Grafana(`${name}-grafana`, grafanaArgs(settings, urls), inNamespace)
            : undefined;
        if (settings.external.grafana.url !== undefined) {
            new GrafanaProvisioning(
                `${name}-grafana-provisioning`,
                grafanaProvisioningArgs(settings, urls),
                inNamespace,
            );
        }
        const alloy =
            components.alloyReceiver ||
            components.alloyLogs ||
            components.alloyMetrics ||
            needsSingleton(settings) ||
            needsKafkaExporter(settings) ||
            settings.profiling.ebpf
                ? new Alloy(
                      `${name}-alloy`,
                      alloyArgs(settings, { ...urls, tempoOtlpGrpcEndpoint: backends?.tempo?.otlpGrpcEndpoint }),
                      inNamespace,
                  )
                : undefined;
        if (components.kubeStateMetrics) {
            new KubeStateMetrics(`${name}-kube-state-metrics`, kubeStateMetricsArgs(settings), inNamespace);
        }
        if (settings.loadMonitor.enabled) {
            new LoadMonitor(`${name}-load-monitor`, loadMonitorArgs(settings), inNamespace);
        }
        const exportEndpoint = settings.external.otlp.url ?? alloy?.otlpHttpEndpoint;
        const collector =
            components.otelCollector && exportEndpoint !== undefined
                ? new OtelCollector(
                      `${name}-otel-collector`,
                      otelCollectorArgs(settings, { exportEndpoint }),
                      inNamespace,
                  )
                : undefined;
        const instrumentation = collector && autoInstrumentationArgs(settings, { otlpHttpUrl: collector.otlpHttpUrl });
        if (instrumentation !== undefined) {
            new AutoInstrumentation(`${name}-auto-instrumentation`, instrumentation, inNamespace);
        }
        const proxy = ingestionProxyArgs(settings, urls);
        if (proxy !== undefined) {
            // The collector creates the Secret with the credentials of clients.
            const dependsOn = [...inNamespace.dependsOn, ...(collector === undefined ? [] : [collector])];
            new IngestionProxy(`${name}-ingestion-proxy`, proxy, { parent: this, dependsOn });
        }
        if (settings.dapr.enabled && collector !== undefined) {
            const tracing = daprTracingArgs(settings, { zipkinUrl: collector.zipkinUrl });
            new DaprTracing(`${name}-dapr-tracing`, tracing, { parent: this });
        }

        this.endpoints = stackEndpoints(settings);
        this.namespace = settings.namespace;
        this.grafanaUrl = grafana?.url ?? settings.external.grafana.url;
        this.samplingRatio = headSamplingRatio(settings);
        this.secretNames = {
            ...(grafana && { grafana: grafana.secretName }),
            ...(collector?.clientsSecretName !== undefined && { otlpClients: collector.clientsSecretName }),
            ...store?.secretNames,
        };
        this.registerOutputs({
            endpoints: this.endpoints,
            namespace: this.namespace,
            grafanaUrl: this.grafanaUrl,
            samplingRatio: this.samplingRatio,
            secretNames: this.secretNames,
        });
    }

    private deployBackends(name: string, settings: Settings, store: ObjectStore) {
        const { components, external } = settings;
        const { buckets } = store;
        const opts = { parent: this, dependsOn: store };
        const mimir = components.mimir
            ? new Mimir(`${name}-mimir`, mimirArgs(settings, { bucket: buckets.mimir }), opts)
            : undefined;
        const metricsUrl = mimir?.url;
        const alertmanagerUrl = mimir?.alertmanagerUrl ?? external.alertmanager.url;
        return {
            mimir,
            loki: components.loki
                ? new Loki(
                      `${name}-loki`,
                      lokiArgs(settings, { bucket: buckets.loki, alertmanagerUrl, metricsUrl }),
                      opts,
                  )
                : undefined,
            tempo: components.tempo
                ? new Tempo(`${name}-tempo`, tempoArgs(settings, { bucket: buckets.tempo, metricsUrl }), opts)
                : undefined,
            pyroscope: components.pyroscope
                ? new Pyroscope(`${name}-pyroscope`, pyroscopeArgs(settings, { bucket: buckets.pyroscope }), opts)
                : undefined,
        };
    }

    private checkMirror(settings: Settings): void {
        const missing = mirrorMistakes(settings.charts.mirror, requiredCharts(settings));
        if (missing.length > 0) {
            throw new pulumi.ResourceError(
                missing.map((sentence) => `charts.mirror: ${sentence}`).join("\n"),
                this,
                true,
            );
        }
    }

    private createNamespace(name: string, settings: Settings): k8s.core.v1.Namespace {
        const { namespace, protectData } = settings;
        return new k8s.core.v1.Namespace(
            `${name}-namespace`,
            {
                metadata: {
                    name: namespace,
                    labels: podSecurityLabels(settings),
                    annotations: { [ownerAnnotation]: stackIdentity() },
                },
            },
            // The volumes are deleted with their namespace. `npm run down` deletes it.
            { parent: this, retainOnDelete: protectData },
        );
    }
    /** Writes the identity of the Pulumi stack into the namespace. */
    private claimNamespace(name: string, { namespace }: Settings, dependsOn: pulumi.Resource[]): k8s.core.v1.ConfigMap {
        return new k8s.core.v1.ConfigMap(
            `${name}-owner`,
            { metadata: { name: ownerConfigMapName, namespace }, data: { stack: stackIdentity() } },
            { parent: this, dependsOn },
        );
    }
}
