import type { Settings } from "./resolve";

/** What works, but may not be what one wants: a sentence each, with the key that changes it. */
export function warnings(settings: Settings): string[] {
    const { profile, replicas, replicationFactor, objectStore, grafana, storage } = settings;
    const prod = profile === "prod";
    const absent = settings.createNamespace ? namedSecrets(settings) : [];
    const found = [
        prod &&
            objectStore.kind === "minio" &&
            'objectStore.kind is "minio", whose upstream is archived and mends no more security holes: prefer "s3" in production',
        prod &&
            objectStore.kind === "minio" &&
            replicas.minio === 1 &&
            "replicas.minio is 1: one lost drive loses all data",
        objectStore.kind === "s3" &&
            objectStore.bucketPrefix === undefined &&
            Object.keys(objectStore.buckets).length === 0 &&
            "neither objectStore.bucketPrefix nor objectStore.buckets is set: the buckets are called loki, tempo, mimir and pyroscope, and must exist",
        prod && replicationFactor.loki === 1 && "replicationFactor.loki is 1: a lost replica loses the newest logs",
        prod &&
            replicationFactor.mimir === 1 &&
            "replicationFactor.mimir is 1: a lost replica loses the newest metrics",
        !grafana.persistence && "grafana.persistence is false: users and preferences are lost with every pod",
        prod &&
            grafana.ingress.host !== undefined &&
            grafana.ingress.tlsSecret === undefined &&
            "grafana.ingress has no tlsSecret: logins cross the network in clear text, unless the ingress controller has a certificate of its own",
        prod && settings.skipAwait && "skipAwait is true: a stack whose pods never start is reported as deployed",
        storage.className === undefined &&
            prod &&
            "storage.className is not set: the cluster's default storage class decides how fast and how safe the volumes are",
        prod &&
            settings.createNamespace &&
            'createNamespace is true: "pulumi destroy" deletes the namespace and with it every volume whose storage class does not retain it; to keep them, set it to false before the first deployment and make the namespace yourself',
        settings.tenant !== undefined &&
            `tenant is ${settings.tenant}: SDKs of Pyroscope, which push to it themselves, must be given this tenant id, or their profiles are refused`,
        absent.length > 0 &&
            `${absent.join(", ")} in a namespace that is still to be made: pods wait until the Secret is there; set createNamespace to false and make both before the first deployment`,
    ];
    return found.filter((warning) => warning !== false);
}

/** Secrets that somebody else makes. That of an ingress is not waited for. */
function namedSecrets({ objectStore, grafana, images }: Settings): string[] {
    const names = {
        "objectStore.existingSecret": objectStore.existingSecret,
        "grafana.existingSecret": grafana.existingSecret,
        "images.pullSecrets": images.pullSecrets.join(" and ") || undefined,
    };
    return Object.entries(names).flatMap(([key, name]) => (name === undefined ? [] : [`${key} names ${name}`]));
}
