import { dump, load } from "js-yaml";
import * as fs from "fs";
import * as path from "path";

/** `buckets` is a histogram without sum and count. `unknown` is a counter or a gauge. */
export const metricTypes = ["counter", "gauge", "histogram", "summary", "buckets", "unknown"] as const;
export type MetricType = (typeof metricTypes)[number];

/** A metric of one job. A histogram or a summary is one metric. */
export interface CatalogueMetric {
    type: MetricType;
    labels: string[];
}

/** A file of the catalogue, with the metrics of one source. */
export interface CatalogueFile {
    /** The source of this information. */
    origin: string;
    /** Values of the label `job` of scraped metrics. Pushed metrics have none. */
    jobs?: string[];
    /** Labels that the scrape adds to each series. */
    targetLabels: string[];
    metrics: Record<string, CatalogueMetric>;
}

export const catalogueFolder = path.join(__dirname, "catalogue");

/** With "head", Tempo generates the span metrics. With "tail", the collector does. */
export const samplingModes = ["head", "tail"] as const;
export type SamplingMode = (typeof samplingModes)[number];

/** @throws Error with the file and the metric if an entry has an unknown type. */
export function readCatalogueFile(file: string): CatalogueFile {
    const { metrics, ...rest } = load(fs.readFileSync(file, "utf8")) as Omit<CatalogueFile, "metrics"> & {
        metrics: Record<string, string>;
    };
    const entries = Object.entries(metrics).map(([name, text]): [string, CatalogueMetric] => {
        const [type = "", ...labels] = text.split(" ");
        if (!(metricTypes as readonly string[]).includes(type)) {
            throw new Error(`${file}: ${name} has the type "${type}". Types are ${metricTypes.join(", ")}`);
        }
        return [name, { type: type as MetricType, labels }];
    });
    return { ...rest, metrics: Object.fromEntries(entries) };
}

/** Writes one line per metric, in alphabetical order: its type and its labels. */
export function writeCatalogueFile(file: string, { metrics, ...rest }: CatalogueFile): void {
    const lines = Object.entries(metrics)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, { type, labels }]) => [name, [type, ...[...labels].sort()].join(" ")]);
    const text = dump({ ...rest, metrics: Object.fromEntries(lines) as object }, { lineWidth: -1, flowLevel: 2 });
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
}

/** Merges two sets of metrics. A metric in both sets gets the labels of both. */
export function mergeMetrics(
    one: Record<string, CatalogueMetric>,
    other: Record<string, CatalogueMetric>,
): Record<string, CatalogueMetric> {
    const merged = Object.entries(other).map(([name, { type, labels }]) => [
        name,
        { type, labels: [...new Set([...(one[name]?.labels ?? []), ...labels])] },
    ]);
    return { ...one, ...(Object.fromEntries(merged) as Record<string, CatalogueMetric>) };
}
