// Generated from settings/schema by "npm run generate". Do not edit.
import type * as pulumi from "@pulumi/pulumi";
import type { CollectFromArgs, DatabaseArgs, KafkaArgs, ProbeArgs } from "../components/alloy/args";
import type { InstrumentationKind } from "../components/auto-instrumentation/args";
import type { AuthScheme } from "../components/backend-auth";
import type { GatewayParentArgs } from "../components/gateway";
import type { AlertmanagerKind, DashboardsArgs } from "../components/grafana/args";
import type { AutoscalingArgs, CollectorAutoscalingArgs, TolerationArgs } from "../components/helm/args";
import type {
    LokiLimitsArgs,
    MimirLimitsArgs,
    PyroscopeLimitsArgs,
    TempoLimitsArgs,
    TenantLimitsArgs,
} from "../components/limits";
import type { AlertmanagerArgs } from "../components/mimir/args";
import type { StoreMode } from "../components/mode";
import type { ConnectionsArgs, DnsArgs } from "../components/network-policies/args";
import type { BucketNamesArgs, ObjectStoreKind } from "../components/object-store/args";
import type { CollectorPipelineArgs, DropSpansArgs, SamplingMode } from "../components/otel-collector/args";
import type { Profile } from "../components/profile";
import type { RedactionArgs } from "../components/redaction";
import type { ZoneStage } from "../components/zones";
import type { SloKind } from "../rules/define";

/**
 * Components that the stack deploys. The object store is deployed if a component stores data in it. Dashboards, alerts and data
 * sources of absent components are left out.
 */
export interface StackComponentsArgs {
    /** Whether the stack deploys the OpenTelemetry Collector. Default: true. */
    otelCollector?: boolean;
    /** Whether the stack deploys Alloy as the OTLP receiver. Default: true. */
    alloyReceiver?: boolean;
    /** Whether the stack deploys Alloy as the log collector. Default: true. */
    alloyLogs?: boolean;
    /**
     * Whether the stack deploys Alloy as the metrics scraper. Without it, most dashboards and alerts have no data, and are left
     * out. Default: true.
     */
    alloyMetrics?: boolean;
    /** Whether the stack deploys Loki. Default: true, unless external.loki.url is set. */
    loki?: boolean;
    /** Whether the stack deploys Tempo. Default: true, unless external.tempo.url is set. */
    tempo?: boolean;
    /** Whether the stack deploys Mimir. Default: true, unless external.mimir.url is set. */
    mimir?: boolean;
    /** Whether the stack deploys Pyroscope. Default: true, unless external.pyroscope.url is set. */
    pyroscope?: boolean;
    /** Whether the stack deploys Grafana. Default: true, unless external.grafana.url is set. */
    grafana?: boolean;
    /**
     * Whether the stack deploys kube-state-metrics, for metrics, alerts and a dashboard about the state of Kubernetes objects:
     * replicas, Jobs, quotas and conditions of nodes. It can read all objects of these kinds, but no Secrets and no ConfigMaps.
     * If the cluster already has it, set it to false. Default: false.
     */
    kubeStateMetrics?: boolean;
    /**
     * Whether the stack deploys Redpanda, which has the API of Kafka, with its console, metrics and the lag of its consumer
     * groups. It accepts connections without TLS and without a login, and is meant for development. Default: false.
     */
    redpanda?: boolean;
    /**
     * Whether the stack deploys Prometheus, which keeps metrics for a short time, and writes them to Mimir. It scrapes pods, the
     * kubelets, cAdvisor and kube-state-metrics instead of Alloy, which then only reads the metrics of the nodes. Default: false.
     */
    prometheus?: boolean;
}

/**
 * Backends that exist outside of the stack. The stack does not deploy a component that is listed here, and connects the others to
 * it.
 */
export interface ExternalArgs {
    /** Existing store of logs. */
    loki?: ExternalLokiArgs;
    /** Existing store of traces. */
    tempo?: ExternalTempoArgs;
    /**
     * Existing store of metrics: Mimir or any store with a Prometheus API. It must add the resource attributes cluster, namespace
     * and service.name to OTLP metrics as labels.
     */
    mimir?: ExternalMimirArgs;
    /** Existing store of profiles. */
    pyroscope?: ExternalPyroscopeArgs;
    /** Existing Alertmanager. */
    alertmanager?: ExternalAlertmanagerArgs;
    /**
     * Existing Grafana, with the sidecar that loads ConfigMaps. If a backend has credentials, this Grafana needs them as
     * environment variables.
     */
    grafana?: ExternalGrafanaArgs;
    /** Existing receiver of OTLP over HTTP. */
    otlp?: ExternalOtlpArgs;
}

/** Existing store of logs. */
export interface ExternalLokiArgs {
    /** URL of Loki, for queries and for pushes to the paths /loki/api/v1/push and /otlp. Default: none. */
    url?: string;
    /** Authentication: "basic" with a user name and a password, or "bearer" with a token. Default: basic. */
    scheme?: AuthScheme;
    /**
     * Name of a Secret in the namespace of the stack with the credentials: the keys username and password, or the key token.
     * Default: none: no authentication.
     */
    existingSecret?: string;
}

/** Existing store of traces. */
export interface ExternalTempoArgs {
    /** URL of Tempo, for queries. Default: none. */
    url?: string;
    /**
     * URL of Tempo's receiver for OTLP over gRPC, with a port. https:// means TLS. Alloy as the OTLP receiver needs it. Default:
     * none.
     */
    otlpEndpoint?: string;
    /** Authentication: "basic" with a user name and a password, or "bearer" with a token. Default: basic. */
    scheme?: AuthScheme;
    /**
     * Name of a Secret in the namespace of the stack with the credentials: the keys username and password, or the key token.
     * Default: none: no authentication.
     */
    existingSecret?: string;
}

/**
 * Existing store of metrics: Mimir or any store with a Prometheus API. It must add the resource attributes cluster, namespace and
 * service.name to OTLP metrics as labels.
 */
export interface ExternalMimirArgs {
    /** URL of the Prometheus API, for queries. The path /api/v1/query follows it. Default: none. */
    url?: string;
    /**
     * Complete URL for remote write. The metrics scraper, and Tempo and Loki for the metrics that they generate, need it.
     * Default: none.
     */
    remoteWriteUrl?: string;
    /** URL for OTLP metrics over HTTP. The path /v1/metrics follows it. Alloy as the OTLP receiver needs it. Default: none. */
    otlpUrl?: string;
    /** Authentication: "basic" with a user name and a password, or "bearer" with a token. Default: basic. */
    scheme?: AuthScheme;
    /**
     * Name of a Secret in the namespace of the stack with the credentials: the keys username and password, or the key token.
     * Default: none: no authentication.
     */
    existingSecret?: string;
}

/** Existing store of profiles. */
export interface ExternalPyroscopeArgs {
    /** URL of Pyroscope, for queries and for pushed profiles. Default: none. */
    url?: string;
    /** Authentication: "basic" with a user name and a password, or "bearer" with a token. Default: basic. */
    scheme?: AuthScheme;
    /**
     * Name of a Secret in the namespace of the stack with the credentials: the keys username and password, or the key token.
     * Default: none: no authentication.
     */
    existingSecret?: string;
}

/** Existing Alertmanager. */
export interface ExternalAlertmanagerArgs {
    /**
     * URL of the Alertmanager that receives the alerts of Mimir and Loki. It replaces the Alertmanager of the stack. Default:
     * none.
     */
    url?: string;
    /** Software of the Alertmanager. Grafana uses different paths for each. Default: prometheus. */
    kind?: AlertmanagerKind;
    /**
     * Name of a Secret in the namespace of the stack with the keys username and password, for basic authentication. Default:
     * none: no authentication.
     */
    existingSecret?: string;
}

/**
 * Existing Grafana, with the sidecar that loads ConfigMaps. If a backend has credentials, this Grafana needs them as environment
 * variables.
 */
