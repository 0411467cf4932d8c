import type { Placed } from "./board";
import { lines } from "./panels";
import { unit } from "./units";

/** A program that passes OTLP on. Alloy's counters end in _total, those of the collector do not. */
export interface Hop {
    selector: string;
    suffix: "" | "_total";
    /** What its memory limiter counts. */
    limiter: string;
}

export function collectorHop(selector: string): Hop {
    return { selector, suffix: "", limiter: "otelcol_processor_memory_limiter" };
}

export function receiverHop(selector: string): Hop {
    return { selector, suffix: "_total", limiter: "otelcol_processor" };
}

const signals = { spans: "spans", "log entries": "log_records", "metric points": "metric_points" };

/** Items per second of a counter that there is one of for each signal. */
function perSignal(prefix: string, { selector, suffix }: Hop, legend: (signal: string) => string) {
    return Object.fromEntries(
        Object.entries(signals).map(([signal, name]) => [
            legend(signal),
            `sum(rate(${prefix}_${name}${suffix}{${selector}}[$__rate_interval]))`,
        ]),
    );
}

/** What comes in, what is turned away, and what goes out. */
export function throughput(hop: Hop): Placed[] {
    return [
        lines("Accepted", {
            about: "Items that its receivers took.",
            unit: unit.perSecond,
            show: perSignal("otelcol_receiver_accepted", hop, (signal) => signal),
        }),
        lines("Refused", {
            about: "Items that it turned away, because a queue was full or memory short. Who sent them has to try again.",
            unit: unit.perSecond,
            show: {
                ...perSignal("otelcol_receiver_refused", hop, (signal) => `${signal} refused`),
                ...perSignal("otelcol_receiver_failed", hop, (signal) => `${signal} failed`),
                ...perSignal(`${hop.limiter}_refused`, hop, (signal) => `${signal} refused for want of memory`),
            },
        }),
        lines("Sent", {
            about: "Items that its exporters handed on.",
            unit: unit.perSecond,
            show: perSignal("otelcol_exporter_sent", hop, (signal) => signal),
        }),
    ];
}

/** What waits, and what is lost. */
export function queues({ selector, ...hop }: Hop): Placed[] {
    return [
        lines("Queue", {
            about: "Bytes on disk that wait for the next hop. It fills while that is away, and drains afterwards.",
            unit: unit.bytes,
            show: {
                "{{data_type}} {{exporter}}": `sum by (data_type, exporter) (otelcol_exporter_queue_size{${selector}})`,
            },
        }),
        lines("Queue, share of its capacity", {
            about: "At 100 % it refuses what comes.",
            unit: unit.ratio,
            max: 1,
            warnAbove: 0.5,
            badAbove: 0.9,
            show: {
                "{{pod}} {{data_type}}": `max by (pod, data_type) (otelcol_exporter_queue_size{${selector}} / otelcol_exporter_queue_capacity{${selector}})`,
            },
        }),
        lines("Lost", {
            about: "Items that could not be queued, or that the next hop refused for good. None is normal.",
            unit: unit.perSecond,
            show: {
                ...perSignal(
                    "otelcol_exporter_enqueue_failed",
                    { selector, ...hop },
                    (signal) => `${signal} not queued (failed)`,
                ),
                ...perSignal(
                    "otelcol_exporter_send_failed",
                    { selector, ...hop },
                    (signal) => `${signal} not sent (failed)`,
                ),
            },
        }),
    ];
}
