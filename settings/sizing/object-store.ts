import { constant, type Figure, figure, formatCount } from "./figure";
import { secondsPerDay, type Shape } from "./load";
import type { Need, StoreNeed } from "./need";
import { minioRates as rates } from "./rates";

export type Signal = "metrics" | "logs" | "traces" | "profiles";

/** What the object store contains and receives. */
export interface ObjectStoreNeed {
    /** Bytes that are added each day. */
    growthPerDay: Figure;
    /** Bytes when the retention of each signal has passed. */
    stored: Figure;
    /** Objects that the stores write in a month of 30 days. Compaction and queries add further requests, which are not known. */
    writesPerMonth: Figure;
}

/** Adds up what the stores write. */
export function objectStoreNeed(needs: Record<Signal, StoreNeed>, { retention }: Shape): ObjectStoreNeed {
    const signals = Object.keys(needs) as Signal[];
    const days = (signal: Signal) => retention[signal] / secondsPerDay;
    return {
        growthPerDay: sum(signals.map((signal) => [signal, needs[signal].storedPerDay, 1])),
        stored: sum(
            signals.map((signal) => [
                `${signal} for ${formatCount(days(signal))} days`,
                needs[signal].storedPerDay,
                days(signal),
            ]),
        ),
        writesPerMonth: sum(signals.map((signal) => [`${signal} for 30 days`, needs[signal].objectsPerDay, 30])),
    };
}

function sum(parts: [string, Figure, number][]): Figure {
    const present = parts.filter(([, { high }]) => high > 0);
    const total = (side: "low" | "value" | "high") =>
        present.reduce((all, [, part, factor]) => all + part[side] * factor, 0);
    return {
        low: total("low"),
        value: total("value"),
        high: total("high"),
        formula: present.map(([text, { formula }]) => `${text}: ${formula}`).join("; "),
        sources: [...new Set(present.flatMap(([, { sources }]) => sources))],
    };
}

/** Drives of MinIO that contain parity. Source: the table in docs/distributed/SIZING.md of MinIO. */
export function parityDrives(replicas: number): number {
    return replicas === 1 ? 0 : replicas <= 5 ? 2 : replicas <= 7 ? 3 : 4;
}

/** The part of the volumes of MinIO that stays free. The alert KubePersistentVolumeAlmostOutOfSpace fires below it. */
export const minioFreeRatio = 0.15;

/** Bytes of data that fit into the volumes of MinIO. */
export function minioCapacity(replicas: number, volumeBytes: number): number {
    return volumeBytes * (replicas - parityDrives(replicas)) * (1 - minioFreeRatio);
}

/** What each replica of MinIO needs. */
export function minioNeed({ stored, growthPerDay }: ObjectStoreNeed, { replicas: { minio } }: Shape): Need {
    const megabytes = growthPerDay.value / secondsPerDay / 1e6 / minio;
    const factor = 1 / minioCapacity(minio, 1);
    return {
        cpu: figure([
            constant(rates.cpuAtRest),
            {
                load: `${formatCount(megabytes)} MB per second to each replica`,
                amount: megabytes,
                rate: rates.cpuPerMegabyte,
            },
        ]),
        memory: figure([constant(rates.memory)]),
        volume: {
            low: stored.low * factor,
            value: stored.value * factor,
            high: stored.high * factor,
            formula: `${formatCount(stored.value / 1e9)} GB / (${minio - parityDrives(minio)} of ${minio} drives without parity × ${1 - minioFreeRatio} used)`,
            sources: [...stored.sources, "MinIO documentation, docs/distributed/SIZING.md"],
        },
    };
}
