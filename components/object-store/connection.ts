/** Connection of a backend to its bucket in an S3-compatible service. */
export interface BucketConnection {
    /** Host, and port if it is not the default, without scheme. */
    endpoint: string;
    /** Whether the service uses HTTP instead of HTTPS. Default: false. */
    insecure?: boolean;
    /** Region. Services without regions accept the default. Default: "us-east-1". */
    region?: string;
    /** Whether the name of the bucket is in the path of URLs, as most services other than AWS need it. Default: false. */
    pathStyle?: boolean;
    /** Name of the bucket. */
    bucket: string;
    /** Name of the Secret with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Default: none, for workload identity. */
    secretName?: string;
    /** Annotations of the backend's ServiceAccount, for workload identity. Default: none. */
    serviceAccountAnnotations?: { [key: string]: string };
}

/** Connections to the buckets of all backends. */
export interface Buckets {
    /** Connection of Loki. */
    loki: BucketConnection;
    /** Connection of Tempo. */
    tempo: BucketConnection;
    /** Connection of Mimir. */
    mimir: BucketConnection;
    /** Connection of Pyroscope. */
    pyroscope: BucketConnection;
}

/** Sources of the environment variables with the access keys of a backend. This way, its configuration does not contain the keys. */
export function credentialsEnv({ secretName }: BucketConnection): object[] {
    return secretName === undefined ? [] : [{ secretRef: { name: secretName } }];
}
