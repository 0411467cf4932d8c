import type { CatalogueMetric, MetricType } from "./catalogue-file";

/** Labels of a series, including `__name__`. */
export type Series = Record<string, string>;

/**
 * Groups series into metric families with their labels. A histogram or a summary becomes one family without `le` and `quantile`.
 *
 * @param types Known types. Other types are derived from the names of the series.
 * @param excludedLabels Labels of the target.
 */
export function metricFamilies(
    series: Series[],
    types: ReadonlyMap<string, MetricType>,
    excludedLabels: string[],
): Record<string, CatalogueMetric> {
    const names = new Set(series.map(({ __name__ }) => __name__ ?? ""));
    const summaries = new Set(series.flatMap(({ __name__, quantile }) => (quantile === undefined ? [] : [__name__])));
    const found: Record<string, CatalogueMetric> = {};
    for (const { __name__: name = "", ...labels } of series) {
        const base = name.replace(/_(bucket|count|sum)$/, "");
        const hasSuffix = base !== name;
        const knownType = types.get(hasSuffix && types.get(name) === undefined ? base : name);
        const histogram = hasSuffix && (knownType ?? "histogram") === "histogram" && names.has(`${base}_bucket`);
        const summary = summaries.has(hasSuffix ? base : name);
        const key = histogram || summary ? base : name;
        const plain = "le" in labels ? "buckets" : (knownType ?? typeFromName(name));
        const type = histogram ? "histogram" : summary ? "summary" : plain;
        const own = Object.keys(labels).filter((label) => !["le", "quantile", ...excludedLabels].includes(label));
        found[key] = { type, labels: [...new Set([...(found[key]?.labels ?? []), ...own])] };
    }
    return found;
}

function typeFromName(name: string): MetricType {
    return /_total$/.test(name) ? "counter" : "unknown";
}
