import type { Panel } from "./dashboard-json";
import { didYouMean } from "./nearest";
import { intersection, scalar, union, type Vector } from "./vectors";

/** Labels that a link takes from what was clicked on. */
export function fieldMistakes(url: string, results: Vector[], panel: Panel): string[] {
    const labels = [...url.matchAll(/\$\{__(?:field\.labels\.|data\.fields\[?["']?\.?)([\w ]+)/g)].map(
        ([, label = ""]) => label,
    );
    const known = results.reduce<ReadonlySet<string>>(
        (all, { labels: some }) => union(all, some),
        new Set(titles(panel)),
    );
    return results.some(({ open }) => open)
        ? []
        : labels
              .filter((label) => !known.has(label))
              .map((label) => `a link takes "${label}", which no query here results in${didYouMean(label, known)}`);
}

/** What the columns of a table are called besides labels. */
function titles({ targets = [], transformations = [] }: Panel): string[] {
    const renamed = transformations.flatMap(({ options }) => Object.values(options["renameByName"] ?? {}));
    return ["Time", "Value", ...targets.map(({ refId }) => `Value #${refId ?? ""}`), ...(renamed as string[])];
}

/** Names of columns, and rows that cannot become one. */
export function tableMistakes(panel: Panel, results: Vector[]): string[] {
    const [first = scalar, ...others] = results;
    if (results.length === 0 || results.some(({ open }) => open)) {
        return [];
    }
    const transformations = panel.transformations ?? [];
    const merged = transformations.some(({ id }) => id === "merge");
    const known = new Set([...titles(panel), ...results.flatMap(({ labels }) => [...labels])]);
    const named = [
        ...(panel.fieldConfig?.overrides ?? []).flatMap(({ matcher }) =>
            matcher.id === "byName" ? [String(matcher.options)] : [],
        ),
        ...transformations.flatMap(({ options }) =>
            ["renameByName", "indexByName", "excludeByName"].flatMap((key) => Object.keys(options[key] ?? {})),
        ),
    ];
    return [
        ...[...new Set(named)]
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
