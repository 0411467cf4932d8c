import { dump, load } from "js-yaml";
import * as fs from "fs";
import * as path from "path";

/**
 * What kinds of metrics there are. `buckets` are those of a histogram without its sum and count, `unknown` is what may be a
 * counter or a gauge.
 */
export const metricTypes = ["counter", "gauge", "histogram", "summary", "buckets", "unknown"] as const;
export type MetricType = (typeof metricTypes)[number];

/** A metric as one job has it. A histogram or summary stands for all of its series. */
export interface CatalogueMetric {
    type: MetricType;
    labels: string[];
}

/** A file of the catalogue: metrics that come from one place. */
export interface CatalogueFile {
    /** How one knows. */
    origin: string;
    /** The label `job` of what is scraped; what is pushed has none that is known. */
    jobs?: string[];
    /** Labels that the scrape adds to each metric. */
    targetLabels: string[];
    metrics: Record<string, CatalogueMetric>;
}

export const catalogueFolder = path.join(__dirname, "catalogue");

/** Who counts spans: Tempo, or the collector where it chooses among complete traces. */
export const samplingModes = ["head", "tail"] as const;
export type SamplingMode = (typeof samplingModes)[number];

/** @throws Error naming file and metric where an entry cannot be read. */
export function readCatalogueFile(file: string): CatalogueFile {
    const { metrics, ...rest } = load(fs.readFileSync(file, "utf8")) as Omit<CatalogueFile, "metrics"> & {
        metrics: Record<string, string>;
    };
    const entries = Object.entries(metrics).map(([name, text]): [string, CatalogueMetric] => {
        const [type = "", ...labels] = text.split(" ");
        if (!(metricTypes as readonly string[]).includes(type)) {
            throw new Error(`${file}: ${name} is "${type}"; metrics are one of ${metricTypes.join(", ")}`);
        }
        return [name, { type: type as MetricType, labels }];
    });
    return { ...rest, metrics: Object.fromEntries(entries) };
}

/** Sorted, a line a metric: its type, then its own labels. */
export function writeCatalogueFile(file: string, { metrics, ...rest }: CatalogueFile): void {
    const lines = Object.entries(metrics)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, { type, labels }]) => [name, [type, ...[...labels].sort()].join(" ")]);
    const text = dump({ ...rest, metrics: Object.fromEntries(lines) as object }, { lineWidth: -1, flowLevel: 2 });
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
}

/** Both, with the labels of both where they have the same metric. */
export function mergeMetrics(
    one: Record<string, CatalogueMetric>,
    other: Record<string, CatalogueMetric>,
): Record<string, CatalogueMetric> {
    const both = Object.entries(other).map(([name, { type, labels }]) => [
        name,
        { type, labels: [...new Set([...(one[name]?.labels ?? []), ...labels])] },
    ]);
    return { ...one, ...(Object.fromEntries(both) as Record<string, CatalogueMetric>) };
}
