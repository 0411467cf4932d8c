import type * as pulumi from "@pulumi/pulumi";
import type { DashboardsArgs } from "../components/grafana/args";
import type { TolerationArgs } from "../components/helm/args";
import type { AlertmanagerArgs } from "../components/mimir/args";
import type { BucketNamesArgs, ObjectStoreKind } from "../components/object-store/args";
import type { CollectorComponentsArgs, SamplingMode } from "../components/otel-collector/args";
import type { Profile } from "../components/profile";
import type { SloKind } from "../rules/define";

export interface TracingArgs {
    /** Default "head": whoever starts a trace decides. "tail": the collector decides once it has seen a trace. */
    samplingMode?: SamplingMode;
    /** Share of traces kept, from 0 to 1. Default: dev 1, prod 0.1. */
    samplingRatio?: number;
    /** Only with mode "tail". */
    tail?: StackTailSamplingArgs;
}

export interface StackTailSamplingArgs {
    /** How long the collector waits for a trace's spans before it decides, with them in memory; at most "5m". Default "10s". */
    decisionWait?: string;
    /** Traces slower than this are all kept; less than `decisionWait`. Default "2s". */
    slowerThan?: string;
}

/** How long each signal is kept, such as "36h" or "14d". */
export interface RetentionArgs {
    /** Default: dev 2d, prod 30d. */
    logs?: string;
    /** Default: dev 2d, prod 14d. */
    traces?: string;
    /** Default: dev 7d, prod 30d. */
    metrics?: string;
    /** Default: dev 2d, prod 7d. */
    profiles?: string;
}

export interface ReplicasArgs {
    /** Default: dev 1, prod 3. */
    collector?: number;
    /** Alloy as receiver. Default: dev 1, prod 3. */
    receiver?: number;
    /** Default: dev 1, prod 3. */
    loki?: number;
    /** Default: dev 1, prod 3. */
    mimir?: number;
    /** 1, or 4 to 16. Default: dev 1, prod 4. */
    minio?: number;
}

/** Replicas that hold each line or series; odd. Default: the replicas, but no more than 3. */
export interface ReplicationFactorArgs {
    loki?: number;
    mimir?: number;
}

export interface StorageArgs {
    /** Default: the cluster's own class. */
    className?: string;
    sizes?: StorageSizesArgs;
}

/** Size of each replica's volume, as a Kubernetes quantity. */
export interface StorageSizesArgs {
    /** Default: dev 5Gi, prod 100Gi. */
    loki?: string;
    /** Default: dev 5Gi, prod 100Gi. */
    tempo?: string;
    /** Default: dev 5Gi, prod 100Gi. */
    mimir?: string;
    /** Default: dev 5Gi, prod 100Gi. */
    pyroscope?: string;
    /** Default: dev 5Gi, prod 10Gi. */
    grafana?: string;
    /** Default: dev 10Gi, prod 100Gi. */
    minio?: string;
    /** Queues of the collector. Default: dev 1Gi, prod 10Gi. */
    collector?: string;
    /** Queues of the Alloy receiver. Default: dev 1Gi, prod 10Gi. */
    receiver?: string;
}

/** The collector beyond what it has by itself: components and pipelines laid over its own. */
export interface StackCollectorArgs extends CollectorComponentsArgs {
    /** Take Jaeger's protocols too. Default false. */
    jaeger?: boolean;
    /** Attributes of every resource, such as "deployment.environment.name". */
    resourceAttributes?: { [key: string]: string };
}

/** Which logs of pods are kept. */
export interface StackLogsArgs {
    /** Regular expressions (RE2); an entry that matches one is dropped. */
    dropLines?: string[];
    /** Namespaces whose logs are not read. */
    excludeNamespaces?: string[];
}

export interface StackProfilingArgs {
    /** Pull profiles from pods that ask for it by annotations. Default false: SDKs push them. */
    scrape?: boolean;
}

export interface StackObjectStoreArgs {
    /** Default "minio". */
    kind?: ObjectStoreKind;
    /** S3: where it answers, such as "https://s3.eu-central-1.amazonaws.com". */
    endpoint?: string;
    /** Default "us-east-1". */
    region?: string;
    /** S3: the bucket's name in the path. Default: true, but for AWS. */
    pathStyle?: boolean;
    /** Put before each bucket's name, with a hyphen. */
    bucketPrefix?: string;
    buckets?: BucketNamesArgs;
    /** S3: a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. */
    existingSecret?: string;
    /** S3: the key, where it is in no Secret yet. */
    accessKeyId?: pulumi.Input<string>;
    /** S3: the key's secret half. */
    secretAccessKey?: pulumi.Input<string>;
    /** S3: no keys; the backends' ServiceAccounts have the right. Default false. */
    workloadIdentity?: boolean;
    /** S3, workload identity: annotations for those ServiceAccounts. */
    serviceAccountAnnotations?: { [key: string]: string };
}

