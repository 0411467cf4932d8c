import { AlertmanagerKind } from "../../components/grafana/args";
import { isUrl, urlForm } from "../../validation/urls";
import { group, setting } from "./setting";
import { boolean, oneOf, subdomain, text, texts } from "./types";

const deployed = (component: string, needs?: object) =>
    setting(boolean().optional(), {
        description: `Whether the stack deploys ${component}.`,
        computed: "true",
        example: false,
        ...(needs && { needs }),
    });
const store = (name: string, key: string, needs?: object) =>
    setting(boolean().optional(), {
        description: `Whether the stack deploys ${name}.`,
        computed: `true, unless external.${key}.url is set`,
        example: false,
        ...(needs && { needs }),
    });

/** The components that the stack deploys. */
export const components = group(
    {
        otelCollector: deployed("the OpenTelemetry Collector"),
        alloyReceiver: deployed("Alloy as the OTLP receiver", { components: { otelCollector: false } }),
        alloyLogs: deployed("Alloy as the log collector"),
        alloyMetrics: deployed(
            "Alloy as the metrics scraper. Without it, most dashboards and alerts have no data, and are left out",
        ),
        loki: store("Loki", "loki", { components: { alloyLogs: false } }),
        tempo: store("Tempo", "tempo"),
        mimir: store("Mimir", "mimir", { components: { alloyMetrics: false } }),
        pyroscope: store("Pyroscope", "pyroscope"),
        grafana: store("Grafana", "grafana"),
        kubeStateMetrics: setting(boolean().default(false), {
            description:
                "Whether the stack deploys kube-state-metrics, for metrics, alerts and a dashboard about the state of Kubernetes objects: replicas, Jobs, quotas and conditions of nodes. It can read all objects of these kinds, but no Secrets and no ConfigMaps. If the cluster already has it, set it to false.",
            example: true,
        }),
        redpanda: setting(boolean().default(false), {
            description:
                "Whether the stack deploys Redpanda, which has the API of Kafka, with its console, metrics and the lag of its consumer groups. It accepts connections without TLS and without a login, and is meant for development.",
            example: true,
        }),
        prometheus: setting(boolean().default(false), {
            description:
                "Whether the stack deploys Prometheus, which keeps metrics for a short time, and writes them to Mimir. It scrapes pods, the kubelets, cAdvisor and kube-state-metrics instead of Alloy, which then only reads the metrics of the nodes.",
            example: true,
        }),
    },
    {
        description:
            "Components that the stack deploys. The object store is deployed if a component stores data in it. Dashboards, alerts and data sources of absent components are left out.",
        interface: "StackComponentsArgs",
    },
);

const url = (description: string, example: string, needs?: object) =>
    setting(text(urlForm(example), isUrl).optional(), {
        description,
        computed: "none",
        example,
        ...(needs && { needs: { external: needs } }),
    });

const lokiUrl = "https://loki.example.com";
const tempo = { url: "https://tempo.example.com", otlpEndpoint: "https://tempo.example.com:4317" };
const mimir = {
    url: "https://mimir.example.com/prometheus",
    remoteWriteUrl: "https://mimir.example.com/api/v1/push",
    otlpUrl: "https://mimir.example.com/otlp",
};
const pyroscopeUrl = "https://pyroscope.example.com";
const alertmanagerUrl = "http://alertmanager.monitoring.svc.cluster.local:9093";
const otlp = { url: "https://otlp.example.com" };
const grafanaUrl = "https://grafana.example.com";

const authentication = (backend: string, settings: object, more: object = {}) => ({
    scheme: setting(oneOf("basic", "bearer").optional(), {
        description: 'Authentication: "basic" with a user name and a password, or "bearer" with a token.',
        computed: "basic",
        type: "AuthScheme",
        example: "bearer",
        needs: { ...more, external: { [backend]: { ...settings, existingSecret: "backend-login" } } },
    }),
    existingSecret: setting(subdomain().optional(), {
        description:
            "Name of a Secret in the namespace of the stack with the credentials: the keys username and password, or the key token.",
        computed: "none: no authentication",
        example: "backend-login",
        needs: { ...more, external: { [backend]: settings } },
    }),
});