export interface ExternalGrafanaArgs {
    /** URL of Grafana for browsers. Default: none. */
    url?: string;
    /**
     * Namespace in which the sidecar of Grafana looks for ConfigMaps. The stack creates ConfigMaps with the data sources and the
     * dashboards there. Default: the namespace of the stack.
     */
    namespace?: string;
    /** Labels of the ConfigMap with data sources. Default: grafana_datasource: "1". */
    dataSourceLabels?: { [key: string]: string };
    /** Labels of the ConfigMaps with dashboards. Default: grafana_dashboard: "1". */
    dashboardLabels?: { [key: string]: string };
}

/** Existing receiver of OTLP over HTTP. */
export interface ExternalOtlpArgs {
    /** URL of an OTLP receiver, without /v1/traces. The collector exports all signals to it instead of Alloy. Default: none. */
    url?: string;
    /** Authentication: "basic" with a user name and a password, or "bearer" with a token. Default: basic. */
    scheme?: AuthScheme;
    /**
     * Name of a Secret in the namespace of the stack with the credentials: the keys username and password, or the key token.
     * Default: none: no authentication.
     */
    existingSecret?: string;
}

/**
 * Central stack in another cluster, to which this stack sends all signals. The central stack has
 * ingestion.external.otherClusters: true.
 */
export interface CentralArgs {
    /**
     * URL of the ingestion proxy of the central stack, without a path. This stack then deploys no store, no Grafana and no object
     * store: it sends all signals to this URL. Default: none: the stack stores its data itself.
     */
    url?: string;
    /**
     * URL for OTLP over HTTP of the central stack, without /v1/traces, if it differs, as with one load balancer for each Service.
     * Default: url.
     */
    otlpUrl?: string;
    /**
     * Authentication at the central stack: "bearer" with a token, or "basic" with the name of the client and a password. It is
     * ingestion.external.scheme of the central stack. Default: bearer.
     */
    scheme?: AuthScheme;
    /**
     * Name of a Secret in the namespace of the stack with the credential: the key token, or the keys username and password.
     * Required. Default: none.
     */
    existingSecret?: string;
    /**
     * Name of a Secret in the namespace of the stack with the key ca.crt: the certificate authority of the central stack, if it
     * is a private one. It is trusted in addition to the public ones. Default: none.
     */
    caSecret?: string;
}

/** How traces are sampled. */
export interface TracingArgs {
    /**
     * "head": the service that starts a trace decides whether the trace is sampled, and the collector drops nothing. "tail":
     * services send all spans, and the collector keeps traces with errors, slow traces, and a ratio of the other traces. Default:
     * head.
     */
    samplingMode?: SamplingMode;
    /**
     * Sampling ratio, from 0 to 1. With samplingMode "head", it applies to all traces. With "tail", it applies to traces that are
     * neither slow nor have errors. Default: dev 1, prod 0.1.
     */
    samplingRatio?: number;
    /** Tail sampling, only with samplingMode "tail". Default: none. */
    tail?: StackTailSamplingArgs;
    /**
     * Spans that the collector drops, such as those of health checks: those that match all conditions of an entry. Their children
     * stay. Span metrics do not count them. Default: none.
     */
    dropSpans?: DropSpansArgs[];
}

/** Tail sampling, only with samplingMode "tail". */
export interface StackTailSamplingArgs {
    /**
     * How long the collector waits for the spans of a trace before it makes the sampling decision. Until then, it keeps the spans
     * in memory. The maximum is 5m. Default: 10s.
     */
    decisionWait?: string;
    /**
     * Duration of a slow trace. The collector keeps every trace that takes longer. It must be less than decisionWait. Default:
     * 2s.
     */
    slowerThan?: string;
}

/** Additions to the configuration of the OpenTelemetry Collector. */
export interface StackCollectorArgs {
    /** Whether the collector also accepts the Jaeger protocols, on ports 14250, 14268 and 6831 (UDP). Default: false. */
    jaeger?: boolean;
    /**
     * How long a pod that ends still accepts data after it was removed from its Services. It needs Kubernetes 1.30. With tail
     * sampling and several replicas, use at least 10 s plus tracing.tail.decisionWait, so that no other replica still sends spans
     * to the pod. See docs/scale.md. Default: none.
     */
    shutdownDelay?: string;
    /** Attributes that the collector adds to every resource. Default: none. */
    resourceAttributes?: { [key: string]: string };
    /**
     * Receivers by name (TYPE or TYPE/NAME), merged on top of those in the default configuration. null removes one. Default:
     * none.
     */
    receivers?: { [key: string]: any };
    /**
     * Processors by name (TYPE or TYPE/NAME), merged on top of those in the default configuration. null removes one. Default:
     * none.
     */
    processors?: { [key: string]: any };
    /**
     * Exporters by name (TYPE or TYPE/NAME), merged on top of those in the default configuration. null removes one. Default:
     * none.
     */
    exporters?: { [key: string]: any };
    /**
     * Connectors by name (TYPE or TYPE/NAME), merged on top of those in the default configuration. null removes one. Default:
     * none.
     */
    connectors?: { [key: string]: any };
    /**
     * Extensions by name (TYPE or TYPE/NAME), merged on top of those in the default configuration. null removes one. Default:
     * none.
     */
    extensions?: { [key: string]: any };
    /**
     * Pipelines by SIGNAL or SIGNAL/NAME, each with the names of its receivers, processors and exporters. null removes one.
     * Default: none.
     */
    pipelines?: { [id: string]: CollectorPipelineArgs };
}

/** Which logs are stored, and how long. */
export interface StackLogsArgs {
    /**
     * Regular expressions (RE2). Each log entry that matches one of them is dropped: log lines of pods by the log collector, and
     * log records with a matching body by the OpenTelemetry Collector. Default: none.
     */
    dropLines?: string[];
    /**
     * Whether the events of Kubernetes are stored as log entries with service_name "kubernetes-events", each once. It deploys
     * lgtm-alloy-singleton, which can read all events. The events are those of the namespaces in collectFrom, and with
     * collectFrom.nodes also those of nodes and other objects of the cluster. Default: false.
     */
    kubernetesEvents?: boolean;
    /** Namespaces whose pod logs the log collector ignores. Default: none. */
    excludeNamespaces?: string[];
    /**
     * Lowest level of log entries by namespace: trace, debug, info, warn, error, fatal. The key "*" stands for all other
     * namespaces. Entries below it are dropped, in the logs of pods and in OTLP logs. Entries without a recognized level are
     * kept. Default: none.
     */
    minimumLevel?: { [namespace: string]: string };
    /** How long Loki keeps the logs of single namespaces, instead of retention.logs. The minimum is 24h. Default: none. */
    retentionByNamespace?: { [namespace: string]: string };
}

/** Which metrics are stored. */
export interface StackMetricsArgs {
    /**
     * Regular expressions (RE2) for the whole names of metrics that are dropped. The metrics scraper compares them with the name
     * in Mimir, and the OpenTelemetry Collector with the name that the application sends. Dashboards and alerts that need a
     * dropped metric have no data. Default: none.
     */
    dropNames?: string[];
    /**
     * Whether lgtm-alloy-singleton scrapes the targets of all ServiceMonitors, PodMonitors and Probes of the Prometheus operator,
     * in the namespaces of collectFrom. Their CRDs must exist in the cluster; the operator need not run. Targets that the metrics
     * scraper already scrapes, because of annotations, are left out. Monitors that refer to Secrets or ConfigMaps are not
     * scraped. Default: false.
     */
    prometheusOperator?: boolean;
    /**
     * Whether the rules of all PrometheusRule objects of the Prometheus operator are evaluated, in the namespaces of collectFrom.
     * lgtm-alloy-singleton writes them to a second ruler of Mimir, mimir-object-ruler, which sends their alerts to the same
     * Alertmanager. Their CRD must exist in the cluster, and the stack must deploy Mimir. Default: false.
     */
    prometheusRules?: boolean;
    /**
     * Parts of the control plane of Kubernetes whose metrics lgtm-alloy-singleton scrapes every 30 seconds, with dashboards and
     * alerts. apiServer: all API servers. coreDns: CoreDNS in kube-system. controllers: kube-scheduler and
     * kube-controller-manager. etcd: etcd. Managed clusters expose only apiServer and coreDns. Only metrics that the dashboards
     * and the alerts use are stored. Default: none.
     */
    controlPlane?: string[];
}

