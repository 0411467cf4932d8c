import { StoreMode } from "../../components/mode";
import { durationSeconds } from "../../validation/durations";
import { partReplicas, tempoIngesters } from "../mode";
import type { Settings } from "../resolve";
import type { Load, Shape } from "./load";
import { lokiNeed } from "./loki";
import { mimirDistributorNeed, mimirNeed } from "./mimir";
import type { Need, StoreNeed } from "./need";
import { minioNeed, objectStoreNeed, type ObjectStoreNeed } from "./object-store";
import { collectorNeed, logCollectorNeed, receiverNeed, scraperNeed } from "./pipeline";
import { pyroscopeNeed } from "./pyroscope";
import { tempoNeed } from "./tempo";

/** The part of the settings on which sizes depend. */
export type SizedSettings = Pick<
    Settings,
    "replicas" | "replicationFactor" | "retention" | "tracing" | "objectStore" | "autoscaling" | "mode" | "profile"
>;

/** How a stack is built. A component with an autoscaler has the lowest number of replicas. */
export function shapeOf({
    replicas,
    replicationFactor,
    retention,
    tracing,
    objectStore,
    autoscaling,
    mode,
    profile,
}: SizedSettings): Shape {
    const ingesters = tempoIngesters({ profile, replicas, replicationFactor, autoscaling });
    const seconds = (signal: keyof Shape["retention"]) => durationSeconds(retention[signal]) ?? 0;
    return {
        replicas: {
            ...replicas,
            tempo: ingesters.replicas,
            collector: autoscaling.collector?.minReplicas ?? replicas.collector,
            receiver: autoscaling.receiver?.minReplicas ?? replicas.receiver,
        },
        ...(mode.mimir === StoreMode.Distributed && {
            mimirParts: {
                distributors: partReplicas({ profile, replicas, autoscaling }, "mimirDistributor"),
                storeGateways: partReplicas({ profile, replicas, autoscaling }, "mimirStoreGateway"),
            },
        }),
        replicationFactor: { ...replicationFactor, tempo: ingesters.copies },
        ...(mode.loki === StoreMode.Distributed && { distributedLoki: true }),
        ...(mode.tempo === StoreMode.Distributed && { distributedTempo: true }),
        ...(mode.pyroscope === StoreMode.Distributed && { distributedPyroscope: true }),
        retention: {
            metrics: seconds("metrics"),
            logs: seconds("logs"),
            traces: seconds("traces"),
            profiles: seconds("profiles"),
        },
        storedSpanRatio: tracing.samplingMode === "tail" ? tracing.samplingRatio : 1,
        minio: objectStore.kind === "minio",
    };
}

/** Components that have a size. */
export const sizedComponents = [
    "mimir",
    "mimirDistributor",
    "loki",
    "tempo",
    "pyroscope",
    "otelCollector",
    "alloyReceiver",
    "alloyLogs",
    "alloyMetrics",
    "minio",
] as const;
export type SizedComponent = (typeof sizedComponents)[number];

/** What each replica of each component needs, and the object store as a whole. */
export interface StackNeed {
    components: Record<SizedComponent, Need>;
    objectStore: ObjectStoreNeed;
}

/**
 * What a stack needs for a load.
 *
 * @throws SizeError if the load is larger than the formulas know.
 */
export function stackNeed(load: Load, shape: Shape): StackNeed {
    const stores: Record<"mimir" | "loki" | "tempo" | "pyroscope", StoreNeed> = {
        mimir: mimirNeed(load, shape),
        loki: lokiNeed(load, shape),
        tempo: tempoNeed(load, shape),
        pyroscope: pyroscopeNeed(load, shape),
    };
    const objectStore = objectStoreNeed(
        { metrics: stores.mimir, logs: stores.loki, traces: stores.tempo, profiles: stores.pyroscope },
        shape,
    );
    return {
        components: {
            ...stores,
            mimirDistributor: mimirDistributorNeed(load, shape),
            otelCollector: collectorNeed(load, shape),
            alloyReceiver: receiverNeed(load, shape),
            alloyLogs: logCollectorNeed(load),
            alloyMetrics: scraperNeed(load),
            minio: minioNeed(objectStore, shape),
        },
        objectStore,
    };
}
