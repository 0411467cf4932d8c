// Generated from settings/schema by "npm run generate". Do not edit.
import type * as pulumi from "@pulumi/pulumi";
import type { DashboardsArgs } from "../components/grafana/args";
import type { TolerationArgs } from "../components/helm/args";
import type { AlertmanagerArgs } from "../components/mimir/args";
import type { BucketNamesArgs, ObjectStoreKind } from "../components/object-store/args";
import type { CollectorPipelineArgs, SamplingMode } from "../components/otel-collector/args";
import type { Profile } from "../components/profile";
import type { SloKind } from "../rules/define";

/** How traces are sampled. */
export interface TracingArgs {
    /**
     * "head": the service that starts a trace decides whether the trace is sampled, and the collector drops nothing. "tail":
     * services send all spans, and the collector keeps traces with errors, slow traces and a share of the others. Default: head.
     */
    samplingMode?: SamplingMode;
    /** Share of the traces that is kept, from 0 to 1. Default: dev 1, prod 0.1. */
    samplingRatio?: number;
    /** Tail sampling, only with samplingMode "tail". Default: none. */
    tail?: StackTailSamplingArgs;
}

/** Tail sampling, only with samplingMode "tail". */
export interface StackTailSamplingArgs {
    /**
     * How long the collector waits for the spans of a trace before it decides. It keeps the spans in memory meanwhile. The
     * maximum is 5m. Default: 10s.
     */
    decisionWait?: string;
    /** Traces that take longer than this are always kept. It must be less than decisionWait. Default: 2s. */
    slowerThan?: string;
}

/** Additions to the configuration of the OpenTelemetry Collector. */
export interface StackCollectorArgs {
    /** Whether the collector also accepts the Jaeger protocols, on ports 14250, 14268 and 6831 (UDP). Default: false. */
    jaeger?: boolean;
    /** Attributes that the collector adds to every resource. Default: none. */
    resourceAttributes?: { [key: string]: string };
    /** Receivers by name (TYPE or TYPE/NAME), merged on top of the collector's own. null removes one. Default: none. */
    receivers?: { [key: string]: any };
    /** Processors by name (TYPE or TYPE/NAME), merged on top of the collector's own. null removes one. Default: none. */
    processors?: { [key: string]: any };
    /** Exporters by name (TYPE or TYPE/NAME), merged on top of the collector's own. null removes one. Default: none. */
    exporters?: { [key: string]: any };
    /** Connectors by name (TYPE or TYPE/NAME), merged on top of the collector's own. null removes one. Default: none. */
    connectors?: { [key: string]: any };
    /** Extensions by name (TYPE or TYPE/NAME), merged on top of the collector's own. null removes one. Default: none. */
    extensions?: { [key: string]: any };
    /**
     * Pipelines by SIGNAL or SIGNAL/NAME, each with the names of its receivers, processors and exporters. null removes one.
     * Default: none.
     */
    pipelines?: { [id: string]: CollectorPipelineArgs };
}

/** Which pod logs are collected. */
export interface StackLogsArgs {
    /** Regular expressions (RE2). A pod log entry that matches one of them is dropped. Default: none. */
    dropLines?: string[];
    /** Namespaces whose pod logs are not collected. Default: none. */
    excludeNamespaces?: string[];
}