/** How profiles are collected. */
export interface StackProfilingArgs {
    /**
     * Whether Alloy scrapes profiles from annotated pods. The annotation of CPU profiles is profiles.grafana.com/cpu.scrape:
     * "true". With false, Pyroscope receives no profiles of these pods. Default: false.
     */
    scrape?: boolean;
    /**
     * Whether an Alloy on each node profiles the CPU usage of every process in the pods of collectFrom with eBPF, without changes
     * to the applications. Its pods run as root in the process namespace of the node. Pods whose CPU profiles Alloy already
     * scrapes are left out. Pods with a Pyroscope SDK need the annotation observability.mathtrail/ebpf-profiles: "false", or
     * their CPU profiles exist twice. Default: false.
     */
    ebpf?: boolean;
}

/** How long each signal is kept, as a duration such as 36h or 14d. */
export interface RetentionArgs {
    /** How long Loki keeps logs. The minimum is 24h. Default: dev 2d, prod 30d. */
    logs?: string;
    /** How long Tempo keeps traces. The minimum is 1h. Default: dev 2d, prod 14d. */
    traces?: string;
    /** How long Mimir keeps metrics. The minimum is 24h. Default: dev 7d, prod 30d. */
    metrics?: string;
    /** How long Pyroscope keeps profiles. The minimum is 12h. Default: dev 2d, prod 7d. */
    profiles?: string;
}

/** The local Prometheus, with components.prometheus. */
export interface StackPrometheusArgs {
    /** How long Prometheus keeps metrics, from 2h to 15d. Default: 24h. */
    retention?: string;
    /**
     * Size of the volume of Prometheus. It deletes the oldest metrics if they need more than 80 % of it. Default: dev 4Gi, prod
     * 20Gi.
     */
    size?: string;
}

/** The Redpanda of the stack, with components.redpanda. */
export interface StackRedpandaArgs {
    /**
     * Number of brokers: 1, 3 or 5, and not more than nodes. With 1, each message is on one volume. It cannot be decreased.
     * Default: dev 1, prod 3.
     */
    replicas?: number;
    /** Size of the volume of each broker. Default: dev 5Gi, prod 20Gi. */
    size?: string;
    /**
     * Whether Redpanda Console is deployed, a user interface for topics, messages and consumer groups. It has no login, and no
     * Ingress. Default: true.
     */
    console?: boolean;
}

/**
 * Traces, and rates, errors and durations of requests, for services that have no SDK. Processes that export OTLP, and pods with a
 * Dapr sidecar, are not instrumented, because their data would exist twice.
 */
export interface StackAutoInstrumentationArgs {
    /**
     * Whether a DaemonSet instruments processes with eBPF, and sends their traces and metrics to the collector. Its pods run as
     * root in the process namespace of the node, and the nodes need Linux 5.8 or later or Linux 4.18 of RHEL 8, with BTF.
     * Default: false.
     */
    enabled?: boolean;
    /**
     * Program: "beyla" is Grafana Beyla, and "opentelemetry" is OpenTelemetry eBPF Instrumentation, on which Beyla is based.
     * Default: beyla.
     */
    kind?: InstrumentationKind;
    /**
     * Namespaces whose processes are instrumented. The namespace of the stack is never instrumented. Default:
     * collectFrom.namespaces, or all except those of Kubernetes.
     */
    namespaces?: string[];
    /** Namespaces whose processes are not instrumented, in addition to those in collectFrom.excludeNamespaces. Default: none. */
    excludeNamespaces?: string[];
    /**
     * Labels of the pods whose processes are instrumented. Values can be globs such as "shop-*". A pod must have all of them. A
     * single pod is left out with the annotation observability.mathtrail/auto-instrumentation: "false". Default: none.
     */
    podLabels?: { [key: string]: string };
    /**
     * Whether the trace context is added to outgoing HTTP requests, so that the spans of several services belong to one trace.
     * The pods then use the network of the node and change packets, with the capability NET_ADMIN. Default: false.
     */
    contextPropagation?: boolean;
}

/** Data from outside of the cluster. */
export interface IngestionArgs {
    /** OTLP from outside of the cluster, over gRPC and HTTP, with authentication. */
    external?: StackExternalIngestionArgs;
}

/** OTLP from outside of the cluster, over gRPC and HTTP, with authentication. */
export interface StackExternalIngestionArgs {
    /**
     * Whether the collector accepts OTLP from outside of the cluster, on ports of its own. Each request needs the credential of a
     * client. Default: false.
     */
    enabled?: boolean;
    /** Host name for clients. Required with ingress and with gateway. Default: none. */
    host?: string;
    /** Authentication of clients: "bearer" with a token, or "basic" with the name of the client and a password. Default: bearer. */
    scheme?: AuthScheme;
    /**
     * Names of clients. The stack generates a credential for each, or reads it from existingSecret. The name is the key in the
     * Secret. Default: none.
     */
    clients?: string[];
    /**
     * Credentials of further clients by their names: tokens or passwords, each with at least 16 characters. Set them with `pulumi
     * config set --secret --path`. Not allowed together with existingSecret. Default: none.
     */
    credentials?: { [client: string]: pulumi.Input<string> };
    /**
     * Whether the clients are stacks in other clusters, with the setting central. The stack then deploys the ingestion proxy,
     * which also accepts pod logs, metrics and profiles, and OTLP keeps the label cluster of its sender. Default: false.
     */
    otherClusters?: boolean;
    /**
     * Name of a Secret with the credentials. Its keys are the names in clients. Default: none: the stack creates the Secret
     * otlp-ingestion.
     */
    existingSecret?: string;
    /**
     * Name of a Secret with the certificate of the collector: the keys tls.crt and tls.key. The collector then accepts only TLS.
     * Without it, an ingress or a Gateway can terminate TLS. Default: none.
     */
    tlsSecret?: string;
    /** Whether the Service otlp-ingestion has the type LoadBalancer. It needs tlsSecret. Default: false. */
    loadBalancer?: boolean;
    /** Annotations of the Service otlp-ingestion. Default: none. */
    serviceAnnotations?: { [key: string]: string };
    /** Ingresses for OTLP: one for HTTP, and one for gRPC. They exist if any key of ingress is set. */
    ingress?: StackIngestionIngressArgs;
    /** Route for OTLP with the Gateway API, instead of ingress. The CRDs of the Gateway API and the Gateways must exist. */
    gateway?: StackIngestionGatewayArgs;
}

/** Ingresses for OTLP: one for HTTP, and one for gRPC. They exist if any key of ingress is set. */
export interface StackIngestionIngressArgs {
    /** Ingress class. Default: the default class of the cluster. */
    className?: string;
    /** Name of a Secret with the certificate of the host. Default: otlp-ingestion-tls with clusterIssuer; otherwise none. */
    tlsSecret?: string;
    /** ClusterIssuer of cert-manager that issues the certificate of the host. Default: none. */
    clusterIssuer?: string;
    /** Annotations of both Ingresses. Default: none. */
    annotations?: { [key: string]: string };
    /** Further annotations of the Ingress for gRPC. Many controllers need one to use HTTP/2 for the collector. Default: none. */
    grpcAnnotations?: { [key: string]: string };
}

