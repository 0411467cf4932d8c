import type { CatalogueMetric, MetricType } from "./catalogue-file";

/** Labels of a series, `__name__` among them. */
export type Series = Record<string, string>;

/**
 * Metrics and their labels, from series: those of a histogram or summary become one metric without `le` and `quantile`.
 *
 * @param types as far as programs say them; others are told by the series' names.
 * @param without labels that are not the metric's own.
 */
export function families(
    series: Series[],
    types: ReadonlyMap<string, MetricType>,
    without: string[],
): Record<string, CatalogueMetric> {
    const names = new Set(series.map(({ __name__ }) => __name__ ?? ""));
    const summaries = new Set(series.flatMap(({ __name__, quantile }) => (quantile === undefined ? [] : [__name__])));
    const found: Record<string, CatalogueMetric> = {};
    for (const { __name__: name = "", ...labels } of series) {
        const base = name.replace(/_(bucket|count|sum)$/, "");
        const family = base !== name;
        const told = types.get(family && types.get(name) === undefined ? base : name);
        const histogram = family && (told ?? "histogram") === "histogram" && names.has(`${base}_bucket`);
        const summary = summaries.has(family ? base : name);
        const key = histogram || summary ? base : name;
        const plain = "le" in labels ? "buckets" : (told ?? guess(name));
        const type = histogram ? "histogram" : summary ? "summary" : plain;
        const own = Object.keys(labels).filter((label) => !["le", "quantile", ...without].includes(label));
        found[key] = { type, labels: [...new Set([...(found[key]?.labels ?? []), ...own])] };
    }
    return found;
}

function guess(name: string): MetricType {
    return /_total$/.test(name) ? "counter" : "unknown";
}
