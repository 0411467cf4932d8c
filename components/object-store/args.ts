import type * as pulumi from "@pulumi/pulumi";
import type { ChartArgs } from "../helm/args";

/** The object store: a new MinIO, or an existing S3-compatible service. */
export const ObjectStoreKind = { Minio: "minio", S3: "s3" } as const;
export type ObjectStoreKind = (typeof ObjectStoreKind)[keyof typeof ObjectStoreKind];

/** Names of the backends' buckets. */
export interface BucketNamesArgs {
    /** Bucket of Loki. Default: the prefix and "loki". */
    loki?: string;
    /** Bucket of Tempo. Default: the prefix and "tempo". */
    tempo?: string;
    /** Bucket of Mimir. Default: the prefix and "mimir". */
    mimir?: string;
    /** Bucket of Pyroscope. Default: the prefix and "pyroscope". */
    pyroscope?: string;
}

/** Arguments of ObjectStore. */
export interface ObjectStoreArgs extends ChartArgs {
    /** Kind of the object store. Default: "minio". */
    kind?: ObjectStoreKind;
    /** Prefix of the buckets' default names, without the hyphen after it. Default: none. */
    bucketPrefix?: string;
    /** Names of the buckets. Default: the names of the backends, with the prefix. */
    buckets?: BucketNamesArgs;

    /** MinIO: number of replicas, 1 (one drive) or 4 to 16 (erasure coding). It cannot be changed later. Default: 1. */
    replicas?: number;
    /** MinIO: size of each replica's volume, as a Kubernetes quantity. Default: "10Gi", from the chart. */
    size?: string;
    /**
     * MinIO: whether the Secrets with the logins are created, with generated passwords. With false, the Secrets "minio-root" (rootUser, rootPassword) and
     * "object-store-BACKEND" (AWS_ACCESS_KEY_ID, which is the name of the backend, and AWS_SECRET_ACCESS_KEY) must exist. Default: true.
     */
    createSecrets?: boolean;
    /** MinIO: StorageClass of the volumes. Default: the cluster's default StorageClass. */
    storageClass?: string;

    /** S3: URL of the service, such as "https://s3.eu-central-1.amazonaws.com". Required with kind "s3". */
    endpoint?: string;
    /** S3: region. Default: "us-east-1". */
    region?: string;
    /** S3: whether the name of the bucket is in the path of URLs. Default: false for AWS, true for other services. */
    pathStyle?: boolean;
    /** S3: name of an existing Secret with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Default: none. */
    existingSecret?: string;
    /** S3: access key ID, instead of `existingSecret`. Default: none. */
    accessKeyId?: pulumi.Input<string>;
    /** S3: secret access key. Required with `accessKeyId`. */
    secretAccessKey?: pulumi.Input<string>;
    /** S3: annotations of the backends' ServiceAccounts, for workload identity instead of access keys. Default: none. */
    serviceAccountAnnotations?: { [key: string]: string };
}