/** Route for OTLP with the Gateway API, instead of ingress. The CRDs of the Gateway API and the Gateways must exist. */
export interface StackIngestionGatewayArgs {
    /** Gateways to which the HTTPRoute is attached. Required with gateway. Default: none. */
    parents?: GatewayParentArgs[];
}

/** Limits of the stores for each tenant. A stack without the setting tenant has one tenant. Alerts fire when a limit rejects data. */
export interface LimitsArgs {
    /** Limits of Loki. */
    logs?: LokiLimitsArgs;
    /** Limits of Mimir. */
    metrics?: MimirLimitsArgs;
    /** Limits of Tempo. */
    traces?: TempoLimitsArgs;
    /** Limits of Pyroscope. */
    profiles?: PyroscopeLimitsArgs;
    /**
     * Limits of single tenants, which replace those of all tenants. Only with the setting tenant, because a stack without it has
     * one tenant. Default: none.
     */
    tenants?: TenantLimitsArgs[];
}

/**
 * How the stores run. One process for everything is simpler and needs less. Separate parts can be scaled one by one: see
 * docs/scale.md.
 */
export interface ModeArgs {
    /**
     * "monolithic": every replica of Loki runs all of its parts. "distributed": each part has its own pods. The address of Loki
     * stays the same. `npm run migrate -- loki-mode` changes the mode without losing logs. Default: monolithic.
     */
    loki?: StoreMode;
    /**
     * "monolithic": every replica of Mimir runs all of its parts. "distributed": each part has its own pods, in the classic
     * architecture without Kafka. The address of Mimir stays the same. `npm run migrate -- mimir-mode` changes the mode without
     * losing samples. Default: monolithic.
     */
    mimir?: StoreMode;
    /**
     * "monolithic": Tempo is one process with one replica. "distributed": each part has its own pods, without Kafka. The address
     * of Tempo stays the same. `npm run migrate -- tempo-mode` changes the mode without losing traces. Default: monolithic.
     */
    tempo?: StoreMode;
    /**
     * "monolithic": Pyroscope is one process with one replica. "distributed": each part has its own pods, and several replicas
     * have the index. The address of Pyroscope stays the same. `npm run migrate -- pyroscope-mode` changes the mode without
     * losing profiles. Default: monolithic.
     */
    pyroscope?: StoreMode;
}

/** Number of replicas of each component that can have more than one. */
export interface ReplicasArgs {
    /** Replicas of the OpenTelemetry Collector. Default: dev 1, prod 3. */
    collector?: number;
    /** Replicas of Alloy as the OTLP receiver. Default: dev 1, prod 3. */
    receiver?: number;
    /**
     * Replicas of lgtm-alloy-singleton, which scrapes databases, probed URLs and the targets of monitors. With several replicas,
     * each target is scraped by one of them. Default: 1.
     */
    singleton?: number;
    /**
     * Replicas of Loki. With mode.loki distributed, replicas of its ingesters, which hold the newest lines. The number must be 1
     * or at least 3, unless replicationFactor.loki is set. Default: dev 1, prod 3.
     */
    loki?: number;
    /** Distributed Loki: replicas of the distributors, which accept log lines. Default: dev 1, prod 3. */
    lokiDistributor?: number;
    /** Distributed Loki: replicas of the queriers. Default: dev 1, prod 3. */
    lokiQuerier?: number;
    /**
     * Replicas of Mimir, and with mode.mimir distributed of its ingesters. The number must be 1 or at least 3, unless
     * replicationFactor.mimir is set. Default: dev 1, prod 3.
     */
    mimir?: number;
    /** Replicas of the distributor of Mimir, which receives samples. Only with mode.mimir distributed. Default: dev 1, prod 2. */
    mimirDistributor?: number;
    /** Replicas of the querier of Mimir, which evaluates queries. Only with mode.mimir distributed. Default: dev 1, prod 2. */
    mimirQuerier?: number;
    /**
     * Replicas of the store-gateway of Mimir, which reads old samples from the bucket. Only with mode.mimir distributed. Default:
     * dev 1, prod 3.
     */
    mimirStoreGateway?: number;
    /**
     * Distributed Tempo: replicas of the ingesters, which hold the newest traces. The number must be 1 or at least 3, unless
     * replicationFactor.tempo is set. The monolithic Tempo has one replica. Default: dev 1, prod 3.
     */
    tempo?: number;
    /** Distributed Tempo: replicas of the distributors, which accept spans. Default: dev 1, prod 3. */
    tempoDistributor?: number;
    /** Distributed Tempo: replicas of the queriers. Default: dev 1, prod 2. */
    tempoQuerier?: number;
    /**
     * Distributed Tempo: replicas of the metrics-generator, which computes metrics from spans. Each replica has its own series.
     * Default: dev 1, prod 2.
     */
    tempoMetricsGenerator?: number;
    /**
     * Distributed Pyroscope: replicas of the metastore, which has the index of all profiles. The number must be odd, and cannot
     * be lowered. See docs/scale.md. Default: dev 1, prod 3.
     */
    pyroscopeMetastore?: number;
    /** Distributed Pyroscope: replicas of the distributors, which accept profiles. Default: dev 1, prod 2. */
    pyroscopeDistributor?: number;
    /** Distributed Pyroscope: replicas of the segment-writers, which write profiles to the bucket. Default: dev 1, prod 3. */
    pyroscopeSegmentWriter?: number;
    /** Distributed Pyroscope: replicas of the query-frontend. Default: dev 1, prod 2. */
    pyroscopeQueryFrontend?: number;
    /** Distributed Pyroscope: replicas of the query-backends, which read profiles. Default: dev 1, prod 3. */
    pyroscopeQueryBackend?: number;
    /** Distributed Pyroscope: replicas of the compaction-worker. Default: dev 1, prod 2. */
    pyroscopeCompactionWorker?: number;
    /**
     * Replicas of MinIO: 1, or 4 to 16 with erasure coding. Each replica has one drive. It cannot be changed after the first
     * deployment. Default: dev 1, prod 4.
     */
    minio?: number;
}

/**
 * How many replicas store each log line, each series and each trace. The number must be odd, and not greater than the number of
 * replicas.
 */
export interface ReplicationFactorArgs {
    /** Replicas of Loki that store each log line. Default: replicas.loki, at most 3. */
    loki?: number;
    /** Replicas of Mimir that store each series. Default: replicas.mimir, at most 3. */
    mimir?: number;
    /** Distributed Tempo: ingesters that store each trace. Default: replicas.tempo, at most 3. */
    tempo?: number;
}

/** Storage class and sizes of the volumes. */
export interface StorageArgs {
    /**
     * Storage class of all volumes. After the first deployment, a change does not affect existing volumes. Default: the default
     * class of the cluster.
     */
    className?: string;
    /**
     * Size of the volume of each replica, as a Kubernetes quantity. A larger size expands existing volumes, if their storage
     * class allows it. A size cannot be reduced.
     */
    sizes?: StorageSizesArgs;
    /**
     * Name of Pyroscope in the Raft log on its volume. After a restore of its index to another namespace, it must be the old
     * name: `npm run restore` prints it. Default: the host name of the pod in the namespace of the stack, under the domain
     * cluster.local.
     */
    pyroscopeServerId?: string;
}

/**
 * Size of the volume of each replica, as a Kubernetes quantity. A larger size expands existing volumes, if their storage class
 * allows it. A size cannot be reduced.
 */