/** Backends that exist outside of the stack. */
export const external = group(
    {
        loki: group(
            {
                url: url("URL of Loki, for queries and for pushes to the paths /loki/api/v1/push and /otlp.", lokiUrl),
                ...authentication("loki", { url: lokiUrl }),
            },
            { description: "Existing store of logs.", interface: "ExternalLokiArgs" },
        ),
        tempo: group(
            {
                url: url("URL of Tempo, for queries.", tempo.url, { tempo: { otlpEndpoint: tempo.otlpEndpoint } }),
                otlpEndpoint: setting(
                    text('a URL with a port and without a path, such as "https://tempo.example.com:4317"', (value) =>
                        /^https?:\/\/[^/\s@]+:\d+$/.test(value),
                    ).optional(),
                    {
                        description:
                            "URL of Tempo's receiver for OTLP over gRPC, with a port. https:// means TLS. Alloy as the OTLP receiver needs it.",
                        computed: "none",
                        example: tempo.otlpEndpoint,
                        needs: { external: { tempo: { url: tempo.url } } },
                    },
                ),
                ...authentication("tempo", tempo),
            },
            { description: "Existing store of traces.", interface: "ExternalTempoArgs" },
        ),
        mimir: group(
            {
                url: url("URL of the Prometheus API, for queries. The path /api/v1/query follows it.", mimir.url, {
                    mimir,
                }),
                remoteWriteUrl: url(
                    "Complete URL for remote write. The metrics scraper, and Tempo and Loki for the metrics that they generate, need it.",
                    mimir.remoteWriteUrl,
                    { mimir },
                ),
                otlpUrl: url(
                    "URL for OTLP metrics over HTTP. The path /v1/metrics follows it. Alloy as the OTLP receiver needs it.",
                    mimir.otlpUrl,
                    { mimir },
                ),
                ...authentication("mimir", mimir),
            },
            {
                description:
                    "Existing store of metrics: Mimir or any store with a Prometheus API. It must add the resource attributes cluster, namespace and service.name to OTLP metrics as labels.",
                interface: "ExternalMimirArgs",
            },
        ),
        pyroscope: group(
            {
                url: url("URL of Pyroscope, for queries and for pushed profiles.", pyroscopeUrl),
                ...authentication("pyroscope", { url: pyroscopeUrl }),
            },
            { description: "Existing store of profiles.", interface: "ExternalPyroscopeArgs" },
        ),
        alertmanager: group(
            {
                url: url(
                    "URL of the Alertmanager that receives the alerts of Mimir and Loki. It replaces the Alertmanager of the stack.",
                    alertmanagerUrl,
                ),
                kind: setting(oneOf(...Object.values(AlertmanagerKind)).optional(), {
                    description: "Software of the Alertmanager. Grafana uses different paths for each.",
                    computed: "prometheus",
                    type: "AlertmanagerKind",
                    example: "mimir",
                    needs: { external: { alertmanager: { url: alertmanagerUrl } } },
                }),
                existingSecret: setting(subdomain().optional(), {
                    description:
                        "Name of a Secret in the namespace of the stack with the keys username and password, for basic authentication.",
                    computed: "none: no authentication",
                    example: "alertmanager-login",
                    needs: { external: { alertmanager: { url: alertmanagerUrl } } },
                }),
            },
            { description: "Existing Alertmanager.", interface: "ExternalAlertmanagerArgs" },
        ),
        grafana: group(
            {
                url: url("URL of Grafana for browsers.", grafanaUrl),
                namespace: setting(subdomain().optional(), {
                    description:
                        "Namespace in which the sidecar of Grafana looks for ConfigMaps. The stack creates ConfigMaps with the data sources and the dashboards there.",
                    computed: "the namespace of the stack",
                    example: "grafana",
                    needs: { external: { grafana: { url: grafanaUrl } } },
                }),
                dataSourceLabels: setting(texts().optional(), {
                    description: "Labels of the ConfigMap with data sources.",
                    computed: 'grafana_datasource: "1"',
                    example: { grafana_datasource: "1" },
                    needs: { external: { grafana: { url: grafanaUrl } } },
                }),
                dashboardLabels: setting(texts().optional(), {
                    description: "Labels of the ConfigMaps with dashboards.",
                    computed: 'grafana_dashboard: "1"',
                    example: { grafana_dashboard: "1" },
                    needs: { external: { grafana: { url: grafanaUrl } } },
                }),
            },
            {
                description:
                    "Existing Grafana, with the sidecar that loads ConfigMaps. If a backend has credentials, this Grafana needs them as environment variables.",
                interface: "ExternalGrafanaArgs",
            },
        ),
        otlp: group(
            {
                url: setting(text(urlForm(otlp.url), isUrl).optional(), {
                    description:
                        "URL of an OTLP receiver, without /v1/traces. The collector exports all signals to it instead of Alloy.",
                    computed: "none",
                    example: otlp.url,
                    needs: { components: { alloyReceiver: false } },
                }),
                ...authentication("otlp", otlp, { components: { alloyReceiver: false } }),
            },
            { description: "Existing receiver of OTLP over HTTP.", interface: "ExternalOtlpArgs" },
        ),
    },
    {
        description:
            "Backends that exist outside of the stack. The stack does not deploy a component that is listed here, and connects the others to it.",
        interface: "ExternalArgs",
    },
);
