import type * as pulumi from "@pulumi/pulumi";
import type { ChartArgs } from "../helm/args";

/** Where objects are kept: in a MinIO of our own, or in an S3-compatible service that is there already. */
export const ObjectStoreKind = { Minio: "minio", S3: "s3" } as const;
export type ObjectStoreKind = (typeof ObjectStoreKind)[keyof typeof ObjectStoreKind];

/** Names of the backends' buckets. */
export interface BucketNamesArgs {
    /** Default: the prefix and "loki". */
    loki?: string;
    /** Default: the prefix and "tempo". */
    tempo?: string;
    /** Default: the prefix and "mimir". */
    mimir?: string;
    /** Default: the prefix and "pyroscope". */
    pyroscope?: string;
}

export interface ObjectStoreArgs extends ChartArgs {
    /** Default "minio". */
    kind?: ObjectStoreKind;
    /** Put before each bucket's name, with a hyphen. Default: none. */
    bucketPrefix?: string;
    buckets?: BucketNamesArgs;

    /** MinIO: 1 (one drive) or 4 to 16 (erasure-coded). Default 1. */
    replicas?: number;
    /** MinIO: size of each replica's volume. Default: the chart's 10Gi. */
    size?: string;
    /** MinIO: class of the volumes. Default: the cluster's own. */
    storageClass?: string;

    /** S3: where it answers, such as "https://s3.eu-central-1.amazonaws.com". Required with kind "s3". */
    endpoint?: string;
    /** S3: default "us-east-1". */
    region?: string;
    /** S3: the bucket's name in the path. Default: true, but for AWS. */
    pathStyle?: boolean;
    /** S3: name of a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. */
    existingSecret?: string;
    /** S3: the key, where it is in no Secret yet. */
    accessKeyId?: pulumi.Input<string>;
    /** S3: the key's secret half. */
    secretAccessKey?: pulumi.Input<string>;
    /** S3, workload identity (no keys at all): annotations for the backends' ServiceAccounts. */
    serviceAccountAnnotations?: { [key: string]: string };
}
