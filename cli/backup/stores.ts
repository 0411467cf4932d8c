import { CoreV1Api } from "@kubernetes/client-node";
import * as path from "path";
import { contract } from "../../components/contract";
import { keysSecretName } from "../../components/object-store";
import type { Settings } from "../../settings/resolve";
import { backends } from "../../validation/buckets";
import { parseS3Endpoint } from "../../validation/urls";
import { findObject } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import { portForward } from "../cluster/port-forward";
import { awsKeys, minioAccess, perBackend, s3Access, type SecretKeys, type StoreAccess } from "../store/access";
import { clusterCopier, type Copier } from "../store/copy";
import { type Keys, localCopier, type LocalSide } from "../store/local-copier";
import { bucketFolder } from "./manifest";

/** An S3 service with a copy of the buckets. */
export interface RemoteCopy {
    bucket: string;
    /** Without slashes at its ends. May be empty. */
    prefix: string;
    /** URL of the service. */
    url: string;
    /** Secret in the namespace of the stack with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. */
    secret: string;
}

/**
 * Parses the options for a copy in an S3 service.
 *
 * @param location value such as "s3://backups/prod".
 * @throws Error if a value is missing or invalid.
 */
export function parseRemote(location: string, endpoint: string | undefined, secret: string | undefined): RemoteCopy {
    const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][-.a-z0-9]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/.exec(location) ?? [];
    if (bucket === undefined) {
        throw new Error(`--buckets is "${location}"; it must be s3://BUCKET or s3://BUCKET/PREFIX`);
    }
    const parsed = endpoint === undefined ? undefined : parseS3Endpoint(endpoint);
    if (parsed === undefined) {
        throw new Error(
            `--endpoint is ${endpoint === undefined ? "missing" : `"${endpoint}"`}; it must be the URL of the S3 service of --buckets, such as https://s3.eu-central-1.amazonaws.com`,
        );
    }
    if (secret === undefined) {
        throw new Error(
            "--secret is missing; it must be the name of a Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the namespace of the stack",
        );
    }
    return { bucket, prefix, url: `${parsed.insecure ? "http" : "https"}://${parsed.hostAndPort}`, secret };
}

/** The copy in an S3 service, as a store. */
export function remoteAccess({ bucket, prefix, url, secret }: RemoteCopy): StoreAccess {
    return {
        url,
        places: perBackend((backend) => [bucket, prefix, backend].filter(Boolean).join("/")),
        credentials: perBackend(() => awsKeys(secret)),
    };
}

/** The object store of a stack. */
export function stackAccess({ namespace, clusterDomain, objectStore }: Settings): StoreAccess {
    return objectStore.kind === "minio"
        ? minioAccess(namespace, clusterDomain, objectStore)
        : s3Access(objectStore, objectStore.existingSecret ?? keysSecretName);
}

/** Where the objects of a backup are: in its folder, or in an S3 service. */
export type BackupStore = { folder: string } | { remote: RemoteCopy };

/** How objects are copied between the object store of a stack and a backup. */
export interface Copiers {
    backUp: Copier;
    restore: Copier;
    close: () => Promise<void>;
}

/**
 * Opens the connection between the object store of a stack and a backup. With a folder, this machine copies through a port forward. With an S3
 * service, a Job in the cluster copies.
 *
 * @throws Error if MinIO is not ready, or if a Secret is missing.
 */
export async function openCopiers(cluster: Cluster, settings: Settings, backup: BackupStore): Promise<Copiers> {
    const store = stackAccess(settings);
    if ("remote" in backup) {
        const remote = remoteAccess(backup.remote);
        return {
            backUp: clusterCopier(cluster, settings, store, remote),
            restore: clusterCopier(cluster, settings, remote, store),
            close: () => Promise.resolve(),
        };
    }
    const keys = await readKeys(cluster, settings.namespace, store.credentials);
    const { service, ports } = contract.minio;
    const forward =
        settings.objectStore.kind === "minio"
            ? await portForward(cluster, { service, namespace: settings.namespace, port: ports.s3 })
            : undefined;
    const remote: LocalSide = { places: { ...store, url: forward?.url ?? store.url }, keys };
    const local: LocalSide = {
        places: { places: perBackend((backend) => path.resolve(backup.folder, bucketFolder(backend))) },
    };
    return {
        backUp: localCopier(remote, local),
        restore: localCopier(local, remote),
        close: () => forward?.close() ?? Promise.resolve(),
    };
}

async function readKeys(cluster: Cluster, namespace: string, credentials: StoreAccess["credentials"]) {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const read = async ({ secret: name, id, key }: SecretKeys): Promise<Keys> => {
        const found = await findObject(cluster, `read Secret ${name}`, core.readNamespacedSecret({ name, namespace }));
        const text = (part: string) => Buffer.from(found?.data?.[part] ?? "", "base64").toString();
        if (text(id) === "" || text(key) === "") {
            throw new Error(
                `namespace ${namespace} has no Secret ${name} with ${id} and ${key}, which are needed to copy the objects`,
            );
        }
        return { id: text(id), key: text(key) };
    };
    const found = await Promise.all(backends.map((backend) => read(credentials[backend])));
    return perBackend((backend) => found[backends.indexOf(backend)] as Keys);
}
