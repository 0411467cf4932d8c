/** One bucket of an S3-compatible service, and how a backend gets at it. Plain data: it ends up in Helm values. */
export interface BucketConnection {
    /** Host, and port where it is not the scheme's own; without scheme. */
    endpoint: string;
    /** Plain HTTP instead of HTTPS. Default false. */
    insecure?: boolean;
    /** Default "us-east-1", which services without regions take. */
    region?: string;
    /** The bucket's name in the path instead of the host name, as services other than AWS want it. Default false. */
    pathStyle?: boolean;
    bucket: string;
    /** A Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Default: none, for workload identity. */
    secretName?: string;
    /** Annotations of the backend's ServiceAccount, for workload identity. */
    serviceAccountAnnotations?: { [key: string]: string };
}

/** The bucket of each backend. */
export interface Buckets {
    loki: BucketConnection;
    tempo: BucketConnection;
    mimir: BucketConnection;
    pyroscope: BucketConnection;
}

/** Backends read their keys from the environment, so that no configuration holds one. */
export function credentialsEnv({ secretName }: BucketConnection): object[] {
    return secretName === undefined ? [] : [{ secretRef: { name: secretName } }];
}