export interface StorageSizesArgs {
    /** Loki: WAL and files of the compactor. With mode.loki distributed, WAL of each ingester. Default: dev 5Gi, prod 100Gi. */
    loki?: string;
    /**
     * Tempo: WAL and blocks that are not uploaded yet. With mode.tempo distributed, each ingester has a volume of this size.
     * Default: dev 5Gi, prod 100Gi.
     */
    tempo?: string;
    /**
     * Mimir: WAL, recent blocks and files of the compactor. With mode.mimir distributed, each ingester, store-gateway and
     * compactor has a volume of this size. Default: dev 5Gi, prod 100Gi.
     */
    mimir?: string;
    /**
     * Pyroscope: the index. With mode.pyroscope distributed, each replica of the metastore has a volume of this size. Default:
     * dev 5Gi, prod 100Gi.
     */
    pyroscope?: string;
    /** Grafana: its database. Default: dev 5Gi, prod 10Gi. */
    grafana?: string;
    /** MinIO: all stored data. Default: dev 10Gi, prod 100Gi. */
    minio?: string;
    /**
     * OpenTelemetry Collector: queues that keep data while Alloy or a backend is down. In dev, they are in an emptyDir. Default:
     * dev 1Gi, prod 10Gi.
     */
    collector?: string;
}

/** HorizontalPodAutoscalers of the components that can have any number of replicas. */
export interface StackAutoscalingArgs {
    /**
     * Autoscaling of the OpenTelemetry Collector, instead of replicas.collector. The cluster needs a metrics server. Default:
     * none.
     */
    collector?: CollectorAutoscalingArgs;
    /** Autoscaling of Alloy as the OTLP receiver, instead of replicas.receiver. The cluster needs a metrics server. Default: none. */
    receiver?: AutoscalingArgs;
    /**
     * Autoscaling of the distributors of distributed Loki, instead of replicas.lokiDistributor. The cluster needs a metrics
     * server. Default: none.
     */
    lokiDistributor?: AutoscalingArgs;
    /**
     * Autoscaling of the queriers of distributed Loki, instead of replicas.lokiQuerier. The cluster needs a metrics server.
     * Default: none.
     */
    lokiQuerier?: AutoscalingArgs;
    /**
     * Autoscaling of the distributors of distributed Mimir, instead of replicas.mimirDistributor. The cluster needs a metrics
     * server. Default: none.
     */
    mimirDistributor?: AutoscalingArgs;
    /**
     * Autoscaling of the queriers of distributed Mimir, instead of replicas.mimirQuerier. The cluster needs a metrics server.
     * Default: none.
     */
    mimirQuerier?: AutoscalingArgs;
    /**
     * Autoscaling of the distributors of distributed Tempo, instead of replicas.tempoDistributor. The cluster needs a metrics
     * server. Default: none.
     */
    tempoDistributor?: AutoscalingArgs;
    /**
     * Autoscaling of the queriers of distributed Tempo, instead of replicas.tempoQuerier. The cluster needs a metrics server.
     * Default: none.
     */
    tempoQuerier?: AutoscalingArgs;
    /**
     * Autoscaling of the distributors of distributed Pyroscope, instead of replicas.pyroscopeDistributor. The cluster needs a
     * metrics server. Default: none.
     */
    pyroscopeDistributor?: AutoscalingArgs;
    /**
     * Autoscaling of the segment-writers of distributed Pyroscope, instead of replicas.pyroscopeSegmentWriter. The cluster needs
     * a metrics server. Default: none.
     */
    pyroscopeSegmentWriter?: AutoscalingArgs;
    /**
     * Autoscaling of the query-backends of distributed Pyroscope, instead of replicas.pyroscopeQueryBackend. The cluster needs a
     * metrics server. Default: none.
     */
    pyroscopeQueryBackend?: AutoscalingArgs;
}

/**
 * Zone-aware replication: the copies of each series, log stream and trace are in different zones, so that the loss of a zone
 * loses nothing and stops no query. See docs/availability.md.
 */
export interface StackZonesArgs {
    /**
     * Number of zones over which the replicas of Loki, Mimir and distributed Tempo are spread. At least their replication factor,
     * and at most their replicas. The cluster needs Kubernetes 1.35, and nodes in as many zones. Default: none: the scheduler
     * prefers different zones, and copies can be in the same zone.
     */
    count?: number;
    /**
     * A stack that already has data needs two deployments: one with "prepare", with which each replica learns its zone, and one
     * with "replicate". The same holds for the way back. A new stack can begin with "replicate". Default: "replicate" with
     * zones.count.
     */
    stage?: ZoneStage;
}

/**
 * PriorityClasses of the pods. Under memory pressure, a node evicts pods with a lower priority first. Pods without a priority
 * have the lowest one.
 */
export interface PriorityClassNamesArgs {
    /** PriorityClass of all pods except those of the DaemonSets. It must exist. Default: none: the default of the cluster. */
    services?: string;
    /**
     * PriorityClass of the log collector, the metrics scraper, the profiler and the auto-instrumentation, which run on each node.
     * It must exist. Default: none: the default of the cluster.
     */
    nodeAgents?: string;
}

/** Object storage of Loki, Tempo, Mimir and Pyroscope. */
export interface StackObjectStoreArgs {
    /** "minio": the stack deploys MinIO. "s3": the stack uses an existing S3 service with existing buckets. Default: minio. */
    kind?: ObjectStoreKind;
    /**
     * MinIO: whether the stack generates the logins. With false, these Secrets must exist: minio-root with the keys rootUser and
     * rootPassword, and object-store-loki, object-store-tempo, object-store-mimir and object-store-pyroscope with the keys
     * AWS_ACCESS_KEY_ID, which is the name of the backend, and AWS_SECRET_ACCESS_KEY. Decide it before the first deployment.
     * Default: true.
     */
    createSecrets?: boolean;
    /**
     * S3: URL of the service, without a path. A host with an optional port is also accepted, and means https://. Required with
     * kind s3. Default: none.
     */
    endpoint?: string;
    /** S3: region of the buckets. Default: us-east-1. */
    region?: string;
    /**
     * S3: whether requests have the bucket name in the path of the URL. With false, the host name contains it. Default: false for
     * AWS, otherwise true.
     */
    pathStyle?: boolean;
    /** Prefix of the name of each bucket. A hyphen follows it. Default: none. */
    bucketPrefix?: string;
    /** Names of the buckets. */
    buckets?: BucketNamesArgs;
    /**
     * S3: name of a Secret with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. S3 needs exactly one of existingSecret,
     * accessKeyId with secretAccessKey, and workloadIdentity. Default: none.
     */
    existingSecret?: string;
    /** S3: access key id. Set it with `pulumi config set --secret --path`. Default: none. */
    accessKeyId?: pulumi.Input<string>;
    /** S3: secret access key. Set it with `pulumi config set --secret --path`. Default: none. */
    secretAccessKey?: pulumi.Input<string>;
    /**
     * S3: whether the ServiceAccounts of the backends have access to the buckets through workload identity, without keys.
     * Default: false.
     */
    workloadIdentity?: boolean;
    /** S3 with workloadIdentity: annotations of the ServiceAccounts of the backends. Default: none. */
    serviceAccountAnnotations?: { [key: string]: string };
}

/** Login, storage and address of Grafana. */
export interface StackGrafanaArgs {
    /** Name of the administrator. Not allowed together with existingSecret. Default: admin. */
    adminUser?: string;
    /**
     * Password of the administrator. Set it with `pulumi config set --secret --path`. Not allowed together with existingSecret.
     * Default: in dev mathtrail, in prod a random password.
     */
    adminPassword?: pulumi.Input<string>;
    /** Name of a Secret with the keys admin-user and admin-password. Default: none: the stack creates the Secret grafana-admin. */
    existingSecret?: string;
    /** Whether Grafana stores users and preferences on a volume. With false, they are lost when the pod is deleted. Default: true. */
    persistence?: boolean;
    /**
     * URL of Grafana in the browser. With a path, Grafana serves below that path. Default: the URL of the ingress or of the
     * gateway.
     */
    rootUrl?: string;
    /** Ingress for access from outside the cluster. */
    ingress?: StackIngressArgs;
    /**
     * Route for access from outside the cluster with the Gateway API, instead of ingress. The CRDs of the Gateway API and the
     * Gateways must exist.
     */
    gateway?: StackGatewayArgs;
    /**
     * Login with OpenID Connect (OIDC). The identity provider must allow the redirect URL: the URL of Grafana and
     * /login/generic_oauth.
     */
    oidc?: StackOidcArgs;
    /**
     * Whether the login page accepts user names and passwords. With false, only single sign-on remains. The API always accepts
     * the login of the administrator, because `npm run verify` and `npm run backup` use it. Default: true.
     */
    passwordLogin?: boolean;
}

