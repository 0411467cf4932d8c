import type { Rate } from "./figure";

// Every number of the formulas, with its source. GB and MB are 10^9 and 10^6 bytes. docs/sizing.md explains how the measured ones were measured.

const MB = 1e6;
const GB = 1e9;
const MiB = 2 ** 20;
const GiB = 2 ** 30;

const measured = "measured with npm run usage, see docs/sizing.md";
const throughput = "measured with npm run throughput, see docs/sizing.md";
const atRest = "measured on a node, see docs/measurements.md";
const mimirGuide = "Mimir documentation, Planning Grafana Mimir capacity";
const lokiGuide = "Loki documentation, Size the cluster, tier below 3 TB a day";
const tempoGuide = "Tempo 2.10 documentation, Size the cluster";
const alloyGuide = "Alloy documentation, Estimate resource usage";

type Range = number | [low: number, value: number, high: number];

function rate(range: Range, text: string, source: string): Rate {
    const [low, value, high] = typeof range === "number" ? [range, range, range] : range;
    return { low, value, high, text, source };
}

/** Bytes per second at which the smallest tier of the guide of Loki ends: 3 TB a day. */
export const lokiTierBytesPerSecond = (3000 * GB) / 86_400;
const lokiTier = lokiTierBytesPerSecond / MB;

export const mimirRates = {
    cpuAtRest: rate(0.025, "0.025 cores at rest", atRest),
    cpuPerSample: rate([0.137 / 10_000, 1 / 25_000, 1 / 25_000], "1 core / 25,000 samples per second", mimirGuide),
    cpuPerSeries: rate([0, 1 / 300_000, 1 / 300_000], "1 core / 300,000 series in memory", mimirGuide),
    memoryAtRest: rate([127 * MiB, 221 * MiB, 221 * MiB], "221 MiB at rest", atRest),
    memoryPerSample: rate([0, GB / 25_000, GB / 25_000], "1 GB / 25,000 samples per second", mimirGuide),
    memoryPerSeries: rate(
        [4100, (2.5 * GB) / 300_000, (2.5 * GB) / 300_000],
        "2.5 GB / 300,000 series in memory",
        mimirGuide,
    ),
    memoryOfCompactor: rate(
        [0, (4 * GB) / 20e6, (4 * GB) / 20e6],
        "4 GB / 20,000,000 series for the compactor",
        mimirGuide,
    ),
    volumePerSeries: rate((5 * GB) / 300_000, "5 GB / 300,000 series in memory", mimirGuide),
    volumeOfStoreGateway: rate((13 * GB) / 1e6 / 365, "13 GB / (1,000,000 series for 365 days)", mimirGuide),
    volumeOfCompactor: rate((300 * GB) / 20e6, "300 GB / 20,000,000 series for the compactor", mimirGuide),
    // Blocks of half an hour that were not compacted had 4.3 to 6.8 bytes.
    storedPerSample: rate([2, 2, 6.8], "2 bytes", mimirGuide),
    objectsPerBlock: rate(6, "6 objects", measured),
};

export const lokiRates = {
    cpuAtRest: rate(0.014, "0.014 cores at rest", atRest),
    // 12 cores for three copies. The other modules do not depend on the number of copies.
    cpuOfIngester: rate(
        [0.115, 12 / 3 / lokiTier, 0.223],
        "12 cores / (3 × 34.7 MB per second) for the ingester",
        lokiGuide,
    ),
    // The guide warns that queries can need ten times the 10 cores and 10 GiB of its queriers.
    cpuOfOthers: rate(
        [0, 26 / lokiTier, 116 / lokiTier],
        "26 cores / 34.7 MB per second for all other modules",
        lokiGuide,
    ),
    memoryAtRest: rate([93 * MiB, 131 * MiB, 131 * MiB], "131 MiB at rest", measured),
    memoryOfIngester: rate(
        [0, (24 * GiB) / 3 / lokiTier, (24 * GiB) / 3 / lokiTier],
        "24 GiB / (3 × 34.7 MB per second) for the ingester",
        lokiGuide,
    ),
    memoryOfOthers: rate(
        [0, (35 * GiB) / lokiTier, (125 * GiB) / lokiTier],
        "35 GiB / 34.7 MB per second for all other modules",
        lokiGuide,
    ),
    volumePerMegabyte: rate([678 * MB, 2980 * MB, 8140 * MB], "2.98 GB / MB per second for the WAL", measured),
    // 0.24 for log lines of Kubernetes, 0.32 for JSON with random ids. It cannot be more than the line itself.
    storedPerByte: rate([0.24, 0.32, 1], "0.32 after compression", measured),
    objectsPerByte: rate(0.32 / (1.5 * MB), "0.32 / 1.5 MB in a chunk", "Loki configuration, chunk_target_size"),
    objectsPerStream: rate(12, "12 chunks a day", "Loki configuration, max_chunk_age of 2h"),
};

/** MB per second that the guide of Tempo plans at most for each ingester, with three copies of each trace. The monolithic Tempo has one replica. */
export const tempoMaxBytesPerSecond = 5 * MB;

/** A span in OTLP with the attributes of an HTTP server. */
export const spanBytes = rate(406, "406 bytes", measured);

