import type { Catalogue } from "./catalogue";
import { didYouMean } from "./suggestion";
import { analyseLogQL } from "./logql";
import { analysePromQL } from "./promql";
import { traceQLProblems } from "./traceql";
import { interpolate, placeholder } from "./variables";

/** The keys of Grafana's provisioning file that the check reads. */
export interface DataSourcesFile {
    datasources: { uid: string; type: string; jsonData?: unknown; correlations?: unknown }[];
}

interface TagLink {
    datasourceUid: string;
    tags: { key: string; value: string }[];
    query?: string;
    queries?: { name: string; query: string }[];
}

/** Types of the data sources by uid. */
export function dataSourceTypes({ datasources }: DataSourcesFile): Map<string, string> {
    return new Map(datasources.map(({ uid, type }) => [uid, type]));
}

/** Checks the links between data sources. Returns one sentence for each problem. */
export function dataSourceProblems(file: DataSourcesFile, catalogue: Catalogue): string[] {
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
            ...parts.flatMap((part) => queryProblems(part, types, catalogue)),
        ].map((problem) => `data source ${source.uid}: ${problem}`);
    });
}

function queryProblems(part: Record<string, any>, types: ReadonlyMap<string, string>, catalogue: Catalogue): string[] {
    if (Array.isArray(part["tags"]) && part["datasourceUid"] !== undefined) {
        const link = part as TagLink;
        const tags = link.tags.map(({ value }) => `${value}="${placeholder}"`).join(", ");
        const queries = [link.query ?? [], (link.queries ?? []).map(({ query }) => query)].flat();
        return queries.flatMap((query) =>
            problemsOf(query.replace(/\$\$\{?__tags\}?/g, tags), types.get(link.datasourceUid), catalogue),
        );
    }
    const target = part["config"]?.target;
    return target ? problemsOf(target.query as string, types.get(part["targetUID"] as string), catalogue) : [];
}

function problemsOf(query: string, type: string | undefined, catalogue: Catalogue): string[] {
    // A double $ is an escaped variable: Grafana replaces it when the link is clicked, not when it provisions the file.
    const { text } = interpolate(query.replace(/\$\$/g, "$"));
    switch (type) {
        case "prometheus":
            return analysePromQL(text, catalogue).problems;
        case "loki":
            return analyseLogQL(text, catalogue).problems;
        case "tempo":
            return traceQLProblems(text, catalogue);
        case "grafana-pyroscope-datasource":
            return [...text.matchAll(/(\w+)="/g)]
                .map(([, label = ""]) => label)
                .filter((label) => !catalogue.profiles.labels.has(label))
                .map((label) => `no profile has the label "${label}"${didYouMean(label, catalogue.profiles.labels)}`);
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