/** Ingress for access from outside the cluster. */
export interface StackIngressArgs {
    /** Whether Grafana has an Ingress. Default: true if any other key of ingress is set. */
    enabled?: boolean;
    /** Host name of the Ingress. Required if the Ingress is enabled. Default: none. */
    host?: string;
    /** Name of a Secret with the certificate of the host. Default: grafana-tls with clusterIssuer; otherwise none: plain HTTP. */
    tlsSecret?: string;
    /** ClusterIssuer of cert-manager that issues the certificate of the host. Default: none. */
    clusterIssuer?: string;
    /** Ingress class. Default: the default class of the cluster. */
    className?: string;
    /** Annotations of the Ingress. Default: none. */
    annotations?: { [key: string]: string };
}

/**
 * Route for access from outside the cluster with the Gateway API, instead of ingress. The CRDs of the Gateway API and the
 * Gateways must exist.
 */
export interface StackGatewayArgs {
    /** Host name of the HTTPRoute. Required with gateway. Default: none. */
    host?: string;
    /** Gateways to which the HTTPRoute is attached. Required with gateway. Default: none. */
    parents?: GatewayParentArgs[];
    /** Whether the listener of the Gateway serves HTTPS. It decides the URL of Grafana. Default: true. */
    tls?: boolean;
    /** Annotations of the HTTPRoute. Default: none. */
    annotations?: { [key: string]: string };
}

/**
 * Login with OpenID Connect (OIDC). The identity provider must allow the redirect URL: the URL of Grafana and
 * /login/generic_oauth.
 */
export interface StackOidcArgs {
    /** Name of the login on the login page. Default: Single sign-on. */
    name?: string;
    /** URL of the authorization endpoint of the identity provider. Required with oidc. Default: none. */
    authUrl?: string;
    /** URL of the token endpoint of the identity provider. Required with oidc. Default: none. */
    tokenUrl?: string;
    /** URL of the UserInfo endpoint of the identity provider. Required with oidc. Default: none. */
    apiUrl?: string;
    /** Client ID of Grafana in the identity provider. Required with oidc. Default: none. */
    clientId?: string;
    /**
     * Client secret of Grafana in the identity provider. Set it with `pulumi config set --secret --path`. Not allowed together
     * with existingSecret. Default: none.
     */
    clientSecret?: pulumi.Input<string>;
    /** Name of a Secret with the key client-secret. Default: none: with clientSecret, the stack creates the Secret grafana-oidc. */
    existingSecret?: string;
    /** Scopes that Grafana requests. Default: openid, profile, email. */
    scopes?: string[];
    /**
     * JMESPath expression that finds the role of a user: Admin, Editor, Viewer or None. Users without a valid role are viewers.
     * Default: none: every user is a viewer.
     */
    roleAttributePath?: string;
    /** Whether users without a valid role in the result of roleAttributePath are rejected. Default: false. */
    requireRole?: boolean;
    /** JMESPath expression that finds the list of groups of a user. Default: none. */
    groupsAttributePath?: string;
    /** Groups whose members may log in. They need groupsAttributePath. Default: every user of the identity provider may log in. */
    allowedGroups?: string[];
    /** Domains of the e-mail addresses that may log in. Default: every domain. */
    allowedDomains?: string[];
    /** Whether Grafana creates a user at the first login. With false, an administrator creates users. Default: true. */
    allowSignUp?: boolean;
    /** Whether Grafana starts the login without showing its login page. Default: false. */
    autoLogin?: boolean;
    /** URL to which Grafana redirects after a logout, to end the session in the identity provider too. Default: none. */
    signoutUrl?: string;
}

/** Tracing of Dapr applications. */
export interface StackDaprArgs {
    /**
     * Whether the stack creates a Dapr Configuration for tracing in each namespace of namespaces. Dapr must be installed.
     * Default: false.
     */
    enabled?: boolean;
    /** Name of the Configuration. Pods refer to it with the annotation dapr.io/config. Default: tracing. */
    configurationName?: string;
    /** Application namespaces. The stack creates namespaces that do not exist, and never deletes one. Default: none. */
    namespaces?: string[];
}

/**
 * Service level objectives (SLOs). Each one adds recording rules, burn-rate alerts and a row in the SLO dashboard. They are
 * measured with the server and consumer spans of the service. With head sampling, the values are estimates, because only sampled
 * requests have spans.
 */
export interface SloArgs {
    /** Name of the SLO. Default: the service and the kind, joined with a hyphen. */
    name?: string;
    /** Name of the service in its spans (service.name). */
    service: string;
    /** Namespace of the service. Default: every namespace, each measured separately. */
    namespace?: string;
    /**
     * Good requests. "availability": requests whose span does not have the status error. "latency": requests that take at most
     * thresholdMs.
     */
    kind: SloKind;
    /** Required ratio of good requests. It must be greater than 0 and less than 1. */
    objective: number;
    /** Time over which the objective is measured, from 1d to retention.metrics. */
    window: string;
    /** Longest duration of a good request, in milliseconds. Required with kind latency. Default: none. */
    thresholdMs?: number;
}

/** Alerting rules. */
export interface AlertsArgs {
    /**
     * Groups of rules that are not deployed. docs/alerts.md lists the groups with alerts. The group usage has only recording
     * rules. Default: none.
     */
    disabledGroups?: string[];
    /** Thresholds by alert name. They replace the default thresholds in docs/alerts.md. Default: none. */
    thresholds?: { [key: string]: number };
    /**
     * URL of the folder that contains the runbooks. Each alert links to the page GROUP.md in this folder. Default: docs/runbooks
     * of this project.
     */
    runbookUrl?: string;
}

/** Synthetic monitoring of the stack by a recurring load test. See docs/load.md. */
export interface StackLoadMonitorArgs {
    /**
     * Whether a CronJob plays a shop of services with k6, and compares what it has sent with what the stack reports: traces, log
     * records, samples, error rates, latencies, edges of the service graph and the sampling ratio. Alerts report comparisons that
     * fail. It needs the collector, Loki, Tempo and Mimir of the stack. Default: false.
     */
    enabled?: boolean;
    /** Minutes between the starts of two runs: 5, 6, 10, 12, 15, 20, 30 or 60. Default: 15. */
    intervalMinutes?: number;
    /** Number of virtual users. Each one plays 10 journeys every second; a journey has 10 spans and 5 log records. Default: 2. */
    vus?: number;
    /**
     * How long the virtual users play. The minimum is 10s, and the maximum is 2m. The comparison takes up to 2 minutes more.
     * Default: 60s.
     */
    duration?: string;
    /**
     * Largest relative deviation of what the load test knows exactly, such as the number of log records. Error rates may deviate
     * by as many percentage points. Default: 0.01.
     */
    tolerance?: number;
    /**
     * Largest relative deviation of the number of sampled traces. A value below the default is refused. Default: 4 standard
     * deviations of this number, which depend on tracing.samplingRatio, vus and duration.
     */
    samplingTolerance?: number;
}

