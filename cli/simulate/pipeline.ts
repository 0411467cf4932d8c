import type { Settings } from "../../settings/resolve";
import type { Load, Shape } from "../../settings/sizing/load";
import { queueCapacity } from "../../components/otel-collector";
import { collectorRates, spanBytes } from "../../settings/sizing/rates";
import { configuredResources } from "../../settings/sizing/resources";
import { durationSeconds } from "../../validation/durations";
import { defaultTail, maximumTracesPerSecond } from "../../validation/tail-sampling";
import { type Queued, queueDuring } from "./queue";

/** Longest time until an attempt after the outage succeeds: an attempt can take 30 s until its timeout, and the next one starts up to 10 s later. */
export const retrySeconds = 40;

/** Spans in a trace, for the number of traces. */
const spansPerTrace = 8;

/**
 * Bytes of memory for a span that waits for a sampling decision. Measured for spans without attributes, see docs/growth.md. For spans of 406 bytes, the
 * highest value is an estimate: four bytes of memory for each further byte.
 */
export const bytesOfWaitingSpan = { low: 892, high: 2300 };

/** The queue of spans of one replica of the collector. */
export interface SpanQueue extends Queued {
    capacity: number;
    /** Bytes per second that the replica receives. */
    received: number;
    /** Bytes per second that it can send to Alloy, while it also receives. */
    sent: number;
}

/**
 * The queue of the collector replica with the most spans during an outage. It sends at most what the CPU limits of the collector and of Alloy, and the
 * limit of Tempo allow.
 *
 * @param imbalance load of this replica, compared with the mean.
 */
export function spanQueue(settings: Settings, load: Load, shape: Shape, imbalance: number, seconds: number): SpanQueue {
    const { collector, receiver } = shape.replicas;
    const received = ((load.spansPerSecond * shape.storedSpanRatio) / collector) * imbalance * spanBytes.value;
    const cores = (component: "otelCollector" | "alloyReceiver") =>
        configuredResources(settings, component).cpuLimit ?? Infinity;
    const sent = Math.min(
        (cores("otelCollector") / collectorRates.cpuPerSpan.value) * spanBytes.value,
        ((cores("alloyReceiver") / collectorRates.cpuPerSpanOfReceiver.value) * receiver * spanBytes.value) / collector,
        (settings.limits.traces.ingestionMiBPerSecond * 2 ** 20) / collector,
    );
    const capacity = queueCapacity(settings.storage.sizes.collector, settings.profile);
    return { ...queueDuring({ capacity, received, sent, seconds, retrySeconds }), capacity, received, sent };
}

/** What a replica of the collector keeps until the sampling decision. */
export interface TailBuffer {
    spans: number;
    traces: number;
    /** The number of traces at which the oldest ones are dropped without a decision. */
    maxTraces: number;
    /** Bytes of memory. */
    memory: { low: number; high: number };
}

/** The traces that a replica keeps until the sampling decision. Undefined without tail sampling. */
export function tailBuffer({ tracing }: Settings, load: Load, shape: Shape, imbalance: number): TailBuffer | undefined {
    if (tracing.samplingMode !== "tail") {
        return undefined;
    }
    const seconds = durationSeconds(tracing.tail?.decisionWait ?? defaultTail.decisionWait) ?? 0;
    const spans = (load.spansPerSecond / shape.replicas.collector) * imbalance * seconds;
    return {
        spans,
        traces: spans / spansPerTrace,
        maxTraces: seconds * maximumTracesPerSecond,
        memory: { low: spans * bytesOfWaitingSpan.low, high: spans * bytesOfWaitingSpan.high },
    };
}
