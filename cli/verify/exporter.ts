import { request } from "./http";

/** Counters that the collector publishes about its exporters. */
export interface ExporterCounts {
    /** Spans, log records and metric points that Alloy has accepted. */
    sent: number;
    /** Bytes in the queues. */
    queued: number;
}

/** Reads the counters from metrics in the text format of Prometheus. */
export function exporterCounts(text: string): ExporterCounts {
    const sum = (name: RegExp) =>
        text
            .split("\n")
            .filter((line) => name.test(line))
            .reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
    return {
        sent: sum(/^otelcol_exporter_sent_(spans|log_records|metric_points)(_total)?[{ ]/),
        queued: sum(/^otelcol_exporter_queue_size[{ ]/),
    };
}

/** The exporters of the collector. */
export class Exporter {
    private first: Promise<ExporterCounts> | undefined;

    constructor(private readonly metricsUrl: () => Promise<string>) {}

    async counts(): Promise<ExporterCounts> {
        return exporterCounts((await request(await this.metricsUrl())).body);
    }

    /** The counts at the first call of this method, or zeros if they could not be read. */
    initialCounts(): Promise<ExporterCounts> {
        return (this.first ??= this.counts().catch(() => ({ sent: 0, queued: 0 })));
    }
}
