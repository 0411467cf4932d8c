import { volumeBytesPerQueuedByte } from "../../components/otel-collector/queue";
import { constant, figure, formatCount } from "./figure";
import { type Load, scrapeIntervalSeconds, type Shape } from "./load";
import type { Need } from "./need";
import { agentRates, collectorRates, spanBytes } from "./rates";

const MB = 1e6;

/** Seconds of an outage of Alloy or a backend that the queues of the collector must survive. */
export const outageSeconds = 300;

/** What each replica of the OpenTelemetry Collector needs. Logs and metrics over OTLP are not counted, because the load does not tell how they arrive. */
export function collectorNeed({ spansPerSecond }: Load, { replicas }: Shape): Need {
    const spans = spansPerSecond / replicas.collector;
    const received = { load: `${formatCount(spans)} spans per second`, amount: spans };
    return {
        cpu: figure([constant(collectorRates.cpuAtRest), { ...received, rate: collectorRates.cpuPerSpan }]),
        memory: figure([constant(collectorRates.memoryAtRest), { ...received, rate: collectorRates.memoryPerSpan }]),
        volume: figure([
            {
                // The volume has a queue for each signal, and small requests need more space on disk.
                load: `${volumeBytesPerQueuedByte} × ${formatCount(spans)} spans per second for ${outageSeconds} s`,
                amount: volumeBytesPerQueuedByte * spans * outageSeconds,
                rate: spanBytes,
            },
        ]),
    };
}

/** What each replica of Alloy needs as the OTLP receiver. It has no queue and no volume. */
export function receiverNeed({ spansPerSecond }: Load, { replicas, storedSpanRatio }: Shape): Need {
    const spans = (spansPerSecond * storedSpanRatio) / replicas.receiver;
    const received = { load: `${formatCount(spans)} spans per second`, amount: spans };
    return {
        cpu: figure([constant(collectorRates.cpuAtRest), { ...received, rate: collectorRates.cpuPerSpanOfReceiver }]),
        memory: figure([constant(collectorRates.memoryAtRest), { ...received, rate: collectorRates.memoryPerSpan }]),
    };
}

/** What the log collector needs on each node, if all nodes have the same amount of logs. */
export function logCollectorNeed({ logBytesPerSecond, nodes }: Load): Need {
    const mebibytes = logBytesPerSecond / 2 ** 20 / nodes;
    const read = { load: `${formatCount(mebibytes)} MiB per second`, amount: mebibytes };
    return {
        cpu: figure([constant(agentRates.cpuAtRest), { ...read, rate: agentRates.cpuPerMebibyte }]),
        memory: figure([constant(agentRates.memoryOfLogsAtRest), { ...read, rate: agentRates.memoryPerMebibyte }]),
    };
}

/** What the metrics scraper needs on each node, if all nodes have the same number of series. */
export function scraperNeed({ series, nodes }: Load): Need {
    const perNode = series / nodes;
    const scraped = { load: `${formatCount(perNode)} series`, amount: perNode };
    return {
        cpu: figure([
            constant(agentRates.cpuAtRest),
            {
                load: `${scraped.load} every ${scrapeIntervalSeconds} s instead of every 60 s`,
                amount: perNode * (60 / scrapeIntervalSeconds),
                rate: agentRates.cpuPerSeries,
            },
        ]),
        memory: figure([constant(agentRates.memoryOfMetricsAtRest), { ...scraped, rate: agentRates.memoryPerSeries }]),
    };
}

/** The rate of the spans in MB, for limits. */
export function spanMegabytes(spansPerSecond: number): number {
    return (spansPerSecond * spanBytes.value) / MB;
}
