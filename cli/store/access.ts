import { contract, serviceHost } from "../../components/contract";
import { userSecretName } from "../../components/object-store";
import type { Settings } from "../../settings/resolve";
import { type Backend, backends, bucketName } from "../../validation/buckets";
import { parseS3Endpoint } from "../../validation/urls";

/** The keys of a Secret that contain the credentials of an S3 service. */
export interface SecretKeys {
    /** Name of the Secret in the namespace of the stack. */
    secret: string;
    /** Key with the access key ID. */
    id: string;
    /** Key with the secret access key. */
    key: string;
}

/** The objects of the backends in an S3 service, and the Secrets with which they can be accessed. */
export interface StoreAccess {
    /** URL of the service, without a path. */
    url: string;
    /** Whether requests have the bucket name in the path. Default: as mc decides from the URL. */
    pathStyle?: boolean;
    /** For each backend, the bucket, or the bucket and a prefix with slashes between them. */
    places: Record<Backend, string>;
    credentials: Record<Backend, SecretKeys>;
    /** Whether a copy to this service creates the buckets. Default: false, and a copy fails if a bucket does not exist. */
    createBuckets?: boolean;
}

/** The names of the buckets, as in the setting objectStore. */
export type BucketNames = Pick<Settings["objectStore"], "bucketPrefix" | "buckets">;

/** Access to MinIO of a stack. Each backend has a user that can access only its bucket. */
export function minioAccess(namespace: string, clusterDomain: string | undefined, buckets: BucketNames): StoreAccess {
    const { service, ports } = contract.minio;
    return {
        url: `http://${serviceHost(service, namespace, clusterDomain)}:${ports.s3}`,
        pathStyle: true,
        places: perBackend((backend) => bucketName(backend, buckets)),
        credentials: perBackend((backend) => awsKeys(userSecretName(backend))),
    };
}

/**
 * Access to the S3 service of the setting objectStore.
 *
 * @param secret name of the Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
 */
export function s3Access(objectStore: Settings["objectStore"], secret: string): StoreAccess {
    const { pathStyle, endpoint = "" } = objectStore;
    const { hostAndPort = "", insecure = false } = parseS3Endpoint(endpoint) ?? {};
    return {
        url: `${insecure ? "http" : "https"}://${hostAndPort}`,
        pathStyle,
        places: perBackend((backend) => bucketName(backend, objectStore)),
        credentials: perBackend(() => awsKeys(secret)),
    };
}

/** The keys of a Secret in the format that the stack uses. */
export function awsKeys(secret: string): SecretKeys {
    return { secret, id: "AWS_ACCESS_KEY_ID", key: "AWS_SECRET_ACCESS_KEY" };
}

/** A value for each backend. */
export function perBackend<T>(value: (backend: Backend) => T): Record<Backend, T> {
    return Object.fromEntries(backends.map((backend) => [backend, value(backend)])) as Record<Backend, T>;
}
