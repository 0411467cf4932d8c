import * as fs from "fs";
import { load } from "js-yaml";
import * as path from "path";
import { catalogueFolder, type CatalogueMetric, readCatalogueFile } from "./catalogue-file";
import type { SeriesKind } from "./query-result";
import type { SamplingMode } from "../../components/otel-collector/args";

/** Series with the same name and the same source. */
export interface CatalogueSeries {
    kind: SeriesKind;
    labels: ReadonlySet<string>;
    /** Labels that every series has. */
    guaranteed: ReadonlySet<string>;
    /** Possible values of the label `job`. Default: any value. */
    jobs?: string[];
    origin: string;
}

/** The fixed set of values of a label. */
interface LabelValues {
    metrics: RegExp;
    label: string;
    values: string[];
}

/** Metrics, labels and attributes that queries can use. */
export interface Catalogue {
    /** By the name of the series in a query. */
    metrics: ReadonlyMap<string, CatalogueSeries[]>;
    values: LabelValues[];
    logs: { stream: ReadonlySet<string>; structuredMetadata: ReadonlySet<string> };
    traces: { resource: ReadonlySet<string>; span: ReadonlySet<string> };
    profiles: { labels: ReadonlySet<string>; types: ReadonlySet<string> };
}

/** Reads the catalogue, without the series that rules record. */
export function readCatalogue(sampling: SamplingMode): Catalogue {
    const read = (name: string) => readYaml(path.join(catalogueFolder, `${name}.yaml`));
    const attributes = read("attributes").names as string[];
    const { stream, structuredMetadata } = read("logs");
    const { resource, span } = read("traces");
    const { labels, types } = read("profiles");
    return {
        metrics: readMetrics(sampling),
        values: (read("values").known as { metrics: string; label: string; values: string[] }[]).map((known) => ({
            ...known,
            metrics: new RegExp(`^(?:${known.metrics})$`),
        })),
        logs: {
            stream: new Set(stream),
            // Loki stores attributes of log entries as structured metadata and replaces dots by underscores.
            structuredMetadata: new Set([...structuredMetadata, ...attributes.map((name) => name.replace(/\W/g, "_"))]),
        },
        traces: { resource: new Set([...resource, ...attributes]), span: new Set([...span, ...attributes]) },
        profiles: { labels: new Set(labels), types: new Set(types) },
    };
}

function readYaml(file: string): Record<string, any> {
    return load(fs.readFileSync(file, "utf8")) as Record<string, any>;
}

/** Metrics that each scrape adds. They have only the labels of the target. */
const scrapeMetrics = [
    ...["up", "scrape_duration_seconds", "scrape_samples_scraped"],
    ...["scrape_samples_post_metric_relabeling", "scrape_series_added"],
].map((name) => [name, { type: "gauge", labels: [] }] as [string, CatalogueMetric]);

function readMetrics(sampling: SamplingMode): Map<string, CatalogueSeries[]> {
    const found = new Map<string, CatalogueSeries[]>();
    const files = fs.readdirSync(path.join(catalogueFolder, "metrics")).map((file) => `metrics/${file}`);
    for (const file of [...files.sort(), `spans/${sampling}.yaml`]) {
        const { origin, jobs, targetLabels, metrics } = readCatalogueFile(path.join(catalogueFolder, file));
        for (const [name, { type, labels }] of [...Object.entries(metrics), ...(jobs ? scrapeMetrics : [])]) {
            const add = (suffix: string, kind: SeriesKind, ownLabels: string[] = []) => {
                const all = new Set([...targetLabels, ...labels, ...ownLabels]);
                const guaranteed = new Set(
                    [...(jobs ? ["instance", "job"] : []), ...ownLabels].filter((label) => all.has(label)),
                );
                const series = { kind, labels: all, guaranteed, origin, ...(jobs && { jobs }) };
                found.set(name + suffix, [...(found.get(name + suffix) ?? []), series]);
            };
            switch (type) {
                case "histogram":
                    add("_bucket", "bucket", ["le"]);
                    break;
                case "summary":
                    add("", "gauge", ["quantile"]);
                    break;
                case "buckets":
                    add("", "bucket", ["le"]);
                    break;
                default:
                    add("", type);
            }
            if (type === "histogram" || type === "summary") {
                add("_count", "counter");
                add("_sum", "counter");
            }
        }
    }
    return found;
}

/** Adds series to the catalogue. */
export function withMetrics(catalogue: Catalogue, series: ReadonlyMap<string, CatalogueSeries[]>): Catalogue {
    return { ...catalogue, metrics: new Map([...catalogue.metrics, ...series]) };
}
