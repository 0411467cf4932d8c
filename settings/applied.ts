import { z } from "zod";
import { pins } from "../components/helm/pins";
import { StoreMode } from "../components/mode";
import { ZoneStage } from "../components/zones";
import { backends, bucketName } from "../validation/buckets";
import { parseS3Endpoint } from "../validation/urls";
import { needsObjectStore } from "./components";
import { partReplicas, tempoIngesters } from "./mode";
import type { Settings } from "./resolve";
import { zonesArgs } from "./zones";

const volumes = [...backends, "grafana", "minio", "collector"] as const;
const replaceable = [...backends, "grafana"] as const;
/** The components that hold data. */
const owners = [...backends, "grafana", "otelCollector"] as const;
/** The components with data whose charts have versions of their own. The chart of Mimir is a part of this package. */
export const chartsWithData = ["loki", "tempo", "pyroscope", "grafana"] as const;

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
    /** Whether the stack has each component. Undefined in the output of an older version. */
    components: z.partialRecord(z.enum(owners), z.boolean()).optional(),
    /** Versions of the charts. */
    charts: textBy(chartsWithData),
    /** How the stores run that do not run as one process. */
    mode: z.partialRecord(z.enum(["loki", "mimir", "tempo", "pyroscope"]), z.string()).optional(),
    /** URLs of external backends. */
    external: textBy(replaceable),
    objectStore: z.object({ kind: text(), endpoint: text(), buckets: textBy(backends) }).default({ buckets: {} }),
    replicas: numberBy(["collector", "loki", "mimir", "tempo", "minio", "redpanda", "pyroscopeMetastore"]),
    replicationFactor: numberBy(["loki", "mimir", "tempo"]),
    /** Zones of the stores. */
    zones: z.object({ count: z.number().optional(), stage: text() }).optional(),
    retention: textBy(["logs", "traces", "metrics", "profiles"]),
    storage: z.object({ className: text(), sizes: textBy(volumes) }).default({ sizes: {} }),
    grafana: z.object({ persistence: z.boolean().optional() }).default({}),
    tracing: z.object({ samplingMode: text() }).default({}),
    networkPolicies: z.object({ enabled: z.boolean().optional() }).default({}),
    /** The clients of ingestion.external that have a credential. */
    clients: z.array(z.string()).optional(),
    clusterDomain: text(),
});

/**
 * The settings of the last deployment that decide where data is. They are the stack output `applied`. A later deployment is compared with them.
 * They contain no secrets.
 */
export type AppliedSettings = z.output<typeof schema>;

/**
 * Selects the settings that are kept with the stack. Keys without a value are left out, and so are the settings of components that the stack does
 * not have.
 */
