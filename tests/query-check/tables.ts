import type { Panel } from "./dashboard-json";
import { didYouMean } from "./suggestion";
import { intersection, type QueryResult, scalar, union } from "./query-result";

/** Checks the fields of the clicked row or series that a link uses. */
export function fieldProblems(url: string, results: QueryResult[], panel: Panel): string[] {
    const labels = [...url.matchAll(/\$\{__(?:field\.labels\.|data\.fields\[?["']?\.?)([\w ]+)/g)].map(
        ([, label = ""]) => label,
    );
    const known = results.reduce<ReadonlySet<string>>(
        (all, { labels: own }) => union(all, own),
        new Set(columnNames(panel)),
    );
    return results.some(({ anyLabels }) => anyLabels)
        ? []
        : labels
              .filter((label) => !known.has(label))
              .map(
                  (label) =>
                      `a link uses the field "${label}", which no query of the panel returns${didYouMean(label, known)}`,
              );
}

/** Names of the columns of a table, without those of labels. */
function columnNames({ targets = [], transformations = [] }: Panel): string[] {
    const renamed = transformations.flatMap(({ options }) => Object.values(options["renameByName"] ?? {}));
    return ["Time", "Value", ...targets.map(({ refId }) => `Value #${refId ?? ""}`), ...(renamed as string[])];
}

/** Checks the columns that a table refers to, and whether the results of its queries can be merged. */
export function tableProblems(panel: Panel, results: QueryResult[]): string[] {
    const [first = scalar, ...others] = results;
    if (results.length === 0 || results.some(({ anyLabels }) => anyLabels)) {
        return [];
    }
    const transformations = panel.transformations ?? [];
    const merged = transformations.some(({ id }) => id === "merge");
    const known = new Set([...columnNames(panel), ...results.flatMap(({ labels }) => [...labels])]);
    const usedColumns = [
        ...(panel.fieldConfig?.overrides ?? []).flatMap(({ matcher }) =>
            matcher.id === "byName" ? [String(matcher.options)] : [],
        ),
        ...transformations.flatMap(({ options }) =>
            ["renameByName", "indexByName", "excludeByName"].flatMap((key) => Object.keys(options[key] ?? {})),
        ),
    ];
    return [
        ...[...new Set(usedColumns)]
            .filter((column) => !known.has(column))
            .map((column) => `the table has no column "${column}"${didYouMean(column, known)}`),
        ...others
            .filter(
                ({ labels }) => merged && union(labels, first.labels).size !== intersection(labels, first.labels).size,
            )
            .map(
                ({ labels }) =>
                    `the table cannot merge rows by (${[...first.labels].join(", ")}) with rows by (${[...labels].join(", ")})`,
            ),
    ];
}
