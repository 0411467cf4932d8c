import type { Truth } from "./catalogue";
import { didYouMean } from "./nearest";
import { analyseLogQL } from "./logql";
import { analysePromQL } from "./promql";
import { traceQLMistakes } from "./traceql";
import { fillVariables, placeholder } from "./variables";

/** Grafana's provisioning file, as far as links go. */
export interface DataSourcesFile {
    datasources: { uid: string; type: string; jsonData?: unknown; correlations?: unknown }[];
}

interface TagLink {
    datasourceUid: string;
    tags: { key: string; value: string }[];
    query?: string;
    queries?: { name: string; query: string }[];
}

/** The type of each data source, by its uid. */
export function dataSourceTypes({ datasources }: DataSourcesFile): Map<string, string> {
    return new Map(datasources.map(({ uid, type }) => [uid, type]));
}

/** Mistakes in the links between data sources, each a sentence. */
export function dataSourceMistakes(file: DataSourcesFile, truth: Truth): string[] {
    const types = dataSourceTypes(file);
    return file.datasources.flatMap((source) => {
        const parts = objectsIn([source.jsonData, source.correlations]);
        const uids = parts.flatMap((part) =>
            Object.entries(part).flatMap(([key, value]) =>
                /^(datasourceUid|targetUID|alertmanagerUid)$/.test(key) ? [value as string] : [],
            ),
        );
        return [
            ...uids
                .filter((uid) => !types.has(uid))
                .map((uid) => `links to the data source ${uid}, which does not exist${didYouMean(uid, types.keys())}`),
            ...parts.flatMap((part) => queryMistakes(part, types, truth)),
        ].map((mistake) => `data source ${source.uid}: ${mistake}`);
    });
}

function queryMistakes(part: Record<string, any>, types: ReadonlyMap<string, string>, truth: Truth): string[] {
    if (Array.isArray(part["tags"]) && part["datasourceUid"] !== undefined) {
        const link = part as TagLink;
        const tags = link.tags.map(({ value }) => `${value}="${placeholder}"`).join(", ");
        const queries = [link.query ?? [], (link.queries ?? []).map(({ query }) => query)].flat();
        return queries.flatMap((query) =>
            mistakesOf(query.replace(/\$\$\{?__tags\}?/g, tags), types.get(link.datasourceUid), truth),
        );
    }
    const target = part["config"]?.target;
    return target ? mistakesOf(target.query as string, types.get(part["targetUID"] as string), truth) : [];
}

function mistakesOf(query: string, type: string | undefined, truth: Truth): string[] {
    // Doubled, so that Grafana leaves it to the link.
    const { text } = fillVariables(query.replace(/\$\$/g, "$"));
    switch (type) {
        case "prometheus":
            return analysePromQL(text, truth).mistakes;
        case "loki":
            return analyseLogQL(text, truth).mistakes;
        case "tempo":
            return traceQLMistakes(text, truth);
        case "grafana-pyroscope-datasource":
            return [...text.matchAll(/(\w+)="/g)]
                .map(([, label = ""]) => label)
                .filter((label) => !truth.profiles.labels.has(label))
                .map((label) => `no profile has the label "${label}"${didYouMean(label, truth.profiles.labels)}`);
        default:
            return [];
    }
}

function objectsIn(value: unknown): Record<string, unknown>[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    const inside = Object.values(value).flatMap(objectsIn);
    return Array.isArray(value) ? inside : [value as Record<string, unknown>, ...inside];
}