/** How profiles are collected. */
export interface StackProfilingArgs {
    /**
     * Whether Alloy scrapes profiles from pods that are annotated with profiles.grafana.com/cpu.scrape: "true" and so on. Without
     * it, only SDKs push profiles. Default: false.
     */
    scrape?: boolean;
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

/** Number of replicas of each component that can have several. */
export interface ReplicasArgs {
    /** Replicas of the OpenTelemetry Collector. Default: dev 1, prod 3. */
    collector?: number;
    /** Replicas of Alloy as the OTLP receiver. Default: dev 1, prod 3. */
    receiver?: number;
    /** Replicas of Loki. The number must be odd, unless replicationFactor.loki is set. Default: dev 1, prod 3. */
    loki?: number;
    /** Replicas of Mimir. The number must be odd, unless replicationFactor.mimir is set. Default: dev 1, prod 3. */
    mimir?: number;
    /** Replicas of MinIO: 1 with a single drive, or 4 to 16 with erasure coding. Default: dev 1, prod 4. */
    minio?: number;
}

/** How many replicas store each log line and each series. Odd, and at most the number of replicas. */
export interface ReplicationFactorArgs {
    /** Replicas of Loki that store each log line. Default: replicas.loki, at most 3. */
    loki?: number;
    /** Replicas of Mimir that store each series. Default: replicas.mimir, at most 3. */
    mimir?: number;
}

/** Volumes. */
export interface StorageArgs {
    /** Storage class of all volumes. Default: the default class of the cluster. */
    className?: string;
    /** Size of the volume of each replica, as a Kubernetes quantity. */
    sizes?: StorageSizesArgs;
}

/** Size of the volume of each replica, as a Kubernetes quantity. */
export interface StorageSizesArgs {
    /** Loki: WAL and the compactor's files. Default: dev 5Gi, prod 100Gi. */
    loki?: string;
    /** Tempo: WAL and blocks that are not uploaded yet. Default: dev 5Gi, prod 100Gi. */
    tempo?: string;
    /** Mimir: WAL, recent blocks and the compactor's files. Default: dev 5Gi, prod 100Gi. */
    mimir?: string;
    /** Pyroscope: recent profiles and the compactor's files. Default: dev 5Gi, prod 100Gi. */
    pyroscope?: string;
    /** Grafana: its database. Default: dev 5Gi, prod 10Gi. */
    grafana?: string;
    /** MinIO: all stored data. Default: dev 10Gi, prod 100Gi. */
    minio?: string;
    /** OpenTelemetry Collector: queues that keep data while Alloy or a backend is down. Default: dev 1Gi, prod 10Gi. */
    collector?: string;
}

/** Object storage of Loki, Tempo, Mimir and Pyroscope. */
export interface StackObjectStoreArgs {
    /** "minio": MinIO is deployed with the stack. "s3": an S3 service that exists, with its buckets. Default: minio. */
    kind?: ObjectStoreKind;
    /** S3: URL of the service. Required with kind s3. Default: none. */
    endpoint?: string;
    /** S3: region of the buckets. Default: us-east-1. */
    region?: string;
    /** S3: whether the URL path, not the host name, contains the bucket name. Default: true, except for AWS. */
    pathStyle?: boolean;
    /** Text before the name of each bucket, joined with a hyphen. Default: none. */
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
    /** S3: the ServiceAccounts of the stores have access by themselves, without keys. Default: false. */
    workloadIdentity?: boolean;
    /** S3 with workloadIdentity: annotations of these ServiceAccounts. Default: none. */
    serviceAccountAnnotations?: { [key: string]: string };
}

/** Login, storage and address of Grafana. */
export interface StackGrafanaArgs {
    /** Name of the administrator. Not allowed together with existingSecret. Default: admin. */
    adminUser?: string;
    /**
     * Password of the administrator. Set it with `pulumi config set --secret --path`. Not allowed together with existingSecret.
     * Default: dev mathtrail, prod a random password.
     */
    adminPassword?: pulumi.Input<string>;
    /** Name of a Secret with the keys admin-user and admin-password. Default: none: the stack creates the Secret grafana-admin. */
    existingSecret?: string;
    /** Whether users and preferences are stored on a volume. Default: true. */
    persistence?: boolean;
    /** URL of Grafana in the browser. With a path, Grafana serves below that path. Default: the URL of the ingress. */
    rootUrl?: string;
    /** Access from outside the cluster. */
    ingress?: StackIngressArgs;
}

/** Access from outside the cluster. */
export interface StackIngressArgs {
    /** Whether Grafana has an Ingress. Default: true if any other key of ingress is set. */
    enabled?: boolean;
    /** Host name. Required for an Ingress. Default: none. */
    host?: string;
    /** Name of a Secret with the certificate of the host. Default: none: plain HTTP. */
    tlsSecret?: string;
    /** Ingress class. Default: the default class of the cluster. */
    className?: string;
    /** Annotations of the Ingress. Default: none. */
    annotations?: { [key: string]: string };
}

/** Tracing of Dapr applications. */
export interface StackDaprArgs {
    /** Whether the stack creates Dapr's tracing Configuration. Dapr must be installed. Default: false. */
    enabled?: boolean;
    /** Name of the Configuration. Pods refer to it with the annotation dapr.io/config. Default: tracing. */
    configurationName?: string;
    /** Namespaces of the applications. The stack creates those that do not exist, and never deletes one. Default: none. */
    namespaces?: string[];
}

/**
 * Service level objectives (SLOs). Each one adds recording rules, burn-rate alerts and a row in the SLO dashboard. They are
 * measured on the spans that the service serves. With head sampling, these are the sampled spans.
 */
export interface SloArgs {
    /** Name of the SLO. Default: the service and the kind, joined with a hyphen. */
    name?: string;
    /** Name of the service in its spans (service.name). */
    service: string;
    /** Namespace of the service. Default: every namespace, each measured separately. */
    namespace?: string;
    /** "availability": requests without an error. "latency": requests that are faster than thresholdMs. */
    kind: SloKind;
    /** Share of requests that must be good, between 0 and 1, both exclusive. */
    objective: number;
    /** Time over which the objective is measured, from 1d to retention.metrics. */
    window: string;
    /** Longest duration of a good request, in milliseconds. Required with kind latency. Default: none. */
    thresholdMs?: number;
}

/** Alerting rules. */
export interface AlertsArgs {
    /** Groups of rules that are not deployed. docs/alerts.md lists the groups. Default: none. */
    disabledGroups?: string[];
    /** Thresholds by alert name, instead of the defaults in docs/alerts.md. Default: none. */
    thresholds?: { [key: string]: number };
    /** URL of the folder with the runbooks. Each alert links to its runbook. Default: docs/runbooks of this project. */
    runbookUrl?: string;
}

/** Where Helm charts come from. */
export interface ChartsArgs {
    /**
     * Source of all charts instead of their own repositories: a folder of NAME-VERSION.tgz files, an oci:// registry, or the
     * https:// address of a Helm repository. Default: the repository of each chart.
     */
    mirror?: string;
}

/** Where container images come from. */
export interface ImagesArgs {
    /** Registry of all images instead of their own registries. It may have a path. Default: the registry of each image. */
    registry?: string;
    /** Names of the Secrets with which images are pulled. Default: none. */
    pullSecrets?: string[];
}

/**
 * Helm values of each chart, merged on top of the values that the program sets. Maps are merged, lists are replaced, and null
 * deletes the chart's default.
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
    /** Helm values of Loki. Default: none. */
    loki?: { [key: string]: any };
    /** Helm values of Tempo. Default: none. */
    tempo?: { [key: string]: any };
    /** Helm values of Mimir. Default: none. */
    mimir?: { [key: string]: any };
    /** Helm values of Pyroscope. Default: none. */
    pyroscope?: { [key: string]: any };
    /** Helm values of Grafana. Default: none. */
    grafana?: { [key: string]: any };
    /** Helm values of MinIO. Default: none. */
    minio?: { [key: string]: any };
}

