import * as fs from "fs";
import { load } from "js-yaml";
import * as path from "path";
import { catalogueFolder, type CatalogueMetric, readCatalogueFile } from "./catalogue-file";
import type { Kind } from "./vectors";
import type { SamplingMode } from "../../components/otel-collector/args";

/** Series of one name from one place. */
export interface KnownSeries {
    kind: Kind;
    labels: ReadonlySet<string>;
    /** Labels that each of them has. */
    sure: ReadonlySet<string>;
    /** Values that the label `job` can have; absent where it can have any. */
    jobs?: string[];
    origin: string;
}

/** Values beyond which a label of some metrics has none. */
interface KnownValues {
    metrics: RegExp;
    label: string;
    values: string[];
}

/** Everything that queries may ask for. */
export interface Truth {
    /** By the name of the series, as it stands in a query. */
    metrics: ReadonlyMap<string, KnownSeries[]>;
    values: KnownValues[];
    logs: { stream: ReadonlySet<string>; structuredMetadata: ReadonlySet<string> };
    traces: { resource: ReadonlySet<string>; span: ReadonlySet<string> };
    profiles: { labels: ReadonlySet<string>; types: ReadonlySet<string> };
}

/** What the catalogue says, without what rules record. */
export function readTruth(sampling: SamplingMode): Truth {
    const of = (name: string) => readYaml(path.join(catalogueFolder, `${name}.yaml`));
    const attributes = of("attributes").names as string[];
    const { stream, structuredMetadata } = of("logs");
    const { resource, span } = of("traces");
    const { labels, types } = of("profiles");
    return {
        metrics: readMetrics(sampling),
        values: (of("values").known as { metrics: string; label: string; values: string[] }[]).map((known) => ({
            ...known,
            metrics: new RegExp(`^(?:${known.metrics})$`),
        })),
        logs: {
            stream: new Set(stream),
            // An attribute of a log line becomes structured metadata, without dots.
            structuredMetadata: new Set([...structuredMetadata, ...attributes.map((name) => name.replace(/\W/g, "_"))]),
        },
        traces: { resource: new Set([...resource, ...attributes]), span: new Set([...span, ...attributes]) },
        profiles: { labels: new Set(labels), types: new Set(types) },
    };
}

function readYaml(file: string): Record<string, any> {
    return load(fs.readFileSync(file, "utf8")) as Record<string, any>;
}

/** What every scrape tells of itself, with the labels of its target only. */
const ofScrape = [
    ...["up", "scrape_duration_seconds", "scrape_samples_scraped"],
    ...["scrape_samples_post_metric_relabeling", "scrape_series_added"],
].map((name) => [name, { type: "gauge", labels: [] }] as [string, CatalogueMetric]);

function readMetrics(sampling: SamplingMode): Map<string, KnownSeries[]> {
    const found = new Map<string, KnownSeries[]>();
    const files = fs.readdirSync(path.join(catalogueFolder, "metrics")).map((file) => `metrics/${file}`);
    for (const file of [...files.sort(), `spans/${sampling}.yaml`]) {
        const { origin, jobs, targetLabels, metrics } = readCatalogueFile(path.join(catalogueFolder, file));
        for (const [name, { type, labels }] of [...Object.entries(metrics), ...(jobs ? ofScrape : [])]) {
            const add = (suffix: string, kind: Kind, more: string[] = []) => {
                const all = new Set([...targetLabels, ...labels, ...more]);
                const sure = new Set([...(jobs ? ["instance", "job"] : []), ...more].filter((label) => all.has(label)));
                const series = { kind, labels: all, sure, origin, ...(jobs && { jobs }) };
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

/** The truth with further series. */
export function withMetrics(truth: Truth, more: ReadonlyMap<string, KnownSeries[]>): Truth {
    return { ...truth, metrics: new Map([...truth.metrics, ...more]) };
}
