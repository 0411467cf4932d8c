import { StoreMode } from "../../components/mode";
import { parseApplied } from "../../settings/applied";
import { storeMode } from "../../settings/moves/modes";
import { type Backend } from "../../validation/buckets";
import { type State, stackOutputs } from "../up/state";
import { perBackend } from "../store/access";

/** The settings of the last complete deployment that the plans compare. */
export interface Applied {
    namespace: string;
    objectStore: {
        kind: "minio" | "s3";
        /** Host and port of the S3 service. */
        endpoint?: string;
        buckets: Record<Backend, string>;
    };
    replicas: { loki: number; minio: number };
    /** How the stores run. Undefined if the stack does not deploy them. */
    lokiMode: StoreMode | undefined;
    mimirMode: StoreMode | undefined;
    tempoMode: StoreMode | undefined;
    pyroscopeMode: StoreMode | undefined;
    /** Replicas of the metastore of Pyroscope. 1 in monolithic mode, in which it is a part of the process. */
    pyroscopeMetastores: number;
    /** Replicas of Loki that store each line. */
    lokiReplicationFactor: number;
    tenant: string | undefined;
    samplingMode: "head" | "tail";
}

/** Reads the settings of the last deployment from a state. Undefined before the first complete deployment, and after one of an older version. */
export function appliedOf(state: State): Applied | undefined {
    const applied = parseApplied(stackOutputs(state)["applied"]);
    if (applied?.namespace === undefined) {
        return undefined;
    }
    const { namespace, objectStore, replicas, replicationFactor, tenant, tracing } = applied;
    return {
        namespace,
        objectStore: {
            kind: objectStore.kind === "s3" ? "s3" : "minio",
            endpoint: objectStore.endpoint,
            buckets: perBackend((backend) => objectStore.buckets[backend] ?? backend),
        },
        replicas: { loki: replicas.loki ?? 1, minio: replicas.minio ?? 1 },
        lokiMode: storeMode(applied, "loki"),
        mimirMode: storeMode(applied, "mimir"),
        tempoMode: storeMode(applied, "tempo"),
        pyroscopeMode: storeMode(applied, "pyroscope"),
        pyroscopeMetastores: replicas.pyroscopeMetastore ?? 1,
        lokiReplicationFactor: replicationFactor.loki ?? 1,
        tenant,
        samplingMode: tracing.samplingMode === "tail" ? "tail" : "head",
    };
}
