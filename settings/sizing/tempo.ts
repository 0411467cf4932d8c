import { constant, figure, formatCount } from "./figure";
import { type Load, secondsPerDay, type Shape, SizeError } from "./load";
import { peakFactor, type StoreNeed } from "./need";
import { spanBytes, tempoMaxBytesPerSecond, tempoRates as rates } from "./rates";

const MB = 1e6;

/**
 * What the replica of Tempo needs. The chart supports only one.
 *
 * @throws SizeError if there are more spans than the guide of Tempo plans for one ingester.
 */
export function tempoNeed(load: Load, { storedSpanRatio }: Shape): StoreNeed {
    const spans = load.spansPerSecond * storedSpanRatio;
    const bytesPerSecond = spans * spanBytes.value;
    if (bytesPerSecond > tempoMaxBytesPerSecond) {
        throw new SizeError(
            `${formatCount(spans)} stored spans per second (${formatCount(bytesPerSecond / MB)} MB) are more than the formulas know: the guide of Tempo plans at most ${formatCount(tempoMaxBytesPerSecond / MB)} MB per second for one replica; lower tracing.samplingRatio, or use the distributed mode of Tempo`,
        );
    }
    const received = {
        load: `${formatCount(bytesPerSecond / MB)} MB per second (${formatCount(spans)} spans of ${spanBytes.value} bytes)`,
        amount: bytesPerSecond / MB,
    };
    const perDay = spans * secondsPerDay;
    return {
        cpu: figure([constant(rates.cpuAtRest), { ...received, rate: rates.cpuPerMegabyte }]),
        memory: figure([constant(rates.memoryAtRest), { ...received, rate: rates.memoryPerMegabyte }]),
        volume: figure([{ ...received, rate: rates.volumePerMegabyte }], peakFactor),
        storedPerDay: figure([
            { load: `${formatCount(perDay)} spans a day`, amount: perDay, rate: rates.storedPerSpan },
        ]),
        objectsPerDay: figure(
            spans > 0
                ? [
                      {
                          load: `${formatCount(blocksPerDay)} blocks a day`,
                          amount: blocksPerDay,
                          rate: rates.objectsPerBlock,
                      },
                  ]
                : [],
        ),
    };
}

/** Blocks have at most five minutes, see max_block_duration in values/base/tempo.yaml. */
const blocksPerDay = secondsPerDay / 300;
