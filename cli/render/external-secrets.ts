import type { KubernetesObject } from "../manifests";

/** Where the External Secrets Operator reads the content of Secrets. */
export interface SecretStore {
    name: string;
    /** "ClusterSecretStore" or "SecretStore". */
    kind: string;
    /** Path of the Secrets in the store. The name of the Secret is appended. */
    path: string;
}

/** Reads each key of a Secret from a store. The key in the store is PATH/NAME, and its property is the key of the Secret. */
export function externalSecret(secret: KubernetesObject, { name, kind, path }: SecretStore): KubernetesObject {
    const { data, stringData, type, metadata } = secret as KubernetesObject & Record<"data" | "stringData", object>;
    const keys = [...new Set([...Object.keys(data ?? {}), ...Object.keys(stringData ?? {})])].sort();
    return {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: { ...metadata },
        spec: {
            refreshInterval: "1h",
            secretStoreRef: { name, kind },
            target: {
                name: metadata.name,
                ...(typeof type === "string" && type !== "Opaque" && { template: { type } }),
            },
            data: keys.map((key) => ({
                secretKey: key,
                remoteRef: { key: `${path}/${metadata.name}`, property: key },
            })),
        },
    };
}
