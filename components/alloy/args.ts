import type { BackendsAuthArgs } from "../backend-auth";
import type { AutoscalingArgs, DeploymentArgs, OverrideArgs } from "../helm/args";
import type { RedactionArgs } from "../redaction";

/** Arguments of a role of Alloy. */
export interface AlloyRoleArgs extends OverrideArgs {
    /** Whether the role is deployed. Default: true. */
    enabled?: boolean;
}

/** Arguments of the receiver. */
export interface AlloyReceiverArgs extends AlloyRoleArgs {
    /** Number of replicas. Default: 1. */
    replicas?: number;
    /** Autoscaling, instead of `replicas`. Default: none. */
    autoscaling?: AutoscalingArgs;
    /**
     * Whether the receiver accepts profiles instead of OTLP: from Pyroscope SDKs, under the name and the port of Pyroscope's Service, and sends them to
     * `pyroscopeUrl`. The namespace must not have a Pyroscope. Default: false.
     */
    profiles?: boolean;
}

/** Arguments of the log collector. */
export interface AlloyLogsArgs extends AlloyRoleArgs {
    /** Regular expressions (RE2). A log entry that matches one of them is dropped. Default: only empty lines are dropped. */
    dropLines?: string[];
    /** Namespaces whose pod logs are not collected. Default: none. */
    excludeNamespaces?: string[];
    /**
     * Lowest level of log entries by namespace: "trace", "debug", "info", "warn", "error" or "fatal". The key "*" stands for all other namespaces.
     * Entries below it are dropped. Entries without a level are kept. Default: none.
     */
    minimumLevel?: { [namespace: string]: string };
    /** Secrets and personal data that are removed from log entries. Only its patterns apply. Default: none. */
    redaction?: RedactionArgs;
}

/** Arguments of the metrics scraper. */
export interface AlloyMetricsArgs extends AlloyRoleArgs {
    /** Regular expressions (RE2) for the whole names of metrics that are dropped. Default: none. */
    dropNames?: string[];
    /**
     * Whether annotated pods, Dapr sidecars, the kubelets and cAdvisor are scraped. With false, a Prometheus must do it, and the metrics scraper reads only the
     * node, and profiles. Default: true.
     */
    scrape?: boolean;
    /** Whether profiles are scraped from annotated pods, if `pyroscopeUrl` is set. Default: true. */
    profiles?: boolean;
    /** Whether the component KubeStateMetrics is in the same namespace, and is scraped. Default: false. */
    kubeStateMetrics?: boolean;
}

/** What a probe checks. */
export const ProbeModule = {
    /** An HTTP request is answered with a status from 200 to 299. Redirects are followed. */
    Http2xx: "http_2xx",
    /** A TCP connection is accepted. */
    TcpConnect: "tcp_connect",
    /** A TLS connection is accepted, and its certificate is valid. */
    TlsConnect: "tls_connect",
    /** The health check of a gRPC server with TLS is successful. */
    Grpc: "grpc",
    /** The health check of a gRPC server without TLS is successful. */
    GrpcPlain: "grpc_plain",
} as const;
export type ProbeModule = (typeof ProbeModule)[keyof typeof ProbeModule];

/** A synthetic probe, every 30 seconds. */
export interface ProbeArgs {
    /** Name of the probe, in the label `probe`. */
    name: string;
    /** URL with the module "http_2xx". With the other modules, a host and a port such as "shop.example.com:443". */
    url: string;
    /** What the probe checks. Default: "http_2xx". */
    module?: ProbeModule;
}

/** Kind of a database. */
export const DatabaseKind = {
    Postgresql: "postgresql",
    /** MySQL or MariaDB. */
    Mysql: "mysql",
    Mongodb: "mongodb",
    /** Redis or Valkey. */
    Redis: "redis",
} as const;
export type DatabaseKind = (typeof DatabaseKind)[keyof typeof DatabaseKind];

/** Encryption of the connection to a database. */
export const DatabaseTls = {
    /** No encryption. */
    Disable: "disable",
    /** Encryption. The certificate is not verified. */
    Require: "require",
    /** Encryption. A public certificate authority must have signed the certificate for the host name. */
    Verify: "verify",
} as const;
export type DatabaseTls = (typeof DatabaseTls)[keyof typeof DatabaseTls];