/** NetworkPolicies of the namespace of the stack. */
export interface StackNetworkPoliciesArgs {
    /**
     * Whether the stack creates NetworkPolicies: every connection of its pods is denied, except those of the data flow. They
     * apply to all pods in the namespace of the stack. In the profile dev they are off, because there applications of any
     * namespace send data. Default: dev false, prod true.
     */
    enabled?: boolean;
    /**
     * Namespaces whose pods may send data to the collector and to Pyroscope, in addition to those with the labels of
     * clientLabels. Default: dapr.namespaces and collectFrom.namespaces.
     */
    clientNamespaces?: string[];
    /**
     * Labels of namespaces whose pods may send data. A namespace must have all of them. With an empty map, only clientNamespaces
     * applies. Default: {"observability.mathtrail/client":"true"}.
     */
    clientLabels?: { [key: string]: string };
    /**
     * Namespaces of the ingress controller. If it and ingressCidrs are empty, and Grafana has an ingress or a rootUrl, every
     * address can connect to the port of Grafana. Default: none.
     */
    ingressNamespaces?: string[];
    /** Address ranges of load balancers that connect to the pod of Grafana directly. Default: none. */
    ingressCidrs?: string[];
    /**
     * Namespaces whose pods may scrape the metrics of the stack: of another Prometheus, or of another stack of this cluster.
     * Default: none.
     */
    metricsNamespaces?: string[];
    /** Address ranges of the API server of the cluster. Default: all addresses. */
    apiServerCidrs?: string[];
    /** Ports of the API server of the cluster. Default: 443 and 6443. */
    apiServerPorts?: number[];
    /** Address ranges of the nodes. The metrics scraper connects to the kubelet on port 10250. Default: all addresses. */
    nodeCidrs?: string[];
    /** DNS server of the cluster. Default: kube-dns. */
    dns?: DnsArgs;
    /** Further connections from outside of the stack to its components. Default: none. */
    ingress?: ConnectionsArgs[];
    /** Further connections of components to the outside of the stack. Default: none. */
    egress?: ConnectionsArgs[];
}

/** Source of the Helm charts. */
export interface ChartsArgs {
    /**
     * Source of all charts. It replaces their repositories. It is a folder of NAME-VERSION.tgz files, an oci:// registry, or the
     * https:// or http:// URL of a Helm repository, without user and password. Default: the repository of each chart.
     */
    mirror?: string;
}

/** Source of the container images. */
export interface ImagesArgs {
    /** Registry of all images. It replaces their registries. It can have a path. Default: the registry of each image. */
    registry?: string;
    /** Names of the Secrets with the credentials of the registry (imagePullSecrets). Default: none. */
    pullSecrets?: string[];
}

/**
 * Helm values of each chart, merged on top of the values that the program sets. Maps are merged, lists are replaced, and null
 * deletes a default of the chart.
 */
export interface StackValuesArgs {
    /** Helm values of the OpenTelemetry Collector. Default: none. */
    otelCollector?: { [key: string]: any };
    /** Helm values of Alloy as the OTLP receiver. Default: none. */
    alloyReceiver?: { [key: string]: any };
    /** Helm values of Alloy as the log collector. Default: none. */
    alloyLogs?: { [key: string]: any };
    /** Helm values of Alloy as the metrics scraper. Default: none. */
    alloyMetrics?: { [key: string]: any };
    /** Helm values of lgtm-alloy-singleton, for events, probes, databases and monitors. Default: none. */
    alloySingleton?: { [key: string]: any };
    /** Helm values of Alloy as the profiler with eBPF. Default: none. */
    alloyProfiles?: { [key: string]: any };
    /** Helm values of Loki. Default: none. */
    loki?: { [key: string]: any };
    /** Helm values of Tempo. Default: none. */
    tempo?: { [key: string]: any };
    /** Helm values of Mimir. Default: none. */
    mimir?: { [key: string]: any };
    /** Helm values of Pyroscope. Default: none. */
    pyroscope?: { [key: string]: any };
    /** Helm values of kube-state-metrics. Default: none. */
    kubeStateMetrics?: { [key: string]: any };
    /** Helm values of the Alloy that reads metrics of Kafka. Default: none. */
    alloyKafka?: { [key: string]: any };
    /** Helm values of Redpanda. Default: none. */
    redpanda?: { [key: string]: any };
    /** Helm values of Prometheus. Default: none. */
    prometheus?: { [key: string]: any };
    /** Helm values of Beyla or OpenTelemetry eBPF Instrumentation. Default: none. */
    autoInstrumentation?: { [key: string]: any };
    /** Helm values of the ingestion proxy. Default: none. */
    ingestionProxy?: { [key: string]: any };
    /** Helm values of Grafana. Default: none. */
    grafana?: { [key: string]: any };
    /** Helm values of MinIO. Default: none. */
    minio?: { [key: string]: any };
}

/**
 * Components whose Helm values can have any key. For all other components, the program refuses keys in the setting values that
 * neither the chart nor the configuration of the application knows, because Helm would ignore them.
 */
export interface StackValuesUncheckedArgs {
    /** Whether unknown keys in the Helm values of the OpenTelemetry Collector are accepted. Default: false. */
    otelCollector?: boolean;
    /** Whether unknown keys in the Helm values of Alloy as the OTLP receiver are accepted. Default: false. */
    alloyReceiver?: boolean;
    /** Whether unknown keys in the Helm values of Alloy as the log collector are accepted. Default: false. */
    alloyLogs?: boolean;
    /** Whether unknown keys in the Helm values of Alloy as the metrics scraper are accepted. Default: false. */
    alloyMetrics?: boolean;
    /**
     * Whether unknown keys in the Helm values of lgtm-alloy-singleton, for events, probes, databases and monitors are accepted.
     * Default: false.
     */
    alloySingleton?: boolean;
    /** Whether unknown keys in the Helm values of Alloy as the profiler with eBPF are accepted. Default: false. */
    alloyProfiles?: boolean;
    /** Whether unknown keys in the Helm values of Loki are accepted. Default: false. */
    loki?: boolean;
    /** Whether unknown keys in the Helm values of Tempo are accepted. Default: false. */
    tempo?: boolean;
    /** Whether unknown keys in the Helm values of Mimir are accepted. Default: false. */
    mimir?: boolean;
    /** Whether unknown keys in the Helm values of Pyroscope are accepted. Default: false. */
    pyroscope?: boolean;
    /** Whether unknown keys in the Helm values of kube-state-metrics are accepted. Default: false. */
    kubeStateMetrics?: boolean;
    /** Whether unknown keys in the Helm values of the Alloy that reads metrics of Kafka are accepted. Default: false. */
    alloyKafka?: boolean;
    /** Whether unknown keys in the Helm values of Redpanda are accepted. Default: false. */
    redpanda?: boolean;
    /** Whether unknown keys in the Helm values of Prometheus are accepted. Default: false. */
    prometheus?: boolean;
    /** Whether unknown keys in the Helm values of Beyla or OpenTelemetry eBPF Instrumentation are accepted. Default: false. */
    autoInstrumentation?: boolean;
    /** Whether unknown keys in the Helm values of the ingestion proxy are accepted. Default: false. */
    ingestionProxy?: boolean;
    /** Whether unknown keys in the Helm values of Grafana are accepted. Default: false. */
    grafana?: boolean;
    /** Whether unknown keys in the Helm values of MinIO are accepted. Default: false. */
    minio?: boolean;
}

