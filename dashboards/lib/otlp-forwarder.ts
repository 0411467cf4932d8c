import type { SizedPanel } from "./layout";
import { timeSeries } from "./panels";
import { unit } from "./units";

/** A program that receives and exports OTLP. The names of its counters depend on the program. */
export interface OtlpForwarder {
    selector: string;
    /** Suffix of the counters. */
    suffix: "" | "_total";
    /** Prefix of the counters of the memory limiter. */
    limiter: string;
}

export function otelCollector(selector: string): OtlpForwarder {
    return { selector, suffix: "", limiter: "otelcol_processor_memory_limiter" };
}

export function alloyReceiver(selector: string): OtlpForwarder {
    return { selector, suffix: "_total", limiter: "otelcol_processor" };
}

const signals = { spans: "spans", "log entries": "log_records", "metric points": "metric_points" };

/** Items per second, from a counter that exists once for each signal. */
function ratePerSignal(prefix: string, { selector, suffix }: OtlpForwarder, legend: (signal: string) => string) {
    return Object.fromEntries(
        Object.entries(signals).map(([signal, name]) => [
            legend(signal),
            `sum(rate(${prefix}_${name}${suffix}{${selector}}[$__rate_interval]))`,
        ]),
    );
}

/** Panels of accepted, refused and sent items. */
export function throughput(forwarder: OtlpForwarder): SizedPanel[] {
    return [
        timeSeries("Accepted", {
            description: "Items per second that the receivers accepted.",
            unit: unit.perSecond,
            queries: ratePerSignal("otelcol_receiver_accepted", forwarder, (signal) => signal),
        }),
        timeSeries("Refused", {
            description:
                "Items per second that were refused because the memory limit is reached or the queue is full. The sender must send them again.",
            unit: unit.perSecond,
            queries: {
                ...ratePerSignal("otelcol_receiver_refused", forwarder, (signal) => `${signal} refused`),
                ...ratePerSignal("otelcol_receiver_failed", forwarder, (signal) => `${signal} failed`),
                ...ratePerSignal(
                    `${forwarder.limiter}_refused`,
                    forwarder,
                    (signal) => `${signal} refused by memory limiter`,
                ),
            },
        }),
        timeSeries("Sent", {
            description: "Items per second that the exporters sent.",
            unit: unit.perSecond,
            queries: ratePerSignal("otelcol_exporter_sent", forwarder, (signal) => signal),
        }),
    ];
}

/** Panels of the exporter queue and of dropped items. */
export function queues(forwarder: OtlpForwarder): SizedPanel[] {
    const { selector } = forwarder;
    return [
        timeSeries("Exporter queue size", {
            description:
                "Bytes in the queue on disk. The queue grows while the next stage is down, and drains afterwards.",
            unit: unit.bytes,
            queries: {
                "{{data_type}} {{exporter}}": `sum by (data_type, exporter) (otelcol_exporter_queue_size{${selector}})`,
            },
        }),
        timeSeries("Exporter queue usage", {
            description: "The used percentage of the queue capacity. At 100 % new data is refused.",
            unit: unit.ratio,
            max: 1,
            warnAbove: 0.5,
            criticalAbove: 0.9,
            queries: {
                "{{pod}} {{data_type}}": `max by (pod, data_type) (otelcol_exporter_queue_size{${selector}} / otelcol_exporter_queue_capacity{${selector}})`,
            },
        }),
        timeSeries("Dropped", {
            description:
                "Items per second that could not be queued, or that the next stage rejected permanently. Normal is 0.",
            unit: unit.perSecond,
            empty: "Nothing dropped",
            queries: {
                ...ratePerSignal("otelcol_exporter_enqueue_failed", forwarder, (signal) => `${signal} enqueue failed`),
                ...ratePerSignal("otelcol_exporter_send_failed", forwarder, (signal) => `${signal} send failed`),
            },
        }),
    ];
}
