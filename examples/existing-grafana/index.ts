import * as k8s from "@pulumi/kubernetes";
import {
    Alloy,
    GrafanaProvisioning,
    Loki,
    Mimir,
    ObjectStore,
    OtelCollector,
    Pyroscope,
    Tempo,
} from "@mathtrail/observability";

const name = "observability";
const cluster = "existing-grafana";
/** The namespace in which the sidecar of Grafana looks for ConfigMaps. */
const grafanaNamespace = "monitoring";

const provider = new k8s.Provider("cluster", { enableConfigMapMutable: true, enableSecretMutable: true });
const namespace = new k8s.core.v1.Namespace(
    name,
    // The log collector and the metrics scraper mount folders of their node.
    { metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
    { provider },
);
const inNamespace = { provider, dependsOn: namespace };

const store = new ObjectStore("store", { namespace: name }, inNamespace);
const backend = { provider, dependsOn: store };
const loki = new Loki("loki", { namespace: name, bucket: store.buckets.loki }, backend);
const mimir = new Mimir("mimir", { namespace: name, bucket: store.buckets.mimir }, backend);
const pyroscope = new Pyroscope("pyroscope", { namespace: name, bucket: store.buckets.pyroscope }, backend);
const tempo = new Tempo("tempo", { namespace: name, bucket: store.buckets.tempo, metricsUrl: mimir.url }, backend);

const alloy = new Alloy(
    "alloy",
    {
        namespace: name,
        cluster,
        lokiUrl: loki.url,
        mimirUrl: mimir.url,
        tempoOtlpGrpcEndpoint: tempo.otlpGrpcEndpoint,
    },
    inNamespace,
);
const collector = new OtelCollector(
    "otel-collector",
    { namespace: name, cluster, exportEndpoint: alloy.otlpHttpEndpoint },
    inNamespace,
);

new GrafanaProvisioning(
    "grafana",
    {
        namespace: grafanaNamespace,
        stackNamespace: name,
        lokiUrl: loki.url,
        tempoUrl: tempo.url,
        mimirUrl: mimir.url,
        pyroscopeUrl: pyroscope.url,
        dashboards: {},
        absentComponents: ["grafana"],
    },
    { provider },
);

export const otlpHttpUrl = collector.otlpHttpUrl;
export const zipkinUrl = collector.zipkinUrl;