/** Arguments of ObservabilityStack. Each has a default. The keys are those of the stack configuration. */
export interface ObservabilityStackArgs {
    /**
     * "dev" fits on one node. "prod" runs several replicas of every component except Tempo, Pyroscope and Grafana. The profile
     * decides the defaults of many other settings. Default: dev.
     */
    profile?: Profile;
    /**
     * Namespace of all objects except the ClusterRoles and the Dapr Configurations, which are in the application namespaces. The
     * names of the ClusterRoles contain the namespace, so a cluster can have several stacks: collectFrom decides what each
     * collects, and each must have other application namespaces in dapr.namespaces. The DNS names of the services contain the
     * namespace. The namespaces default, kube-system, kube-public and kube-node-lease are not allowed. Default: monitoring.
     */
    namespace?: string;
    /**
     * Whether the stack creates the namespace. `npm run down` then deletes it, with its volumes, unless their storage class has
     * the reclaim policy Retain. With false, the namespace must exist. It needs the label
     * pod-security.kubernetes.io/enforce=privileged, because the log collector and the metrics scraper mount folders of their
     * node. In the profile "prod", a change from true to false keeps the namespace. In the profile "dev", it is refused, because
     * it would delete the namespace. Default: true.
     */
    createNamespace?: boolean;
    /**
     * DNS domain of the cluster. All addresses of Services end with it. Setting it restarts the pods that use such addresses.
     * Default: cluster.local.
     */
    clusterDomain?: string;
    /**
     * Value of the label "cluster" in all four signals. It distinguishes this cluster from other clusters. An SDK that pushes
     * profiles must set this label itself. Default: the profile.
     */
    cluster?: string;
    /**
     * Tenant that all components and data sources use (header X-Scope-OrgID). With a tenant, the backends reject requests without
     * this header. Pyroscope SDKs send profiles directly, so each service must set the tenant itself. Default: none:
     * multi-tenancy is disabled in each backend.
     */
    tenant?: string;
    /**
     * Components that the stack deploys. The object store is deployed if a component stores data in it. Dashboards, alerts and
     * data sources of absent components are left out.
     */
    components?: StackComponentsArgs;
    /**
     * Backends that exist outside of the stack. The stack does not deploy a component that is listed here, and connects the
     * others to it.
     */
    external?: ExternalArgs;
    /**
     * Central stack in another cluster, to which this stack sends all signals. The central stack has
     * ingestion.external.otherClusters: true.
     */
    central?: CentralArgs;
    /** How traces are sampled. */
    tracing?: TracingArgs;
    /** Additions to the configuration of the OpenTelemetry Collector. */
    collector?: StackCollectorArgs;
    /**
     * From where the stack collects logs, metrics and profiles. Without it, several stacks of a cluster collect everything
     * several times. Data that applications send over OTLP, Zipkin or the Pyroscope SDK is always accepted.
     */
    collectFrom?: CollectFromArgs;
    /** Which logs are stored, and how long. */
    logs?: StackLogsArgs;
    /** Which metrics are stored. */
    metrics?: StackMetricsArgs;
    /**
     * Synthetic probes: lgtm-alloy-singleton probes each address every 30 seconds, from inside of the cluster. The dashboard
     * Probes and the alerts of the group probes show the results. Default: none.
     */
    probes?: ProbeArgs[];
    /**
     * Database servers whose metrics lgtm-alloy-singleton reads every 30 seconds. Each kind has a dashboard and a group of
     * alerts. Alloy reads only the two named keys of a Secret. Default: none.
     */
    databases?: DatabaseArgs[];
    /**
     * Existing Kafka clusters, or others with its API, whose metrics and lag of consumer groups an Alloy of its own reads every
     * 30 seconds. The dashboard Kafka and the alerts of the group kafka show them. The Redpanda of the stack needs no entry.
     * Default: none.
     */
    kafka?: KafkaArgs[];
    /** How profiles are collected. */
    profiling?: StackProfilingArgs;
    /** How long each signal is kept, as a duration such as 36h or 14d. */
    retention?: RetentionArgs;
    /** The local Prometheus, with components.prometheus. */
    prometheus?: StackPrometheusArgs;
    /** The Redpanda of the stack, with components.redpanda. */
    redpanda?: StackRedpandaArgs;
    /**
     * Traces, and rates, errors and durations of requests, for services that have no SDK. Processes that export OTLP, and pods
     * with a Dapr sidecar, are not instrumented, because their data would exist twice.
     */
    autoInstrumentation?: StackAutoInstrumentationArgs;
    /** Data from outside of the cluster. */
    ingestion?: IngestionArgs;
    /**
     * Secrets and personal data that are removed before data is stored. Names of attributes apply to traces, logs and metrics
     * that arrive at the collector. Patterns apply to logs.
     */
    redaction?: RedactionArgs;
    /**
     * Limits of the stores for each tenant. A stack without the setting tenant has one tenant. Alerts fire when a limit rejects
     * data.
     */
    limits?: LimitsArgs;
    /**
     * How the stores run. One process for everything is simpler and needs less. Separate parts can be scaled one by one: see
     * docs/scale.md.
     */
    mode?: ModeArgs;
    /** Number of replicas of each component that can have more than one. */
    replicas?: ReplicasArgs;
    /**
     * How many replicas store each log line, each series and each trace. The number must be odd, and not greater than the number
     * of replicas.
     */
    replicationFactor?: ReplicationFactorArgs;
    /** Storage class and sizes of the volumes. */
    storage?: StorageArgs;
    /** HorizontalPodAutoscalers of the components that can have any number of replicas. */
    autoscaling?: StackAutoscalingArgs;
    /**
     * Zone-aware replication: the copies of each series, log stream and trace are in different zones, so that the loss of a zone
     * loses nothing and stops no query. See docs/availability.md.
     */
    zones?: StackZonesArgs;
    /**
     * PriorityClasses of the pods. Under memory pressure, a node evicts pods with a lower priority first. Pods without a priority
     * have the lowest one.
     */
    priorityClassNames?: PriorityClassNamesArgs;
    /** Object storage of Loki, Tempo, Mimir and Pyroscope. */
    objectStore?: StackObjectStoreArgs;
    /** Login, storage and address of Grafana. */
    grafana?: StackGrafanaArgs;
    /** Dashboards of this project. */
    dashboards?: DashboardsArgs;
    /** Tracing of Dapr applications. */
    dapr?: StackDaprArgs;
    /**
     * Service level objectives (SLOs). Each one adds recording rules, burn-rate alerts and a row in the SLO dashboard. They are
     * measured with the server and consumer spans of the service. With head sampling, the values are estimates, because only
     * sampled requests have spans. Default: none.
     */
    slos?: SloArgs[];
    /** Alerting rules. */
    alerts?: AlertsArgs;
    /** Routing of alerts to receivers. Grafana shows and silences alerts even without receivers. */
    alerting?: AlertmanagerArgs;
    /** Synthetic monitoring of the stack by a recurring load test. See docs/load.md. */
    loadMonitor?: StackLoadMonitorArgs;
    /** NetworkPolicies of the namespace of the stack. */
    networkPolicies?: StackNetworkPoliciesArgs;
    /** Source of the Helm charts. */
    charts?: ChartsArgs;
    /** Source of the container images. */
    images?: ImagesArgs;
    /**
     * Labels that a node must have for pods of the stack. The log collector and the metrics scraper ignore this setting: they run
     * on every Linux node. Default: none.
     */
    nodeSelector?: { [key: string]: string };
    /**
     * Taints of nodes that the pods of the stack tolerate. The log collector and the metrics scraper tolerate every taint.
     * Default: none.
     */
    tolerations?: TolerationArgs[];
    /**
     * What may lose its data in the next deployment: objectStore, loki, tempo, mimir, pyroscope, grafana, collector, redpanda. In
     * the profile "prod", a change that would lose stored data is refused unless this setting names everything that it would
     * lose. Remove it after the deployment. Default: none.
     */
    allowDataLoss?: string[];
    /** Whether Pulumi finishes without waiting until the objects are ready. Default: false. */
    skipAwait?: boolean;
    /**
     * Whether Pulumi refuses to delete or to replace the objects that hold data: the StatefulSets, the claim of Grafana and the
     * generated passwords. With true, Pulumi also never deletes the namespace. Default: dev false, prod true.
     */
    protectData?: boolean;
    /**
     * Helm values of each chart, merged on top of the values that the program sets. Maps are merged, lists are replaced, and null
     * deletes a default of the chart.
     */
    values?: StackValuesArgs;
    /**
     * Components whose Helm values can have any key. For all other components, the program refuses keys in the setting values
     * that neither the chart nor the configuration of the application knows, because Helm would ignore them.
     */
    valuesUnchecked?: StackValuesUncheckedArgs;
}