/** A database server whose metrics are read every 30 seconds. */
export interface DatabaseArgs {
    /** Name of the database, in the label `service_name`: a DNS label. */
    name: string;
    /** Kind of the database. */
    kind: DatabaseKind;
    /** Host and port of one server, such as "shop-db.shop.svc.cluster.local:5432". */
    address: string;
    /**
     * Name of a Secret in the namespace of Alloy with the login. PostgreSQL and MySQL need it. Default: none; then MongoDB and Redis are read without a
     * login.
     */
    existingSecret?: string;
    /** Key of the Secret with the user name. Default: "username", and for Redis none: its default user. */
    usernameKey?: string;
    /** Key of the Secret with the password. Default: "password". */
    passwordKey?: string;
    /** PostgreSQL: the database to connect to. Default: "postgres". MongoDB: the database with the user. Default: "admin". */
    database?: string;
    /** Encryption of the connection. Default: "disable" for a Service of the cluster, whose host name contains ".svc" or has no dots, otherwise "verify". */
    tls?: DatabaseTls;
}

/** Mechanism of the login at Kafka. */
export const KafkaMechanism = {
    Plain: "plain",
    ScramSha256: "scram-sha256",
    ScramSha512: "scram-sha512",
} as const;
export type KafkaMechanism = (typeof KafkaMechanism)[keyof typeof KafkaMechanism];

/** A Kafka cluster whose metrics are read every 30 seconds. */
export interface KafkaArgs {
    /** Name of the cluster, in the label `service_name`: a DNS label. */
    name: string;
    /** Hosts and ports of some of its brokers, such as "kafka.shop.svc.cluster.local:9092". Alloy finds the others. */
    brokers: string[];
    /** Name of a Secret in the namespace of Alloy with the login (SASL). Default: none; then Alloy connects without a login. */
    existingSecret?: string;
    /** Key of the Secret with the user name. Default: "username". */
    usernameKey?: string;
    /** Key of the Secret with the password. Default: "password". */
    passwordKey?: string;
    /** Mechanism of the login. Default: "scram-sha512". */
    mechanism?: KafkaMechanism;
    /** Encryption of the connection. Default: "disable" for a Service of the cluster, whose host name contains ".svc" or has no dots, otherwise "verify". */
    tls?: DatabaseTls;
}

/**
 * Arguments of the role with one replica that reads the metrics of Kafka. It is deployed if it has a cluster. Alloy does not start without a connection to
 * each cluster, so that this role has no other source.
 */
export interface AlloyKafkaArgs extends OverrideArgs {
    /** Kafka clusters, or others with its API. Default: none. */
    clusters?: KafkaArgs[];
}

/** Arguments of the role for sources that are read once for the whole cluster. It is deployed if it has a source. */
export interface AlloySingletonArgs extends OverrideArgs {
    /**
     * Number of replicas. With several, Alloy forms a cluster, and each database, probed URL and target of a monitor or of the control plane is scraped
     * by one of them. Each replica reads all events of Kubernetes, and Loki stores each event once. Default: 1.
     */
    replicas?: number;
    /** Whether the events of Kubernetes are stored as log entries in Loki. Default: false. */
    kubernetesEvents?: boolean;
    /** Synthetic probes. Their results are metrics in Mimir. Default: none. */
    probes?: ProbeArgs[];
    /** Databases. Their metrics are stored in Mimir. Default: none. */
    databases?: DatabaseArgs[];
    /**
     * Whether the targets of ServiceMonitors, PodMonitors and Probes of the Prometheus operator are scraped. Their CRDs must exist. Targets that the metrics
     * scraper already scrapes are left out. Default: false.
     */
    prometheusOperator?: boolean;
    /**
     * URL of a ruler of Mimir, to which the rules of PrometheusRule objects are written over the ruler API. Their CRD must exist. The ruler must not read its
     * rules from files. Default: none; then PrometheusRule objects are ignored.
     */
    rulerUrl?: string;
    /** Whether the store of metrics also has those of other clusters, so that the expressions of PrometheusRule objects get a matcher for `cluster`. Default: false. */
    otherClusters?: boolean;
    /**
     * Parts of the control plane of Kubernetes whose metrics are scraped every 30 seconds: "apiServer", each API server behind the Service kubernetes;
     * "coreDns", the pods in kube-system with the label k8s-app=kube-dns; "controllers", the static pods of kube-scheduler and kube-controller-manager; "etcd", the static
     * pods of etcd, on port 2381 without TLS. Only metrics of dashboards and alerts are stored. Default: none.
     */
    controlPlane?: string[];
    /** Secrets and personal data that are removed from events. Only its patterns apply. Default: none. */
    redaction?: RedactionArgs;
}