export interface StackGrafanaArgs {
    /** Default "admin". */
    adminUser?: string;
    /** Default: dev "mathtrail", prod a random one. */
    adminPassword?: pulumi.Input<string>;
    /** A Secret with admin-user and admin-password, instead of user and password. */
    existingSecret?: string;
    /** Default true. */
    persistence?: boolean;
    /** The URL that browsers use. Default: that of the ingress. */
    rootUrl?: string;
    ingress?: StackIngressArgs;
}

export interface StackIngressArgs {
    /** Default: true where anything else of the ingress is set. */
    enabled?: boolean;
    host?: string;
    /** A Secret with the host's certificate. */
    tlsSecret?: string;
    className?: string;
    annotations?: { [key: string]: string };
}

export interface StackDaprArgs {
    /** Default false. */
    enabled?: boolean;
    /** Default "tracing". */
    configurationName?: string;
    /** Namespaces of the applications. */
    namespaces?: string[];
}

/** What a service promises, measured on the spans that it serves. */
export interface SloArgs {
    /** Default: the service and the kind, with a hyphen between. */
    name?: string;
    /** As its spans call it. */
    service: string;
    /** Default: the service in every namespace, each for itself. */
    namespace?: string;
    kind: SloKind;
    /** Share of requests that are good, between 0 and 1, both exclusive, such as 0.999. */
    objective: number;
    /** Over how long, from 1d to retention.metrics. */
    window: string;
    /** Latency: within how many milliseconds a request is answered. */
    thresholdMs?: number;
}

/** Which alerts there are, and what they compare with. */
export interface AlertsArgs {
    /** Groups of rules that are left out: files of rules/ without the ending. */
    disabledGroups?: string[];
    /** Other numbers than the defaults, by the name of the alert. */
    thresholds?: { [alert: string]: number };
    /** Folder of the runbooks that alerts link to. Default: docs/runbooks of this project. */
    runbookUrl?: string;
}

export interface ChartsArgs {
    /** A folder of .tgz files, an OCI registry or a repository's address that stands in for every chart repository. */
    mirror?: string;
}

export interface ImagesArgs {
    /** Registry, with a path if need be, that stands in for every image's own. */
    registry?: string;
    /** Names of Secrets with which images are pulled. */
    pullSecrets?: string[];
}

/** Helm values laid over all that a component sets, by component. */
export interface StackValuesArgs {
    otelCollector?: { [key: string]: any };
    alloyReceiver?: { [key: string]: any };
    alloyLogs?: { [key: string]: any };
    alloyMetrics?: { [key: string]: any };
    loki?: { [key: string]: any };
    tempo?: { [key: string]: any };
    mimir?: { [key: string]: any };
    pyroscope?: { [key: string]: any };
    grafana?: { [key: string]: any };
    minio?: { [key: string]: any };
}

/** All that the stack can be told; it has a default for everything. The keys are those of stack config. */
export interface ObservabilityStackArgs {
    /** Default "dev". */
    profile?: Profile;
    /** Default "monitoring". */
    namespace?: string;
    /**
     * Default true: the namespace is made and deleted with the stack. False where it is somebody else's; it must then allow
     * privileged pods (label pod-security.kubernetes.io/enforce), as the readers of logs and metrics mount folders of their node.
     */
    createNamespace?: boolean;
    /** Label value that tells this cluster from others, in every signal. Default: the profile. */
    cluster?: string;
    /** Tenant that everything is written for and read from. Default: the stores have only one. */
    tenant?: string;
    tracing?: TracingArgs;
    collector?: StackCollectorArgs;
    logs?: StackLogsArgs;
    profiling?: StackProfilingArgs;
    retention?: RetentionArgs;
    replicas?: ReplicasArgs;
    replicationFactor?: ReplicationFactorArgs;
    storage?: StorageArgs;
    objectStore?: StackObjectStoreArgs;
    grafana?: StackGrafanaArgs;
    /** Default: all of this project's. */
    dashboards?: DashboardsArgs;
    dapr?: StackDaprArgs;
    /** What services promise: each becomes rules, alerts and a line in the dashboard of SLOs. */
    slos?: SloArgs[];
    alerts?: AlertsArgs;
    /** Who is told of alerts. */
    alerting?: AlertmanagerArgs;
    charts?: ChartsArgs;
    images?: ImagesArgs;
    /** Labels of the nodes that pods go to. Not for pods that belong on every node. */
    nodeSelector?: { [label: string]: string };
    /** Taints that pods may run beside. */
    tolerations?: TolerationArgs[];
    /** Do not wait until objects are ready. Default false. */
    skipAwait?: boolean;
    values?: StackValuesArgs;
}
