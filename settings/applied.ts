import { z } from "zod";
import { type Backend, backends, bucketName } from "../validation/buckets";
import type { Settings } from "./resolve";
import { parseS3Endpoint } from "../validation/urls";

const storeNames = ["loki", "tempo", "mimir", "pyroscope"] as const satisfies readonly Backend[];
const volumes = [...storeNames, "grafana", "minio", "collector"] as const;

const text = () => z.string().optional();
const textBy = <T extends string>(names: readonly T[]) => z.partialRecord(z.enum(names), z.string()).default({});
const numberBy = <T extends string>(names: readonly T[]) => z.partialRecord(z.enum(names), z.number()).default({});

/** Every key is optional, because another version of the program may have written the output. */
const schema = z.object({
    profile: text(),
    namespace: text(),
    createNamespace: z.boolean().optional(),
    cluster: text(),
    tenant: text(),
    objectStore: z.object({ kind: text(), endpoint: text(), buckets: textBy(storeNames) }).default({ buckets: {} }),
    replicas: numberBy(["collector", "loki", "mimir", "minio"]),
    replicationFactor: numberBy(["loki", "mimir"]),
    retention: textBy(["logs", "traces", "metrics", "profiles"]),
    storage: z.object({ className: text(), sizes: textBy(volumes) }).default({ sizes: {} }),
    grafana: z.object({ persistence: z.boolean().optional() }).default({}),
    tracing: z.object({ samplingMode: text() }).default({}),
});

/**
 * The settings of the last deployment that decide where data is. They are the stack output `applied`. A later deployment is compared with them.
 * They contain no secrets.
 */
export type AppliedSettings = z.output<typeof schema>;

/** Selects the settings that are kept with the stack. Keys without a value are left out. */
export function appliedSettings(settings: Settings): AppliedSettings {
    const { objectStore, replicas, replicationFactor, retention, storage, grafana, tracing } = settings;
    const s3 = objectStore.kind === "s3" ? parseS3Endpoint(objectStore.endpoint ?? "") : undefined;
    return withoutUndefined({
        profile: settings.profile,
        namespace: settings.namespace,
        createNamespace: settings.createNamespace,
        cluster: settings.cluster,
        tenant: settings.tenant,
        objectStore: {
            kind: objectStore.kind,
            endpoint: s3?.hostAndPort,
            buckets: Object.fromEntries(backends.map((backend) => [backend, bucketName(backend, objectStore)])),
        },
        replicas: {
            collector: settings.autoscaling.collector?.minReplicas ?? replicas.collector,
            loki: replicas.loki,
            mimir: replicas.mimir,
            minio: objectStore.kind === "minio" ? replicas.minio : undefined,
        },
        replicationFactor: { ...replicationFactor },
        retention: { ...retention },
        storage: { className: storage.className, sizes: appliedSizes(settings) },
        grafana: { persistence: grafana.persistence },
        tracing: { samplingMode: tracing.samplingMode },
    });
}

/** The sizes of the volumes that the stack has. */
function appliedSizes({ profile, storage: { sizes }, objectStore, grafana }: Settings) {
    return {
        ...sizes,
        minio: objectStore.kind === "minio" ? sizes.minio : undefined,
        grafana: grafana.persistence ? sizes.grafana : undefined,
        // In the profile dev, the queues are in an emptyDir.
        collector: profile === "prod" ? sizes.collector : undefined,
    };
}

/** Reads the stack output `applied`. Undefined if there is none, or if it is not a map of settings. */
export function parseApplied(output: unknown): AppliedSettings | undefined {
    return schema.safeParse(output).data;
}

function withoutUndefined<T>(tree: T): T {
    return JSON.parse(JSON.stringify(tree)) as T;
}
