import { constant, figure, formatCount } from "./figure";
import { type Load, secondsPerDay, type Shape, SizeError } from "./load";
import { peakFactor, type StoreNeed } from "./need";
import { spanBytes, tempoMaxBytesPerSecond, tempoRates as rates } from "./rates";

const MB = 1e6;

/** Spans per second that Tempo stores, and their bytes. */
function storedSpans(load: Load, { storedSpanRatio }: Shape) {
    const spans = load.spansPerSecond * storedSpanRatio;
    return { spans, bytesPerSecond: spans * spanBytes.value };
}

/** How many ingesters the guide of Tempo plans at least for a load, in distributed mode. */
export function tempoIngestersNeeded(load: Load, shape: Shape): number {
    return Math.ceil(storedSpans(load, shape).bytesPerSecond / tempoMaxBytesPerSecond);
}

/**
 * What the replica of Tempo needs. In distributed mode, what each ingester needs.
 *
 * @throws SizeError if there are more spans than the guide of Tempo plans for the monolithic Tempo.
 */
export function tempoNeed(load: Load, shape: Shape): StoreNeed {
    const { spans, bytesPerSecond } = storedSpans(load, shape);
    const { distributedTempo: isDistributed = false, replicas, replicationFactor } = shape;
    if (!isDistributed && bytesPerSecond > tempoMaxBytesPerSecond) {
        throw new SizeError(
            `${formatCount(spans)} stored spans per second (${formatCount(bytesPerSecond / MB)} MB) are more than the formulas know: the guide of Tempo plans at most ${formatCount(tempoMaxBytesPerSecond / MB)} MB per second for one replica; lower tracing.samplingRatio, or set mode.tempo to "distributed"`,
        );
    }
    const megabytes = `${formatCount(bytesPerSecond / MB)} MB per second (${formatCount(spans)} spans of ${spanBytes.value} bytes)`;
    const copies = replicationFactor.tempo;
    const received = isDistributed
        ? {
              load: `${megabytes} in ${copies} ${copies === 1 ? "copy" : "copies"} on ${replicas.tempo} ingesters`,
              amount: ((bytesPerSecond / MB) * copies) / replicas.tempo,
          }
        : { load: megabytes, amount: bytesPerSecond / MB };
    // The guide plans for three copies.
    const ofIngester = { ...received, amount: received.amount / 3 };
    const blocks = blocksPerDay * (isDistributed ? replicas.tempo : 1);
    const perDay = spans * secondsPerDay;
    return {
        cpu: figure([
            constant(rates.cpuAtRest),
            isDistributed
                ? { ...ofIngester, rate: rates.cpuPerMegabyteOfIngester }
                : { ...received, rate: rates.cpuPerMegabyte },
        ]),
        memory: figure([
            constant(rates.memoryAtRest),
            isDistributed
                ? { ...ofIngester, rate: rates.memoryPerMegabyteOfIngester }
                : { ...received, rate: rates.memoryPerMegabyte },
        ]),
        volume: figure([{ ...received, rate: rates.volumePerMegabyte }], peakFactor),
        storedPerDay: figure([
            { load: `${formatCount(perDay)} spans a day`, amount: perDay, rate: rates.storedPerSpan },
        ]),
        objectsPerDay: figure(
            spans > 0
                ? [
                      {
                          load: `${formatCount(blocks)} blocks a day`,
                          amount: blocks,
                          rate: rates.objectsPerBlock,
                      },
                  ]
                : [],
        ),
    };
}

/** Blocks have at most five minutes, see max_block_duration in values/base/tempo.yaml. */
const blocksPerDay = secondsPerDay / 300;
