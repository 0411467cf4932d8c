import type * as pulumi from "@pulumi/pulumi";
import type { AuthScheme, BackendAuthArgs } from "../backend-auth";
import type { GatewayParentArgs } from "../gateway";
import type { ChartArgs, CollectorAutoscalingArgs } from "../helm/args";
import type { RedactionArgs } from "../redaction";

/** Where the sampling decision is made: by the service that starts a trace, or by the collector. */
export const SamplingMode = { Head: "head", Tail: "tail" } as const;
export type SamplingMode = (typeof SamplingMode)[keyof typeof SamplingMode];

/** Tail sampling: the collector keeps traces with errors, slow traces, and a ratio of the other traces. */
export interface TailSamplingArgs {
    /** Sampling ratio of the other traces, from 0 to 1. */
    ratio: number;
    /**
     * How long the collector waits for the spans of a trace before it decides, as a duration such as "10s". The spans are in
     * memory meanwhile. From "1s" to "5m". Default: "10s".
     */
    decisionWait?: string;
    /** Traces that take longer than this duration are always kept. At least "1s", and less than `decisionWait`. Default: "2s". */
    slowerThan?: string;
}

/** Spans that the collector drops: those that match all of the conditions. At least one condition is required. */
export interface DropSpansArgs {
    /** Regular expression (RE2) for the whole name of the span. Default: every name. */
    name?: string;
    /** Regular expressions (RE2) for the whole values of attributes of the span, by name of the attribute. Default: all spans. */
    attributes?: { [attribute: string]: string };
    /** Namespaces of the service. Default: all namespaces. */
    namespaces?: string[];
}

/** Ingresses for OTLP from outside of the cluster: one for HTTP, and one for gRPC. */
export interface IngestionIngressArgs {
    /** Name of the IngressClass. Default: the cluster's default IngressClass. */
    className?: string;
    /** Name of the Secret with the TLS certificate of the host. Default: "otlp-ingestion-tls" with `clusterIssuer`, otherwise none. */
    tlsSecret?: string;
    /** Name of the ClusterIssuer of cert-manager that issues the certificate. Default: none. */
    clusterIssuer?: string;
    /** Annotations of both Ingresses. Default: none. */
    annotations?: { [key: string]: string };
    /** Further annotations of the Ingress for gRPC. Many controllers need one to use HTTP/2 for the backend. Default: none. */
    grpcAnnotations?: { [key: string]: string };
}

/** Route for OTLP from outside of the cluster in the Gateway API. */
export interface IngestionGatewayArgs {
    /** Gateways to which the HTTPRoute is attached. They must exist. */
    parents: GatewayParentArgs[];
}

/**
 * OTLP from outside of the cluster, over gRPC and HTTP, on ports of its own. Each request needs the credential of a client. The Service is
 * called "otlp-ingestion".
 */
export interface ExternalIngestionArgs {
    /** Host name of the Ingresses or of the HTTPRoute. Default: none. */
    host?: string;
    /** Authentication: a bearer token, or a user name and a password. Default: "bearer". */
    scheme?: AuthScheme;
    /** Names of clients. Each has a credential with 40 characters, which is generated, or which is in `existingSecret`. Default: none. */
    clients?: string[];
    /** Whether the clients are collectors of other clusters: their label `cluster` is kept. Default: false; then it is that of this collector. */
    otherClusters?: boolean;
    /** Credentials of further clients by their names: tokens or passwords. Not together with `existingSecret`. Default: none. */
    credentials?: { [client: string]: pulumi.Input<string> };
    /** Name of an existing Secret whose keys are the names in `clients`. Default: none; then the Secret "otlp-ingestion" is created. */
    existingSecret?: string;
    /** Name of a Secret with the certificate of the collector: tls.crt and tls.key. Default: none; then the collector does not use TLS. */
    tlsSecret?: string;
    /** Whether the Service has the type LoadBalancer. It needs `tlsSecret`. Default: false. */
    loadBalancer?: boolean;
    /** Annotations of the Service. Default: none. */
    serviceAnnotations?: { [key: string]: string };
    /** Ingresses. Not together with `gateway`. Default: none. */
    ingress?: IngestionIngressArgs;
    /** Route in the Gateway API. Its CRDs must be installed. Not together with `ingress`. Default: none. */
    gateway?: IngestionGatewayArgs;
}

