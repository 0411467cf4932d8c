import { request } from "./http";

/** What the collector's own metrics say of its exporters. */
export interface ExporterCounts {
    /** Spans, log records and metric points that were taken by who is next. */
    sent: number;
    /** Bytes that wait. */
    queued: number;
}

/** Reads the counters out of metrics in Prometheus' text format. */
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

/** The collector's exporters, watched from before anything is sent. */
export class Exporter {
    private first: Promise<ExporterCounts> | undefined;

    constructor(private readonly metricsUrl: () => Promise<string>) {}

    async counts(): Promise<ExporterCounts> {
        return exporterCounts((await request(await this.metricsUrl())).body);
    }

    /** The counts when this was asked for the first time; none where they could not be read. */
    before(): Promise<ExporterCounts> {
        return (this.first ??= this.counts().catch(() => ({ sent: 0, queued: 0 })));
    }
}