/**
 * The keys in the setting values are checked: a key that neither the chart nor its program knows is refused, because Helm would
 * ignore it. A component that is true here accepts every key.
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
    /** Whether unknown keys in the Helm values of Loki are accepted. Default: false. */
    loki?: boolean;
    /** Whether unknown keys in the Helm values of Tempo are accepted. Default: false. */
    tempo?: boolean;
    /** Whether unknown keys in the Helm values of Mimir are accepted. Default: false. */
    mimir?: boolean;
    /** Whether unknown keys in the Helm values of Pyroscope are accepted. Default: false. */
    pyroscope?: boolean;
    /** Whether unknown keys in the Helm values of Grafana are accepted. Default: false. */
    grafana?: boolean;
    /** Whether unknown keys in the Helm values of MinIO are accepted. Default: false. */
    minio?: boolean;
}

/** Arguments of ObservabilityStack. Each has a default. The keys are those of the stack configuration. */
export interface ObservabilityStackArgs {
    /**
     * "dev" fits on one node. "prod" runs several replicas of everything but Tempo, Pyroscope and Grafana. The profile decides
     * the defaults of many other settings. Default: dev.
     */
    profile?: Profile;
    /**
     * Namespace of all objects except the ClusterRoles. ClusterRoles have fixed names, so a cluster has room for one stack. The
     * DNS names of the services contain the namespace. Default: monitoring.
     */
    namespace?: string;
    /**
     * Whether the stack creates and deletes the namespace. Deleting it also deletes its volumes, unless their storage class
     * retains them. With false, the namespace must exist and must allow privileged pods: it needs the label
     * pod-security.kubernetes.io/enforce=privileged, because the log collector and the metrics scraper mount folders of their
     * node. Choose before the first deployment: changing true to false deletes the namespace. Default: true.
     */
    createNamespace?: boolean;
    /** Value of the label "cluster" in all four signals. It tells this cluster from others. Default: the profile. */
    cluster?: string;
    /**
     * Tenant that all writers and data sources use (header X-Scope-OrgID). The stores then reject requests without a tenant.
     * Pyroscope SDKs send profiles directly, so each service must set the tenant id itself. Default: none: each store has a
     * single tenant.
     */
    tenant?: string;
    /** How traces are sampled. */
    tracing?: TracingArgs;
    /** Additions to the configuration of the OpenTelemetry Collector. */
    collector?: StackCollectorArgs;
    /** Which pod logs are collected. */
    logs?: StackLogsArgs;
    /** How profiles are collected. */
    profiling?: StackProfilingArgs;
    /** How long each signal is kept, as a duration such as 36h or 14d. */
    retention?: RetentionArgs;
    /** Number of replicas of each component that can have several. */
    replicas?: ReplicasArgs;
    /** How many replicas store each log line and each series. Odd, and at most the number of replicas. */
    replicationFactor?: ReplicationFactorArgs;
    /** Volumes. */
    storage?: StorageArgs;
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
     * measured on the spans that the service serves. With head sampling, these are the sampled spans. Default: none.
     */
    slos?: SloArgs[];
    /** Alerting rules. */
    alerts?: AlertsArgs;
    /** Routing of alerts to receivers. Grafana shows and silences alerts even without receivers. */
    alerting?: AlertmanagerArgs;
    /** Where Helm charts come from. */
    charts?: ChartsArgs;
    /** Where container images come from. */
    images?: ImagesArgs;
    /**
     * Labels of the nodes that pods are scheduled on. The log collector and the metrics scraper run on every node regardless.
     * Default: none.
     */
    nodeSelector?: { [key: string]: string };
    /** Taints that the pods tolerate. Default: none. */
    tolerations?: TolerationArgs[];
    /** Whether Pulumi finishes without waiting until the objects are ready. Default: false. */
    skipAwait?: boolean;
    /**
     * Helm values of each chart, merged on top of the values that the program sets. Maps are merged, lists are replaced, and null
     * deletes the chart's default.
     */
    values?: StackValuesArgs;
    /**
     * The keys in the setting values are checked: a key that neither the chart nor its program knows is refused, because Helm
     * would ignore it. A component that is true here accepts every key.
     */
    valuesUnchecked?: StackValuesUncheckedArgs;
}