/** Arguments of OtelCollector. */
export interface OtelCollectorArgs extends ChartArgs {
    /** Value of the label `cluster` in all signals. */
    cluster: string;
    /**
     * Where the collector exports all signals as OTLP. A URL such as "http://HOST:4318" selects HTTP, and "HOST:4317" or a gRPC target such
     * as "dns:///HOST:4317" selects gRPC. With gRPC, data that the receiver rejects because of a rate limit is dropped; with HTTP it is sent again.
     * HTTP requests are compressed with zstd, and gRPC requests are not compressed.
     */
    exportEndpoint: string;
    /** Authentication at `exportEndpoint`, if it is an https:// or http:// URL. Default: none. */
    exportAuth?: BackendAuthArgs;
    /**
     * Name of a Secret in the same namespace with the key ca.crt: a certificate authority that is trusted in addition to the public ones. Default:
     * none.
     */
    caSecret?: string;
    /**
     * Whether `exportEndpoint` is the collector of another stack, which has a sampling ratio of its own. Spans then have the attribute `sampling.ratio` also
     * if `headSamplingRatio` is 1. Default: false.
     */
    toCollector?: boolean;
    /**
     * Signals that are not exported: "traces", "metrics" or "logs". The collector still accepts them, so that clients do not send them again, and
     * drops them. Default: none.
     */
    droppedSignals?: string[];
    /** Number of replicas. Default: 1. */
    replicas?: number;
    /**
     * How long a pod that ends still accepts data after it was removed from its Services, as a duration such as "25s". From "1s" to "10m". It needs
     * Kubernetes 1.30. With tail sampling, at least 10 s and `decisionWait`: then no other replica still sends spans to the pod. Default: none.
     */
    shutdownDelay?: string;
    /** Autoscaling, instead of `replicas`. Default: none. */
    autoscaling?: CollectorAutoscalingArgs;
    /**
     * Sampling ratio of the services, from 0 to 1. The collector adds it to spans as the attribute
     * `sampling.ratio`, so that Tempo can calculate real request rates from sampled spans. Default: 1.
     */
    headSamplingRatio?: number;
    /** Tail sampling in the collector. Default: none; then the collector keeps all traces. */
    tailSampling?: TailSamplingArgs;
    /**
     * Additional bucket bounds of the span duration histogram, in seconds. The histogram exists only with tail sampling, and
     * always has the powers of 2 from 2 ms to 16.384 s. Default: none.
     */
    latencyBoundsSeconds?: number[];
    /**
     * Whether the collector also accepts the Jaeger protocols: gRPC on port 14250, Thrift over HTTP on 14268, and compact Thrift
     * on 6831 (UDP). Default: false.
     */
    jaeger?: boolean;
    /** OTLP from outside of the cluster. Default: none. */
    external?: ExternalIngestionArgs;
    /** Attributes that the collector adds to all resources, such as "deployment.environment.name". Default: none. */
    resourceAttributes?: { [key: string]: string };
    /** Secrets and personal data that are removed from all signals. Default: none. */
    redaction?: RedactionArgs;
    /** Spans that are dropped. Their children stay. Default: none. */
    dropSpans?: DropSpansArgs[];
    /** Regular expressions (RE2) for the whole names of metrics that are dropped. Default: none. */
    dropMetrics?: string[];
    /** Regular expressions (RE2). A log record whose body matches one of them is dropped. Default: none. */
    dropLogLines?: string[];
    /**
     * Lowest level of log records by namespace: "trace", "debug", "info", "warn", "error" or "fatal". The key "*" stands for all other namespaces.
     * Records below it are dropped. Records without a level are kept. Default: none.
     */
    minimumLogLevel?: { [namespace: string]: string };
    /** Changes to the components and pipelines of the collector. Default: none. */
    components?: CollectorComponentsArgs;
    /** Whether the queues on disk are on a persistent volume of each replica. Default: true with profile "prod". */
    persistence?: boolean;
    /** Total size of the queues on disk of one replica, as a Kubernetes quantity. Default: dev "1Gi", prod "10Gi". */
    queueSize?: string;
    /** StorageClass of the volumes. Default: the cluster's default StorageClass. */
    storageClass?: string;
}

/** A pipeline of the collector, as the names of its components. */
export interface CollectorPipelineArgs {
    /** Names of receivers, or of connectors that end another pipeline. */
    receivers: string[];
    /** Names of processors, in order. Default: none. */
    processors?: string[];
    /** Names of exporters, or of connectors that begin another pipeline. */
    exporters: string[];
}

/**
 * Components of the collector by name (`TYPE` or `TYPE/NAME`), and its pipelines. They are merged on top of the collector's
 * own: maps are merged, lists are replaced, and null removes a component or a pipeline.
 */
export interface CollectorComponentsArgs {
    /** Receivers by name. Default: none. */
    receivers?: { [id: string]: any };
    /** Processors by name. Default: none. */
    processors?: { [id: string]: any };
    /** Exporters by name. Default: none. */
    exporters?: { [id: string]: any };
    /** Connectors by name. Default: none. */
    connectors?: { [id: string]: any };
    /** Extensions by name. Default: none. */
    extensions?: { [id: string]: any };
    /** Pipelines by `SIGNAL` or `SIGNAL/NAME`. The signal is traces, metrics or logs. Default: none. */
    pipelines?: { [id: string]: CollectorPipelineArgs };
}
