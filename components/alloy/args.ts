import type { DeploymentArgs, OverrideArgs } from "../helm/args";

/** One of Alloy's roles. */
export interface AlloyRoleArgs extends OverrideArgs {
    /** Default true. */
    enabled?: boolean;
}

/** The role that takes OTLP. */
export interface AlloyReceiverArgs extends AlloyRoleArgs {
    /** Default 1. */
    replicas?: number;
    /** Keep queues on a volume of each replica's own, which survives the pod. Default: with profile "prod". */
    persistence?: boolean;
    /** Size of the queues on disk, together. Default: dev 1Gi, prod 10Gi. */
    queueSize?: string;
    /** Class of the volumes. Default: the cluster's own. */
    storageClass?: string;
}

/** The role that reads the logs of pods. */
export interface AlloyLogsArgs extends AlloyRoleArgs {
    /** Regular expressions (RE2); an entry that matches one is dropped. Default: none but empty lines. */
    dropLines?: string[];
    /** Namespaces whose logs are not read. Default: none. */
    excludeNamespaces?: string[];
}

export interface AlloyArgs extends DeploymentArgs {
    /** Label value that tells this cluster from others, in every signal. */
    cluster: string;
    /** Where Loki answers. */
    lokiUrl: string;
    /** Host and port where Tempo takes OTLP over gRPC. */
    tempoOtlpGrpcEndpoint: string;
    /** Where Mimir answers. */
    mimirUrl: string;
    /** Where Pyroscope answers, for profiles to be pulled from pods that ask for it. Default: none are pulled. */
    pyroscopeUrl?: string;
    /** Tenant that everything is written for, where the stores have several. */
    tenant?: string;
    /** OTLP in; traces to Tempo, logs to Loki, metrics to Mimir. */
    receiver?: AlloyReceiverArgs;
    /** Logs of the pods of every node to Loki. */
    logs?: AlloyLogsArgs;
    /** Metrics of every node and of its annotated pods to Mimir. */
    metrics?: AlloyRoleArgs;
}
