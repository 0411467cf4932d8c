import type { Rate } from "./figure";

// Every number of the formulas, with its source. GB and MB are 10^9 and 10^6 bytes. docs/sizing.md explains how the measured ones were measured.

const kB = 1e3;
const MB = 1e6;
const GB = 1e9;
const MiB = 2 ** 20;
const GiB = 2 ** 30;

const measured = "measured with npm run usage, see docs/sizing.md";
const atRest = "measured on a node, see docs/measurements.md";
const mimirGuide = "Mimir documentation, Planning Grafana Mimir capacity";
const lokiGuide = "Loki documentation, Size the cluster, tier below 3 TB a day";
const lokiArchitecture = "Loki documentation, Architecture";
const tempoGuide = "Tempo 2.10 documentation, Size the cluster";
const alloyGuide = "Alloy documentation, Estimate resource usage";
const minioGuide = "MinIO documentation, Hardware checklist";

const exactly = (value: number, text: string, source: string): Rate => ({ low: value, value, high: value, text, source });

/** Bytes per second at which the smallest tier of the guide of Loki ends: 3 TB a day. */
export const lokiTierBytesPerSecond = (3000 * GB) / 86_400;
const lokiTier = lokiTierBytesPerSecond / MB;

export const mimirRates = {
    cpuAtRest: { low: 0.01, value: 0.025, high: 0.025, text: "0.025 cores at rest", source: atRest },
    cpuPerSample: {
        low: 0.2 / 10_000,
        value: 1 / 25_000,
        high: 1 / 25_000,
        text: "1 core / 25,000 samples per second",
        source: mimirGuide,
    },
    cpuPerSeries: { low: 0, value: 1 / 300_000, high: 1 / 300_000, text: "1 core / 300,000 series in memory", source: mimirGuide },
    memoryAtRest: { low: 197 * MiB, value: 221 * MiB, high: 221 * MiB, text: "221 MiB at rest", source: atRest },
    memoryPerSample: { low: 0, value: GB / 25_000, high: GB / 25_000, text: "1 GB / 25,000 samples per second", source: mimirGuide },
    memoryPerSeries: {
        low: 4 * kB,
        value: (2.5 * GB) / 300_000,
        high: (2.5 * GB) / 300_000,
        text: "2.5 GB / 300,000 series in memory",
        source: mimirGuide,
    },
    memoryOfCompactor: { low: 0, value: 4 * kB / 20, high: 4 * kB / 20, text: "4 GB / 20,000,000 series for the compactor", source: mimirGuide },
    volumePerSeries: exactly((5 * GB) / 300_000, "5 GB / 300,000 series in memory", mimirGuide),
    volumeOfStoreGateway: exactly((13 * GB) / 1e6 / 365, "13 GB / 1,000,000 series for 365 days of retention", mimirGuide),
    volumeOfCompactor: exactly((300 * GB) / 20e6, "300 GB / 20,000,000 series for the compactor", mimirGuide),
    storedPerSample: { low: 1, value: 2, high: 8, text: "2 bytes", source: mimirGuide },
    /** Objects of one block: chunks, index, meta.json and the index of the bucket. */
    objectsPerBlock: exactly(6, "6 objects", measured),
} satisfies Record<string, Rate>;
