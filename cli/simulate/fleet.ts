import type { Load } from "../../settings/sizing/load";

/** What a service has and sends on average. */
export interface ServiceLoad {
    pods: number;
    series: number;
    /** Bytes of log lines per second. */
    logBytesPerSecond: number;
    /** Spans per second, after head sampling. */
    spansPerSecond: number;
    profilesPerSecond: number;
}

/** The services of a platform, and what all of them send. */
export interface Fleet {
    load: Load;
    /** Bytes of log lines per second of each stream. Each pod has one stream, because the label `pod` is a label of the stream. */
    streams: number[];
    /** Spans per second of each pod. A pod sends through one connection to one replica of the collector. */
    senders: number[];
}

/** What a number of services sends, if each is like the average. */
export function loadOf(services: number, average: ServiceLoad): Load {
    return {
        series: services * average.series,
        logBytesPerSecond: services * average.logBytesPerSecond,
        spansPerSecond: services * average.spansPerSecond,
        profilesPerSecond: services * average.profilesPerSecond,
        services,
        nodes: 1,
    };
}

/**
 * Services of different sizes: the load of service n is proportional to 1 / n^skew. With a skew of 0, all are equal; with a skew of 1, the largest of
 * 1,000 services has 13 % of the load. A larger service has more pods.
 */
export function fleetOf(services: number, average: ServiceLoad, skew: number): Fleet {
    const weights = Array.from({ length: services }, (_, index) => (index + 1) ** -skew);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const load = loadOf(services, average);
    const perPod = (amount: number) =>
        weights.flatMap((weight) => {
            const pods = Math.max(1, Math.round((weight / total) * services * average.pods));
            return Array.from({ length: pods }, () => ((weight / total) * amount) / pods);
        });
    return { load, streams: perPod(load.logBytesPerSecond), senders: perPod(load.spansPerSecond) };
}
