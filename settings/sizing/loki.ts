import { constant, figure, formatCount } from "./figure";
import { type Load, secondsPerDay, type Shape, SizeError } from "./load";
import { peakFactor, type StoreNeed } from "./need";
import { lokiRates as rates, lokiTierBytesPerSecond } from "./rates";

const MB = 1e6;

/**
 * What each replica of Loki needs. In distributed mode, these are the ingesters.
 *
 * @throws SizeError if there are more logs than the smallest tier of the guide of Loki has.
 */
export function lokiNeed(load: Load, { replicas, replicationFactor, distributedLoki }: Shape): StoreNeed {
    if (load.logBytesPerSecond > lokiTierBytesPerSecond) {
        throw new SizeError(
            `${formatCount(load.logBytesPerSecond / MB)} MB of logs per second are more than the formulas know: they are those of the tier below 3 TB a day (${formatCount(lokiTierBytesPerSecond / MB)} MB per second) of Loki's guide; for larger amounts, use the larger tiers of this guide`,
        );
    }
    const count = replicas.loki;
    const megabytes = load.logBytesPerSecond / MB / count;
    const copied = megabytes * replicationFactor.loki;
    const shared = { load: `${formatCount(megabytes)} MB per second`, amount: megabytes };
    // The table of the guide is for three copies of each line.
    const held = { load: `${formatCount(copied)} MB per second with all copies`, amount: copied };
    const perDay = load.logBytesPerSecond * secondsPerDay;
    return {
        cpu: figure([
            constant(rates.cpuAtRest),
            { ...held, rate: rates.cpuOfIngester },
            ...(distributedLoki ? [] : [{ ...shared, rate: rates.cpuOfOthers }]),
        ]),
        memory: figure([
            constant(rates.memoryAtRest),
            { ...held, rate: rates.memoryOfIngester },
            ...(distributedLoki ? [] : [{ ...shared, rate: rates.memoryOfOthers }]),
        ]),
        volume: figure([{ ...held, rate: rates.volumePerMegabyte }], peakFactor),
        storedPerDay: figure([
            {
                load: `${formatCount(perDay / MB)} MB a day`,
                amount: perDay,
                rate: { ...rates.storedPerByte, high: rates.storedPerByte.high * replicationFactor.loki },
            },
        ]),
        objectsPerDay: figure([
            { load: `${formatCount(perDay / MB)} MB a day`, amount: perDay, rate: rates.objectsPerByte },
            {
                load: load.logBytesPerSecond > 0 ? `${formatCount(load.services)} services` : "",
                amount: load.logBytesPerSecond > 0 ? load.services : 0,
                rate: rates.objectsPerStream,
            },
        ]),
    };
}