/**
 * Arguments of the profiler. It runs as root with capabilities for eBPF and in the process namespace of the node, so its namespace must allow the Pod Security
 * level "privileged".
 */
export interface AlloyProfilerArgs extends OverrideArgs {
    /** Whether the profiler is deployed. Default: false. */
    enabled?: boolean;
}

/** What the log collector, the metrics scraper and the profiler collect, so that no data of a cluster with several stacks is collected twice. */
export interface CollectFromArgs {
    /** Namespaces whose pods are collected from, in addition to the namespace of Alloy. Default: all namespaces. */
    namespaces?: string[];
    /** Namespaces whose pods are not collected from. Not together with `namespaces`, and not the namespace of Alloy. Default: none. */
    excludeNamespaces?: string[];
    /** Whether metrics of the nodes are collected. Metrics of containers and volumes do not belong to them. Default: true. */
    nodes?: boolean;
}

/** Arguments of Alloy. */
export interface AlloyArgs extends DeploymentArgs {
    /** Value of the label `cluster` in all signals. */
    cluster: string;
    /** URL of Loki. Required for the log collector. Default: none; then the receiver accepts no logs. */
    lokiUrl?: string;
    /**
     * Host and port of Tempo's receiver for OTLP over gRPC. With the prefix "https://", the connection uses TLS. Default: none; then the receiver accepts no
     * traces.
     */
    tempoOtlpGrpcEndpoint?: string;
    /** URL of Mimir. Required for the metrics scraper, without `metricsRemoteWriteUrl`. Default: none; then the receiver accepts no metrics. */
    mimirUrl?: string;
    /** URL for remote write, if the store of metrics is not Mimir. Default: the path /api/v1/push of `mimirUrl`. */
    metricsRemoteWriteUrl?: string;
    /** URL for OTLP metrics over HTTP, without /v1/metrics, if the store is not Mimir. Default: the path /otlp of `mimirUrl`. */
    metricsOtlpUrl?: string;
    /** URL of Pyroscope. Required for the profiler. With it, the metrics scraper scrapes profiles from annotated pods. Default: none; then it scrapes no profiles. */
    pyroscopeUrl?: string;
    /** Tenant of all data, for backends with multi-tenancy. Default: "anonymous", the tenant of backends without it. */
    tenant?: string;
    /** What is collected. Default: everything. */
    collectFrom?: CollectFromArgs;
    /** Authentication at the backends. Default: none. */
    auth?: BackendsAuthArgs;
    /**
     * Name of a Secret in the same namespace with the key ca.crt: a certificate authority that is trusted in addition to the public ones. Default:
     * none.
     */
    caSecret?: string;
    /** PriorityClass of the pods of the DaemonSets: log collector, metrics scraper and profiler. Default: the default of the cluster. */
    nodePriorityClassName?: string;
    /** Receiver: accepts OTLP, and writes traces to Tempo, logs to Loki and metrics to Mimir. */
    receiver?: AlloyReceiverArgs;
    /** Log collector: reads the logs of all pods, and writes them to Loki. */
    logs?: AlloyLogsArgs;
    /** Metrics scraper: scrapes annotated pods and all nodes, and writes to Mimir. */
    metrics?: AlloyMetricsArgs;
    /** Role for sources that are read once for the whole cluster: stores events of Kubernetes in Loki, probes URLs, reads metrics of databases, and scrapes the targets of monitors and the control plane. Default: not deployed. */
    singleton?: AlloySingletonArgs;
    /** Role with one replica: reads the metrics of Kafka clusters. Default: not deployed. */
    kafka?: AlloyKafkaArgs;
    /** Profiler: profiles every process of all pods with eBPF, and writes to Pyroscope. Default: not deployed. */
    profiler?: AlloyProfilerArgs;
}