export const tempoRates = {
    cpuAtRest: rate(0.019, "0.019 cores at rest", atRest),
    cpuPerMegabyte: rate(
        [0.33, 2 / 10 + 2.5 / 3 + 1 / 3, 2 / 10 + 2.5 / 3 + 1 / 3],
        "(2 / 10 + 2.5 / 3 + 1 / 3) cores of distributor, ingester and compactor",
        tempoGuide,
    ),
    cpuPerMegabyteOfIngester: rate([0, 2.5 / 3, 2.5 / 3], "2.5 / 3 cores of an ingester with three copies", tempoGuide),
    memoryAtRest: rate([61 * MiB, 421 * MiB, 421 * MiB], "421 MiB with 100 spans per second", atRest),
    memoryPerMegabyte: rate(
        [0, (2 / 10 + 4 / 3 + 4 / 3) * GB, (2 / 10 + 20 / 3 + 20 / 3) * GB],
        "(2 / 10 + 4 / 3 + 4 / 3) GB of distributor, ingester and compactor",
        tempoGuide,
    ),
    memoryPerMegabyteOfIngester: rate(
        [0, (4 / 3) * GB, (20 / 3) * GB],
        "4 / 3 GB of an ingester with three copies",
        tempoGuide,
    ),
    // At least: 0.33 bytes for each byte during 300 s in the WAL, and 0.19 bytes during 900 s in a block.
    volumePerMegabyte: rate(
        [273 * MB, 1200 * MB, 2400 * MB],
        "1.2 GB: 5 min in a block, 15 min until it is deleted",
        "Tempo configuration, complete_block_timeout",
    ),
    // Repeated attributes compress well. It cannot be more than the span itself.
    storedPerSpan: rate([78, 86, 406], "86 bytes", measured),
    objectsPerBlock: rate(4, "4 objects", measured),
};

/** Profiles per second up to which the formulas are used. About 5 were measured, and Pyroscope has no guide. */
export const pyroscopeMaxProfilesPerSecond = 20;

/** A compressed profile in the pprof format. */
export const profileBytes = rate([7500, 22_000, 22_000], "22,000 bytes", measured);

export const pyroscopeRates = {
    cpuAtRest: rate(0.005, "0.005 cores at rest", atRest),
    cpuPerProfile: rate([0.018, 0.026, 0.028], "0.026 CPU seconds", measured),
    memoryAtRest: rate([34 * MiB, 79 * MiB, 79 * MiB], "79 MiB at rest", measured),
    memoryPerProfile: rate([0, 17 * MiB, 17 * MiB], "17 MiB / profile per second", measured),
    // Until compaction, each profile is about three times as large as the compressed one.
    storedPerProfile: rate([22_000, 62_000, 62_000], "62,000 bytes", measured),
    objectsPerProfile: rate([0.1, 1, 1], "1 object", measured),
    volumeAtRest: rate(67 * MB, "67 MB for the index", measured),
};

export const collectorRates = {
    cpuAtRest: rate(0.012, "0.012 cores at rest", atRest),
    cpuPerSpan: rate([0.5 / 10_000, 0.55 / 10_000, 0.55 / 10_000], "0.55 cores / 10,000 spans per second", throughput),
    cpuPerSpanOfReceiver: rate(
        [0.13 / 10_000, 0.15 / 10_000, 0.15 / 10_000],
        "0.15 cores / 10,000 spans per second",
        throughput,
    ),
    memoryAtRest: rate([27 * MiB, 39 * MiB, 39 * MiB], "39 MiB at rest", atRest),
    memoryPerSpan: rate(
        [(157 * MiB) / 2956, (157 * MiB) / 1425, (157 * MiB) / 1425],
        "157 MiB / 1,425 spans per second",
        throughput,
    ),
};

export const agentRates = {
    cpuAtRest: rate([0.008, 0.011, 0.011], "0.011 cores at rest", atRest),
    memoryOfLogsAtRest: rate([36 * MiB, 41 * MiB, 41 * MiB], "41 MiB at rest", atRest),
    cpuPerMebibyte: rate([0, 1, 1], "1 core / MiB per second", alloyGuide),
    memoryPerMebibyte: rate([0, 120 * MiB, 120 * MiB], "120 MiB / MiB per second", alloyGuide),
    memoryOfMetricsAtRest: rate([95 * MiB, 105 * MiB, 105 * MiB], "105 MiB at rest", atRest),
    cpuPerSeries: rate([0, 0.4 / 1e6, 0.4 / 1e6], "0.4 cores / 1,000,000 series", alloyGuide),
    memoryPerSeries: rate([0, (11 * GiB) / 1e6, (11 * GiB) / 1e6], "11 GiB / 1,000,000 series", alloyGuide),
};

export const minioRates = {
    cpuAtRest: rate(0.002, "0.002 cores at rest", atRest),
    // Chunks of Loki needed least, and the small objects of Pyroscope most.
    cpuPerMegabyte: rate([0.019, 0.15, 0.15], "0.15 CPU seconds / MB", measured),
    memory: rate([101 * MiB, 599 * MiB, 599 * MiB], "599 MiB while Tempo uploads large blocks", atRest),
};