export function appliedSettings(settings: Settings): AppliedSettings {
    const { components, external, objectStore, replicas, replicationFactor, storage } = settings;
    const hasStore = needsObjectStore(settings);
    const hasDatabase = components.grafana && settings.grafana.persistence;
    const hasMinio = hasStore && objectStore.kind === "minio";
    const s3 = objectStore.kind === "s3" ? parseS3Endpoint(objectStore.endpoint ?? "") : undefined;
    const stores = backends.filter((backend) => components[backend]);
    return withoutUndefined({
        profile: settings.profile,
        namespace: settings.namespace,
        createNamespace: settings.createNamespace,
        cluster: settings.cluster,
        tenant: settings.tenant,
        components: fromEntries(owners, (component) => components[component]),
        charts: fromEntries(
            chartsWithData.filter((component) => (component === "grafana" ? hasDatabase : components[component])),
            (component) =>
                pins[component === "tempo" && isDistributed(settings, "tempo") ? "tempoDistributed" : component]
                    .version,
        ),
        ...distributedStores(settings),
        external: fromEntries(replaceable, (component) => external[component].url),
        objectStore: {
            kind: hasStore ? objectStore.kind : undefined,
            endpoint: hasStore ? s3?.hostAndPort : undefined,
            buckets: fromEntries(stores, (backend) => bucketName(backend, objectStore)),
        },
        replicas: {
            collector: components.otelCollector
                ? (settings.autoscaling.collector?.minReplicas ?? replicas.collector)
                : undefined,
            loki: components.loki ? replicas.loki : undefined,
            mimir: components.mimir ? replicas.mimir : undefined,
            tempo: isDistributed(settings, "tempo") ? tempoIngesters(settings).replicas : undefined,
            minio: hasMinio ? replicas.minio : undefined,
            redpanda: components.redpanda ? settings.redpanda.replicas : undefined,
            pyroscopeMetastore: isDistributed(settings, "pyroscope")
                ? partReplicas(settings, "pyroscopeMetastore")
                : undefined,
        },
        replicationFactor: {
            loki: components.loki ? replicationFactor.loki : undefined,
            mimir: components.mimir ? replicationFactor.mimir : undefined,
            tempo: isDistributed(settings, "tempo") ? tempoIngesters(settings).copies : undefined,
        },
        ...appliedZones(settings),
        retention: appliedRetention(settings),
        storage: {
            className: storage.className,
            sizes: { ...appliedSizes(settings), minio: hasMinio ? storage.sizes.minio : undefined },
        },
        grafana: { persistence: components.grafana ? settings.grafana.persistence : undefined },
        tracing: { samplingMode: settings.tracing.samplingMode },
        networkPolicies: { enabled: settings.networkPolicies.enabled },
        clients: clientsOf(settings),
        clusterDomain: settings.clusterDomain,
    });
}

/** Undefined without clients. Neither list has the credentials themselves. */
function clientsOf({ ingestion: { external } }: Settings): string[] | undefined {
    const clients = [...external.clients, ...Object.keys(external.credentials)];
    return external.enabled && clients.length > 0 ? clients : undefined;
}

/** Without the key `mode` in a stack whose stores all run as one process. */
function distributedStores(settings: Settings): Pick<AppliedSettings, "mode"> {
    const distributed = (["loki", "mimir", "tempo", "pyroscope"] as const).filter((store) =>
        isDistributed(settings, store),
    );
    return distributed.length === 0 ? {} : { mode: fromEntries(distributed, (store) => settings.mode[store]) };
}

function isDistributed({ components, mode }: Settings, store: keyof Settings["mode"]): boolean {
    return components[store] && mode[store] === StoreMode.Distributed;
}

function appliedZones(settings: Settings) {
    const zones = zonesArgs(settings);
    return zones === undefined ? {} : { zones: { stage: ZoneStage.Replicate, ...zones } };
}

function appliedRetention({ components, retention }: Settings) {
    return {
        logs: components.loki ? retention.logs : undefined,
        traces: components.tempo ? retention.traces : undefined,
        metrics: components.mimir ? retention.metrics : undefined,
        profiles: components.pyroscope ? retention.profiles : undefined,
    };
}

/** The sizes of the volumes of the components. */
function appliedSizes({ profile, storage: { sizes }, components, grafana }: Settings) {
    return {
        ...fromEntries(
            backends.filter((backend) => components[backend]),
            (backend) => sizes[backend],
        ),
        grafana: components.grafana && grafana.persistence ? sizes.grafana : undefined,
        // In the profile dev, the queues are in an emptyDir.
        collector: components.otelCollector && profile === "prod" ? sizes.collector : undefined,
    };
}

function fromEntries<K extends string, V>(keys: readonly K[], value: (key: K) => V): Partial<Record<K, V>> {
    return Object.fromEntries(keys.map((key) => [key, value(key)])) as Partial<Record<K, V>>;
}

/** Reads the stack output `applied`. Undefined if there is none, or if it is not a map of settings. */
export function parseApplied(output: unknown): AppliedSettings | undefined {
    return schema.safeParse(output).data;
}

function withoutUndefined<T>(tree: T): T {
    return JSON.parse(JSON.stringify(tree)) as T;
}
