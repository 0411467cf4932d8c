import { constant, type Figure, figure, formatCount } from "./figure";
import { type Load, scrapeIntervalSeconds, secondsPerDay, type Shape, SizeError } from "./load";
import { type Need, peakFactor, type StoreNeed } from "./need";
import { mimirRates as rates } from "./rates";

/** Active series of a tenant up to which the guide of Mimir plans one compactor. */
export const mimirMaxSeries = 20_000_000;

const blocksPerDay = 12;

/** What each distributor of Mimir needs in distributed mode. In monolithic mode, there is none. */
export function mimirDistributorNeed({ series }: Load, { mimirParts }: Shape): Need {
    const samples = series / scrapeIntervalSeconds / (mimirParts?.distributors ?? Infinity);
    const received = { load: `${formatCount(samples)} samples per second`, amount: samples };
    return {
        cpu: figure([constant(rates.cpuAtRest), { ...received, rate: rates.cpuPerSample }]),
        memory: figure([constant(rates.memoryAtRest), { ...received, rate: rates.memoryPerSample }]),
    };
}

/**
 * What each replica of Mimir needs, and in distributed mode each ingester. A sample reaches one distributor, and as many ingesters as the replication
 * factor.
 *
 * @throws SizeError if there are more series than the guide of Mimir plans without splitting compaction, which the stack does not configure.
 */
export function mimirNeed(load: Load, { replicas, replicationFactor, retention, mimirParts }: Shape): StoreNeed {
    if (load.series > mimirMaxSeries) {
        throw new SizeError(
            `${formatCount(load.series)} series are more than the formulas know: above ${formatCount(mimirMaxSeries)} series of a tenant, Mimir's guide splits compaction, which this stack does not configure`,
        );
    }
    const count = replicas.mimir;
    const samples = load.series / scrapeIntervalSeconds / count;
    const inMemory = (load.series * replicationFactor.mimir) / count;
    const received = { load: `${formatCount(samples)} samples per second`, amount: samples };
    const held = { load: `${formatCount(inMemory)} series in memory`, amount: inMemory };
    const all = { load: `${formatCount(load.series)} series`, amount: load.series };
    const days = retention.metrics / secondsPerDay;
    const allSamples = (load.series / scrapeIntervalSeconds) * secondsPerDay;
    const blocks = blocksPerDay * count;
    const wal = { ...held, rate: rates.volumePerSeries };
    const compactor = { ...all, rate: rates.volumeOfCompactor };
    const readable = load.series / (mimirParts?.storeGateways ?? count);
    const storeGateway = {
        load: `${formatCount(readable)} series, ${formatCount(days)} days`,
        amount: readable * days,
        rate: rates.volumeOfStoreGateway,
    };
    const isDistributed = mimirParts !== undefined;
    return {
        cpu: figure([
            constant(rates.cpuAtRest),
            ...(isDistributed ? [] : [{ ...received, rate: rates.cpuPerSample }]),
            { ...held, rate: rates.cpuPerSeries },
        ]),
        memory: figure([
            constant(rates.memoryAtRest),
            ...(isDistributed ? [] : [{ ...received, rate: rates.memoryPerSample }]),
            { ...held, rate: rates.memoryPerSeries },
            ...(isDistributed ? [] : [{ ...all, rate: rates.memoryOfCompactor }]),
        ]),
        // In distributed mode, ingesters, store-gateways and compactors have volumes of the same size. The compactor has one replica.
        volume: isDistributed
            ? largest([wal, storeGateway, compactor].map((term) => figure([term], peakFactor)))
            : figure([wal, storeGateway, compactor], peakFactor),
        storedPerDay: figure([
            { load: `${formatCount(allSamples)} samples a day`, amount: allSamples, rate: rates.storedPerSample },
        ]),
        objectsPerDay: figure(
            load.series > 0
                ? [{ load: `${formatCount(blocks)} blocks a day`, amount: blocks, rate: rates.objectsPerBlock }]
                : [],
        ),
    };
}

function largest(figures: Figure[]): Figure | undefined {
    return [...figures].sort((one, other) => other.value - one.value)[0];
}
